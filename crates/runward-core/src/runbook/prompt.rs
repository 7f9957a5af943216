//! What a terminal shows: which lines stand behind a prompt, and so were typed, and which were printed.

use super::fence::{begins_like_command, is_sql};
use super::markdown::{Fence, FenceLine};
use crate::command::Language;
use crate::command::is_redis;

/// What was typed behind a prompt, and to whom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Typed<'l> {
    /// Who read it.
    pub language: Language,
    /// The text without the prompt.
    pub text: &'l str,
}

/// What was typed on a line, where a prompt of a shell or of a client stands in front.
pub(super) fn typed(line: &str) -> Option<Typed<'_>> {
    let line = line.trim_start();
    let shell = |text| Typed { language: Language::Shell, text };
    if let Some(text) = behind_shell(line) {
        return Some(shell(text));
    }
    if let Some(rest) = line.strip_prefix("> ") {
        return behind_bare(rest.trim_start());
    }
    behind_client(line)
}

/// What root typed: in a block of which no line is typed without a prompt, `# reboot` is no comment.
fn behind_root(line: &str) -> Option<Typed<'_>> {
    let text = line.trim_start().strip_prefix("# ")?;
    begins_like_command(text).then_some(Typed { language: Language::Shell, text })
}

/// Whether the lines are what a terminal of root shows. Only where the tag does not say that `#` begins a comment.
pub(super) fn is_roots(tag: &str, lines: &[&str]) -> bool {
    let shown =
        matches!(tag, "" | "text" | "txt" | "plaintext" | "console" | "terminal" | "shell-session" | "shellsession");
    let first = lines.iter().find(|l| !l.is_empty());
    shown
        && first.is_some_and(|l| behind_root(l).is_some())
        && !lines.iter().any(|l| !l.starts_with('#') && begins_like_command(l))
}

/// What was typed behind the prompt of a shell: `$ `, `root@shop:~# `, `[ann@shop ~]$ `, `(venv) deploy@web:/srv$ `.
fn behind_shell(line: &str) -> Option<&str> {
    let line = match line.strip_prefix('(').and_then(|l| l.split_once(')')) {
        // An environment of Python, in front of a prompt.
        Some((name, rest)) if is_word(name) => rest.trim_start(),
        _ => line,
    };
    for sign in ["$ ", "❯ ", "➜ ", "λ "] {
        if let Some(rest) = line.strip_prefix(sign) {
            // `➜  ~ git status`
            let rest = rest.trim_start();
            return filled(rest.strip_prefix("~ ").unwrap_or(rest).trim_start());
        }
    }
    // `$sudo lsblk`: no variable is named like a program and followed by words.
    if let Some(rest) = line.strip_prefix('$') {
        return (rest.contains(' ') && rest.starts_with(|c: char| c.is_ascii_lowercase()) && begins_like_command(rest))
            .then_some(rest);
    }
    if let Some(rest) = line.strip_prefix("PS ").or_else(|| line.strip_prefix("C:\\")) {
        return rest
            .find("> ")
            .filter(|at| !rest[..*at].contains(['|', '=', '"']))
            .and_then(|at| filled(rest[at + 2..].trim_start()));
    }
    let end = line.find(['#', '$', '%']).filter(|at| *at > 0 && *at < 80)?;
    let rest = line[end + 1..].strip_prefix(' ')?.trim_start();
    let place = line[..end].trim_end();
    let sure = is_place(place) || is_folder(place) && begins_like_command(rest);
    let host = is_word(place) && place.len() > 1 && !line[..end].ends_with(' ') && begins_like_command(rest);
    (sure || host).then_some(rest).and_then(filled)
}

