//! What a code block really holds: its tag is a hint, its lines decide.

use serde::Serialize;

use super::markdown::Fence;
use super::prompt::is_prompted;
use crate::command::lines::{self, LineKind};

/// What a code block holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FenceType {
    /// Commands for a shell.
    Shell,
    /// Statements for a database.
    Sql,
    /// Commands behind a prompt, with what they printed.
    Transcript,
    /// What a program prints.
    Output,
    /// The content of a configuration file.
    Config,
    /// A message or document to fill in.
    Template,
    /// Things to tick.
    Checklist,
    /// Boxes and arrows.
    Diagram,
    /// A program in some language.
    Code,
    /// JSON.
    Json,
    /// None of these.
    Other,
}

/// Types a block. `before` is the text that leads to it, lower-cased; it tells samples from commands.
pub fn of(fence: &Fence, before: &str) -> FenceType {
    let lines: Vec<&str> = fence.lines.iter().map(|l| l.text.as_str()).collect();
    let filled: Vec<&str> = lines.iter().copied().filter(|l| !l.trim().is_empty()).collect();
    if let Some(known) = by_tag(&fence.tag) {
        return known;
    }
    if filled.is_empty() {
        return FenceType::Other;
    }
    if let Some(shape) = by_shape(&filled) {
        return shape;
    }
    let tagged = is_shell_tag(&fence.tag);
    if tagged {
        return FenceType::Shell;
    }
    if !matches!(fence.tag.as_str(), "" | "text" | "plaintext") {
        return FenceType::Other;
    }
    match untagged(&lines, &filled) {
        FenceType::Shell if before.contains("expected") || before.contains("you should see") => FenceType::Output,
        FenceType::Shell => FenceType::Shell,
        _ if announces_output(before) => FenceType::Output,
        other => other,
    }
}

pub(crate) fn is_shell_tag(tag: &str) -> bool {
    matches!(tag, "bash" | "sh" | "shell" | "zsh" | "console" | "terminal" | "shellscript" | "shell-session" | "ksh")
}

fn by_tag(tag: &str) -> Option<FenceType> {
    Some(match tag {
        "sql" | "psql" | "mysql" | "postgresql" | "pgsql" => FenceType::Sql,
        "json" | "jsonc" | "json5" => FenceType::Json,
        "yaml" | "yml" | "toml" | "ini" | "conf" | "nginx" | "caddyfile" | "caddy" | "dotenv" | "env"
        | "properties" | "hcl" | "terraform" | "dockerfile" | "systemd" | "cron" | "crontab" | "xml" | "apache" => {
            FenceType::Config
        }
        "mermaid" | "dot" | "plantuml" | "ascii" => FenceType::Diagram,
        "markdown" | "md" => FenceType::Template,
        "python" | "py" | "js" | "javascript" | "ts" | "typescript" | "php" | "go" | "rust" | "ruby" | "java" | "c"
        | "cpp" | "csharp" | "powershell" | "ps1" | "promql" | "logql" | "kql" | "jinja" | "html" | "css" | "diff" => {
            FenceType::Code
        }
        "log" | "output" => FenceType::Output,
        "http" => FenceType::Other,
        _ => return None,
    })
}

/// What the lines say regardless of a shell tag.
fn by_shape(filled: &[&str]) -> Option<FenceType> {
    let share =
        |test: &dyn Fn(&str) -> bool| filled.iter().filter(|l| test(l.trim())).count() as f32 / filled.len() as f32;
    let first = filled[0].trim();
    if filled.iter().any(|l| is_prompted(l.trim())) {
        return Some(FenceType::Transcript);
    }
    if share(&|l| ["[ ]", "[x]", "[X]", "- [ ]", "- [x]", "☐", "□", "☑"].iter().any(|b| l.starts_with(b))) >= 0.5
    {
        return Some(FenceType::Checklist);
    }
    if filled.iter().any(|l| l.chars().filter(|c| "│┌┐└┘├┤─▶▼═║╔╗╚╝".contains(*c)).count() >= 2)
    {
        return Some(FenceType::Diagram);
    }
    if ["GET /", "POST /", "PUT /", "PATCH /", "DELETE /", "HTTP/1"].iter().any(|m| first.starts_with(m)) {
        return Some(FenceType::Other);
    }
    if (first == "{" || first == "[") && filled.last().is_some_and(|l| matches!(l.trim(), "}" | "]")) {
        return Some(FenceType::Json);
    }
    if share(&is_sql) >= 0.5 && is_sql(first)
        || (is_sql(first) && filled.last().is_some_and(|l| l.trim().ends_with(';')))
    {
        return Some(FenceType::Sql);
    }
    None
}

/// Whether a line begins a statement of SQL.
pub fn is_sql(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default();
    let upper = first.to_uppercase();
    let begins = [
        "SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "ALTER", "CREATE", "DROP", "TRUNCATE", "EXPLAIN", "VACUUM",
        "REINDEX", "GRANT", "REVOKE", "SHOW",
    ]
    .contains(&upper.trim_end_matches(';'));
    // Lower case only where the rest reads like SQL: `show`, `select` and `with` are also words.
    begins && (first == upper || (words.next().is_some() && line.trim_end().ends_with(';')))
}

