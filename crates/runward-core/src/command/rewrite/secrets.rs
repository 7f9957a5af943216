//! Secrets leave the command line, where everybody who lists processes sees them: into the environment, or into what
//! the program reads on its standard input.

use super::super::shell::{Redirect, Word};
use super::{Edit, Target};

/// Whether a text may hold a secret that can be moved: says no quickly to most.
pub(in crate::command) fn likely(masked: &str) -> bool {
    const CLIENTS: &[&str] =
        &["redis-cli", "valkey-cli", "keydb-cli", "mysql", "mariadb", "mongosh", "sshpass", "clickhouse"];
    let logs_in = masked.contains("login") && masked.contains(" -p") || masked.contains("--password");
    let asks = masked.contains("curl") && (masked.contains('u') && masked.contains(" -") || masked.contains("earer"));
    CLIENTS.iter().any(|client| masked.contains(client))
        || logs_in
        || asks
        || masked.contains("postgres") && masked.contains("://")
}

/// Programs that read a password from a variable: their options for it, the variable, and what stands for it instead.
const VARIABLES: &[(&str, &[&str], &str, &str)] = &[
    ("redis-cli valkey-cli keydb-cli", &["-a", "--pass"], "REDISCLI_AUTH", ""),
    (
        "mysql mysqldump mysqladmin mysqlcheck mysqlimport mysqlshow mariadb mariadb-dump mariadb-admin mariadb-check",
        &["-p", "--password"],
        "MYSQL_PWD",
        "",
    ),
    ("sshpass", &["-p"], "SSHPASS", " -e"),
    ("clickhouse-client", &["--password"], "CLICKHOUSE_PASSWORD", ""),
    ("etcdctl", &["--password"], "ETCDCTL_PASSWORD", ""),
];

/// Programs that take the address of a PostgreSQL database.
const POSTGRES: &[&str] = &[
    "psql", "pg_dump", "pg_dumpall", "pg_restore", "pg_isready", "pg_basebackup", "createdb", "dropdb", "vacuumdb",
    "reindexdb", "pg_amcheck",
];

/// The edits that move the secrets of a command; none where it has none, or there is no way.
pub(super) fn moved(target: &Target<'_>) -> Vec<Edit> {
    let program = target.words[0].text.rsplit('/').next().unwrap_or_default();
    match program {
        "curl" => to_configuration(target).unwrap_or_default(),
        "mongosh" => to_script(target).unwrap_or_default(),
        "docker" | "podman" if target.verb() == "login" => to_login(target).unwrap_or_default(),
        // Inside a container: the variable is passed on by its name.
        "docker" | "podman" | "docker-compose" => {
            let Some(exec) = target.words.iter().position(|w| w.text == "exec") else { return Vec::new() };
            let inner = target.words[exec..].iter().position(|w| of(&w.text).is_some());
            let Some(at) = inner.map(|inner| exec + inner) else { return Vec::new() };
            let mut edits = to_variable(target, at);
            if let Some((_, _, variable, _)) = of(&target.words[at].text).filter(|_| !edits.is_empty()) {
                let end = target.words[exec].span.end;
                edits.push(Edit { span: end..end, new: format!(" -e {variable}") });
            }
            edits
        }
        program if POSTGRES.contains(&program) => to_pgpassword(target).unwrap_or_default(),
        _ => to_variable(target, 0),
    }
}

fn of(program: &str) -> Option<&'static (&'static str, &'static [&'static str], &'static str, &'static str)> {
    VARIABLES.iter().find(|(names, ..)| names.split(' ').any(|name| name == program))
}

impl Target<'_> {
    fn written(&self, word: &Word) -> &str {
        self.text.get(word.span.clone()).unwrap_or_default()
    }

    /// The bytes from the end of the word before `at` to the end of word `last`: a word with the blank in front of it.
    fn without(&self, at: usize, last: usize, new: &str) -> Edit {
        Edit { span: self.words[at - 1].span.end..self.words[last].span.end, new: new.into() }
    }

    fn reads_nothing(&self) -> bool {
        let command = &self.onwards[0];
        !command.piped && !command.redirects.iter().any(|r| matches!(r, Redirect::Read(_) | Redirect::Text(_)))
    }
}