fn filled(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

/// `root@shop:~`, `[root@shop ~]`: who and where, as a shell says it before each command.
fn is_place(text: &str) -> bool {
    let bracketed = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    let Some((user, rest)) = bracketed.unwrap_or(text).split_once('@') else { return false };
    let (host, folder) = match rest.split_once(if bracketed.is_some() { ' ' } else { ':' }) {
        Some((host, folder)) => (host, folder),
        None => (rest, ""),
    };
    let name = |t: &str| !t.is_empty() && t.chars().all(|c| c.is_ascii_alphanumeric() || "._-<>".contains(c));
    name(user) && name(host) && !folder.contains(char::is_whitespace)
}

/// `/ `, `/app`, `~/shop`: the folder alone, as shells in containers say it.
fn is_folder(text: &str) -> bool {
    (text.starts_with('/') || text.starts_with('~')) && !text.contains(char::is_whitespace)
}

/// What was typed behind `> `: Redis, Mongo and consoles of languages say no more. `> file` empties a file instead.
fn behind_bare(text: &str) -> Option<Typed<'_>> {
    let named = text.contains('.') && !text.contains('(') && !text.starts_with(|c: char| c.is_ascii_uppercase());
    let empties = !text.contains(' ') && (text.contains('/') || named);
    let text = filled(text).filter(|_| !empties)?;
    let language = language(text);
    // Mail and Markdown quote with the same sign: what no client is known by must at least call something.
    let calls = text.starts_with('#')
        || !text.split(['(', '.', ':', '=']).next().is_some_and(|name| name.trim_end().contains(' '));
    (language != Language::Code || calls && text.contains(['(', '.', '='])).then_some(Typed { language, text })
}

/// What a text reads like, where the prompt does not say it.
fn language(text: &str) -> Language {
    if is_mongo(text) {
        Language::Mongo
    } else if is_sql(text) {
        Language::Sql
    } else if is_redis(text) {
        Language::Redis
    } else {
        Language::Code
    }
}

/// What only the Mongo shell understands.
pub(super) fn is_mongo(text: &str) -> bool {
    ["db.", "rs.", "sh.", "show dbs", "show collections", "show users", "db[", "db ="]
        .iter()
        .any(|start| text.starts_with(start))
}

/// What was typed behind the prompt of a client: `mysql> `, `shop=# `, `127.0.0.1:6379> `, `iex(1)> `, `>>> `.
fn behind_client(line: &str) -> Option<Typed<'_>> {
    for (sign, language) in
        [(">>> ", Language::Code), ("(gdb) ", Language::Code), ("(Pdb) ", Language::Code), ("SQL> ", Language::Sql)]
    {
        if let Some(rest) = line.strip_prefix(sign) {
            return filled(rest.trim()).map(|text| Typed { language, text });
        }
    }
    if let Some((_, rest)) = line.strip_prefix("In [").and_then(|l| l.split_once("]: ")) {
        return filled(rest.trim()).map(|text| Typed { language: Language::Code, text });
    }
    // `rs0 [direct: primary] shop> `, `MariaDB [(none)]> `, `[1] pry(main)> `
    let bracket =
        line.find("]> ").or_else(|| line.find("] ").filter(|_| line.starts_with('[') || line.contains(" [direct")));
    let at = bracket.map_or(0, |at| at + 1);
    let end = at + line[at..].find([' ', '\t'])?;
    let (name, rest) = match line[at..].starts_with("> ") {
        true => (&line[..at], line[at + 1..].trim()),
        // Behind a bracket a blank and one word more stand before the sign.
        false if bracket.is_some() => {
            let (word, rest) = line[at..].trim_start().split_once("> ")?;
            is_word(word.split('(').next().unwrap_or_default()).then_some(())?;
            (&line[..at + 1], rest.trim())
        }
        false => (
            line[..end].strip_suffix(['>', '#']).filter(|n| !line[..end].ends_with('#') || n.ends_with(['=', '-']))?,
            line[end..].trim(),
        ),
    };
    filled(rest)?;
    client(name, rest).map(|language| Typed { language, text: rest })
}

