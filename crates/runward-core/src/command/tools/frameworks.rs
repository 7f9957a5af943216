//! Frameworks and what brings their databases up to date: Rails, Django, Laravel, Prisma, Alembic and their kin.

use super::super::impact::{self, Impact, Verdict};
use super::verbs::by_verb;
use super::{Call, Word};

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    of(call.program, call.args)
}

/// Tools that bring a database up to date, and others with a plain table of verbs.
const TABLES: &[(&str, &str, &str, &str)] = &[
    (
        "prisma",
        "migrate status|migrate diff|validate|version|-v|--version|format --check|debug",
        "migrate reset|db push",
        "changes the database's form",
    ),
    ("alembic", "current|history|heads|show|check|branches", "downgrade", "changes the database's form"),
    ("flyway", "info|validate|version|-v", "clean|undo", "changes the database's form"),
    (
        "liquibase",
        "status|history|diff|validate|list-locks|db-doc",
        "drop-all|dropAll|rollback|rollback-count|rollback-to-date|rollback-one-update",
        "changes the database's form",
    ),
    (
        "knex",
        "migrate:list|migrate:status|migrate:currentVersion|--version",
        "migrate:rollback|migrate:down",
        "changes the database's form",
    ),
    (
        "sequelize",
        "db:migrate:status|--version",
        "db:drop|db:migrate:undo|db:migrate:undo:all|db:seed:undo|db:seed:undo:all",
        "changes the database's form",
    ),
    (
        "sequelize-cli",
        "db:migrate:status|--version",
        "db:drop|db:migrate:undo|db:migrate:undo:all|db:seed:undo|db:seed:undo:all",
        "changes the database's form",
    ),
    ("typeorm", "migration:show|version|query --help", "schema:drop|migration:revert", "changes the database's form"),
    ("drizzle-kit", "check|--version|export", "drop|push", "changes the database's form"),
    ("dbmate", "status|--version", "drop|down|rollback", "changes the database's form"),
    ("migrate", "version|-version", "drop|down|goto", "changes the database's form"),
    ("sqitch", "status|log|show|check|plan", "revert|rebase", "changes the database's form"),
    (
        "atlas",
        "migrate status|migrate lint|schema inspect|schema diff|version",
        "schema clean|migrate down",
        "changes the database's form",
    ),
    ("phinx", "status|list|breakpoint --help", "rollback", "changes the database's form"),
    ("node-pg-migrate", "--version", "down|redo", "changes the database's form"),
    (
        "airflow",
        "dags list|dags list-runs|dags state|dags show|dags list-import-errors|dags report|tasks list|tasks state|tasks states-for-dag-run|version|info|jobs check|db check|pools list|connections list|variables list|config list|providers list|users list|roles list|plugins",
        "dags delete|db reset|db clean|tasks clear|pools delete|connections delete|variables delete|users delete",
        "acts on workflows",
    ),
    (
        "drush",
        "status|st|watchdog:show|ws|wd-show|pm:list|pml|updatedb:status|updbst|config:get|cget|config:status|core:requirements|rq|site:alias|user:information|uinf|sql:conf|queue:list|version|state:get|maint:get",
        "sql:drop|sql-drop|site:install|si|entity:delete|queue:delete|user:cancel|pm:uninstall|pmu|sql:create|config:delete",
        "acts on the site",
    ),
    (
        "wp",
        "core version|core check-update|core verify-checksums|plugin list|plugin status|plugin get|plugin verify-checksums|theme list|theme status|user list|user get|option get|option list|\
         db check|db size|db tables|db columns|db search|cron event list|cron test|post list|post get|site list|config get|config list|\
         role list|cap list|transient list|transient get|rewrite list|doctor check|cli version|cli info|--info|--version|menu list|comment list|comment count|cache type|maintenance-mode status",
        "db drop|db reset|db clean|db import|user delete|post delete|plugin delete|plugin uninstall|theme delete|site empty|\
         site delete|transient delete|comment delete|option delete|term delete|menu delete|config delete|cron event delete|media delete",
        "acts on the site",
    ),
    (
        "celery",
        "status|report|inspect|list bindings|events --dump --help|result",
        "purge|amqp queue.purge|amqp queue.delete",
        "acts on workers",
    ),
    ("rq", "info", "empty|requeue --all --help", "acts on workers"),
    ("sidekiqmon", "", "", ""),
    ("sidekiqctl", "status", "stop --kill", "acts on workers"),
];

