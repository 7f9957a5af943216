//! Programs in the languages of awk and sed: whether they only print.

/// Whether an awk program starts nothing and writes no file.
pub(super) fn plain_awk(program: &str) -> bool {
    !["system", "getline", "@"].iter().any(|w| program.contains(w)) && Awk::new(program).only_prints()
}

/// Words of awk behind which a `/` begins a pattern as easily as it divides.
const BEFORE_PATTERNS: &[&str] = &["print", "printf", "return", "in", "else", "do", "case"];

struct Awk<'p> {
    rest: std::iter::Peekable<std::str::Chars<'p>>,
    /// The last character that is no blank.
    before: char,
    word: String,
    /// Whether the statement prints: only there is `>` a redirection.
    prints: bool,
    depth: i32,
}

impl<'p> Awk<'p> {
    fn new(program: &'p str) -> Awk<'p> {
        Awk { rest: program.chars().peekable(), before: ';', word: String::new(), prints: false, depth: 0 }
    }

    fn only_prints(mut self) -> bool {
        while let Some(c) = self.rest.next() {
            let fine = match c {
                '"' => self.skip_to('"'),
                '#' => {
                    while self.rest.next_if(|c| *c != '\n').is_some() {}
                    true
                }
                '/' => self.slash(),
                // `a || b`; one alone is a pipe.
                '|' => self.rest.next_if_eq(&'|').is_some(),
                '>' => !(self.prints && self.depth == 0),
                '\\' => self.rest.next_if_eq(&'\n').is_some(),
                _ => true,
            };
            if !fine {
                return false;
            }
            self.remember(c);
        }
        true
    }

    fn remember(&mut self, c: char) {
        match c {
            '(' => self.depth += 1,
            ')' => self.depth -= 1,
            ';' | '{' | '}' | '\n' => (self.prints, self.depth) = (false, 0),
            _ => {}
        }
        if c.is_alphanumeric() || c == '_' {
            if !(self.before.is_alphanumeric() || self.before == '_') {
                self.word.clear();
            }
            self.word.push(c);
            self.prints |= self.word.starts_with("print");
        }
        if c != ' ' && c != '\t' {
            self.before = c;
        }
    }

    /// A pattern or a division; where neither is sure, the program is not plain.
    fn slash(&mut self) -> bool {
        let named = self.before.is_alphanumeric() || self.before == '_';
        let divides = named || matches!(self.before, ')' | ']' | '$' | '"');
        if !divides {
            return self.skip_to('/');
        }
        // One that divides is not followed by another, least of all behind a quote.
        let mut quoted = false;
        let closed = self.rest.clone().take_while(|c| *c != '\n').any(|c| {
            quoted |= c == '"';
            c == '/'
        });
        let quoted = closed && quoted;
        !(quoted || named && BEFORE_PATTERNS.contains(&self.word.as_str()))
    }

    /// Skips to an end that no backslash stands before; false where there is none.
    fn skip_to(&mut self, end: char) -> bool {
        while let Some(c) = self.rest.next() {
            if c == end {
                return true;
            }
            if c == '\\' {
                self.rest.next();
            }
        }
        false
    }
}

/// Whether a sed script is of addresses and of commands that only print, drop and replace.
pub(super) fn plain_sed(script: &str) -> bool {
    let mut rest = script;
    loop {
        rest = rest.trim_start_matches([';', '\n', ' ', '\t', '}']);
        if rest.is_empty() {
            return true;
        }
        let Some(after) = address(rest).and_then(sed_command) else { return false };
        let ended = after.trim_start_matches([' ', '\t']);
        if !(ended.is_empty() || ended.starts_with([';', '\n', '}']) || after.starts_with('{')) {
            return false;
        }
        rest = ended.trim_start_matches('{');
    }
}

/// What follows `1,5!`, `/a/,/b/`, `$`.
fn address(script: &str) -> Option<&str> {
    let mut rest = script;
    loop {
        rest = match rest.strip_prefix('/') {
            Some(pattern) => past(pattern, '/')?.trim_start_matches(['I', 'M']),
            None => rest.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '$' | '~' | '+')),
        };
        match rest.trim_start().strip_prefix(',') {
            Some(second) => rest = second.trim_start(),
            None => return Some(rest.trim_start_matches([' ', '!'])),
        }
    }
}

/// What follows one harmless command; a group is left for the caller to open.
fn sed_command(script: &str) -> Option<&str> {
    let command = script.chars().next()?;
    let rest = &script[command.len_utf8()..];
    match command {
        'p' | 'd' | '=' | 'n' | 'N' | 'D' | 'P' | 'h' | 'H' | 'g' | 'G' | 'x' | 'z' => Some(rest),
        'q' | 'Q' | 'l' => Some(rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ')),
        '{' => Some(script),
        's' | 'y' => {
            let separator = rest.chars().next().filter(|c| c.is_ascii_punctuation() && *c != '\\')?;
            let behind = past(past(&rest[1..], separator)?, separator)?;
            let flags: &[char] = if command == 's' { &['g', 'p', 'i', 'I', 'm', 'M'] } else { &[] };
            Some(behind.trim_start_matches(|c: char| c.is_ascii_digit() || flags.contains(&c)))
        }
        _ => None,
    }
}

/// What stands behind the next `end` that no backslash stands before.
fn past(text: &str, end: char) -> Option<&str> {
    let mut escaped = false;
    let at = text.char_indices().find(|(_, c)| {
        let found = *c == end && !escaped;
        escaped = *c == '\\' && !escaped;
        found
    })?;
    Some(&text[at.0 + end.len_utf8()..])
}
