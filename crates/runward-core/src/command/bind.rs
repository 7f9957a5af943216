//! Putting values in the place of placeholders without their ever becoming shell text:
//! the script names a variable, the value travels in the environment.

use std::collections::BTreeMap;
use std::ops::Range;

use super::place::Line;
use super::placeholder::{self, Kinds, ParamKind, Placeholder};

/// A command with its parameters bound.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bound {
    /// The shell text to run: placeholders are quoted variables.
    pub script: String,
    /// The variables and their values.
    pub env: BTreeMap<String, String>,
    /// What a person is shown: values in place, secrets by name.
    pub shown: String,
}

/// Why a command cannot be run with these values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unbound {
    /// No value for this placeholder.
    Missing(String),
    /// The value is not of the placeholder's kind.
    Value(String, String),
    /// The placeholder stands where no value is safe.
    Place(String, &'static str),
}

impl std::fmt::Display for Unbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unbound::Missing(name) => write!(f, "no value for `{name}`"),
            Unbound::Value(name, why) => write!(f, "`{name}`: {why}"),
            Unbound::Place(name, why) => write!(f, "`{name}` {why}: run this step by hand"),
        }
    }
}

/// The variable that carries a parameter: `commit-hash` travels as `RUNWARD_P_COMMIT_HASH`.
pub fn variable(name: &str) -> String {
    let upper: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    format!("RUNWARD_P_{upper}")
}

/// Binds every placeholder of `text`; `kinds` is what the configuration says that some ask for.
/// # Errors
/// Where a value is missing or not of its kind, or a placeholder stands where quoting cannot protect it.
pub fn bind(text: &str, values: &BTreeMap<String, String>, kinds: &Kinds) -> Result<Bound, Unbound> {
    let placeholders = placeholder::find_as(text, kinds);
    let mut bound = Bound::default();
    let mut at = 0;
    let line = Line::read(text, &placeholders);
    let contexts = contexts(text, &placeholders);
    for (placeholder, context) in placeholders.iter().zip(contexts) {
        let before = &text[at..placeholder.span.start];
        bound.script.push_str(before);
        bound.shown.push_str(before);
        at = placeholder.span.end;
        if context == Context::Comment {
            let written = &text[placeholder.span.clone()];
            bound.script.push_str(written);
            bound.shown.push_str(written);
            continue;
        }
        let value = checked(placeholder, &placeholders, values)?;
        safe(placeholder, context, &line)?;
        let variable = variable(&placeholder.name);
        bound.script.push_str(&match context {
            Context::Code => format!("\"${{{variable}}}\""),
            Context::Double | Context::Heredoc => format!("${{{variable}}}"),
            Context::Single => format!("'\"${{{variable}}}\"'"),
            Context::Comment | Context::Literal => String::new(),
        });
        bound.shown.push_str(&if placeholder.kind == ParamKind::Secret {
            format!("‹{}›", placeholder.name)
        } else {
            value.to_owned()
        });
        bound.env.insert(variable, value.to_owned());
    }
    bound.script.push_str(&text[at..]);
    bound.shown.push_str(&text[at..]);
    Ok(bound)
}

fn checked<'v>(
    placeholder: &Placeholder,
    beside: &[Placeholder],
    values: &'v BTreeMap<String, String>,
) -> Result<&'v str, Unbound> {
    let value =
        placeholder::value_of(placeholder, beside, values).ok_or_else(|| Unbound::Missing(placeholder.name.clone()))?;
    placeholder.kind.accept(value).map_err(|why| Unbound::Value(placeholder.name.clone(), why))?;
    Ok(value)
}

/// Where a placeholder stands, as far as the shell is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Context {
    Code,
    Double,
    Single,
    /// In a here-document that the shell expands.
    Heredoc,
    /// In a here-document that it does not.
    Literal,
    Comment,
}

fn safe(placeholder: &Placeholder, context: Context, line: &Line) -> Result<(), Unbound> {
    let refuse = |why| Err(Unbound::Place(placeholder.name.clone(), why));
    if context == Context::Literal {
        return refuse("stands in a here-document that the shell does not expand");
    }
    if let Err(why) = line.accept(placeholder.kind, &placeholder.span) {
        return refuse(why);
    }
    if !placeholder.kind.is_plain() && matches!(context, Context::Single | Context::Heredoc) {
        return refuse("is free text inside quotes that the shell does not expand");
    }
    Ok(())
}

