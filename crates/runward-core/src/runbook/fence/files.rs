//! The content of files: settings, environments, units, cron lines, and the comment that names the file.

use super::programs::begins_like_command;

/// Settings by their shape, in any block without commands of a shell.
pub(super) fn is_settings(code: &[&str]) -> bool {
    !code.is_empty()
        && (are_cron_lines(code)
            || is_sectioned(code)
            || is_yaml(code)
            || has_blocks(code)
            || is_markup(code)
            || is_difference(code)
            || is_table_of_hosts(code))
}

/// `0 3 * * * /opt/backup.sh`, with `MAILTO=…` between.
pub(super) fn are_cron_lines(code: &[&str]) -> bool {
    code.iter().any(|l| is_cron_line(l)) && code.iter().all(|l| is_cron_line(l) || is_setting(l))
}

fn is_cron_line(line: &str) -> bool {
    if let Some(rest) = line.strip_prefix('@') {
        let word = rest.split_whitespace().next().unwrap_or_default();
        return ["daily", "weekly", "monthly", "hourly", "reboot", "yearly", "annually", "midnight"].contains(&word);
    }
    let mut fields = line.split_whitespace();
    let timed = |field: &str| {
        field.starts_with(|c: char| c.is_ascii_digit() || c == '*')
            && field.chars().all(|c| c.is_ascii_alphanumeric() || "*/,-".contains(c))
            || field.len() == 3 && field.chars().all(|c| c.is_ascii_alphabetic())
    };
    fields.by_ref().take(5).filter(|f| timed(f)).count() == 5 && fields.next().is_some()
}

/// `NAME=value`, with a comment behind it at most: no expansion that only a shell would make.
pub(super) fn is_setting(line: &str) -> bool {
    let Some((name, value)) = line.split_once('=') else { return false };
    let value = value.split(" #").next().unwrap_or_default().trim();
    let quoted = value.len() > 1
        && (value.starts_with('"') && value.ends_with('"') || value.starts_with('\'') && value.ends_with('\''));
    !name.is_empty()
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
        && !value.contains("$(")
        && !value.contains('`')
        && (quoted || !value.contains(' '))
}

/// Only settings of an environment. (`export NAME=value` is typed.)
pub(super) fn is_environment(code: &[&str]) -> bool {
    let named = |line: &&str| line.starts_with(|c: char| c.is_ascii_uppercase() || c == '_') && is_setting(line);
    !code.is_empty() && code.iter().all(named)
}

/// `[Service]` with `Key=value` below it.
fn is_sectioned(code: &[&str]) -> bool {
    let header =
        |l: &str| l.starts_with('[') && l.ends_with(']') && !l.starts_with("[ ") && l.len() > 2 && !l.contains('"');
    let pair = |l: &&&str| l.contains('=') || l.contains(": ");
    header(code[0]) && code.len() > 1 && (code[1].contains('=') || code.iter().filter(pair).count() * 2 >= code.len())
        || code.iter().all(|l| l.split_once(" = ").is_some_and(|(name, value)| is_name(name) && !value.contains('(')))
}

/// `net.core.somaxconn`, `max_connections`, `log-level`.
fn is_name(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

/// Keys with a colon, most of them in lower case or nested: `spec:`, `  image: web:1`, `- name: x`.
fn is_yaml(code: &[&str]) -> bool {
    let key = |line: &str| {
        let line = line.trim_start_matches("- ");
        line.find(':').is_some_and(|at| {
            let behind = &line[at + 1..];
            (behind.is_empty() || behind.starts_with(' ')) && is_key(&line[..at])
        })
    };
    let keys = code.iter().filter(|l| key(l)).count();
    let items = code.iter().filter(|l| l.starts_with("- ")).count();
    let nested = code.iter().any(|l| l.ends_with(':') || l.ends_with(": |") || l.ends_with(": >"));
    let marked = code[0] == "---" || code[0].starts_with("apiVersion:") || code[0].starts_with("version:");
    let lower = code.iter().filter(|l| key(l) && !l.starts_with(|c: char| c.is_ascii_uppercase())).count();
    keys > 0
        && (keys + items) * 10 >= code.len() * 6
        && (key(code[0]) || marked || code[0].starts_with("- "))
        && (marked || lower * 2 > keys)
        && (nested || marked || code.len() <= 6)
}

fn is_key(key: &str) -> bool {
    let key = key.trim_matches(['"', '\'']);
    !key.is_empty() && key.len() <= 60 && key.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c))
}

/// `server { … }`, `location / {`, `resource "x" "y" {`, `example.org {`, `/var/log/x.log {`.
pub(super) fn has_blocks(code: &[&str]) -> bool {
    let opens = |l: &&&str| {
        l.ends_with('{') && !l.contains("()") && !l.contains("=>") && !l.ends_with(") {") && !l.contains("function")
    };
    let closes = |l: &&&str| matches!(**l, "}" | "};" | "},");
    let statements = code.iter().filter(|l| l.ends_with(';')).count();
    let directive = |l: &&&str| {
        let word = l.split_whitespace().next().unwrap_or_default();
        DIRECTIVES.contains(&word) && l.contains(' ')
    };
    let directives = code.iter().filter(directive).count();
    const LANGUAGES: &[&str] =
        &["class ", "struct ", "impl ", "interface ", "func ", "fn ", "module ", "enum ", "pub ", "namespace "];
    !LANGUAGES.iter().any(|start| code[0].starts_with(start))
        && code.iter().filter(opens).count() > 0
        && code.iter().filter(closes).count() > 0
        && !code[0].starts_with(['{', '[', '"'])
        && !begins_like_command(code[0])
        || directives * 2 > code.len() && (statements == 0 || statements * 3 > code.len())
}