fn announces_output(before: &str) -> bool {
    [
        "expected", "output", "looks like", "you should see", "response:", "returns", "example response", "sample",
        "if you see", "will print", "prints",
    ]
    .iter()
    .any(|w| before.contains(w))
}

/// An untagged block is shell where most of its lines begin like commands.
fn untagged(lines: &[&str], filled: &[&str]) -> FenceType {
    let logical = lines::logical_lines(lines);
    let commands: Vec<_> = logical.iter().filter(|l| matches!(l.kind, LineKind::Command | LineKind::Broken)).collect();
    let like = commands.iter().filter(|l| begins_like_command(&l.text)).count();
    if !commands.is_empty() && like as f32 >= commands.len() as f32 * 0.6 {
        return FenceType::Shell;
    }
    let bracketed = filled.iter().filter(|l| l.contains('[') && l.contains(']') && l.contains(' ')).count();
    let labelled = filled
        .iter()
        .filter(|l| l.split_once(": ").is_some_and(|(label, _)| label.len() < 40 && !label.contains("  ")))
        .count();
    if filled.iter().any(|l| l.contains('@') && !l.contains("://")) && labelled > 0 || (bracketed >= 2 && labelled >= 2)
    {
        return FenceType::Template;
    }
    if filled.iter().all(|l| l.contains('=') || l.trim_start().starts_with(['#', '[', ';'])) {
        return FenceType::Config;
    }
    if filled.iter().any(|l| l.contains("->") || l.contains("-->") || l.contains("└")) {
        return FenceType::Diagram;
    }
    FenceType::Output
}

/// Whether a line begins with a program people type: by name, by path, or by assignment.
pub fn begins_like_command(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let mut first = words.next().unwrap_or_default();
    while matches!(first, "sudo" | "export" | "time" | "watch" | "nohup" | "timeout" | "env" | "if" | "for" | "while") {
        match words.next() {
            Some(next) => first = next,
            None => return true,
        }
    }
    let path = first.starts_with("./") || first.starts_with("~/") || (first.starts_with('/') && first.len() > 1);
    let assigned = first
        .split_once('=')
        .is_some_and(|(name, _)| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
    path && !line.contains(": ") || assigned && !line.contains(": ") || PROGRAMS.contains(&first)
}

/// Programs that runbooks type at a prompt.
const PROGRAMS: &[&str] = &[
    "ansible", "ansible-playbook", "apachectl", "apt", "apt-get", "awk", "aws", "az", "bash", "bun", "caddy", "cargo",
    "cat", "cd", "certbot", "chmod", "chown", "cp", "crontab", "curl", "date", "dd", "df", "dig", "docker",
    "docker-compose", "du", "echo", "fail2ban-client", "find", "fly", "flyctl", "free", "gcloud", "gh", "git", "go",
    "grep", "gunzip", "gzip", "head", "helm", "heroku", "host", "htop", "iostat", "ip", "iptables", "journalctl", "jq",
    "kill", "knife", "kubectl", "less", "ln", "logrotate", "ls", "lsof", "make", "mkdir", "mongo", "mongodump",
    "mongorestore", "mongosh", "mount", "mv", "mysql", "mysqldump", "nano", "nc", "netstat", "nft", "nginx", "node",
    "npm", "npx", "nslookup", "openssl", "pg_dump", "pg_isready", "pg_restore", "php", "ping", "pip", "pkill", "pm2",
    "pnpm", "podman", "ps", "psql", "python", "python3", "rclone", "reboot", "redis-cli", "restic", "rm", "rsync",
    "salt", "scp", "sed", "service", "sh", "sleep", "sort", "sqlite3", "ss", "ssh", "stat", "su", "sudo",
    "supervisorctl", "systemctl", "tail", "tar", "tee", "telnet", "terraform", "top", "touch", "truncate", "ufw",
    "uptime", "vim", "vi", "wget", "whois", "yarn", "zcat",
];

#[cfg(test)]
mod tests {
    use super::super::markdown::FenceLine;
    use super::*;

    fn check(tag: &str, text: &str, expected: FenceType) {
        let lines = text.lines().map(|l| FenceLine { text: l.into(), start: 0 }).collect();
        assert_eq!(of(&Fence { tag: tag.into(), lines, closed: true }, ""), expected, "{text}");
    }

    #[test]
    fn the_lines_decide_what_a_block_is() {
        check("bash", "systemctl status web", FenceType::Shell);
        check("bash", "SELECT pid FROM pg_stat_activity;", FenceType::Sql);
        check("bash", "$ uptime\n 12:00 up 3 days", FenceType::Transcript);
        check("console", "root@till:~# uptime\n 12:00 up 3 days", FenceType::Transcript);
        check("bash", "GET /admin/health", FenceType::Other);
        check("", "docker compose --profile production up -d", FenceType::Shell);
        check("", "export PASSWORD=x", FenceType::Shell);
        check("", "[ ] told everybody\n[ ] wrote it down", FenceType::Checklist);
        check("", "Severity: [P0/P1]\nAffected Services: [api/web]\nEngineer: @your-name", FenceType::Template);
        check("", "{\n  \"status\": \"ok\"\n}", FenceType::Json);
        check("", "LISTEN 0 128 *:22", FenceType::Output);
        check("yaml", "a: b", FenceType::Config);
    }
}