/// The context at the start of each placeholder.
fn contexts(text: &str, placeholders: &[Placeholder]) -> Vec<Context> {
    let spans: Vec<Range<usize>> = placeholders.iter().map(|p| p.span.clone()).collect();
    let mut found = Vec::with_capacity(spans.len());
    let mut scanner = Scanner::default();
    let mut next = 0;
    for (at, c) in text.char_indices() {
        if next < spans.len() && at == spans[next].start {
            found.push(scanner.context());
            next += 1;
        }
        let inside = spans.iter().any(|s| s.contains(&at));
        if !inside {
            scanner.take(c, &text[at..]);
        }
    }
    found
}

/// Follows quotes, substitutions, comments and here-documents character by character.
#[derive(Default)]
struct Scanner {
    /// Open quotes and substitutions, innermost last: `'`, `"`, `(`.
    open: Vec<char>,
    escaped: bool,
    comment: bool,
    /// A here-document announced on this line or being read: its end, whether it expands.
    announced: Vec<(String, bool)>,
    reading: Option<(String, bool)>,
    line: String,
    previous: Option<char>,
}

impl Scanner {
    fn context(&self) -> Context {
        if let Some((_, expands)) = &self.reading {
            return if *expands { Context::Heredoc } else { Context::Literal };
        }
        if self.comment {
            return Context::Comment;
        }
        match self.open.last() {
            Some('\'') => Context::Single,
            Some('"') => Context::Double,
            _ => Context::Code,
        }
    }

    fn take(&mut self, c: char, rest: &str) {
        if self.reading.is_some() {
            self.heredoc_character(c);
            return;
        }
        let previous = self.previous.replace(c);
        if std::mem::take(&mut self.escaped) {
            return;
        }
        if self.comment {
            self.comment = c != '\n';
        } else {
            self.code_character(c, previous, rest);
        }
        if c == '\n' && !matches!(self.open.last(), Some('\'' | '"')) && !self.announced.is_empty() {
            self.reading = Some(self.announced.remove(0));
        }
    }

    fn code_character(&mut self, c: char, previous: Option<char>, rest: &str) {
        match (self.open.last(), c) {
            (Some('\''), '\'') => {
                self.open.pop();
            }
            (Some('\''), _) => {}
            (_, '\\') => self.escaped = true,
            (Some('"'), '"') => {
                self.open.pop();
            }
            (Some('"'), '(') if previous == Some('$') => self.open.push('('),
            (Some('"'), _) => {}
            (_, '\'' | '"') => self.open.push(c),
            (_, '(') => self.open.push('('),
            (Some('('), ')') => {
                self.open.pop();
            }
            (_, '#') if previous.is_none_or(char::is_whitespace) => self.comment = true,
            (_, '<') if rest.starts_with("<<") && !rest.starts_with("<<<") && previous != Some('<') => {
                self.announce(&rest[2..])
            }
            _ => {}
        }
    }

    fn announce(&mut self, rest: &str) {
        let word: String = rest
            .trim_start_matches('-')
            .trim_start_matches(' ')
            .chars()
            .take_while(|c| !c.is_whitespace() && !";|&<>()".contains(*c))
            .collect();
        let expands = !word.contains(['\'', '"', '\\']);
        self.announced.push((word.replace(['\'', '"', '\\'], ""), expands));
    }