/// Words that begin a line of nginx, Apache, HAProxy, sshd, Docker, PostgreSQL and Redis settings.
const DIRECTIVES: &[&str] = &[
    "server", "listen", "server_name", "location", "proxy_pass", "upstream", "proxy_set_header", "root",
    "ssl_certificate", "ssl_certificate_key", "worker_processes", "worker_connections", "client_max_body_size",
    "keepalive_timeout", "add_header", "limit_req", "limit_req_zone", "allow", "deny", "rewrite", "include",
    "proxy_read_timeout", "try_files", "proxy_connect_timeout", "proxy_send_timeout", "access_log", "error_log",
    "fastcgi_pass", "ServerName", "DocumentRoot", "ProxyPass", "ProxyPassReverse", "SSLEngine", "RewriteRule",
    "RewriteEngine", "Listen", "Host", "HostName", "User", "Port", "IdentityFile", "PermitRootLogin",
    "PasswordAuthentication", "AllowUsers", "Match", "ProxyJump", "ForwardAgent", "LocalForward", "FROM", "RUN",
    "COPY", "ENV", "EXPOSE", "WORKDIR", "ENTRYPOINT", "CMD", "ARG", "backend", "frontend", "bind", "balance",
    "default_backend", "option", "timeout", "acl", "use_backend", "maxconn", "maxmemory", "maxmemory-policy",
    "appendonly", "save", "requirepass", "rename-command", "client-output-buffer-limit", "reverse_proxy",
    "file_server", "tls", "encode", "ssh-rsa", "ssh-ed25519", "nameserver", "local", "hostssl", "zone", "type",
    "nameservers", "tune", "stats",
];

fn is_markup(code: &[&str]) -> bool {
    ["<?xml", "<VirtualHost", "<IfModule", "<Directory", "<configuration", "<Location", "<project", "<dependency"]
        .iter()
        .any(|start| code[0].starts_with(start))
}

/// What `diff` prints of a file of settings.
pub(super) fn is_difference(code: &[&str]) -> bool {
    let header = code[0].starts_with("diff --git")
        || code[0].starts_with("--- ") && code.get(1).is_some_and(|l| l.starts_with("+++ "));
    header || code[0].starts_with("@@ -")
}

/// `127.0.0.1 till.example`.
fn is_table_of_hosts(code: &[&str]) -> bool {
    code.iter().all(|l| {
        let mut words = l.split_whitespace();
        let address = words.next().unwrap_or_default();
        address.parse::<std::net::IpAddr>().is_ok()
            && words.next().is_some_and(|w| w.contains(|c: char| c.is_ascii_alphabetic()))
            && words.count() < 4
    })
}

/// A first comment that names the file below it: `# /etc/cron.d/backup`, `# In .env`, `# docker-compose.yml`.
pub(super) fn is_named(filled: &[&str]) -> bool {
    let first = filled[0];
    let Some(said) = first.strip_prefix('#').or_else(|| first.strip_prefix("//")).or_else(|| first.strip_prefix(';'))
    else {
        return false;
    };
    let said = said.trim_start_matches('#').trim();
    let mut words = said.split_whitespace();
    let first = words.next().unwrap_or_default();
    let lower = first.to_lowercase();
    let leads = ["in", "file:", "edit", "add", "into", "inside", "example", "put", "update", "set"];
    let leads = leads.contains(&lower.as_str()) && said.split_whitespace().skip(1).take(6).any(is_file);
    is_file(first.trim_end_matches([':', ',', ')'])) && words.count() <= 3 || leads
}

/// Endings of the names of files that hold settings.
const ENDINGS: &[&str] = &[
    ".conf", ".cnf", ".cfg", ".yml", ".yaml", ".ini", ".toml", ".env", ".service", ".timer", ".socket", ".json",
    ".hcl", ".tf", ".tfvars", ".properties", ".local", ".config", ".rules", ".j2", ".sls", ".xml", ".mount", ".target",
    ".vcl", ".list", ".repo", ".sources", ".php", ".rb", ".network", ".container",
];

/// Whether a word names a file of settings: `/etc/hosts`, `docker-compose.yml`, `.env`, `~/.ssh/config`.
pub(super) fn is_file(word: &str) -> bool {
    let word = word.trim_matches(['`', '"', '\'', '(', ')', ',', ':', '*', '“', '”']).trim_end_matches('.');
    let path = (word.starts_with('/') || word.starts_with("~/") || word.starts_with("./")) && word[1..].contains('/');
    let known = matches!(
        word,
        "crontab" | "Dockerfile" | "Caddyfile" | "hosts" | "fstab" | "Makefile" | "Procfile" | ".pgpass" | ".htaccess"
    );
    let named = ENDINGS.iter().any(|end| word.ends_with(end)) && !word.contains("://");
    let dotted = word.starts_with(".env") || word.contains("/.env");
    (path && !word.ends_with('/') || known || named || dotted) && word.len() > 3
}
