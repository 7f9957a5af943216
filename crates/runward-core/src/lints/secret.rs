//! Secrets in arguments: everybody on the machine sees them, and the history keeps them.

use std::collections::HashSet;

use super::acts;
use super::calls::Call;
use super::{Context, Kind, Needs};
use crate::command::shell::{Simple, Word};
use crate::runbook::{Finding, Level};

pub(super) const KINDS: &[Kind] = &[SE01];

const SE01: Kind = Kind {
    id: "SE01",
    level: Level::Error,
    needs: Needs::Document,
    what: "A password, a token or a key is an argument of a command.",
    why: "Arguments are shown to every user of the machine by `ps`, kept in the shell's history, and written to logs of commands. The environment, a file that only its owner can read, or standard input show them to nobody.",
    wrong: "# Ops\n\n## Cache down\n\n**Diagnose:**\n```bash\nredis-cli -a \"$REDIS_PASSWORD\" ping\n```\n",
    right: "# Ops\n\n## Cache down\n\n**Diagnose:**\n```bash\nREDISCLI_AUTH=\"$REDIS_PASSWORD\" redis-cli ping\n```\n",
    check: Some(check),
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut told = HashSet::new();
    for call in context.calls.all() {
        if let Some(finding) = shown(context, call) {
            // The same header of the same API, again and again, is one habit.
            let header = finding.message.split_once("` header").map(|(header, _)| header.to_owned());
            if header.is_none_or(|header| told.insert((context.near.section(&call.place).0, header))) {
                found.push(finding);
            }
        } else if let Some(finding) = address(context, call, &mut told) {
            found.push(finding);
        }
    }
    for place in &context.places {
        if let Some((what, help)) = place.simple().iter().find_map(wrapper) {
            found.push(place.finding(&SE01, format!("{what} is visible to every user of the machine"), help));
        }
    }
}

/// What the shell does itself shows nobody its arguments.
const BUILTINS: &[&str] = &[
    "", "echo", "printf", "export", "read", "local", "declare", "set", ":", "test", "[", "[[", "unset", "readonly",
    "typeset", "alias", "return", "exit", "source", ".", "cd", "pushd", "let", "shift", "true", "false", "wait",
    "history",
];

fn shown(context: &Context<'_>, call: &Call<'_>) -> Option<Finding> {
    if BUILTINS.contains(&call.program) {
        return None;
    }
    let (what, help) = match call.program {
        "redis-cli" | "valkey-cli" | "keydb-cli" => return redis(context, call),
        "mysql" | "mysqldump" | "mysqladmin" | "mariadb" | "mariadb-dump" | "mariadb-admin" | "mysqlcheck"
        | "mysqlimport" | "mysqlshow" => (
            mysql(call)?,
            "put it into a file that only you can read: `--defaults-extra-file=FILE` as the first option, or `MYSQL_PWD`",
        ),
        "curl" => (curl(call)?, "give it by a file: `curl --config FILE`, `-H @FILE`, or `-n` with ~/.netrc"),
        _ => {
            let what = by_option(call)
                .or_else(|| by_statement(call))
                .or_else(|| by_variable(call))
                .or_else(|| by_address(call))?;
            (what, help_for(call.program))
        }
    };
    Some(call.finding(
        &SE01,
        format!("{what} is visible to every user of the machine: it is an argument of `{}`", call.program),
        help,
    ))
}

fn help_for(program: &str) -> &'static str {
    match program {
        "psql" | "pg_dump" | "pg_restore" | "pg_dumpall" | "createdb" | "dropdb" => {
            "put it into ~/.pgpass (PGPASSFILE) or the environment (PGPASSWORD)"
        }
        "mongosh" | "mongo" | "mongodump" | "mongorestore" | "mongoexport" | "mongoimport" => {
            "leave the password out to be asked for it, or give the tool a file: `--config FILE`; inside mongosh `passwordPrompt()`"
        }
        "docker" | "podman" | "helm" => "`--password-stdin`, or `--env-file FILE` for a container's environment",
        "kubectl" => "`--from-env-file=FILE` or `--from-file=KEY=FILE`, with files that only you can read",
        "openssl" => "`-passin env:NAME` or `-passin file:FILE`",
        "vault" => "leave the value out and give it on standard input: `key=-`",
        "sed" | "perl" => "let a script read it from the environment or a file, and change the setting by its key",
        _ => "give it by the environment, by a file that only its owner can read, or by standard input",
    }
}

