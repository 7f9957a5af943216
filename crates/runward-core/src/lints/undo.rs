//! The way back: whether a runbook has one, and whether what cannot be undone is preceded by a copy.

use super::acts::{self, Change};
use super::calls::Call;
use super::near::has_any;
use super::restore::{self, Restored};
use super::{Context, Kind, Needs, Place};
use crate::command::impact::Impact;
use crate::command::shell::Word;
use crate::runbook::{Finding, Level, Phase};
use crate::source::Source;

pub(super) const KINDS: &[Kind] = &[RB01, RB02];

const RB01: Kind = Kind {
    id: "RB01",
    level: Level::Warning,
    needs: Needs::Document,
    what: "The document changes how things are, and nowhere says how to go back; or it stops or closes something that nothing opens again.",
    why: "When the change makes things worse, the way back is worked out under pressure. What was stopped, closed or switched over for an incident stays so, because nobody wrote down the other half.",
    wrong: "# Ops\n\n## Deploy\n\n```bash\ngit pull --ff-only\ndocker compose up -d --build\ncurl -fsS http://localhost:8080/up\n```\n",
    right: "# Ops\n\n## Deploy\n\n```bash\ngit pull --ff-only\ndocker compose up -d --build\ncurl -fsS http://localhost:8080/up\n```\n\n## Rollback\n\n```bash\ngit checkout -\ndocker compose up -d --build\n```\n",
    check: Some(|context, found| {
        no_way_back(context, found);
        no_other_half(context, found);
    }),
};

/// One finding for each document that changes state and never speaks of going back.
fn no_way_back(context: &Context<'_>, found: &mut Vec<Finding>) {
    for page in context.near.pages() {
        let file = page.lines.file();
        let in_page = |source: &Source| &*source.file == file;
        if context
            .runbook
            .procedures
            .iter()
            .any(|p| in_page(&p.source) && p.steps.iter().any(|s| s.phase == Phase::Rollback))
        {
            continue;
        }
        const BACK: &[&str] = &[
            "rollback", "roll back", "rolled back", "rolling back", "revert", "undo", "back out", "backout",
            "restore from", "restore the", "restoring", "fall back", "zurückroll", "rückgängig", "revertir", "annuler",
            "geri al",
        ];
        if BACK.iter().any(|word| page.lower().contains(word)) {
            continue;
        }
        let develops =
            |place: &Place<'_>| has_any(&context.near.titles(place), &["development", "local", "dev", "laptop"]);
        let mut places = context.places.iter().enumerate().filter(|(_, place)| in_page(&place.step.source));
        let first = places.find_map(|(at, place)| {
            let found = context.calls.at(at).iter().find_map(|call| Some((call, lasting(call)?)))?;
            (!develops(place)).then_some(found)
        });
        if let Some((call, what)) = first {
            let message = format!("`{}` {what}, and this document nowhere says how to go back", call.short(4));
            found.push(call.finding(
                &RB01,
                message,
                "add a rollback section: what to type when the change makes it worse",
            ));
        }
    }
}

