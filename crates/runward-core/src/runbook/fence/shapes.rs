//! What the lines of a block say by their shape: ticks, boxes, requests, JSON, SQL, queries, programs.

use super::FenceType;
use super::programs::begins_like_command;

/// What stands in front of a thing to tick.
const BOXES: &[&str] = &["[ ]", "[x]", "[X]", "[]", "☐", "□", "☑", "◻", "⬜", "✅ [", "❏"];

/// Things to tick: `[ ] told everybody`, `- [x] done`, `1. [ ] page them`.
pub(super) fn is_checklist(filled: &[&str]) -> bool {
    let ticks = filled.iter().filter(|l| is_tick(l)).count();
    ticks * 2 >= filled.len() || ticks >= 3 && is_tick(filled[0]) && ticks * 4 >= filled.len()
}

fn is_tick(line: &str) -> bool {
    let item = line.trim_start_matches(['-', '*', '+', ' ']);
    let item = item.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches(['.', ')', ' ']);
    BOXES.iter().any(|tick| item.strip_prefix(tick).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
}

/// `1. Acknowledge …`, `2. Find out …`: every line that is not a continuation is numbered.
pub(super) fn is_numbered_list(filled: &[&str]) -> bool {
    let numbered = |line: &str| {
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        rest.len() < line.len() && rest.starts_with([')', '.']) && rest[1..].starts_with(' ')
    };
    filled.len() >= 3
        && filled[0].starts_with(['1', '0'])
        && filled.iter().filter(|l| numbered(l)).count() * 3 >= filled.len() * 2
}

const DRAWN: &str = "│┌┐└┘├┤┬┴┼─━┃▶▼▲◀═║╔╗╚╝╠╣╭╮╰╯";

/// Boxes, trees and arrows; a table that a program drew is none.
pub(super) fn is_diagram(filled: &[&str]) -> bool {
    let drawn = |line: &&&str| {
        line.chars().filter(|c| !c.is_ascii() && DRAWN.contains(*c)).count() >= 2 && !line.starts_with('#')
    };
    let lines = filled.iter().filter(drawn).count();
    if lines > 0 {
        return lines * 3 >= filled.len() && !is_drawn_table(filled) && !is_listing(filled);
    }
    if is_plain_table(filled) && filled.iter().any(|l| l.starts_with('+')) {
        return false;
    }
    let edges = filled.iter().filter(|l| l.contains("+--") || l.contains("+==") || l.contains("--+")).count();
    let columns = filled.iter().filter(|l| matches!(l.trim(), "|" | "v" | "V" | "↓" | "▼" | "^" | "||")).count();
    if edges >= 2 && filled.iter().any(|l| l.contains('|')) {
        return true;
    }
    let points = |l: &&&str| ["->", "=>", "→", "⇒", "↓", "<-", "←", "➜", "-->"].iter().any(|arrow| l.contains(arrow));
    let branches = filled.iter().filter(|l| l.starts_with(['|', '`', '+', '\\']) && l[1..].starts_with("--")).count();
    branches >= 2
        || columns * 3 >= filled.len() && columns > 0
        || filled.iter().filter(points).count() * 2 > filled.len()
            && !filled.iter().any(|l| l.ends_with([';', '{']) || l.contains("://") && !l.contains("→"))
}

/// Rows between borders that all begin alike: `│ id │ name │` below `┌────┬──────┐`.
fn is_drawn_table(filled: &[&str]) -> bool {
    let row = |l: &&str| l.starts_with(['│', '┌', '├', '└', '|', '╔', '║', '╠', '╚', '┃']);
    filled.iter().any(|l| l.contains('┬') || l.contains('┼'))
        && filled.iter().filter(|l| row(l)).count() + 2 >= filled.len()
}

/// `+----+----+` above and below `| a | b |`.
fn is_plain_table(filled: &[&str]) -> bool {
    let rows = filled.iter().filter(|l| l.starts_with('+') || l.starts_with('|') && l.len() > 1).count();
    if filled.iter().any(|l| l.contains("-->") || l.contains("<--")) {
        return false;
    }
    let borders: Vec<&&str> = filled.iter().filter(|l| l.starts_with('+')).collect();
    rows + 2 >= filled.len() && borders.iter().all(|b| *b == borders[0])
}

/// What `lsblk` and `systemctl status` draw.
fn is_listing(filled: &[&str]) -> bool {
    filled.iter().any(|l| l.starts_with("NAME ") || l.starts_with("Loaded:") || l.contains("CGroup:"))
}

const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// `POST /admin/reload`: a request as documents of an API write it.
pub(super) fn is_request(line: &str) -> bool {
    let Some((method, rest)) = line.split_once(' ') else { return false };
    METHODS.contains(&method) && (rest.trim_start().starts_with('/') || rest.trim_start().starts_with("http"))
}

/// Requests, with their bodies and nothing that is typed into a shell.
pub(super) fn are_requests(code: &[&str]) -> bool {
    code.first().is_some_and(|first| is_request(first)) && !code.iter().any(|l| begins_like_command(l))
}

/// What a server answered, head first.
pub(super) fn is_response(code: &[&str]) -> bool {
    code.first().is_some_and(|first| first.starts_with("HTTP/1") || first.starts_with("HTTP/2"))
}

/// JSON or a piece of it; a line of a log in JSON is output.
pub(super) fn json(filled: &[&str]) -> Option<FenceType> {
    let (first, last) = (filled[0], filled[filled.len() - 1].trim_end_matches(','));
    let opens = first.starts_with('{') && !first.starts_with("{{") && !first.starts_with("{%")
        || first.starts_with('[') && (first == "[" || first.starts_with("[{") || first.starts_with("[\""));
    let member = first.starts_with('"') && first.contains("\":");
    if member {
        return Some(FenceType::Json);
    }
    let closes = last.ends_with(['}', ']']);
    let quoted = filled.iter().take(4).any(|l| l.contains("\":") || l.contains("\" :"));
    if !(opens && closes && (quoted || first == "{" || first == "[" || matches!(first, "{}" | "[]"))) {
        return None;
    }
    // `{ "a": 1 } | jq`: a group of shell commands ends otherwise.
    let logged = |l: &&str| {
        l.starts_with('{')
            && l.ends_with('}')
            && [
                "\"level\"", "\"msg\"", "\"ts\"", "\"caller\"", "\"severity\"", "\"time\"", "\"@timestamp\"",
                "\"timestamp\"",
            ]
            .iter()
            .filter(|key| l.contains(**key))
            .count()
                >= 2
    };
    Some(if filled.iter().all(logged) { FenceType::Output } else { FenceType::Json })
}

/// Words that begin a statement of SQL and nothing else that a block may hold.
const STATEMENTS: &[&str] = &[
    "SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "ALTER", "CREATE", "DROP", "TRUNCATE", "EXPLAIN", "VACUUM",
    "REINDEX", "GRANT", "REVOKE", "SHOW", "ANALYZE", "PRAGMA", "CALL", "MERGE", "OPTIMIZE", "REPAIR", "BEGIN",
    "COMMIT", "ROLLBACK", "LOCK", "UNLOCK", "USE", "DESCRIBE", "REFRESH", "CLUSTER", "CHECKPOINT", "COPY", "COMMENT",
    "SET", "RESET", "FLUSH", "PURGE", "STOP", "START", "CHANGE", "KILL", "REPLACE", "RENAME", "DECLARE", "EXEC",
    "EXECUTE", "DO", "PREPARE", "DEALLOCATE", "DISCARD", "REASSIGN", "ATTACH", "DETACH", "CHECK", "HANDLER", "LISTEN",
    "NOTIFY",
];

/// Of these, those that are no words of a shell or of prose where they stand in lower case and end in `;`.
const LOWER: &[&str] = &[
    "select", "insert", "update", "delete", "alter", "create", "drop", "truncate", "explain", "vacuum", "reindex",
    "grant", "revoke", "show", "with", "analyze", "pragma", "call", "merge", "optimize", "describe", "begin", "commit",
    "rollback",
];

/// Whether a line begins a statement of SQL.
pub fn is_sql(line: &str) -> bool {
    let first = line.split(|c: char| c.is_whitespace() || c == '(' || c == ';').next().unwrap_or_default();
    let rest = line[first.len()..].trim_start();
    let ended = line.trim_end().ends_with(';');
    if first.starts_with(|c: char| c.is_ascii_lowercase()) {
        // In lower case only where the rest reads like SQL: `show`, `select` and `with` are also words.
        return LOWER.contains(&first)
            && ended
            && (!rest.is_empty() && rest != ";" || matches!(first, "begin" | "commit" | "rollback"))
            || first == "select" && (rest.contains(" from ") || rest.contains('('));
    }
    if !STATEMENTS.contains(&first) || is_request(line) {
        return false;
    }
    // `STOP SLAVE;` and `SET GLOBAL x = 1;`, but `STOP the service`.
    let sentence = rest.starts_with(|c: char| c.is_ascii_lowercase()) && !ended && !rest.contains(['=', '(', '*', ',']);
    let sure = matches!(
        first,
        "SELECT"
            | "INSERT"
            | "DELETE"
            | "ALTER"
            | "CREATE"
            | "DROP"
            | "TRUNCATE"
            | "EXPLAIN"
            | "VACUUM"
            | "REINDEX"
            | "SHOW"
            | "GRANT"
            | "REVOKE"
            | "PRAGMA"
            | "UPDATE"
            | "WITH"
    );
    sure && !(sentence && rest.split(' ').count() > 6)
        || !rest.is_empty() && !sentence && rest != ";" && ended
        || rest == ";"
}

/// Statements only, with their comments; a client's own commands (`\dt`) count as such.
pub(super) fn is_sql_text(code: &[&str]) -> bool {
    let mut code =
        code.iter().filter(|l| !l.starts_with("--") && !l.starts_with("/*") && !l.starts_with('*')).peekable();
    let Some(first) = code.peek().copied() else { return false };
    let begins = is_sql(first) || is_meta(first);
    if !begins {
        return false;
    }
    let (mut all, mut statements, mut typed, mut ends) = (0, 0, false, false);
    for line in code {
        all += 1;
        statements += usize::from(is_sql(line) || is_meta(line));
        typed |= !is_sql(line) && SHELL_ONLY.iter().any(|p| line.starts_with(p));
        ends = line.ends_with(';') || line.ends_with("\\G") || is_meta(line);
    }
    !typed && (ends || statements * 2 >= all || all == 1)
}

/// What nobody writes into a statement.
const SHELL_ONLY: &[&str] =
    &["sudo ", "psql ", "mysql ", "systemctl ", "docker ", "kubectl ", "cd ", "curl ", "pm2 ", "echo ", "ls ", "ssh "];

/// `\dt`, `\x on`: what psql itself understands.
fn is_meta(line: &str) -> bool {
    line.strip_prefix('\\').is_some_and(|rest| {
        let word = rest.split_whitespace().next().unwrap_or_default();
        !word.is_empty() && word.len() <= 9 && word.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '+' | '?'))
    })
}