/// `redis-cli -a "$P" ping` becomes `REDISCLI_AUTH="$P" redis-cli ping`.
fn to_variable(target: &Target<'_>, program: usize) -> Vec<Edit> {
    let Some((_, options, variable, instead)) = of(&target.words[program].text) else { return Vec::new() };
    for at in program + 1..target.words.len() {
        let written = target.written(&target.words[at]);
        let Some((last, secret)) = secret(target, at, written, options) else { continue };
        let start = target.words[0].span.start;
        return vec![
            Edit { span: start..start, new: format!("{variable}={secret} ") },
            target.without(at, last, instead),
        ];
    }
    Vec::new()
}

/// The value of one of these options where a word is one: joined to it, or the next word; with the last word it takes.
fn secret<'t>(target: &'t Target<'_>, at: usize, written: &'t str, options: &[&str]) -> Option<(usize, &'t str)> {
    for option in options {
        let Some(rest) = written.strip_prefix(option) else { continue };
        let long = option.starts_with("--");
        let joined = if long { rest.strip_prefix('=') } else { Some(rest).filter(|r| !r.is_empty()) };
        if let Some(value) = joined.filter(|v| !v.is_empty()) {
            return Some((at, value));
        }
        // MySQL takes a password only where it is joined: the next word is the database.
        if rest.is_empty() && !target.words.iter().any(|w| w.text.starts_with("my") || w.text.starts_with("maria")) {
            let next = target.words.get(at + 1)?;
            return Some((at + 1, target.written(next))).filter(|(_, value)| !value.is_empty());
        }
    }
    None
}

/// `psql postgres://app:secret@db/shop` becomes `PGPASSWORD=secret psql postgres://app@db/shop`.
fn to_pgpassword(target: &Target<'_>) -> Option<Vec<Edit>> {
    let word = target.words[1..].iter().find(|w| w.text.starts_with("postgres") && w.text.contains("://"))?;
    let written = target.written(word);
    let at = written.find("://")? + 3;
    let (account, _) = written[at..].split_once('@')?;
    let (_, secret) = account.split_once(':')?;
    // What is percent-encoded in an address is not in a variable.
    if secret.is_empty() || secret.contains(['%', '/', '\'', '"', '`', '\\', ' ']) {
        return None;
    }
    let colon = word.span.start + at + account.len() - secret.len() - 1;
    let start = target.words[0].span.start;
    let plain = secret.chars().all(|c| c.is_ascii_alphanumeric() || "_-.<>".contains(c));
    let value = match () {
        () if secret.contains('$') => format!("\"{secret}\""),
        // A placeholder is filled in as one word.
        () if plain => secret.to_owned(),
        () => format!("'{secret}'"),
    };
    if secret.contains('$') && written.starts_with('\'') {
        return None;
    }
    Some(vec![
        Edit { span: start..start, new: format!("PGPASSWORD={value} ") },
        Edit { span: colon..colon + secret.len() + 1, new: String::new() },
    ])
}

/// `docker login -u ann -p "$P"` becomes `docker login -u ann --password-stdin <<< "$P"`.
fn to_login(target: &Target<'_>) -> Option<Vec<Edit>> {
    if !target.reads_nothing() {
        return None;
    }
    (2..target.words.len()).find_map(|at| {
        let (last, secret) = secret(target, at, target.written(&target.words[at]), &["-p", "--password"])?;
        let end = target.end();
        Some(vec![
            target.without(at, last, " --password-stdin"),
            Edit { span: end..end, new: format!(" <<< {secret}") },
        ])
    })
}

/// Headers whose value is a secret.
const HEADERS: &[&str] =
    &["authorization:", "private-token:", "x-api-key:", "api-key:", "x-vault-token:", "x-auth-token:", "apikey:"];