/// What a call changes for good; restarting a service does not.
fn lasting(call: &Call<'_>) -> Option<&'static str> {
    if migration(call).is_some() {
        return Some("changes the database's schema");
    }
    if let Some((verb, rest)) = acts::compose(call) {
        let deploys = verb == "up"
            && (rest.is_empty()
                || acts::given(rest, 'd', "--detach")
                || rest.iter().any(|word| word.text == "--build"));
        return (deploys || verb == "pull").then_some("puts a version in place");
    }
    let names_deployment = |word: &Word| {
        let name = word.text.rsplit('/').next().unwrap_or_default();
        name == "deploy" || name.starts_with("deploy.") || name.starts_with("deploy-") || name.ends_with("-deploy.sh")
    };
    let runs = matches!(call.program, "bash" | "sh" | "make" | "npm" | "yarn" | "pnpm" | "cap" | "just" | "task");
    if call.command.words.first().is_some_and(names_deployment) || runs && call.args().iter().any(names_deployment) {
        return Some("puts a version in place");
    }
    match call.program {
        "kubectl" | "oc" if call.has(&["apply", "set", "scale", "patch", "edit", "replace"]) => {
            Some("changes the cluster")
        }
        "helm" if call.has(&["upgrade", "install"]) => Some("puts a version in place"),
        "git" if matches!(call.arg(0), "pull" | "push" | "merge") => Some("puts a version in place"),
        "terraform" | "tofu" if call.arg(0) == "apply" => Some("changes the infrastructure"),
        "ansible-playbook" if !call.has(&["--check", "--syntax-check", "--list-hosts"]) => Some("changes the hosts"),
        "sed" | "tee" | "nano" | "vim" | "vi" | "cp" | "mv" => {
            let changed = acts::written(call);
            let config = |word: &&Word| {
                acts::is_env_file(&word.text) || word.text.starts_with("/etc/") || word.text.ends_with(".conf")
            };
            changed.iter().any(config).then_some("changes settings")
        }
        "apt" | "apt-get" | "yum" | "dnf" if call.has(&["upgrade", "install", "dist-upgrade", "full-upgrade"]) => {
            Some("changes what is installed")
        }
        "ufw" | "iptables" => {
            let looks = call.has(&["status", "-L", "-S", "--list", "-n", "show", "-nL", "-vnL", "-nvL"]);
            (!looks).then_some("changes the firewall")
        }
        _ => None,
    }
}

/// Something that is done, and what undoes it.
struct Half {
    /// Whether a call does it.
    does: fn(&Call<'_>) -> bool,
    /// Words of what undoes it.
    undone: &'static [&'static str],
    /// What it does, for the message.
    what: &'static str,
    /// How to mend it.
    help: &'static str,
}

const HALVES: &[Half] = &[
    Half {
        does: |call| {
            call.program == "ufw"
                && call.has(&["deny", "reject"])
                && call.has(&["from"])
                && !call.has(&["delete", "default"])
        },
        undone: &["ufw delete", "ufw --force delete"],
        what: "blocks an address for good",
        help: "write down how the block is taken back (`ufw delete deny from …`), and when",
    },
    Half {
        does: |call| call.program == "fail2ban-client" && call.has(&["banip"]),
        undone: &["unbanip", "unban "],
        what: "blocks an address",
        help: "write down how the block is taken back (`fail2ban-client unban …`), and when",
    },
    Half {
        does: |call| {
            matches!(call.program, "iptables" | "ip6tables")
                && call.has(&["-A", "-I", "--append", "--insert"])
                && call.has(&["DROP", "REJECT"])
        },
        undone: &["iptables -d ", "iptables --delete", "iptables-restore"],
        what: "blocks traffic",
        help: "write down how the rule is taken back (`iptables -D …`), and when",
    },
    Half {
        does: |call| matches!(call.program, "kubectl" | "oc") && call.arg(0) == "cordon",
        undone: &["uncordon"],
        what: "takes a node out of use",
        help: "write down when the node comes back: `kubectl uncordon`",
    },
    Half {
        does: |call| matches!(call.program, "php") && call.has(&["artisan"]) && call.has(&["down"]),
        undone: &["artisan up"],
        what: "switches to maintenance mode",
        help: "write down how it ends: `php artisan up`",
    },
    Half {
        does: |call| call.program == "systemctl" && call.has(&["mask"]),
        undone: &["unmask"],
        what: "keeps a service from ever starting",
        help: "write down how it comes back: `systemctl unmask`",
    },
];

/// One finding for each thing that is done and never undone, and for each service that is stopped and never started.
fn no_other_half(context: &Context<'_>, found: &mut Vec<Finding>) {
    for Half { does, undone, what, help } in HALVES {
        let mut calls =
            context.calls.of(&["ufw", "fail2ban-client", "iptables", "ip6tables", "kubectl", "oc", "php", "systemctl"]);
        let Some(call) = calls.find(|call| does(call)) else { continue };
        if !undone.iter().any(|words| context.near.mentions(words)) {
            found.push(call.finding(
                &RB01,
                format!("`{}` {what}, and nothing here takes it back", call.short(4)),
                *help,
            ));
        }
    }
    stopped_for_good(context, found);
}

fn stopped_for_good(context: &Context<'_>, found: &mut Vec<Finding>) {
    let changes: Vec<(&Call<'_>, Change, Vec<&str>)> = context
        .calls
        .of(&["systemctl", "service", "pm2", "supervisorctl", "docker", "podman", "docker-compose"])
        .filter_map(|call| acts::service_change(call).map(|(change, names)| (call, change, names)))
        .collect();
    let mut started: std::collections::HashSet<&str> = std::collections::HashSet::new();
    for (_, _, names) in changes.iter().filter(|(_, change, _)| *change != Change::Stops) {
        started.extend(names.iter().map(|name| name.trim_end_matches(".service")));
        if names.is_empty() {
            started.insert("all");
        }
    }
    let mut told = std::collections::HashSet::new();
    for (call, _, names) in changes.iter().filter(|(_, change, _)| *change == Change::Stops) {
        let name = names.first().map_or("all", |name| name.trim_end_matches(".service"));
        let reboots = context
            .calls
            .after(call)
            .iter()
            .any(|other| matches!(other.program, "reboot" | "shutdown" | "poweroff" | "halt"));
        let open = call.place.command.params.iter().any(|_| true) || name.contains('$');
        let meant = context.near.said(&call.place);
        let given_up = has_any(&meant, &["decommission", "retire", "permanently", "for good", "abschalten"]);
        if started.contains(name) || reboots || open || given_up || !told.insert(name) {
            continue;
        }
        let message = format!("`{}` stops it, and nothing in this runbook starts it again", call.short(4));
        found.push(call.finding(&RB01, message, "write down how and when it is started again"));
    }
}

const RB02: Kind = Kind {
    id: "RB02",
    level: Level::Error,
    needs: Needs::Document,
    what: "A migration, a restore or a change of credentials is done without a copy made before.",
    why: "None of them can be taken back without one: a migration that fails half-way, a backup that turns out to be empty, a password that nobody can type any more.",
    wrong: "# Ops\n\n## Deploy\n\n```bash\nnpx prisma migrate deploy\nnpx prisma migrate status\n```\n",
    right: "# Ops\n\n## Deploy\n\n```bash\npg_dump -Fc -f /srv/backups/before.dump harbour && npx prisma migrate deploy\nnpx prisma migrate status\n```\n",
    check: Some(without_copy),
};

fn without_copy(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut decided = std::collections::HashSet::new();
    for call in context.calls.all() {
        let unit = context.calls.unit_number(context.calls.place(call));
        let (message, help) = if let Some(what) = migration(call) {
            (
                format!("`{}` {what} without a backup made before in this procedure", call.short(4)),
                "make a backup first, and go on only where it succeeded (`&&`)",
            )
        } else if let Some(Restored::Data(target)) =
            restore::restored(context, call).filter(|_| !goes_back(context, call))
        {
            (
                format!("this puts a backup over `{target}` without keeping what is there now"),
                "copy what is there now to a safe place first: the backup may be the worse of the two",
            )
        } else if changes_credentials(context, call) {
            (
                "credentials are changed without keeping the old ones".to_owned(),
                "copy the file that holds them first (`cp -p .env .env.$(date +%s)`), so that one can go back",
            )
        } else {
            continue;
        };
        // What stands before the first of them stands before all of them.
        if !decided.insert(unit) || copied_before(context, call) {
            continue;
        }
        found.push(call.finding(&RB02, message, help));
    }
}

/// Outside of a procedure nothing stands before; and what a restore is rolled back to is itself the copy.
pub(super) fn goes_back(context: &Context<'_>, call: &Call<'_>) -> bool {
    let titles = context.near.titles(&call.place);
    call.place.procedure.is_none() || ["rollback", "roll back", "undo"].iter().any(|word| titles.contains(word))
}

/// Whether a copy was made before in the same procedure, by a command or in words.
fn copied_before(context: &Context<'_>, call: &Call<'_>) -> bool {
    if context.calls.copied_before(call) {
        return true;
    }
    let Some(page) = context.near.page(&call.place.step.source) else { return false };
    let line = call.place.command.line;
    let first = call.place.procedure.map_or(call.place.step.source.line, |procedure| procedure.source.line);
    let spoken = |line: &str| {
        let orders = [
            "back up", "backup the", "backup database", "take a backup", "take a snapshot", "create a backup",
            "make a backup", "snapshot the", "create snapshot", "save the current", "copy the current", "export the",
        ];
        orders.iter().any(|words| line.contains(words))
    };
    page.lower_lines(first, line + 1).lines().any(spoken)
}

fn changes_credentials(context: &Context<'_>, call: &Call<'_>) -> bool {
    let writes = || acts::written(call).iter().any(|word| acts::is_env_file(&word.text) || is_settings(&word.text));
    let sets = || {
        acts::statements(call).iter().any(|text| {
            let small = text.to_ascii_lowercase();
            small.contains("changeuserpassword")
                || small.contains("set password")
                || small.contains("identified by")
                || (small.contains("alter")
                    && (small.contains("user") || small.contains("role"))
                    && small.contains("password"))
        })
    };
    if call.place.command.impact == Impact::ReadOnly || acts::backs_up(call) || !(sets() || writes()) {
        return false;
    }
    let titles = context.near.titles(&call.place);
    let turns = ["rotat", "change", "changing", "renew", "replace", "reset", "austausch", "rotación"]
        .iter()
        .any(|word| titles.contains(word));
    let secret = has_any(
        &titles,
        &[
            "key", "keys", "secret", "secrets", "credential", "credentials", "password", "passwords", "token",
            "tokens", "passwort",
        ],
    );
    turns && secret
}

fn is_settings(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    [".json", ".yml", ".yaml", ".toml", ".ini", ".conf", ".properties"].iter().any(|end| name.ends_with(end))
}

/// How a call changes the schema of a database, if it does.
pub(super) fn migration(call: &Call<'_>) -> Option<&'static str> {
    const ELSEWHERE: &[&str] = &[
        "virsh", "qm", "pct", "xl", "lxc", "incus", "govc", "redis-cli", "echo", "cat", "grep", "ls", "cd", "tail",
        "head", "less", "git", "journalctl", "mkdir", "touch", "printf", "kubectl", "vi", "vim", "nano", "curl",
        "find", "cp", "mv",
    ];
    if ELSEWHERE.contains(&call.program) || call.program.is_empty() {
        return None;
    }
    let what = "changes the database's schema";
    if matches!(call.program, "psql" | "mysql" | "mariadb" | "sqlite3") {
        let file = call.value("-f", "--file").or_else(|| call.input().map(|word| word.text.as_str()))?;
        let small = file.to_lowercase();
        return (small.contains("migrat") || small.contains("schema") || small.contains("upgrade")).then_some(what);
    }
    let words = || call.command.words.iter().map(|word| word.text.as_str());
    let has = |wanted: &str| words().any(|text| text == wanted);
    let names = words().any(|text| {
        let name = text.rsplit('/').next().unwrap_or_default();
        matches!(
            name,
            "migrate"
                | "db:migrate"
                | "ecto.migrate"
                | "database:migrate"
                | "migration:run"
                | "migrate:latest"
                | "migrate:up"
                | "migrations:migrate"
                | "db:push"
                | "run-migrations"
                | "migrate.sh"
                | "migrate.py"
                | "run_migrations.sh"
                | "migrate:deploy"
                | "db:deploy"
                | "prisma:migrate"
        ) || name.starts_with("migrate:prod")
            || name.starts_with("db:migrate:")
    });
    let known = match call.program {
        "alembic" | "flask" => has("upgrade"),
        "goose" | "dbmate" | "migrate" | "sql-migrate" | "tern" => has("up") || has("migrate"),
        "liquibase" => has("update"),
        "diesel" | "sea-orm-cli" => (has("migration") || has("migrate")) && (has("run") || has("up")),
        "sqlx" => has("migrate") && has("run"),
        "atlas" => has("apply"),
        _ => names || (has("prisma") && has("db") && has("push")) || (has("drizzle-kit") && has("push")),
    };
    // Only what looks like one is looked at closer.
    if !known {
        return None;
    }
    const NOT: &[&str] = &[
        "status", "rollback", "revert", "down", "undo", "create", "make", "generate", "--dry-run", "--pretend",
        "--plan", "--check", "--show", "list", "history", "diff", "resolve", "validate", "info", "current", "--sql",
        "version", "make:migration", "--help", "new", "showmigrations", "squashmigrations",
    ];
    let ends = |text: &str| {
        let small = text.to_ascii_lowercase();
        NOT.contains(&small.as_str())
            || [":status", ":rollback", ":down", ":undo", ":create", ":generate", ":revert", ":make", "-status", "-dry"]
                .iter()
                .any(|end| small.ends_with(end))
    };
    (!words().any(ends)).then_some(what)
}
