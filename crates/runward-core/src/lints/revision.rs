//! Git in runbooks: work that is thrown away, heads that hang loose, and going back without the database.

use super::acts;
use super::calls::Call;
use super::{Context, Kind, Needs};
use crate::runbook::{Finding, Level};

pub(super) const KINDS: &[Kind] = &[SF06, MIGRATIONS];

const SF06: Kind = Kind {
    id: "SF06",
    level: Level::Warning,
    needs: Needs::Document,
    what: "A git command throws work away, or leaves the working copy on no branch.",
    why: "`git reset --hard` and `git clean -f` delete changes that exist nowhere else, often the very change somebody made by hand in the last incident. After `git checkout COMMIT` there is no branch: the next `git pull` of the next deployment fails.",
    wrong: "# Ops\n\n## Roll back\n\n```bash\ncd /srv/harbour\ngit reset --hard origin/main\n```\n",
    right: "# Ops\n\n## Roll back\n\n```bash\ncd /srv/harbour\ngit stash push --include-untracked\ngit reset --hard origin/main\n```\n",
    check: Some(|context, found| found.extend(context.calls.of(&["git"]).filter_map(|call| discards(context, call)))),
};

fn discards(context: &Context<'_>, call: &Call<'_>) -> Option<Finding> {
    let (verb, rest) = acts::verb(call.args(), &["-C", "-c", "--git-dir", "--work-tree"])?;
    let texts: Vec<&str> = rest.iter().map(|word| word.text.as_str()).collect();
    let has = |wanted: &[&str]| texts.iter().any(|text| wanted.contains(text));
    let (what, help) = match verb {
        "reset" if has(&["--hard"]) && !looked(context, call) => {
            ("deletes every change that is not committed", "`git stash` first: what is in it can be had back")
        }
        "clean"
            if acts::given(rest, 'f', "--force") && !acts::given(rest, 'n', "--dry-run") && !looked(context, call) =>
        {
            ("deletes every file that git does not know", "`git clean -n` first shows what would go")
        }
        "checkout" | "restore" if throws_away(verb, &texts) && !looked(context, call) => {
            ("deletes every change that is not committed", "`git stash` first: what is in it can be had back")
        }
        "checkout" if is_detached(call, rest) && !goes_back(context, call) && !is_fresh(context, call) => (
            "leaves the working copy on no branch: the next `git pull` fails",
            "`git revert` on the branch, or come back to the branch at the end: `git switch main`",
        ),
        "push" if forces(rest, &texts) => {
            ("overwrites what others have pushed", "`--force-with-lease` refuses where somebody pushed in between")
        }
        "stash" if has(&["clear", "drop"]) => {
            ("deletes what was put aside", "look at it first with `git stash show -p`")
        }
        "branch" if acts::given(rest, 'D', "--no-such-option") => {
            ("deletes a branch whether it was merged or not", "`git branch -d` refuses where it was not")
        }
        _ => return None,
    };
    Some(call.finding(&SF06, format!("`{}` {what}", call.short(4)), help))
}

/// Whether somebody looked at what would be lost, or put it aside.
fn looked(context: &Context<'_>, call: &Call<'_>) -> bool {
    context
        .calls
        .before(call)
        .iter()
        .filter(|other| other.program == "git")
        .any(|other| other.has(&["stash", "status", "diff", "--dry-run", "-n"]) && !other.has(&["clear", "drop"]))
}

fn throws_away(verb: &str, texts: &[&str]) -> bool {
    let all = texts.last().is_some_and(|last| matches!(*last, "." | ":/" | "*"));
    let staged_only = texts.contains(&"--staged") && !texts.contains(&"--worktree");
    match verb {
        "restore" => all && !staged_only,
        _ => all || texts.contains(&"-f") || texts.contains(&"--force"),
    }
}

