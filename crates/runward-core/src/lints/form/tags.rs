//! Whether the tags of code blocks say what the blocks hold.

use super::super::waiting::clients;
use super::super::written::{Placed, swallows};
use super::super::{Context, Place};
use super::{MD01, MD02};
use crate::runbook::Finding;
use crate::runbook::fence::{FenceType, begins_like_command};

/// What a client of a database is told, where it is not SQL.
const STATEMENTS: (&str, &str) = ("a statement for the client", "text");

/// With more blocks than this, a document is told of once.
const MOST_BLOCKS: usize = 10;

/// Shell without a tag.
pub(super) fn untagged(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut of_document: Vec<(&str, Vec<Finding>)> = Vec::new();
    for block in &context.fences().all {
        let Some(finding) = without_tag(block) else { continue };
        let file = block.text.lines.file();
        match of_document.last_mut() {
            Some((last, findings)) if *last == file => findings.push(finding),
            _ => of_document.push((file, vec![finding])),
        }
    }
    for (_, mut findings) in of_document {
        if findings.len() > MOST_BLOCKS {
            let rest = findings.split_off(1);
            let first = &mut findings[0];
            first.message =
                format!("this block and {} others hold shell commands and have no tag that says so", rest.len());
            first.edits.extend(rest.into_iter().flat_map(|finding| finding.edits));
        }
        found.append(&mut findings);
    }
}

fn without_tag(block: &Placed<'_>) -> Option<Finding> {
    if block.kind != FenceType::Shell || !block.fence.tag.is_empty() {
        return None;
    }
    let opening = block.opening()?;
    let line = block.text.lines.text()[opening..].lines().next().unwrap_or_default();
    let marker = line.len() - line.trim_start_matches(['`', '~']).len();
    // `{.bash}` behind the fence is a tag in another style; and a block that swallowed others is not all shell.
    if !line[marker..].trim().is_empty() || swallows(block.fence) {
        return None;
    }
    let end = opening + marker;
    let source = block.text.lines.source(opening..opening + line.trim_end().len());
    let message = "this block holds shell commands and has no tag that says so";
    let help = "write ```bash where it opens; a block that is not to be run is ```text";
    Some(Finding::new(&MD01, source, message, help).mended_by(end..end, "bash"))
}

/// Blocks, and lines in blocks, that are no shell although their tag says so; and shell under another tag.
pub(super) fn contradicting(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (block, places) in context.fences().with_places() {
        if !block.says_shell() {
            found.extend(shell_below_another_tag(block));
        } else if matches!(block.kind, FenceType::Shell | FenceType::Transcript) {
            foreign_lines(block, places, found);
        } else {
            found.extend(foreign_block(block));
        }
    }
}

/// A block that is something else as a whole.
fn foreign_block(block: &Placed<'_>) -> Option<Finding> {
    let filled = |text: &str| !text.trim().is_empty() && !text.trim_start().starts_with('#');
    let at = block.fence.lines.iter().position(|line| filled(&line.text))?;
    let by_kind = match block.kind {
        FenceType::Sql => ("SQL", "sql"),
        FenceType::Json => ("JSON", "json"),
        FenceType::Output => ("what a program prints", "text"),
        FenceType::Config => ("the content of a file", "text"),
        FenceType::Template => ("a text to fill in", "text"),
        FenceType::Checklist => ("a list to tick off", "text"),
        FenceType::Diagram => ("a drawing", "text"),
        FenceType::Code => ("a program or a query", "text"),
        FenceType::Other => ("a request", "http"),
        FenceType::Shell | FenceType::Transcript => return None,
    };
    let (what, tag) = foreign(block.fence.lines[at].text.trim()).unwrap_or(by_kind);
    Some(contradiction(block, at, what, tag))
}

/// Lines of a block of shell that are something else, each kind once.
fn foreign_lines(block: &Placed<'_>, places: &[Place<'_>], found: &mut Vec<Finding>) {
    let mut told: Vec<&str> = Vec::new();
    let mut commands = places.iter().peekable();
    let mut inside = 0;
    let mut edited = false;
    let mut opened = false;
    for (at, line) in block.fence.lines.iter().enumerate() {
        let number = block.line_of(at);
        let command = commands.next_if(|place| place.command.line <= number);
        while commands.next_if(|place| place.command.line <= number).is_some() {}
        if number < inside {
            continue;
        }
        if let Some(place) = command {
            inside = number + place.command.text.matches('\n').count() as u32 + 1;
        }
        let text = line.text.trim();
        let language = command.and_then(|place| place.step.language.as_deref()).unwrap_or("bash");
        let other = foreign(text).or_else(|| match language {
            "bash" if edited && is_setting(text) => Some(("the content of a file", "text")),
            "bash" => (opened && command.is_some_and(clients::is_statement)).then_some(STATEMENTS),
            "sql" => Some(("SQL", "sql")),
            _ => Some(STATEMENTS),
        });
        opened |= command.is_some_and(|place| place.command.effective().iter().any(|c| clients::opened(c).is_some()));
        edited = match command {
            Some(place) => edited && other.is_some() || opens_editor(&place.command.text),
            None => edited && !text.is_empty(),
        };
        let Some((what, tag)) = other.filter(|(what, _)| !told.contains(what)) else { continue };
        told.push(what);
        found.push(contradiction(block, at, what, tag));
    }
}