/// Whose prompt a name is: the part in front of the `>` or `#`.
fn client(name: &str, text: &str) -> Option<Language> {
    if name.ends_with(['=', '-', '(', '\'', '^', '*']) {
        // `shop=#`, `shop=>`; `shop-#` goes on with what the line above began.
        return is_word(name.trim_end_matches(['=', '-', '(', '\'', '^', '*'])).then_some(Language::Sql);
    }
    let known = name.split(['(', ':', ' ', '[']).next().unwrap_or_default();
    match known {
        "mysql" | "MariaDB" | "sqlite" | "cqlsh" | "psql" | "postgres" | "spark-sql" | "hive" | "trino" => {
            return Some(Language::Sql);
        }
        "redis" | "valkey" | "keydb" => return Some(Language::Redis),
        "mongo" | "mongosh" => return Some(Language::Mongo),
        "iex" | "irb" | "pry" | "scala" | "ghci" | "node" | "php" | "julia" | "erl" | "python" => {
            return Some(Language::Code);
        }
        _ => {}
    }
    if name.contains("[direct") || name.ends_with(":PRIMARY") || name.ends_with(":SECONDARY") {
        return Some(Language::Mongo);
    }
    if name.starts_with('[') {
        return Some(Language::Code);
    }
    let port = name.rsplit_once(':').is_some_and(|(_, port)| {
        port.split('[').next().is_some_and(|p| p.len() >= 4 && p.bytes().all(|b| b.is_ascii_digit()))
    });
    if port {
        return Some(Language::Redis);
    }
    (is_word(name) && name.len() > 1 && !name.bytes().all(|b| b.is_ascii_digit())).then(|| language(text))
}

/// What was typed in a transcript, in order: each with who read it and its lines without their prompts.
pub(super) fn dialog(fence: &Fence) -> Vec<(Language, Fence)> {
    let mut found: Vec<(Language, Fence)> = Vec::new();
    // Whether the line before asks for more: by a backslash, or a statement by its missing end.
    let mut open: Option<Language> = None;
    let mut prompted = false;
    let roots = is_roots(&fence.tag, &fence.lines.iter().map(|l| l.text.trim()).collect::<Vec<_>>());
    for line in &fence.lines {
        let trimmed = line.text.trim_start();
        let said = typed(trimmed).or_else(|| behind_root(trimmed).filter(|_| roots));
        prompted |= said.is_some();
        let (language, text) = match (said, open) {
            (Some(said), _) => (said.language, said.text),
            (None, Some(language)) => (language, continued(trimmed)),
            (None, None) if trimmed.starts_with('#') => (Language::Shell, trimmed),
            _ => continue,
        };
        open = match language {
            Language::Shell => trimmed.ends_with('\\').then_some(language),
            Language::Sql => (!text.is_empty() && !ends_statement(text)).then_some(language),
            _ => None,
        };
        let start = line.start + (line.text.len() - trimmed.len()) + (trimmed.len() - text.len());
        let line = match said {
            Some(_) => FenceLine { text: text.to_owned(), start },
            None if language == Language::Shell => line.clone(),
            None => FenceLine { text: text.to_owned(), start },
        };
        match found.last_mut() {
            Some((last, kept)) if *last == language => kept.lines.push(line),
            _ => found.push((language, Fence { lines: vec![line], ..fence.empty() })),
        }
    }
    if prompted { found } else { first_command(fence) }
}

/// `    -> FROM orders`: MySQL goes on asking.
fn continued(line: &str) -> &str {
    let rest = ["-> ", "'> ", "\"> ", "...> ", "... "].iter().find_map(|sign| line.strip_prefix(sign)).unwrap_or(line);
    match rest.split_once("-# ").or_else(|| rest.split_once("-> ")).or_else(|| rest.split_once("(# ")) {
        Some((name, rest)) if is_word(name) => rest,
        _ => rest,
    }
}