/// `redis-cli -a PASSWORD`, which has a variable for it.
fn redis(context: &Context<'_>, call: &Call<'_>) -> Option<Finding> {
    let args = call.args();
    let at = args.iter().position(|word| matches!(word.text.as_str(), "-a" | "--pass"));
    let Some((at, secret)) = at.and_then(|at| Some((at, args.get(at + 1)?))) else {
        let what = by_address(call).or_else(|| by_variable(call))?;
        let help = "REDISCLI_AUTH in the environment takes the password";
        return Some(call.finding(&SE01, format!("{what} is visible to every user of the machine"), help));
    };
    let message = "the password of Redis is visible to every user of the machine: it is an argument";
    let finding = call.finding(&SE01, message, "put it into the environment: `REDISCLI_AUTH=… redis-cli …`");
    // Behind `sudo`, `ssh` or `docker exec` the variable would not arrive.
    let own = call.around.wrappers.is_empty() && call.command.assigns.is_empty();
    let program = call.bytes(&call.command.words[0]);
    let given = call.bytes(secret);
    if !own || program.is_empty() || given.is_empty() {
        return Some(finding);
    }
    let before = call.bytes(&call.command.words[at]).end;
    let edits = (
        context.near.bytes(&call.place, program.start..program.start),
        context.near.bytes(&call.place, before..given.end),
    );
    let (Some(front), Some(option)) = edits else { return Some(finding) };
    Some(finding.mended_by(front, format!("REDISCLI_AUTH={} ", call.quoted(secret))).mended_by(option, ""))
}

fn mysql(call: &Call<'_>) -> Option<String> {
    let given = call.texts().any(|text| {
        text.strip_prefix("--password=").is_some_and(|value| !value.is_empty())
            || text.strip_prefix("-p").is_some_and(|value| !value.is_empty() && !text.starts_with("--"))
    });
    given.then(|| "the database's password".to_owned()).or_else(|| by_statement(call)).or_else(|| by_variable(call))
}

fn curl(call: &Call<'_>) -> Option<String> {
    let user = call.value("-u", "--user").or_else(|| call.value("-U", "--proxy-user"));
    if user.is_some_and(|user| user.contains(':') || variable_in(user).is_some()) {
        return Some("the password".to_owned());
    }
    let args = call.args();
    let header = args.iter().enumerate().find_map(|(at, word)| {
        let text = word.text.as_str();
        let value = match text {
            "-H" | "--header" => args.get(at + 1)?.text.as_str(),
            _ => text.strip_prefix("-H").or_else(|| text.strip_prefix("--header="))?,
        };
        secret_header(value)
    });
    header
        .or_else(|| call.value("", "--oauth2-bearer").map(|_| "the token".to_owned()))
        .or_else(|| by_variable(call))
        .or_else(|| by_address(call))
}

/// `Authorization: Bearer x`, `X-Api-Key: x`, `Private-Token: x`.
fn secret_header(header: &str) -> Option<String> {
    let (name, value) = header.split_once(':')?;
    let small = name.trim().to_ascii_lowercase();
    let secret = small == "authorization"
        || small == "proxy-authorization"
        || small == "cookie"
        || ["token", "api-key", "apikey", "secret", "access-key", "auth-key"].iter().any(|word| small.contains(word));
    (secret && !value.trim().is_empty() && !value.contains("anonymous"))
        .then(|| format!("the `{}` header", name.trim()))
}

/// Options that are followed by a secret, whichever program has them.
const OPTIONS: &[&str] = &[
    "--password", "--passwd", "--pass", "--token", "--secret", "--api-key", "--apikey", "--auth-token",
    "--access-token", "--secret-key", "--client-secret", "--http-password", "--ftp-password", "--admin-password",
    "--db-password", "--private-token", "--secret-access-key", "--bearer-token",
];

/// Options by one letter that are followed by a secret.
const LETTERS: &[(&str, &str)] = &[
    ("mongosh", "-p"),
    ("mongo", "-p"),
    ("mongodump", "-p"),
    ("mongorestore", "-p"),
    ("mongoexport", "-p"),
    ("mongoimport", "-p"),
    ("ldapsearch", "-w"),
    ("ldapmodify", "-w"),
    ("ldapadd", "-w"),
    ("ldappasswd", "-w"),
    ("ldapwhoami", "-w"),
    ("sqlcmd", "-P"),
    ("cqlsh", "-p"),
    ("rabbitmqadmin", "-p"),
    ("smbpasswd", "-w"),
    ("ipmitool", "-P"),
];

