//! Splitting a block of shell into logical lines: what a person would paste as one thing.

/// One logical line of a shell block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logical {
    /// What it is.
    pub kind: LineKind,
    /// The text; physical lines joined by `\n`.
    pub text: String,
    /// Index of its first physical line in the block.
    pub first: usize,
    /// Index of its last physical line.
    pub last: usize,
}

/// What a logical line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// Nothing on it.
    Blank,
    /// A comment that fills the line.
    Comment,
    /// A command, complete as far as quotes, brackets and here-documents tell.
    Command,
    /// A command whose quotes or brackets never close.
    Broken,
}

/// How often an unclosed quote may make the splitter start over before it stops trying to join lines:
/// keeps hostile blocks linear.
const MOST_RESTARTS: usize = 32;

/// Splits a block. Every physical line ends up in exactly one logical line.
pub fn logical_lines(lines: &[&str]) -> Vec<Logical> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut restarts = 0;
    while at < lines.len() {
        let trimmed = lines[at].trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            let kind = if trimmed.is_empty() { LineKind::Blank } else { LineKind::Comment };
            found.push(Logical { kind, text: trimmed.to_owned(), first: at, last: at });
            at += 1;
            continue;
        }
        let end = if restarts < MOST_RESTARTS { complete(&lines[at..]) } else { complete(&lines[at..=at]) };
        let (kind, count) = match end {
            Some(count) => (LineKind::Command, count),
            None => {
                restarts += 1;
                (LineKind::Broken, 1)
            }
        };
        let text = lines[at..at + count].join("\n");
        found.push(Logical { kind, text: text.trim().to_owned(), first: at, last: at + count - 1 });
        at += count;
    }
    found
}

/// How many physical lines the command at the front takes; `None` if it never completes.
fn complete(lines: &[&str]) -> Option<usize> {
    let mut scan = Scan::default();
    for (index, line) in lines.iter().enumerate() {
        if scan.line(line) {
            return Some(index + 1);
        }
    }
    None
}

/// What is open while scanning a command.
#[derive(Default)]
struct Scan {
    /// Open quotes and brackets, innermost last: `'`, `"`, `` ` ``, `(`, `{`.
    open: Vec<char>,
    /// Compound commands waiting for their `fi`, `done` or `esac`.
    compounds: usize,
    /// Here-documents waiting for their end: the delimiter and whether tabs are stripped.
    heredocs: Vec<(String, bool)>,
}

impl Scan {
    /// Takes one physical line; true where the command is complete with it.
    fn line(&mut self, line: &str) -> bool {
        if let Some((end, tabs)) = self.heredocs.first() {
            let candidate = if *tabs { line.trim_start_matches('\t') } else { line };
            if candidate == end {
                self.heredocs.remove(0);
            }
            return self.heredocs.is_empty() && self.open.is_empty() && self.compounds == 0;
        }
        let continued = self.scan(line);
        !continued && self.open.is_empty() && self.compounds == 0 && self.heredocs.is_empty()
    }

    /// Scans a line of shell; true where it asks for the next line by `\`, `|`, `&&` or `||`.
    fn scan(&mut self, line: &str) -> bool {
        let chars: Vec<char> = line.chars().collect();
        let mut at = 0;
        let mut word = String::new();
        let mut command_position = true;
        let mut code_end = None;
        while at < chars.len() {
            let c = chars[at];
            match self.open.last() {
                Some('\'') => {
                    if c == '\'' {
                        self.open.pop();
                    }
                }
                Some('"') => match c {
                    '\\' => at += 1,
                    '"' => {
                        self.open.pop();
                    }
                    '`' => self.toggle_backtick(),
                    '$' if chars.get(at + 1) == Some(&'(') => {
                        self.open.push('(');
                        at += 1;
                    }
                    _ => {}
                },
                _ => {
                    if c == '#' && word.is_empty() && (at == 0 || !is_word_char(chars[at - 1])) {
                        code_end = Some(at);
                        break;
                    }
                    at += self.code(c, &chars, at, &mut word, &mut command_position);
                }
            }
            at += 1;
        }
        self.end_word(&mut word, &mut command_position);
        if matches!(self.open.last(), Some('\'' | '"')) {
            return true;
        }
        let code: String = chars[..code_end.unwrap_or(chars.len())].iter().collect();
        let code = code.trim_end();
        let escaped = code_end.is_none() && line.chars().rev().take_while(|c| *c == '\\').count() % 2 == 1;
        escaped || code.ends_with('|') || code.ends_with("&&")
    }