const FUNCTIONS: &[&str] = &[
    "sum", "avg", "max", "min", "count", "rate", "irate", "increase", "histogram_quantile", "topk", "bottomk",
    "quantile", "absent", "absent_over_time", "predict_linear", "delta", "idelta", "deriv", "label_replace", "changes",
    "resets", "avg_over_time", "max_over_time", "min_over_time", "sum_over_time", "count_over_time", "stddev", "sort",
    "sort_desc", "abs", "ceil", "clamp_max", "clamp_min", "group", "count_values", "last_over_time", "time",
    "quantile_over_time", "bytes_over_time", "bytes_rate", "label_join", "vector", "scalar", "round",
];

/// A query of Prometheus or Loki, also a bare metric.
pub(super) fn is_query(line: &str) -> bool {
    let line = line.trim_start_matches(['(', ' ']);
    let name = line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':')).next().unwrap_or_default();
    let rest = line[name.len()..].trim_start();
    if name.is_empty() {
        // `{app="web"} |= "error"`
        let selector = line.strip_prefix('{').and_then(|l| l.split_once('}')).map(|(inside, _)| inside);
        return selector.is_some_and(|s| s.contains("=\"") || s.contains("=~\"") || s.contains("!=\""));
    }
    if FUNCTIONS.contains(&name) {
        let grouped = ["by ", "by(", "without ", "without("].iter().any(|w| rest.starts_with(w));
        return grouped || rest.starts_with('(') && line.contains(['{', '[', '_']);
    }
    let selects = rest.strip_prefix('{').is_some_and(|r| r.contains("=\"") || r.contains("=~\"") || r.starts_with('}'));
    let metric = name.contains('_') && name.starts_with(|c: char| c.is_ascii_lowercase());
    let suffixed =
        ["_total", "_bytes", "_seconds", "_count", "_sum", "_bucket", "_ratio", "_percent", "_info", "_errors"]
            .iter()
            .any(|end| name.ends_with(end));
    let compared =
        [">", "<", "==", "!=", "/", "*", "["].iter().any(|o| rest.starts_with(o)) && !rest.starts_with("==>");
    metric
        && (selects
            || suffixed && (rest.is_empty() || compared)
            || compared && rest.len() > 2 && name.matches('_').count() >= 2)
        || selects && name.len() > 2
}