fn by_option(call: &Call<'_>) -> Option<String> {
    let args = call.args();
    let usable = |value: &str| {
        !value.is_empty()
            && !value.starts_with('-')
            && !value.starts_with('@')
            && !value.starts_with("/")
            && !matches!(value, "stdin" | "true" | "false")
    };
    let letters = || LETTERS.iter().filter(|(program, _)| *program == call.program).map(|(_, letter)| *letter);
    for (at, word) in args.iter().enumerate().filter(|(_, word)| word.text.starts_with('-')) {
        let text = word.text.as_str();
        let (name, joined) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
        let value = || joined.or_else(|| args.get(at + 1).map(|next| next.text.as_str())).unwrap_or_default();
        if OPTIONS.contains(&name) && usable(value()) {
            return Some(format!("what `{name}` gives"));
        }
        let letter = letters().find(|letter| text.starts_with(letter) && !text.starts_with("--"));
        if let Some(letter) = letter
            && (text.len() > letter.len() || usable(value()))
        {
            return Some("the password".to_owned());
        }
    }
    let kubernetes = call.program == "kubectl"
        && call.has(&["secret"])
        && call.texts().any(|text| text.starts_with("--from-literal"));
    if kubernetes {
        return Some("what `--from-literal` gives".to_owned());
    }
    let openssl = call.program == "openssl"
        && call.texts().any(|text| text.strip_prefix("pass:").is_some_and(|value| !value.is_empty()));
    let login = matches!(call.program, "docker" | "podman" | "helm")
        && call.has(&["login"])
        && call.value("-p", "--password").is_some();
    let htpasswd = call.program == "htpasswd" && call.texts().any(|text| text.starts_with('-') && text.contains('b'));
    (openssl || login || htpasswd).then(|| "the password".to_owned())
}

/// `ALTER USER x PASSWORD 'y'` as an argument of a client.
fn by_statement(call: &Call<'_>) -> Option<String> {
    let handed = call.handed().map(|word| word.text.as_str());
    let statements = acts::statements(call);
    let sets = statements.into_iter().filter(|text| Some(*text) != handed).any(|text| {
        let small = text.to_ascii_lowercase();
        ["password '", "password \"", "identified by '", "changeuserpassword(", "pwd:", "password('"]
            .iter()
            .any(|words| small.contains(words))
    });
    sets.then(|| "the password in the statement".to_owned())
}

/// A word into which the shell puts a secret's value.
fn by_variable(call: &Call<'_>) -> Option<String> {
    let args = call.args();
    let names_file = |at: usize| {
        at > 0
            && !matches!(call.program, "sed" | "perl")
            && matches!(
                args[at - 1].text.as_str(),
                "-i" | "-key"
                    | "-in"
                    | "-inkey"
                    | "--key"
                    | "-f"
                    | "--file"
                    | "-E"
                    | "--cert"
                    | "-o"
                    | "-out"
                    | "-name"
                    | "-n"
            )
    };
    // What stands behind these is the name of a secret, not a secret.
    let by_name = matches!(
        call.program,
        "kubectl" | "oc" | "ls" | "cat" | "rm" | "chmod" | "chown" | "cp" | "mv" | "gpg" | "ssh" | "vault"
    ) && !call.has(&["--from-literal"]);
    if by_name {
        return None;
    }
    let found = args
        .iter()
        .enumerate()
        .filter(|(at, word)| word.dynamic && !names_file(*at))
        .find_map(|(_, word)| variable_in(&word.text));
    found.map(|name| format!("the value of `${name}`"))
}

/// The first variable with a secret's name that a text expands.
pub(super) fn variable_in(text: &str) -> Option<&str> {
    text.match_indices('$').find_map(|(at, _)| {
        let rest = text[at + 1..].trim_start_matches('{');
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        // `${X:+set}`, `${#X}`, `${X:0:4}` do not show it whole.
        let part = behind.starts_with(":+") || behind.starts_with(":0:");
        (is_secret(name) && !part).then_some(name)
    })
}