/// What a call of a framework's tool does; the words may stand behind `npx`.
pub(super) fn of(program: &str, args: &[Word]) -> Option<Verdict> {
    Some(match program {
        "rails" | "rake" => rails(args),
        "php-artisan" | "artisan" => artisan(args),
        "console" | "symfony" => symfony(args),
        "mix" => mix(args),
        "goose" => goose(args),
        "sidekiqmon" => Verdict::READS,
        "celery" => by_verb(
            args,
            "-A: --app: -b: --broker: -q --workdir: --config:",
            TABLES[TABLES.len() - 4].1,
            TABLES[TABLES.len() - 4].2,
            "acts on workers",
        ),
        name => {
            let (_, looks, destroys, acts) = TABLES.iter().find(|(known, ..)| *known == name)?;
            let globals = "-c: --config: --config-file: -n: --name: -x: -e: --env: --env-file: -u: --url: -d: --migrations-dir: -path: -database: \
                 -path --knexfile: --schema: --path: --root: --uri: --allow-root --quiet -y --yes --no-input -i:";
            by_verb(args, globals, looks, destroys, acts)
        }
    })
}

fn first<'w>(args: &'w [Word], skipped: &[&str]) -> &'w str {
    args.iter()
        .find(|w| !w.text.starts_with('-') && !w.text.contains('=') && !skipped.contains(&w.text.as_str()))
        .map_or("", |w| w.text.as_str())
}

fn given(args: &[Word], options: &[&str]) -> bool {
    args.iter().any(|w| options.contains(&w.text.as_str()))
}

/// Tasks of Rails by what they do; a task that nobody knows changes something.
fn rails(args: &[Word]) -> Verdict {
    let shown = given(args, &["-T", "--tasks", "-P", "--version", "-v", "-h", "--help", "-D", "-n", "--dry-run"]);
    let task = first(args, &[]);
    match task {
        _ if shown => Verdict::READS,
        "about"
        | "routes"
        | "stats"
        | "notes"
        | "middleware"
        | "initializers"
        | "version"
        | "zeitwerk:check"
        | "db:migrate:status"
        | "db:version"
        | "db:abort_if_pending_migrations"
        | "solid_queue:status" => Verdict::READS,
        "console" | "c" | "dbconsole" | "db" => Verdict::changes("opens the application's console").waiting(),
        "runner" | "r" => {
            let text: Vec<&str> = args.iter().map(|w| w.text.as_str()).collect();
            runs(&text.join(" "))
        }
        "db:drop" | "db:reset" | "db:schema:load" | "db:structure:load" | "db:purge" | "db:setup"
        | "db:migrate:reset" | "db:migrate:down" | "db:migrate:redo" | "db:rollback" | "db:seed:replant"
        | "db:truncate_all" | "db:drop:all" | "db:purge:all" | "log:clear" | "assets:clobber" => {
            Verdict::destroys("takes data away")
        }
        task if impact::is_severe_task(task) => Verdict::destroys("says that it destroys something"),
        _ => Verdict::changes("runs a task of the application"),
    }
}

/// Text in a language that is not followed: at best it changes something.
pub(super) fn runs(text: &str) -> Verdict {
    if impact::destroys_somehow(text) {
        Verdict::destroys("runs code that says that it destroys something")
    } else {
        Verdict::changes("runs code that is not followed")
    }
}

