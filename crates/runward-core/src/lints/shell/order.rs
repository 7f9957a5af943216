//! Commands of one block that build on each other, and what happens where one of them fails.

use super::super::{Context, Place};
use super::SH03;
use crate::command::impact::Impact;
use crate::command::{Effective, tools};
use crate::runbook::Finding;
use crate::runbook::fence::is_sql;

/// A command of a block with what it comes to.
struct Deed<'c> {
    place: &'c Place<'c>,
    commands: Vec<Effective<'c>>,
}

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (_, places) in context.fences().with_places().filter(|(_, places)| places.len() > 1 || holds_several(places)) {
        let deeds: Vec<Deed<'_>> =
            places.iter().map(|place| Deed { place, commands: place.command.effective() }).collect();
        let stops = deeds.iter().any(|deed| deed.commands.iter().any(is_guard));
        if !stops {
            found.extend(left_down(&deeds).or_else(|| goes_on(&deeds)));
        }
    }
}

/// Whether a single line holds more than one command.
fn holds_several(places: &[Place<'_>]) -> bool {
    places.first().is_some_and(|place| place.simple().len() > 1)
}

/// `set -e` and `trap` say what happens where a command fails.
fn is_guard(command: &Effective<'_>) -> bool {
    let sets = command.program() == "set"
        && command
            .args()
            .first()
            .is_some_and(|w| w.text.starts_with('-') && !w.text.starts_with("--") && w.text.contains('e'));
    sets || command.around.wrappers.iter().any(|w| w == "trap")
}

fn short<'c>(place: &Place<'c>) -> &'c str {
    place.command.text.lines().next().unwrap_or_default()
}