fn contradiction(block: &Placed<'_>, at: usize, what: &str, tag: &str) -> Finding {
    let source = block.source(block.line_of(at));
    let message = format!("this is {what}, but the block is tagged `{}`", block.fence.tag);
    let help = format!("put it into a block of its own, tagged `{tag}`: in this one it goes to the shell");
    Finding::new(&MD02, source, message, help)
}

/// What a line is that no shell understands, and the tag that would say so.
fn foreign(text: &str) -> Option<(&'static str, &'static str)> {
    const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];
    let first = text.split_whitespace().next()?;
    let begins = |starts: &[&str]| starts.iter().any(|start| text.starts_with(start));
    if text == "{" || text == "[" || begins(&["{\"", "[{\""]) || text.starts_with('"') && text.contains("\": ") {
        return Some(("JSON", "json"));
    }
    let target = text[first.len()..].trim_start();
    if METHODS.contains(&first) && (target.starts_with('/') || target.starts_with("http")) {
        return Some(("a request", "http"));
    }
    if begins(&["HTTP/1", "HTTP/2", "● "]) || is_table_head(text) {
        return Some(("what a program prints", "text"));
    }
    if is_cron(text) {
        return Some(("a line for cron", "cron"));
    }
    if is_promql(text) {
        return Some(("a query for Prometheus", "promql"));
    }
    None
}

/// `NAME   READY   STATUS`: names of columns, wide apart.
fn is_table_head(text: &str) -> bool {
    let words = text.split_whitespace();
    let shouted = |w: &str| w.chars().all(|c| c.is_ascii_uppercase() || "()-_%/".contains(c)) && w.len() > 1;
    text.contains("   ") && words.clone().count() >= 3 && words.clone().all(shouted)
}

/// `*/5 * * * * /opt/x.sh`.
fn is_cron(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let time = |w: &str| w.chars().all(|c| c.is_ascii_digit() || "*/,-".contains(c));
    let times: Vec<&str> = words.by_ref().take(5).collect();
    times.len() == 5 && times.iter().all(|w| time(w)) && times.iter().any(|w| w.contains('*')) && words.next().is_some()
}

/// `rate(http_requests_total{job="web"}[5m])`.
fn is_promql(text: &str) -> bool {
    const BEGINNINGS: &[&str] = &[
        "rate(", "irate(", "increase(", "sum(", "sum by", "sum without", "avg(", "avg by", "max(", "max by", "min(",
        "count(", "count by", "topk(", "histogram_quantile(", "absent(", "delta(", "predict_linear(", "100 - (",
    ];
    let metric = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let selects = text.find('{').is_some_and(|at| {
        at > 0 && text[..at].chars().all(metric) && (text[at..].contains("=\"") || text[at..].contains("=~\""))
    });
    selects || BEGINNINGS.iter().any(|start| text.starts_with(start)) && text.contains(')')
}

pub(in super::super) fn opens_editor(command: &str) -> bool {
    const EDITORS: &[&str] = &["nano", "vim", "vi", "nvim", "emacs", "ed", "code", "micro"];
    let mut words = command.split_whitespace().skip_while(|w| *w == "sudo");
    match words.next() {
        Some("crontab") => words.next() == Some("-e"),
        Some("visudo" | "sudoedit") => true,
        Some(program) => EDITORS.contains(&program),
        None => false,
    }
}

/// `key: value` or `key = value`, where an editor was opened before.
fn is_setting(text: &str) -> bool {
    let named = |name: &str| {
        let name = name.trim().trim_start_matches("- ");
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
    };
    text.split_once(": ").is_some_and(|(name, _)| named(name))
        || text.strip_suffix(':').is_some_and(named)
        || text.split_once(" = ").is_some_and(|(name, _)| named(name))
        || text.starts_with('[') && text.ends_with(']')
}

/// Commands in a block whose tag says that it is a file or statements.
fn shell_below_another_tag(block: &Placed<'_>) -> Option<Finding> {
    const OTHERS: &[&str] = &["sql", "yaml", "yml", "json", "toml", "ini", "nginx", "python", "py", "js", "javascript"];
    if !OTHERS.contains(&block.fence.tag.as_str()) {
        return None;
    }
    let comment = |text: &str| ["#", "//", "/*", "*", "--", ";"].iter().any(|mark| text.starts_with(mark));
    let code = |text: &str| !text.trim().is_empty() && !comment(text.trim_start());
    let mut lines = block.fence.lines.iter().enumerate().filter(|(_, line)| code(&line.text));
    let (first, _) = lines.next()?;
    let is_command = |text: &str| {
        let text = text.trim();
        begins_like_command(text) && text.contains(' ') && !text.contains(" = ") && !text.ends_with([';', '{', ','])
    };
    let all = is_command(&block.fence.lines[first].text) && lines.all(|(_, line)| is_command(&line.text));
    all.then(|| {
        let source = block.source(block.line_of(first));
        let message = format!("these are shell commands, but the block is tagged `{}`", block.fence.tag);
        Finding::new(&MD02, source, message, "tag it `bash`: nobody runs what is said to be something else")
    })
}
