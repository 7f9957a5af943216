//! Database clients and interpreters that are opened without anything to do.

use super::super::{Context, Place};
use super::EX07;
use crate::command::Effective;
use crate::command::shell::{Redirect, Word};
use crate::runbook::Finding;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let fences = context.fences();
    for (at, place) in context.places.iter().enumerate() {
        let commands = place.command.effective();
        let Some(client) = commands.iter().find_map(opened) else { continue };
        let block = |place: &Place<'_>| fences.around(place);
        let own = block(place);
        let next = context.places.get(at + 1).filter(|next| own.is_some() && block(next) == own);
        let statements = next.filter(|next| is_statement(next));
        let short = place.command.text.lines().next().unwrap_or_default();
        let (message, help) = match statements {
            Some(next) => (
                format!(
                    "`{short}` waits for somebody to type: run as a script, what stands below it in line {} goes to the shell",
                    next.command.line
                ),
                match &next.command.rewrite {
                    Some(form) if !form.contains('\n') => format!("hand the statement over: `{form}`"),
                    _ => format!("hand the statements over: {}", client.hand_over),
                },
            ),
            None => (
                format!("`{short}` opens {} and waits for somebody to type", client.what),
                format!("say what to ask it, and hand that over: {}", client.hand_over),
            ),
        };
        found.push(place.finding(&EX07, message, help));
    }
}

/// Whether a command is meant for a client: read as one, or begun as `INFO memory` and `db.stats()` are.
pub(in super::super) fn is_statement(place: &Place<'_>) -> bool {
    let text = place.command.text.as_str();
    let first = text.split(|c: char| c.is_whitespace() || c == ';').next().unwrap_or_default();
    let shouted = first.len() > 2 && first.chars().all(|c| c.is_ascii_uppercase());
    place.step.language.as_deref() != Some("bash")
        || shouted
        || ["db.", "rs.", "sh."].iter().any(|start| first.starts_with(start))
}

/// What was opened.
pub(in super::super) struct Client {
    what: &'static str,
    hand_over: &'static str,
}

/// The client that a command opens, where it is given nothing to do.
pub(in super::super) fn opened(command: &Effective<'_>) -> Option<Client> {
    let fed = |r: &Redirect| matches!(r, Redirect::Read(_) | Redirect::Text(_));
    if command.command.piped || command.command.redirects.iter().any(fed) {
        return None;
    }
    let args = command.args();
    let client = |what, hand_over| Some(Client { what, hand_over });
    let long = |options: &[&str]| args.iter().any(|w| options.iter().any(|o| w.text.split('=').next() == Some(*o)));
    let nothing = match command.program() {
        "psql" | "pgcli" => {
            let given = args.iter().any(|w| cluster(&w.text, "AtqxXzn01bwWaeELsS", "cfl"));
            !given && !long(&["--command", "--file", "--list", "--version", "--help", "-V"])
        }
        "mysql" | "mariadb" | "mycli" => {
            let given = args.iter().any(|w| cluster(&w.text, "sNBrtEHvfqCA", "e"));
            !given && !long(&["--execute", "--version", "--help", "-V"])
        }
        "mongosh" | "mongo" => {
            let script = args.iter().any(|w| w.text.ends_with(".js"));
            !script && !long(&["--eval", "--file", "-f", "--version", "--help", "-h"])
        }
        "redis-cli" | "valkey-cli" | "keydb-cli" => !asks_redis(args),
        "sqlite3" => {
            operands(args, &["-cmd", "-separator", "-init", "-newline", "-nullvalue"]) < 2
                && !long(&["-version", "--version", "-cmd", "-init"])
        }
        "cqlsh" => !long(&["-e", "--execute", "-f", "--file", "--version"]),
        "clickhouse-client" => !long(&["-q", "--query", "--queries-file", "--version"]),
        "python" | "python3" | "node" | "irb" | "iex" | "ghci" | "julia" => {
            args.iter().all(|w| w.text == "-i" || w.text == "-S") || command.program() == "irb" && args.is_empty()
        }
        _ => false,
    };
    if !nothing {
        return console(command);
    }
    match command.program() {
        "psql" | "pgcli" => client("a database shell", "`psql … -X -v ON_ERROR_STOP=1 -c '…'`"),
        "mysql" | "mariadb" | "mycli" => client("a database shell", "`mysql … -e '…'`"),
        "mongosh" | "mongo" => client("a Mongo shell", "`mongosh … --quiet --eval '…'`"),
        "redis-cli" | "valkey-cli" | "keydb-cli" => client("a Redis shell", "as arguments, `redis-cli … INFO`"),
        "sqlite3" => client("a database shell", "`sqlite3 FILE '…'`"),
        "cqlsh" => client("a database shell", "`cqlsh … -e '…'`"),
        "clickhouse-client" => client("a database shell", "`clickhouse-client … -q '…'`"),
        _ => client("an interpreter", "in a file, or with `-c` or `-e`"),
    }
}