/// A service that is stopped, worked on and started again.
fn left_down(deeds: &[Deed<'_>]) -> Option<Finding> {
    let flat: Vec<(&Deed<'_>, &Effective<'_>)> =
        deeds.iter().flat_map(|deed| deed.commands.iter().map(move |command| (deed, command))).collect();
    // Of a long block only the beginning is compared with the rest.
    const MOST_STOPS: usize = 20;
    let stops = flat.iter().enumerate().filter_map(|(at, (_, command))| Some((at, stopped(command)?))).take(MOST_STOPS);
    stops.into_iter().find_map(|(at, what)| {
        let behind = &flat[at + 1..];
        let started = behind.iter().position(|(_, command)| starts(command, &what))?;
        let work = behind[..started].iter().find(|(deed, command)| {
            deed.place.command.impact > Impact::ReadOnly && stopped(command).is_none() && !waits(command)
        })?;
        let (stop, start, work) = (flat[at].0.place, behind[started].0.place, work.0.place);
        let message = if stop.command.line == start.command.line {
            format!("if one of the commands behind the stop fails in `{}`, nothing starts it again", short(stop))
        } else {
            format!(
                "if `{}` fails or is broken off, what was stopped here stays down: it is started only in line {}",
                short(work),
                start.command.line
            )
        };
        let help = "start it whatever happens: `( trap '… start …' EXIT; … )`";
        Some(stop.finding(&SH03, message, help))
    })
}

/// Changes nothing by itself, and failing does no harm.
fn waits(command: &Effective<'_>) -> bool {
    matches!(command.program(), "" | "sleep" | "cd" | "echo" | "wait" | "sync" | "ssh")
}

/// What a command takes down: by what, and which.
struct Stopped {
    by: &'static str,
    names: Vec<String>,
}

fn stopped(command: &Effective<'_>) -> Option<Stopped> {
    acts(command, &["stop", "down", "halt"]).filter(|_| !command.has("-h"))
}

fn starts(command: &Effective<'_>, what: &Stopped) -> bool {
    let Some(start) = acts(command, &["start", "restart", "up", "reload"]) else { return false };
    let same = |a: &[String], b: &[String]| a.is_empty() || b.is_empty() || a.iter().any(|name| b.contains(name));
    start.by == what.by && same(&start.names, &what.names)
}

/// The manager and the names where a command has one of these verbs.
fn acts(command: &Effective<'_>, verbs: &[&str]) -> Option<Stopped> {
    let words: Vec<&str> = command.args().iter().map(|w| w.text.as_str()).filter(|w| !w.starts_with('-')).collect();
    let named = |by, verb: &str, names: &[&str]| {
        verbs.contains(&verb).then(|| Stopped { by, names: names.iter().map(|n| (*n).to_owned()).collect() })
    };
    match (command.program(), words.as_slice()) {
        ("systemctl", [verb, names @ ..]) => named("systemd", verb, names),
        ("service" | "rc-service", [name, verb, ..]) => named("systemd", verb, &[name]),
        ("pm2", [verb, names @ ..]) => named("pm2", verb, names),
        ("supervisorctl", [verb, names @ ..]) => named("supervisor", verb, names),
        ("docker", ["compose", rest @ ..]) | ("docker-compose", rest) => {
            // Values of options may stand before the verb.
            let at = rest.iter().position(|w| ["stop", "down", "start", "restart", "up"].contains(w))?;
            named("compose", rest[at], &rest[at + 1..])
        }
        ("docker" | "podman", [verb @ ("stop" | "start" | "restart"), names @ ..]) => named("docker", verb, names),
        _ => None,
    }
}

/// A command that must not run where one before it failed.
fn goes_on(deeds: &[Deed<'_>]) -> Option<Finding> {
    // What is further away builds on something else.
    const MOST_BEHIND: usize = 50;
    deeds.iter().enumerate().find_map(|(at, deed)| {
        let role = role(deed)?;
        let behind = &deeds[at + 1..deeds.len().min(at + 1 + MOST_BEHIND)];
        let (next, message) = match role {
            Role::Goes => {
                let next = behind.iter().take_while(|d| !moves_on(d)).find(|d| d.commands.iter().any(acts_here))?;
                (
                    next,
                    format!("if `{}` fails, `{}` still runs, in another folder", short(deed.place), short(next.place)),
                )
            }
            Role::Saves => {
                let next = behind.iter().find(|d| d.commands.iter().any(changes_the_saved))?;
                (
                    next,
                    format!(
                        "if `{}` fails, `{}` still runs, and there is no way back",
                        short(deed.place),
                        short(next.place)
                    ),
                )
            }
            Role::Builds => {
                let next = behind.iter().find(|d| d.commands.iter().any(puts_to_use))?;
                (
                    next,
                    format!(
                        "if `{}` fails, `{}` still puts to use what is there by then",
                        short(deed.place),
                        short(next.place)
                    ),
                )
            }
        };
        // What is done only under a condition of its own is not simply run.
        let (own, other) = (deed.place.step, next.place.step);
        if own.guard != other.guard || own.variant != other.variant {
            return None;
        }
        let help =
            "join them with `&&`, so that each waits for the one before to succeed; or give each a step of its own";
        Some(deed.place.finding(&SH03, message, help))
    })
}

/// What the commands behind one rely on.
enum Role {
    /// It goes to a folder.
    Goes,
    /// It saves what is changed afterwards.
    Saves,
    /// It makes what is put to use afterwards.
    Builds,
}

fn role(deed: &Deed<'_>) -> Option<Role> {
    let [command] = deed.commands.as_slice() else {
        return deed.commands.iter().any(saves).then_some(Role::Saves);
    };
    if command.program() == "cd" && !command.args().is_empty() {
        return Some(Role::Goes);
    }
    if saves(command) {
        return Some(Role::Saves);
    }
    let words: Vec<&str> = command.args().iter().map(|w| w.text.as_str()).filter(|w| !w.starts_with('-')).collect();
    let builds = match (command.program(), words.as_slice()) {
        ("git", [verb, ..]) => matches!(*verb, "pull" | "checkout" | "merge" | "reset" | "switch" | "fetch"),
        ("npm" | "pnpm" | "yarn" | "bun", [verb, ..]) => matches!(*verb, "ci" | "install" | "i" | "run" | "build"),
        ("yarn", []) => true,
        ("pip" | "pip3" | "bundle" | "composer" | "poetry", ["install", ..]) => true,
        ("make" | "mvn" | "gradle" | "./gradlew" | "cargo" | "go", _) => true,
        ("docker", ["build", ..] | ["compose", "build", ..]) | ("docker-compose", ["build", ..]) => true,
        _ => false,
    };
    builds.then_some(Role::Builds)
}

fn saves(command: &Effective<'_>) -> bool {
    let dumps = matches!(command.program(), "pg_dump" | "pg_dumpall" | "mysqldump" | "mariadb-dump" | "mongodump");
    let backs_up = command.command.words.first().is_some_and(|w| {
        let name = w.text.rsplit('/').next().unwrap_or_default();
        w.text.contains('/') && name.starts_with("backup")
    });
    dumps || backs_up || command.program() == "sqlite3" && command.args().iter().any(|w| w.text.starts_with(".backup"))
}

fn moves_on(deed: &Deed<'_>) -> bool {
    deed.commands.iter().any(|command| command.program() == "cd")
}

/// Whether a command takes away or overwrites something in the present folder.
fn acts_here(command: &Effective<'_>) -> bool {
    let here = || {
        let mut named = command.args().iter().filter(|w| !w.text.starts_with('-'));
        named.any(|w| !w.text.starts_with(['/', '~', '$']) && !w.text.contains(':'))
    };
    match command.program() {
        "rm" | "mv" | "rsync" => here(),
        "chown" | "chmod" => {
            command.args().iter().any(|w| w.text.starts_with("-R"))
                && command.args().last().is_some_and(|w| !w.text.starts_with(['/', '~', '$']))
        }
        "find" => command.has("-delete") && command.arg(0).starts_with('.'),
        "git" => matches!(command.arg(0), "clean" | "reset"),
        "tar" => {
            command.args().iter().any(|w| w.text.starts_with("-x") || w.text.starts_with('x')) && !command.has("-C")
        }
        _ => false,
    }
}

/// Whether a command changes what a backup is made of. A restore that stands below a backup is another task.
fn changes_the_saved(command: &Effective<'_>) -> bool {
    let has = |wanted: &[&str]| wanted.iter().any(|w| command.has(w));
    match command.program() {
        "psql" | "mysql" | "mariadb" => {
            let changes = |text: &str| is_sql(text) && tools::sql(text).impact > Impact::ReadOnly;
            has(&["-f", "--file"]) || command.args().iter().any(|w| changes(&w.text))
        }
        "npx" | "pnpm" | "yarn" | "npm" | "prisma" | "knex" | "sequelize" | "typeorm" => {
            command.args().iter().any(|w| w.text.contains("migrate") || w.text.contains("migration"))
                && !has(&["status"])
        }
        "rails" | "rake" | "bundle" | "php" => command.args().iter().any(|w| w.text.contains("migrate")),
        "alembic" | "flyway" | "liquibase" | "goose" | "dbmate" => has(&["upgrade", "migrate", "up", "update"]),
        "python" | "python3" => has(&["migrate"]),
        _ => false,
    }
}

fn puts_to_use(command: &Effective<'_>) -> bool {
    let verb = command.arg(0);
    match command.program() {
        "systemctl" | "pm2" | "supervisorctl" => matches!(verb, "restart" | "reload" | "start" | "startOrReload"),
        "service" => matches!(command.arg(1), "restart" | "reload"),
        "docker" => verb == "compose" && (command.has("up") || command.has("restart")),
        "docker-compose" => command.has("up") || command.has("restart"),
        _ => false,
    }
}
