//! Variables: where they are used, where they are set, and which are neither set nor explained.

use std::collections::{HashMap, HashSet};

use super::super::{Context, Place};
use super::SH04;
use crate::runbook::Finding;
use crate::runbook::fence::FenceType;
use crate::runbook::markdown::{Block, Inlines, Kind};

/// The variables of all commands.
#[derive(Default)]
pub(super) struct Variables<'c> {
    /// Each with its first use, and how often it is used.
    pub(super) used: Vec<(&'c str, &'c Place<'c>, usize)>,
    /// Those that a command sets.
    pub(super) set: HashSet<&'c str>,
    places: HashMap<&'c str, usize>,
}

impl<'c> Variables<'c> {
    pub(super) fn of(context: &'c Context<'_>) -> Variables<'c> {
        let mut variables = Variables::default();
        let mut places: Vec<&Place<'_>> = context.places.iter().filter(|place| is_shell(place)).collect();
        // Places in no procedure come last; what counts is the document.
        places.sort_by(|a, b| (&a.step.source.file, a.command.line).cmp(&(&b.step.source.file, b.command.line)));
        for place in places {
            let text = place.command.text.as_str();
            if text.contains('$') {
                uses(text, &mut |name| variables.uses(name, place));
            }
            settings(text, &mut variables.set);
        }
        variables
    }

    fn uses(&mut self, name: &'c str, place: &'c Place<'c>) {
        match self.places.get(name) {
            Some(at) => self.used[*at].2 += 1,
            None => {
                self.places.insert(name, self.used.len());
                self.used.push((name, place, 1));
            }
        }
    }

    /// Whether a command uses or sets it.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.set.contains(name) || self.places.contains_key(name)
    }
}

fn is_shell(place: &Place<'_>) -> bool {
    place.step.language.as_deref() == Some("bash") && place.command.unparsable.is_none()
}

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let variables = Variables::of(context);
    let open: Vec<_> =
        variables.used.iter().filter(|(name, ..)| !variables.set.contains(name) && !is_standard(name)).collect();
    if open.is_empty() {
        return;
    }
    let mut wanted: HashSet<&str> = open.iter().map(|(name, ..)| *name).collect();
    for text in context.texts {
        explained(&text.blocks, &mut wanted);
    }
    for block in &context.fences().all {
        if !matches!(block.kind, FenceType::Shell | FenceType::Transcript) {
            block.fence.lines.iter().for_each(|line| mentioned(&line.text, &mut wanted));
        }
    }
    let mut open = open.into_iter().filter(|(name, ..)| wanted.contains(name)).peekable();
    while let Some((name, place, times)) = open.next() {
        let mut names = vec![*name];
        while let Some((name, ..)) = open.next_if(|(_, next, _)| std::ptr::eq(*next, *place)) {
            names.push(name);
        }
        found.push(told(place, &names, *times));
    }
}

/// The finding about the variables that a command uses first.
fn told(place: &Place<'_>, names: &[&str], times: usize) -> Finding {
    let shown: Vec<String> = names.iter().map(|name| format!("`${name}`")).collect();
    let message = match shown.as_slice() {
        [one] if times == 1 => {
            format!("{one} is used here, and nothing in the runbook sets it or says where it comes from")
        }
        [one] => format!(
            "{one} is used here, as {times} times in all, and nothing in the runbook sets it or says where it comes from"
        ),
        several => format!(
            "{} are used here, and nothing in the runbook sets them or says where they come from",
            several.join(", ")
        ),
    };
    let name = names[0];
    let help = format!("say where it is set, or write `${{{name}:?}}`: then the shell stops where it is empty");
    place.finding(&SH04, message, help)
}

/// Calls for each variable that the shell would put a value in for.
pub(super) fn uses<'t>(text: &'t str, take: &mut impl FnMut(&'t str)) {
    let bytes = text.as_bytes();
    // What stands below `<<'EOF'` is not expanded.
    let literal = ["<<'", "<<\"", "<<-'", "<<\\", "<< '"].iter().filter_map(|mark| text.find(mark)).min();
    let end = literal.and_then(|at| text[at..].find('\n').map(|line| at + line)).unwrap_or(text.len());
    let (mut single, mut double) = (false, false);
    let mut at = 0;
    while at < end {
        match bytes[at] {
            b'\\' if !single => at += 1,
            b'\'' if !double => single = !single,
            b'"' if !single => double = !double,
            b'#' if !single && !double && (at == 0 || bytes[at - 1].is_ascii_whitespace()) => {
                at = text[at..].find('\n').map_or(end, |line| at + line);
            }
            b'$' if !single => {
                let braced = bytes.get(at + 1) == Some(&b'{');
                let start = at + 1 + usize::from(braced);
                let name = identifier(&text[start.min(text.len())..]);
                let behind = bytes.get(start + name.len()).copied().unwrap_or(b' ');
                // `${X:-y}` and `${X:?}` say what happens where it is empty.
                let guarded = braced && matches!(behind, b':' | b'-' | b'?' | b'=' | b'+');
                if !name.is_empty() && !guarded {
                    take(name);
                }
                at += name.len();
            }
            _ => {}
        }
        at += 1;
    }
}

/// The name at the beginning of a text.
fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    if text.starts_with(|c: char| c.is_ascii_digit()) { "" } else { &text[..end] }
}