/// `curl -u "$KEY:" URL` becomes `curl -K - URL <<< "user = \"$KEY:\""`: curl reads options from its standard input.
fn to_configuration(target: &Target<'_>) -> Option<Vec<Edit>> {
    let takes_input =
        target.words.iter().any(|w| w.text == "-K" || w.text == "--config" || w.text.ends_with("@-") || w.text == "-T");
    if takes_input || !target.reads_nothing() {
        return None;
    }
    let mut edits = Vec::new();
    let mut lines = Vec::new();
    let mut at = 1;
    while at < target.words.len() {
        let word = target.words[at].text.as_str();
        let name = match word {
            "-u" | "--user" => "user",
            "-H" | "--header" => "header",
            "--oauth2-bearer" => "oauth2-bearer",
            _ => {
                at += 1;
                continue;
            }
        };
        let value = target.words.get(at + 1)?;
        let lower = value.text.to_ascii_lowercase();
        let secret = name != "header" || HEADERS.iter().any(|header| lower.starts_with(header));
        // A name without a password is asked for it.
        if secret && (name != "user" || value.text.contains(':')) {
            lines.push((name, inside(target.written(value))?));
            let new = if edits.is_empty() { " -K -" } else { "" };
            edits.push(target.without(at, at + 1, new));
        }
        at += 2;
    }
    let dynamic = lines.iter().any(|(_, (_, expands))| *expands);
    if lines.is_empty() || dynamic && lines.iter().any(|(_, (text, expands))| !expands && text.contains(['$', '!'])) {
        return None;
    }
    let (quote, escaped) = if dynamic { ('"', "\\\"") } else { ('\'', "\"") };
    let text: Vec<String> =
        lines.iter().map(|(name, (text, _))| format!("{name} = {escaped}{text}{escaped}")).collect();
    let end = target.end();
    edits.push(Edit { span: end..end, new: format!(" <<< {quote}{}{quote}", text.join("\n")) });
    Some(edits)
}

/// What one pair of quotes holds, and whether the shell expands it; nothing where more is to be read in it.
fn inside(written: &str) -> Option<(&str, bool)> {
    let plain = |text: &str| !text.contains(['"', '\'', '`', '\\']) && !text.contains("$(");
    let within = |quote: char| written.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    match written.chars().next()? {
        '"' => within('"').filter(|text| plain(text)).map(|text| (text, text.contains('$'))),
        '\'' => within('\'').filter(|text| plain(text)).map(|text| (text, false)),
        _ => Some((written, written.contains('$'))).filter(|(text, _)| plain(text)),
    }
}

/// `mongosh -u app -p "$P" --eval '…'` becomes `MONGOSH_PASSWORD="$P" mongosh --eval 'db.getSiblingDB(…).auth(…)' --eval '…'`:
/// the shell has no variable of its own for it, but its scripts can read one.
fn to_script(target: &Target<'_>) -> Option<Vec<Edit>> {
    let eval = target.words.iter().position(|w| w.text == "--eval")?;
    let mut edits = Vec::new();
    let (mut user, mut password, mut database) = (None, None, "admin");
    let mut at = 1;
    while at < target.words.len() {
        let value = target.words.get(at + 1);
        match target.words[at].text.as_str() {
            "-u" | "--username" => user = Some(value?),
            "-p" | "--password" => password = Some(value?),
            "--authenticationDatabase" => database = value?.text.as_str(),
            "--eval" => {
                at += 2;
                continue;
            }
            _ => {
                at += 1;
                continue;
            }
        }
        edits.push(target.without(at, at + 1, ""));
        at += 2;
    }
    let (user, password) = (user?, password?);
    let plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "._@-".contains(c));
    if user.dynamic || !plain(&user.text) || !plain(database) {
        return None;
    }
    let start = target.words[0].span.start;
    edits.push(Edit { span: start..start, new: format!("MONGOSH_PASSWORD={} ", target.written(password)) });
    let before = target.words[eval].span.start;
    let login =
        format!("--eval 'db.getSiblingDB(\"{database}\").auth(\"{}\", process.env.MONGOSH_PASSWORD)' ", user.text);
    edits.push(Edit { span: before..before, new: login });
    Some(edits)
}