/// A search in a log service: `resource.type="gce_instance"`, `StormEvents | where State == "x"`, `index=web error`.
pub(super) fn is_search(code: &[&str]) -> bool {
    let field = |l: &&&str| {
        l.split_once(['=', ':', '>', '<']).is_some_and(|(name, value)| {
            let value = value.trim_start_matches(['~', '=']).trim_start();
            name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
                && name.starts_with(|c: char| c.is_ascii_alphabetic())
                && value.starts_with('"')
        })
    };
    let dotted = code.iter().any(|l| l.split(['=', ':', '>', '<']).next().is_some_and(|name| name.contains('.')));
    let all = code.iter().filter(|l| !matches!(**l, "AND" | "OR" | "NOT"));
    let piped = |l: &&&str| {
        [
            "| where ", "| summarize ", "| project ", "| extend ", "| stats ", "| fields ", "| filter ", "| take ",
            "| timechart", "| eval ",
        ]
        .iter()
        .any(|p| l.contains(p))
    };
    !code.is_empty()
        && (dotted && all.clone().all(|l| field(&l)) || all.clone().any(|l| piped(&l)) && !begins_like_command(code[0]))
        || code
            .first()
            .is_some_and(|l| l.starts_with("fields @") || l.starts_with("index=") || l.starts_with("source="))
}