/// `git checkout 4f2a91c`, `git checkout <commit>`, `git checkout v1.2.0`; no branch, no file.
fn is_detached(call: &Call<'_>, rest: &[crate::command::shell::Word]) -> bool {
    if rest.iter().any(|word| matches!(word.text.as_str(), "-b" | "-B" | "--" | "--orphan" | "-t" | "--track" | "-p")) {
        return false;
    }
    let mut operands = rest.iter().filter(|word| !word.text.starts_with('-'));
    let (Some(only), None) = (operands.next(), operands.next()) else { return false };
    let written = call.place.command.text.get(call.bytes(only)).unwrap_or_default();
    let small = written.to_lowercase();
    let bare = small.trim_matches(['<', '>', '[', ']', '"', '\'', '$', '{', '}']);
    let asked = bare.len() != small.len() || only.dynamic;
    let names = ["commit", "hash", "sha", "tag", "revision", "version", "release"];
    let revision = bare.split(['-', '_', ' ', '/']).any(|part| names.contains(&part));
    let hex = (7..=40).contains(&bare.len())
        && bare.chars().all(|c| c.is_ascii_hexdigit())
        && bare.contains(|c: char| c.is_ascii_digit());
    let version =
        bare.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()) && rest.contains('.'));
    let ancestor =
        bare.starts_with("head~") || bare.starts_with("head^") || bare.starts_with("tags/") || bare.contains("@{");
    let branch = bare.contains("branch");
    !branch && (asked && revision || hex || version || ancestor || bare == "abc1234")
}

/// Whether the procedure comes back to a branch.
fn goes_back(context: &Context<'_>, call: &Call<'_>) -> bool {
    context.calls.after(call).iter().filter(|other| other.program == "git").any(|other| {
        other.has(&["switch"])
            || other.arg(0) == "checkout" && matches!(other.arg(1), "main" | "master" | "-" | "develop" | "-b")
    })
}

/// What was cloned a few lines above is pulled by no deployment.
fn is_fresh(context: &Context<'_>, call: &Call<'_>) -> bool {
    context.calls.before(call).iter().any(|other| other.program == "git" && other.arg(0) == "clone")
}

fn forces(rest: &[crate::command::shell::Word], texts: &[&str]) -> bool {
    let lease = texts.iter().any(|text| text.starts_with("--force-with-lease"));
    let plus = texts.iter().any(|text| text.starts_with('+') && text.len() > 1);
    !lease && (acts::given(rest, 'f', "--force") || plus)
}

const MIGRATIONS: Kind = Kind {
    id: "rollback-ignores-migrations",
    level: Level::Warning,
    needs: Needs::Document,
    what: "Deploying migrates the database, but the rollback goes back with the code alone.",
    why: "The old code then runs on the new schema. Whether it can was decided by nobody, and it is found out when the rollback is needed.",
    wrong: "# Ops\n\n## Deploy\n\n```bash\ngit pull --ff-only\nnpx prisma migrate deploy\npm2 reload harbour\n```\n\n## Rollback\n\n```bash\ngit checkout <commit>\nnpm ci\npm2 restart harbour\n```\n",
    right: "# Ops\n\n## Deploy\n\n```bash\ngit pull --ff-only\nnpx prisma migrate deploy\npm2 reload harbour\n```\n\n## Rollback\n\nMigrations only ever add: the release before runs on the newer schema too.\n\n```bash\ngit checkout <commit>\nnpm ci\npm2 restart harbour\n```\n",
    check: Some(rollbacks),
};

fn rollbacks(context: &Context<'_>, found: &mut Vec<Finding>) {
    let migrates = |call: &&Call<'_>| super::undo::migration(call).is_some();
    let Some(migration) = context.calls.all().iter().find(migrates) else { return };
    let mut told = None;
    for call in context.calls.of(&["git"]) {
        let back = matches!(call.arg(0), "checkout" | "revert" | "reset");
        let unit = context.calls.unit_number(context.calls.place(call));
        if !back || told == Some(unit) {
            continue;
        }
        let titles = context.near.titles(&call.place);
        let is_rollback = ["rollback", "roll back", "rolling back", "revert"].iter().any(|word| titles.contains(word));
        if !is_rollback || speaks_of_schema(context, call) {
            continue;
        }
        told = Some(unit);
        let line = migration.source().line;
        let message = format!("going back changes the code alone; deploying it migrates the database (line {line})");
        let help = "say whether the release before runs on the newer schema, and how to go back with the database where it does not";
        found.push(call.finding(&MIGRATIONS, message, help));
    }
}

/// Whether the rollback says anything of the database.
fn speaks_of_schema(context: &Context<'_>, call: &Call<'_>) -> bool {
    let Some(page) = context.near.page(&call.place.step.source) else { return false };
    let (first, last) =
        call.place.procedure.map_or((call.place.step.source.line, call.place.step.source.end_line), |procedure| {
            (procedure.source.line, procedure.source.end_line)
        });
    let text = page.lower_lines(first, last + 1);
    ["migrat", "schema", "database", "restore", "datenbank", "base de datos"].iter().any(|word| text.contains(word))
}