/// The consoles of frameworks: `rails console`, `manage.py shell`.
fn console(command: &Effective<'_>) -> Option<Client> {
    const PROGRAMS: &[&str] = &["rails", "gitlab-rails", "bundle", "python", "python3", "manage.py", "php", "heroku"];
    let program = command.program();
    if !PROGRAMS.contains(&program) {
        return None;
    }
    let words: Vec<&str> = command.command.words.iter().map(|w| w.text.as_str()).collect();
    let rails = |w: &[&str]| {
        matches!(w, ["console" | "c" | "dbconsole" | "db"])
            || matches!(w, ["console" | "c", rest @ ..] if rest.iter().all(|o| o.starts_with('-') || o.ends_with("tion")))
    };
    let opens = match words.as_slice() {
        [_, rest @ ..] if program == "rails" || program == "gitlab-rails" => rails(rest),
        ["bundle", "exec", rails_, rest @ ..] if rails_.ends_with("rails") => rails(rest),
        [_, manage, "shell" | "dbshell" | "shell_plus"] if manage.ends_with("manage.py") => true,
        [_, "shell" | "dbshell" | "shell_plus"] if program == "manage.py" => true,
        [_, "artisan", "tinker"] => true,
        ["heroku", "pg:psql" | "redis:cli", rest @ ..] => !rest.contains(&"-c"),
        _ => false,
    };
    opens.then_some(Client { what: "a console", hand_over: "as a script: `rails runner '…'`, `shell -c '…'`" })
}

/// `-tAc`: flags, and then a letter that is given something to do.
fn cluster(word: &str, flags: &str, wanted: &str) -> bool {
    let Some(letters) = word.strip_prefix('-').filter(|l| !l.starts_with('-')) else { return false };
    letters.trim_start_matches(|c| flags.contains(c)).starts_with(|c| wanted.contains(c))
}

/// Arguments that are neither options nor the values of these.
fn operands(args: &[Word], valued: &[&str]) -> usize {
    let mut count = 0;
    let mut at = 0;
    while let Some(word) = args.get(at) {
        match word.text.as_str() {
            option if valued.contains(&option) => at += 1,
            option if option.starts_with('-') && option.len() > 1 => {}
            _ => count += 1,
        }
        at += 1;
    }
    count
}

/// Whether redis-cli is given a command, or an option that makes it do something by itself.
fn asks_redis(args: &[Word]) -> bool {
    const VALUED: &[&str] = &[
        "-h", "-p", "-a", "-n", "-u", "-s", "-r", "-i", "-t", "--user", "--pass", "--cacert", "--cert", "--key",
        "--sni",
    ];
    const PLAIN: &[&str] = &[
        "--user", "--pass", "--cacert", "--cert", "--key", "--sni", "--tls", "--insecure", "--raw",
        "--no-auth-warning", "--askpass", "--no-raw",
    ];
    let does = |w: &Word| w.text.starts_with("--") && !PLAIN.contains(&w.text.as_str());
    operands(args, VALUED) > 0 || args.iter().any(does)
}