/// A program in a language that is no shell: Python, JavaScript, Ruby, Elixir, PHP, Go, templates.
pub(super) fn is_program(code: &[&str]) -> bool {
    let Some(first) = code.first() else { return false };
    if ["<?php", "{%", "{{", "#!/usr/bin/env python", "#!/usr/bin/python", "#!/usr/bin/env node", "#!/usr/bin/env ruby"]
        .iter()
        .any(|start| first.starts_with(start))
        || first.starts_with("<")
            && (first.starts_with("<!DOCTYPE") || first.starts_with("<html") || first.starts_with("<div"))
    {
        return true;
    }
    let said = code.iter().take(60).filter(|l| is_code_line(l)).count();
    let shell = code.iter().take(60).filter(|l| begins_like_command(l)).count();
    said > 0 && said * 3 >= code.len().min(60) && shell * 3 < code.len().clamp(2, 60)
}

/// A line that only a program has.
fn is_code_line(line: &str) -> bool {
    const STARTS: &[&str] = &[
        "const ", "let ", "var ", "function ", "async function ", "await ", "console.log(", "module.exports",
        "require(", "class ", "def ", "from django", "print(", "println!", "fmt.", "func ", "package ", "public ",
        "private ", "puts ", "defmodule ", "IO.puts", "elif ", "except ", "except:", "try:", "raise ", "throw ",
        "return ", "new ", "use strict", "#include", "namespace ", "db.", "rs.", "sh.status", "@app.",
        "export default", "export const", "interface ", "struct ", "impl ", "fn ", "module ", "require '",
        "require \"", "Rails.", "ActiveRecord::", "Sidekiq::", "//", "/*", "end)", "});", "})", "};", "self.", "this.",
        "console.", "process.",
    ];
    if STARTS.iter().any(|start| line.starts_with(start)) && !line.starts_with("//-") {
        return true;
    }
    let imports =
        line.strip_prefix("import ").is_some_and(|rest| !rest.contains(['-', '/']) || rest.contains(" from "))
            || line.strip_prefix("from ").is_some_and(|rest| rest.contains(" import "));
    let block = line.ends_with(" do")
        || line.contains(" do |")
        || line.ends_with(") {")
        || line.ends_with("=> {")
        || line == "end";
    // `workers = Sidekiq::Workers.new`, `user = User.find(13)`: spaces around `=` are no shell.
    let assigned = line.split_once(" = ").is_some_and(|(name, value)| {
        !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '@' | ',' | ' ' | '$'))
            && name.split(' ').count() <= 2
            && (value.contains('(')
                || value.contains("::")
                || value.contains(".new")
                || value.starts_with(['[', '"', '{']))
            && !value.starts_with("(")
    });
    // `User.where(admin: true).count`
    let called = line.find('(').is_some_and(|at| {
        let name = &line[..at];
        name.contains('.')
            && !name.contains([' ', '/', '-', '$'])
            && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == ':')
            && line.contains(')')
    });
    imports
        || block && !line.starts_with(['i', 'f', 'w', 'u'])
        || block && line.ends_with(") {")
        || assigned
        || called
        || line.contains("::") && line.contains('.') && line.starts_with(|c: char| c.is_ascii_uppercase())
}