    /// One character outside quotes; returns how many more characters it used.
    fn code(&mut self, c: char, chars: &[char], at: usize, word: &mut String, command_position: &mut bool) -> usize {
        match c {
            '\\' => {
                word.push('\\');
                return 1;
            }
            '\'' | '"' => {
                word.push(c);
                self.open.push(c);
            }
            '`' => {
                word.push(c);
                self.toggle_backtick();
            }
            '(' => {
                self.end_word(word, command_position);
                self.open.push('(');
                *command_position = true;
            }
            ')' => {
                self.end_word(word, command_position);
                // A `)` without its `(` ends a pattern of `case`.
                if self.open.last() == Some(&'(') {
                    self.open.pop();
                }
                *command_position = true;
            }
            '<' if chars.get(at + 1) == Some(&'<') && chars.get(at + 2) != Some(&'<') => {
                self.end_word(word, command_position);
                return 1 + self.heredoc(&chars[at + 2..]);
            }
            '<' if chars.get(at + 1) == Some(&'<') => return 2,
            ';' | '|' | '&' => {
                self.end_word(word, command_position);
                *command_position = true;
            }
            c if c.is_whitespace() => self.end_word(word, command_position),
            c => word.push(c),
        }
        0
    }

    fn toggle_backtick(&mut self) {
        match self.open.iter().rposition(|c| *c == '`') {
            Some(at) => self.open.truncate(at),
            None => self.open.push('`'),
        }
    }

    /// Notes a here-document whose operator was just read; returns the characters its word takes.
    fn heredoc(&mut self, rest: &[char]) -> usize {
        let tabs = rest.first() == Some(&'-');
        let mut used = usize::from(tabs);
        while rest.get(used).is_some_and(|c| *c == ' ' || *c == '\t') {
            used += 1;
        }
        let mut word = String::new();
        while let Some(c) = rest.get(used).filter(|c| !c.is_whitespace() && !";|&<>()".contains(**c)) {
            if !matches!(c, '\'' | '"' | '\\') {
                word.push(*c);
            }
            used += 1;
        }
        if !word.is_empty() {
            self.heredocs.push((word, tabs));
        }
        used
    }

    fn end_word(&mut self, word: &mut String, command_position: &mut bool) {
        if word.is_empty() {
            return;
        }
        let was_command = std::mem::replace(command_position, false);
        if was_command {
            match word.as_str() {
                "if" | "for" | "while" | "until" | "case" | "select" => self.compounds += 1,
                "fi" | "done" | "esac" => self.compounds = self.compounds.saturating_sub(1),
                "{" => self.open.push('{'),
                "}" if self.open.last() == Some(&'{') => {
                    self.open.pop();
                }
                "then" | "do" | "else" | "elif" | "!" | "time" => *command_position = true,
                _ => {}
            }
        } else if word == "do" || word == "then" || word == "in" {
            // `for x in a b; do` and `case x in`: the next word may begin a command.
            *command_position = word != "in" || self.compounds > 0;
        }
        word.clear();
    }
}

fn is_word_char(c: char) -> bool {
    !c.is_whitespace() && !";|&()".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shows each logical line as `kind first-last`.
    fn check(block: &str, expected: &str) {
        let lines: Vec<&str> = block.lines().collect();
        let shown: Vec<String> = logical_lines(&lines)
            .iter()
            .filter(|l| l.kind != LineKind::Blank)
            .map(|l| format!("{:?} {}-{}", l.kind, l.first, l.last))
            .collect();
        assert_eq!(shown.join(", "), expected, "{block}");
    }

    #[test]
    fn a_line_is_a_command_unless_something_is_open() {
        check("ls\n# note\ndf -h", "Command 0-0, Comment 1-1, Command 2-2");
        check("curl -X POST \\\n  -d x", "Command 0-1");
        check("docker ps |\n  grep web", "Command 0-1");
        check("make &&\nmake install", "Command 0-1");
        check("psql -c \"\nSELECT 1;\n\"", "Command 0-2");
        check("for p in 1 2; do\n  echo $p\ndone\nls", "Command 0-2, Command 3-3");
        check("if true; then\n  ls\nelse\n  df\nfi", "Command 0-4");
        check("cat <<EOF\n# not a comment\nEOF\nls", "Command 0-2, Command 3-3");
        check("x=$(date \\\n  -u)\nls", "Command 0-1, Command 2-2");
        check("f() {\n  rm x\n}\nls", "Command 0-2, Command 3-3");
        check("echo 'a # b'; ls # why 'not\ndf", "Command 0-0, Command 1-1");
        check("case $x in\n  a) ls ;;\n  *) df ;;\nesac\nls", "Command 0-3, Command 4-4");
    }

    #[test]
    fn an_unclosed_quote_spoils_its_own_line_only() {
        check("echo don't\nls\ndf", "Broken 0-0, Command 1-1, Command 2-2");
    }

    #[test]
    fn every_physical_line_is_in_exactly_one_logical_line() {
        for block in ["a\n\nb \\\nc", "'\n'\n'", "((((\n)", "if\nfi\ndone", "<<A\nx\n"] {
            let lines: Vec<&str> = block.lines().collect();
            let mut next = 0;
            for logical in logical_lines(&lines) {
                assert_eq!(logical.first, next, "{block}");
                next = logical.last + 1;
            }
            assert_eq!(next, lines.len(), "{block}");
        }
    }
}