/// Whether a variable's name says that it holds a secret, and not where one lies.
pub(super) fn is_secret(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    const NOT: &[&str] = &[
        "_FILE", "_PATH", "_DIR", "_ID", "_NAME", "_URL", "_URI", "_ARN", "_LENGTH", "_COUNT", "_TTL", "_HASH",
        "_SHA256", "PUBLIC_KEY",
    ];
    let holds = [
        "PASSWORD", "PASSWD", "SECRET", "TOKEN", "APIKEY", "API_KEY", "ACCESS_KEY", "PRIVATE_KEY", "SIGNING_KEY",
        "ENCRYPTION_KEY", "MASTER_KEY", "PASSPHRASE", "CREDENTIAL",
    ]
    .iter()
    .any(|word| upper.contains(word));
    let short = ["_PASS", "_PW", "_PWD"].iter().any(|end| upper.ends_with(end))
        || matches!(upper.as_str(), "PASS" | "PGPASS" | "SSHPASS");
    (holds || short) && !NOT.iter().any(|end| upper.ends_with(end)) && !matches!(upper.as_str(), "PWD" | "OLDPWD")
}

/// `postgres://user:password@host/db` written out.
fn by_address(call: &Call<'_>) -> Option<String> {
    let holds = call.texts().any(|text| {
        let Some((scheme, rest)) = text.split_once("://") else { return false };
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let password =
            authority.rsplit_once('@').and_then(|(user, _)| user.split_once(':')).map(|(_, password)| password);
        !scheme.is_empty() && password.is_some_and(|password| !password.is_empty())
    });
    holds.then(|| "the password in the address".to_owned())
}

/// Variables that hold the address of a database with its password.
fn is_address(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let ends = ["_URL", "_URI", "_DSN"].iter().any(|end| upper.ends_with(end));
    let kinds = ["DATABASE", "POSTGRES", "MONGO", "REDIS", "MYSQL", "AMQP", "RABBIT", "PG", "DB_"];
    ends && kinds.iter().any(|kind| upper.contains(kind))
}

/// `psql "$DATABASE_URL"`: told once for each variable of a document, for what it holds is not seen here.
fn address(context: &Context<'_>, call: &Call<'_>, told: &mut HashSet<(usize, String)>) -> Option<Finding> {
    if BUILTINS.contains(&call.program) {
        return None;
    }
    let name = call.args().iter().filter(|word| word.dynamic).find_map(|word| {
        let rest = word.text.strip_prefix('$')?.trim_start_matches('{');
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        is_address(&rest[..end]).then(|| &rest[..end])
    })?;
    let file = context.near.section(&call.place).0;
    if !told.insert((file, name.to_owned())) {
        return None;
    }
    let message =
        format!("`${name}` usually holds a password, and as an argument it is visible to every user of the machine");
    let finding = call.finding(&SE01, message, help_for(call.program));
    Some(Finding { level: Level::Warning, ..finding })
}

/// `sshpass -p x ssh host`, `docker exec -e TOKEN=x web …`: wrappers that are handed a secret.
fn wrapper(command: &Simple) -> Option<(String, &'static str)> {
    let words: Vec<&Word> =
        command.words.iter().skip_while(|word| matches!(word.text.as_str(), "sudo" | "time")).collect();
    let program = words.first()?.text.rsplit('/').next()?;
    match program {
        "sshpass" => {
            let given = words.iter().any(|word| word.text.starts_with("-p"));
            given.then(|| {
                (
                    "the password that `sshpass` is given".to_owned(),
                    "use a key, or `sshpass -e` with SSHPASS in the environment",
                )
            })
        }
        "docker" | "podman" | "docker-compose" => {
            let name = words.iter().zip(words.iter().skip(1)).find_map(|(option, value)| {
                let joined = option.text.strip_prefix("--env=");
                let text =
                    joined.or_else(|| matches!(option.text.as_str(), "-e" | "--env").then_some(value.text.as_str()))?;
                let (name, value) = text.split_once('=')?;
                (is_secret(name) && !value.is_empty()).then(|| name.to_owned())
            })?;
            Some((
                format!("the value of `{name}`"),
                "hand on what the environment holds (`-e NAME` without a value), or use `--env-file`",
            ))
        }
        _ => None,
    }
}