    fn heredoc_character(&mut self, c: char) {
        if c != '\n' {
            self.line.push(c);
            return;
        }
        let line = std::mem::take(&mut self.line);
        if self.reading.as_ref().is_some_and(|(end, _)| line.trim_start_matches('\t') == end) {
            self.reading = if self.announced.is_empty() { None } else { Some(self.announced.remove(0)) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, values: &[(&str, &str)], script: &str, shown: &str) {
        let values = values.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let bound = bind(text, &values, &Kinds::new()).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!(bound.script, script);
        assert_eq!(bound.shown, shown);
    }

    fn refused(text: &str, values: &[(&str, &str)]) -> String {
        let values = values.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        bind(text, &values, &Kinds::new()).unwrap_err().to_string()
    }

    #[test]
    fn a_value_travels_in_the_environment() {
        check(
            "systemctl restart app-<name>",
            &[("name", "web")],
            "systemctl restart app-\"${RUNWARD_P_NAME}\"",
            "systemctl restart app-web",
        );
        check(
            "curl \"http://localhost:<port>/\"",
            &[("port", "3001")],
            "curl \"http://localhost:${RUNWARD_P_PORT}/\"",
            "curl \"http://localhost:3001/\"",
        );
        check(
            "ps aux | grep '[<name>]'",
            &[("name", "web")],
            "ps aux | grep '['\"${RUNWARD_P_NAME}\"']'",
            "ps aux | grep '[web]'",
        );
        check("ls # not <this>", &[], "ls # not <this>", "ls # not <this>");
        check(
            "echo $(id <name>) \"$(id <name>)\"",
            &[("name", "x")],
            "echo $(id \"${RUNWARD_P_NAME}\") \"$(id \"${RUNWARD_P_NAME}\")\"",
            "echo $(id x) \"$(id x)\"",
        );
        check(
            "cat <<EOF\nport <port>\nEOF",
            &[("port", "1")],
            "cat <<EOF\nport ${RUNWARD_P_PORT}\nEOF",
            "cat <<EOF\nport 1\nEOF",
        );
    }

    #[test]
    fn what_quoting_cannot_protect_is_refused() {
        assert!(refused("cat <<'EOF'\n<port>\nEOF", &[("port", "1")]).contains("does not expand"));
        assert!(refused("psql -c \"select <what>\"", &[("what", "1; drop table x")]).contains("another language"));
        assert!(refused("mysqldump --password=<password>", &[("password", "hunter2")]).contains("secret"));
        assert!(refused("ssh web echo <what>", &[("what", "$(id)")]).contains("another language"));
        assert!(refused("systemctl restart <name>", &[("name", "a;b")]).contains("not a service name"));
        assert!(refused("systemctl restart <name>", &[]).contains("no value"));
    }

    #[test]
    fn free_text_stands_only_where_nothing_runs_it() {
        for text in [
            "mariadb -e \"select '<what>'\"", "script -qc \"echo <what>\"", "mawk <what>", "gsed <what> f",
            "php -r <what>", "lua -e <what>", "ksh -c <what>", "valkey-cli <what>", "clickhouse-client -q <what>",
            "echo <what> | sh", "echo <what> | mail ops", "docker <what>", "docker exec web <what>",
            "systemctl <what> nginx", "PATH=<what> ls", "vim <what>", "X=1 mysql -e <what>", "awk -f <file>",
            "scp <file> web:", "rsync -a <file> x", "rm $(bash -c <what>)", "cat <(bash -c <what>)",
            "ls `bash -c \\`echo <what>\\``", "rm x$(cat <file>)",
        ] {
            let refusal = refused(text, &[("what", "x"), ("file", "/x")]);
            assert!(refusal.contains("another language"), "{text}: {refusal}");
        }
        for text in [
            "echo <what>", "logger \"saw <what>\"", "grep -F <what> log", "kubectl logs <what> -n web",
            "cd <file> && make",
        ] {
            let values = BTreeMap::from([("what".to_owned(), "x".to_owned()), ("file".to_owned(), "/x".to_owned())]);
            assert!(bind(text, &values, &Kinds::new()).is_ok(), "{text}");
        }
    }

    #[test]
    fn only_numbers_stand_where_the_shell_evaluates() {
        for text in [
            "[[ <count> -gt 5 ]]", "[ <count> -gt 5 ]", "test <count> -eq 1", "(( <count> > 5 ))",
            "echo $((<count> + 1))", "declare -i n=<count>", "printf -v <count> x", "unset <count>", "read <count>",
            "[[ <name> -gt 5 ]]",
        ] {
            let refusal = refused(text, &[("count", "1"), ("name", "web")]);
            assert!(refusal.contains("evaluate"), "{text}: {refusal}");
        }
        check("[[ <port> -gt 5 ]]", &[("port", "80")], "[[ \"${RUNWARD_P_PORT}\" -gt 5 ]]", "[[ 80 -gt 5 ]]");
    }

    #[test]
    fn a_secret_is_only_the_value_of_a_leading_assignment() {
        for text in [
            "DB=shop mysqldump --password=<password>", "PASSWORD=<password>,x", "echo <password>",
            "x; PASSWORD=<password>", "export A=1 PASSWORD=<password>", "LD_PRELOAD=<password>",
        ] {
            assert!(refused(text, &[("password", "hunter2")]).contains("secret"), "{text}");
        }
        for text in ["export PASSWORD=<password>", "PGPASSWORD=\"<password>\" psql -l"] {
            let values = BTreeMap::from([("password".to_owned(), "hunter2".to_owned())]);
            assert_eq!(bind(text, &values, &Kinds::new()).map(|b| b.shown.contains("hunter2")), Ok(false), "{text}");
        }
    }

    #[test]
    fn no_hostile_value_ever_becomes_shell_text() {
        for value in ["$(touch x)", "`id`", "a\"; id; \"", "' id '", "a b", "*", "--help", "\u{0}", "x\ny"] {
            for text in ["echo <what>", "echo \"<what>\"", "echo pre-<what>.log", "logger <what> | cat"] {
                let values = BTreeMap::from([("what".to_owned(), value.to_owned())]);
                if let Ok(bound) = bind(text, &values, &Kinds::new()) {
                    assert!(!bound.script.contains(value) || value == "*", "{text} {value}");
                }
            }
        }
    }
}