/// Notes what a command sets: `X=…`, `for x in`, `read x`.
fn settings<'t>(text: &'t str, set: &mut HashSet<&'t str>) {
    let mut quote = None;
    let mut start = Some(0);
    for (at, c) in text.char_indices() {
        match c {
            '=' => {
                let name = start.take().and_then(|start| text.get(start..at)).unwrap_or_default().trim_end_matches('+');
                if !name.is_empty() && identifier(name) == name {
                    set.insert(name);
                }
            }
            '\'' | '"' if quote.is_none() => {
                quote = Some(c);
                start = Some(at + 1);
            }
            _ if quote == Some(c) => quote = None,
            // In quotes only what they begin with can be a setting.
            _ if quote.is_some() && c.is_whitespace() => start = None,
            ';' | '&' | '|' | '(' if quote.is_none() => start = Some(at + 1),
            _ if c.is_whitespace() => start = Some(at + c.len_utf8()),
            _ => {}
        }
    }
    if !["for ", "read", "select ", "mapfile", "printf", "getopts"].iter().any(|word| text.contains(word)) {
        return;
    }
    for command in text.split([';', '|', '&', '\n', '(', ')']) {
        const KEYWORDS: &[&str] = &["while", "until", "if", "do", "then", "else", "!"];
        let mut words = command.split_whitespace().skip_while(|w| KEYWORDS.contains(w) || w.contains('='));
        match words.next() {
            Some("for" | "select") => set.extend(words.next().map(identifier)),
            Some("getopts") => set.extend(words.nth(1).map(identifier)),
            Some("read" | "mapfile" | "readarray") => {
                let names = words.skip_while(|w| w.starts_with('-')).take_while(|w| identifier(w) == *w);
                set.extend(names);
            }
            Some("printf") if words.next() == Some("-v") => set.extend(words.next().map(identifier)),
            _ => {}
        }
    }
}

/// Takes out of `wanted` what the text beside the commands names: prose, tables, files that are shown.
fn explained(blocks: &[Block], wanted: &mut HashSet<&str>) {
    for block in blocks {
        match &block.kind {
            Kind::Paragraph(text) | Kind::Heading(_, text) => named(text, wanted),
            Kind::Table(table) => {
                table
                    .head
                    .iter()
                    .chain(table.rows.iter().flat_map(|row| &row.cells))
                    .for_each(|cell| named(cell, wanted));
            }
            Kind::List(list) => list.items.iter().for_each(|item| explained(&item.blocks, wanted)),
            Kind::Quote(inner) => explained(inner, wanted),
            Kind::Fence(_) => {}
        }
    }
}

fn named(text: &Inlines, wanted: &mut HashSet<&str>) {
    for inline in &text.0 {
        // A command in running text uses it; what is set as code alone, or said in plain words, explains it.
        let uses = inline.code && inline.text.contains(' ') && inline.text.contains('$');
        if !uses {
            mentioned(&inline.text, wanted);
        }
    }
}

fn mentioned(text: &str, wanted: &mut HashSet<&str>) {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|w| w.len() > 1);
    for word in words {
        wanted.remove(word);
    }
}

/// Variables that a shell, a login or a well-known program sets by itself.
fn is_standard(name: &str) -> bool {
    const KNOWN: &[&str] = &[
        "HOME", "USER", "PATH", "PWD", "OLDPWD", "SHELL", "LOGNAME", "HOSTNAME", "HOST", "LANG", "TERM", "EDITOR",
        "VISUAL", "PAGER", "TMPDIR", "TMP", "TEMP", "UID", "EUID", "GROUPS", "PPID", "RANDOM", "SECONDS", "LINENO",
        "IFS", "PS1", "DISPLAY", "MAIL", "COLUMNS", "LINES", "OSTYPE", "HOSTTYPE", "MACHTYPE", "REPLY", "OPTARG",
        "OPTIND", "FUNCNAME", "PIPESTATUS", "EPOCHSECONDS", "DEBIAN_FRONTEND", "KUBECONFIG", "MAINPID", "CI", "NF",
        "NR", "FS", "JAVA_HOME", "GOPATH", "VIRTUAL_ENV", "NVM_DIR", "SUDO_USER", "SUDO_UID", "SUDO_COMMAND", "_",
    ];
    KNOWN.contains(&name)
        || ["BASH", "LC_", "XDG_", "SSH_", "GITHUB_", "RUNWARD_P_"].iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_used_where_the_shell_puts_its_value() {
        for (text, expected) in [
            ("psql \"$DB\" -c 'select $1' > $OUT/x", "DB OUT"),
            ("awk '{print $NF}' f # $NOT", ""),
            ("echo ${A} ${B:-x} ${C:?} \\$D \"${E[0]}\" $1 $? $$", "A E"),
            ("cat <<'EOF'\n$A\nEOF", ""),
            ("cat <<EOF\n$A\nEOF", "A"),
            ("echo \"it's $A\" 'it is $B'", "A"),
            ("x=$(f \"$(g $Y)\")", "Y"),
        ] {
            let mut found = Vec::new();
            uses(text, &mut |name| found.push(name));
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }

    #[test]
    fn a_variable_is_set_in_several_ways() {
        for (text, expected) in [
            ("A=1; export B=2 && C=$(x) y", "A B C"),
            ("for port in 1 2; do echo $port; done", "port"),
            ("while read -r name rest; do :; done < f", "name rest"),
            ("curl 'http://x/?a=b' -H 'K: v=w'", ""),
            ("dd if=/dev/zero of=x", "if of"),
            ("printf -v now '%s' x", "now"),
        ] {
            let mut found = HashSet::new();
            settings(text, &mut found);
            let mut found: Vec<&str> = found.into_iter().collect();
            found.sort_unstable();
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }
}