pub(super) fn ends_statement(text: &str) -> bool {
    let text = text.trim_end();
    text.ends_with(';')
        || text.ends_with("\\G")
        || text.ends_with("\\g")
        || text.starts_with('\\')
        || text.starts_with('.')
        || text.is_empty()
        || matches!(text, "exit" | "quit")
}

/// A command above what it prints, without any prompt.
fn first_command(fence: &Fence) -> Vec<(Language, Fence)> {
    let mut kept = Vec::new();
    for line in &fence.lines {
        let trimmed = line.text.trim();
        if begins_like_command(trimmed) {
            kept.push(line.clone());
        } else if !kept.is_empty() && !trimmed.is_empty() {
            break;
        }
    }
    vec![(Language::Shell, Fence { lines: kept, ..fence.empty() })]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let lines = text.lines().map(|l| FenceLine { text: l.into(), start: 0 }).collect();
        let kept = dialog(&Fence { lines, ..Fence::default() });
        let kept: Vec<String> = kept
            .iter()
            .flat_map(|(language, fence)| fence.lines.iter().map(move |l| format!("{language:?}: {}", l.text)))
            .collect();
        assert_eq!(kept.join(" / "), expected, "{text}");
    }

    #[test]
    fn only_what_stands_behind_a_prompt_was_typed() {
        check("$ uptime\n 12:00 up 3 days", "Shell: uptime");
        check(
            "root@till:~# systemctl status till\n● till.service - Till\nroot@till:~# reboot",
            "Shell: systemctl status till / Shell: reboot",
        );
        check("[ann@till ~]$ df -h\n/dev/sda1 90%", "Shell: df -h");
        check("deploy@web-1:/srv/app$ make \\\n  deploy", "Shell: make \\ / Shell:   deploy");
        check("(venv)ann@till:~$ pip list", "Shell: pip list");
        check("/ # ls /srv", "Shell: ls /srv");
        check("till-1# reboot", "Shell: reboot");
        check("# pstree -p 17\nsystemd\n  └─till\n\n# kill -TERM 18", "Shell: pstree -p 17 / Shell: kill -TERM 18");
        check("[ staging ] production> Cart.find(17)\n=> #<Cart>", "Code: Cart.find(17)");
        check("$sudo lsblk\nNAME", "Shell: sudo lsblk");
        check("sudo lsblk\nNAME   SIZE\nsda    10G", "Shell: sudo lsblk");
        check("write to ann@till.example # now", "");
        check("git@github.com: Permission denied", "");
        check("issue# 5", "");
        check("$HOME is full", "");
    }

    #[test]
    fn clients_have_prompts_of_their_own() {
        check("mysql> SHOW PROCESSLIST;\n+----+\nmysql> KILL 7;", "Sql: SHOW PROCESSLIST; / Sql: KILL 7;");
        check("mysql> DELETE FROM carts\n    -> WHERE old;\nQuery OK", "Sql: DELETE FROM carts / Sql: WHERE old;");
        check("shop=# \\dt\n List\nshop=# DROP TABLE carts;", "Sql: \\dt / Sql: DROP TABLE carts;");
        check("shop=> select 1\nshop-> from t;", "Sql: select 1 / Sql: from t;");
        check("MariaDB [shop]> TRUNCATE carts;", "Sql: TRUNCATE carts;");
        check("127.0.0.1:6379> FLUSHALL\nOK", "Redis: FLUSHALL");
        check("> info memory\nused_memory:1", "Redis: info memory");
        check("> /var/log/till.log", "");
        check("rs0:PRIMARY> rs.stepDown()", "Mongo: rs.stepDown()");
        check("rs0 [direct: primary] shop> db.carts.drop()", "Mongo: db.carts.drop()");
        check("shop> db.carts.find()", "Mongo: db.carts.find()");
        check("iex(1)> Till.stop()", "Code: Till.stop()");
        check(">>> import till", "Code: import till");
        check("[1] pry(main)> Cart.count", "Code: Cart.count");
        check("$ rails console\n> Cart.count", "Shell: rails console / Code: Cart.count");
    }
}