/// `python manage.py migrate`.
pub(super) fn django(args: &[Word]) -> Verdict {
    let verb = first(args, &[]);
    match verb {
        "" | "showmigrations" | "check" | "diffsettings" | "inspectdb" | "sqlmigrate" | "sqlflush"
        | "sqlsequencereset" | "version" | "help" | "show_urls" | "validate_templates" | "findstatic" => Verdict::READS,
        "migrate" if given(args, &["--plan", "--list", "--check"]) => Verdict::READS,
        "makemigrations" if given(args, &["--check", "--dry-run"]) => Verdict::READS,
        "migrate" if args.iter().any(|w| w.text == "zero") => Verdict::destroys("takes tables away"),
        "flush"
        | "reset_db"
        | "sqlclear"
        | "reset_schema"
        | "clear_cache_all"
        | "remove_stale_contenttypes"
        | "clearsessions"
        | "drop_test_database" => Verdict::destroys("takes data away"),
        "shell" | "dbshell" | "shell_plus" if !given(args, &["-c", "--command"]) => {
            Verdict::changes("opens the application's console").waiting()
        }
        "shell" | "shell_plus" => runs(&args.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ")),
        verb if impact::is_severe_task(verb) => Verdict::destroys("says that it destroys something"),
        _ => Verdict::changes("runs a task of the application"),
    }
}

/// `php artisan migrate:status`.
pub(super) fn artisan(args: &[Word]) -> Verdict {
    let verb = first(args, &[]);
    let shows = [":list", ":status", ":show", ":failed", ":monitor"].iter().any(|end| verb.ends_with(end));
    match verb {
        "" | "list" | "about" | "env" | "inspire" | "help" | "db:table" | "migrate:status" | "horizon:status" => {
            Verdict::READS
        }
        _ if shows && !verb.starts_with("queue:flush") => Verdict::READS,
        "tinker" | "db" => Verdict::changes("opens the application's console").waiting(),
        "migrate:fresh"
        | "migrate:reset"
        | "migrate:refresh"
        | "migrate:rollback"
        | "db:wipe"
        | "queue:flush"
        | "queue:clear"
        | "queue:forget"
        | "horizon:clear"
        | "model:prune"
        | "telescope:clear"
        | "telescope:prune"
        | "queue:prune-failed"
        | "queue:prune-batches"
        | "horizon:purge" => Verdict::destroys("takes data away"),
        verb if impact::is_severe_task(verb) => Verdict::destroys("says that it destroys something"),
        _ => Verdict::changes("runs a task of the application"),
    }
}

/// `php bin/console doctrine:migrations:status`.
pub(super) fn symfony(args: &[Word]) -> Verdict {
    let verb = first(args, &[]);
    match verb {
        ""
        | "list"
        | "about"
        | "help"
        | "router:match"
        | "messenger:stats"
        | "messenger:failed:show"
        | "scheduler:debug" => Verdict::READS,
        verb if verb.starts_with("debug:")
            || verb.starts_with("lint:")
            || [":status", ":list", ":validate", ":show", ":current"].iter().any(|end| verb.ends_with(end)) =>
        {
            Verdict::READS
        }
        "doctrine:database:drop"
        | "doctrine:schema:drop"
        | "doctrine:fixtures:load"
        | "messenger:failed:remove"
        | "cache:pool:prune"
        | "doctrine:migrations:rollup" => Verdict::destroys("takes data away"),
        "doctrine:schema:update" if !given(args, &["--force"]) => Verdict::READS,
        verb if impact::is_severe_task(verb) => Verdict::destroys("says that it destroys something"),
        _ => Verdict::changes("runs a task of the application"),
    }
}

fn mix(args: &[Word]) -> Verdict {
    match first(args, &[]) {
        "ecto.migrations" | "phx.routes" | "help" | "hex.outdated" | "hex.audit" | "deps" | "deps.tree"
        | "app.tree" => Verdict::READS,
        "ecto.drop" | "ecto.reset" | "ecto.rollback" => Verdict::destroys("takes data away"),
        _ => Verdict::changes("builds or runs a task"),
    }
}

/// `goose -dir migrations postgres "$DSN" status`: the verb stands last or behind the connection.
fn goose(args: &[Word]) -> Verdict {
    let says = |verbs: &[&str]| args.iter().any(|w| verbs.contains(&w.text.as_str()));
    if says(&["down", "reset", "down-to", "redo"]) {
        return Verdict::destroys("takes data away");
    }
    let looks = says(&["status", "version", "validate"]);
    let acts = says(&["up", "up-to", "up-by-one", "create", "fix"]);
    Verdict::reads_if(looks && !acts, "changes the database's form")
}

/// Whether a verdict of a tool that was fetched for the call may be believed: to look it needs no more than to be there.
pub(super) fn fetched(program: &str, args: &[Word]) -> Verdict {
    match of(program, args) {
        Some(verdict) if verdict.impact == Impact::ReadOnly => verdict,
        Some(verdict) => verdict.and(Verdict::changes("downloads and runs a package")),
        None => Verdict::changes("downloads and runs a package"),
    }
}
