//! pm2: logs that are followed for ever, flags that mean something else, settings that are not read again.

use super::acts;
use super::calls::{Call, Calls};
use super::near::begin;
use super::{Context, Kind, Needs};
use crate::command::shell::{Redirect, Word};
use crate::runbook::{Finding, Level, Step, StepKind};

pub(super) const KINDS: &[Kind] = &[FOLLOWS, OUT, STALE_ENV];

const FOLLOWS: Kind = Kind {
    id: "pm2-logs-follow",
    level: Level::Error,
    needs: Needs::Document,
    what: "What `pm2 logs` prints is searched, counted or kept, but it never stops printing.",
    why: "`pm2 logs` follows the logs also behind a pipe and also with `--lines`: `grep -c` never counts to the end, and a runner waits until its time is up.",
    wrong: "# Ops\n\n## Api errors\n\n**Diagnose:**\n```bash\npm2 logs harbour-api | grep -c timeout\n```\n",
    right: "# Ops\n\n## Api errors\n\n**Diagnose:**\n```bash\npm2 logs harbour-api --nostream --lines 1000 | grep -c timeout\n```\n",
    check: Some(|context, found| {
        found.extend(context.calls.of(&["pm2"]).filter_map(|call| follows(context, call)));
    }),
};

fn follows(context: &Context<'_>, call: &Call<'_>) -> Option<Finding> {
    let logs = matches!(call.operands(&[]).first()?.text.as_str(), "logs" | "log");
    let ended = call.around.wrappers.iter().any(|wrapper| wrapper == "timeout");
    if !logs || call.has(&["--nostream"]) || ended {
        return None;
    }
    let taken = match context.calls.reader(call) {
        // `head` ends, and with the next line that pm2 writes the pipe ends too.
        Some(reader) => format!("`{}` waits for an end", reader.short(2)),
        None if call.command.substituted => "the shell waits for an end".to_owned(),
        None if call.redirected().next().is_some() => "the file is never complete".to_owned(),
        None => return None,
    };
    let message = format!("`pm2 logs` follows the logs for ever, and {taken} that never comes");
    let help = "add `--nostream` and say how many lines: `pm2 logs NAME --nostream --lines 1000`";
    let finding = call.finding(&FOLLOWS, message, help);
    let end = call.span().end;
    let lines = call.has(&["--lines"]) || call.texts().any(|text| text.starts_with("--lines="));
    let addition = if lines { " --nostream" } else { " --nostream --lines 1000" };
    match (end > 0).then(|| context.near.bytes(&call.place, end..end)).flatten() {
        Some(bytes) => Some(finding.mended_by(bytes, addition)),
        None => Some(finding),
    }
}

const OUT: Kind = Kind {
    id: "pm2-logs-out-flag",
    level: Level::Error,
    needs: Needs::Document,
    what: "`pm2 logs --out FILE` is taken for a way to write the logs to a file.",
    why: "`--out` and `--err` choose which stream is shown and take no value. No file is written, and the command follows the logs for ever.",
    wrong: "# Ops\n\n## Keep the logs\n\n```bash\npm2 logs harbour-api --out /srv/evidence/app.log\n```\n",
    right: "# Ops\n\n## Keep the logs\n\n```bash\npm2 logs harbour-api --nostream --lines 5000 > /srv/evidence/app.log\n```\n",
    check: Some(|context, found| found.extend(context.calls.of(&["pm2"]).filter_map(out_flag))),
};

fn out_flag(call: &Call<'_>) -> Option<Finding> {
    if !matches!(call.operands(&[]).first()?.text.as_str(), "logs" | "log") {
        return None;
    }
    let args = call.args();
    let (flag, file) = args.iter().enumerate().find_map(|(at, word)| {
        let (flag, joined) =
            word.text.split_once('=').map_or((word.text.as_str(), None), |(flag, value)| (flag, Some(value)));
        let value = joined.or_else(|| args.get(at + 1).map(|next| next.text.as_str()))?;
        (matches!(flag, "--out" | "--err" | "-o" | "-e" | "--output") && is_file(value)).then_some((flag, value))
    })?;
    let message = format!("`{flag}` chooses a stream and takes no file: `{file}` is not written");
    Some(call.finding(&OUT, message, "send the output there: `pm2 logs NAME --nostream --lines 5000 > FILE`"))
}

fn is_file(value: &str) -> bool {
    value.contains('/') || [".log", ".txt", ".out", ".gz", ".json"].iter().any(|end| value.ends_with(end))
}

const STALE_ENV: Kind = Kind {
    id: "pm2-env-not-reloaded",
    level: Level::Warning,
    needs: Needs::Document,
    what: "Settings are changed, and pm2 restarts the program with the old ones.",
    why: "pm2 keeps the environment with which a program was first started: `pm2 restart` and `pm2 reload` hand it the same again. Only `--update-env` takes the new one, unless the program reads its file itself.",
    wrong: "# Ops\n\n## Payments fail\n\n**Fix:**\n```bash\nsed -i 's/^PAYMENTS=.*/PAYMENTS=off/' /srv/harbour/.env\npm2 restart harbour-api\n```\n",
    right: "# Ops\n\n## Payments fail\n\n**Fix:**\n```bash\nsed -i 's/^PAYMENTS=.*/PAYMENTS=off/' /srv/harbour/.env\nset -a; . /srv/harbour/.env; set +a\npm2 restart harbour-api --update-env\n```\n",
    check: Some(stale_env),
};

fn stale_env(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut told = std::collections::HashSet::new();
    for call in context.calls.of(&["pm2"]) {
        let verb = call.arg(0);
        let unit = context.calls.unit_number(context.calls.place(call));
        // A file of pm2's own is read again.
        let from_file = call
            .texts()
            .any(|text| [".js", ".cjs", ".json", ".yml", ".yaml", ".config.ts"].iter().any(|end| text.ends_with(end)));
        if !matches!(verb, "restart" | "reload") || call.has(&["--update-env"]) || from_file || told.contains(&unit) {
            continue;
        }
        let Some(what) = changed_before(&context.calls, call).or_else(|| changed_by_hand(context, call)) else {
            continue;
        };
        told.insert(unit);
        let message = format!("{what}, but `{}` starts the program with the environment it had before", call.short(3));
        let help = "add `--update-env` in a shell that has read the new values; it is right as it stands only where the program reads the file itself";
        found.push(call.finding(&STALE_ENV, message, help));
    }
}

/// A file of settings that was written, or a variable that was set, since the program was last started.
fn changed_before(calls: &Calls<'_>, call: &Call<'_>) -> Option<String> {
    for other in calls.before(call).iter().rev() {
        if other.program == "pm2" && matches!(other.arg(0), "delete" | "start" | "restart" | "reload") {
            return None;
        }
        let file = |word: &&Word| acts::is_env_file(&word.text);
        if let Some(word) = acts::written(other).into_iter().find(|word| file(word)) {
            return Some(format!("`{}` was changed", other.written(word)));
        }
        let sets = other.program == "export" && other.texts().any(|text| text.contains('='));
        if sets {
            return Some("a variable was set".to_owned());
        }
        let handed = other
            .command
            .redirects
            .iter()
            .any(|r| matches!(r, Redirect::Append(word) if acts::is_env_file(&word.text)));
        if handed {
            return Some("settings were added".to_owned());
        }
    }
    None
}

/// `Update PAYMENTS in .env` as words or as a step done by hand, before the restart.
fn changed_by_hand(context: &Context<'_>, call: &Call<'_>) -> Option<String> {
    let edits = |small: &str| {
        let verbs =
            ["edit", "update", "change", "set ", "add ", "correct", "fix "].iter().any(|verb| small.contains(verb));
        verbs && small.contains(".env")
    };
    let by_hand = |step: &&Step| {
        matches!(step.kind, StepKind::Manual | StepKind::Command) && edits(&begin(&step.title).to_lowercase())
    };
    let before = || {
        let steps = &call.place.procedure?.steps;
        let line = call.place.step.source.line;
        let until = steps.partition_point(|step| step.source.line <= line);
        steps[until.saturating_sub(4)..until].iter().find(by_hand)
    };
    let told = edits(&context.near.said(&call.place)) || before().is_some();
    told.then(|| "the settings were changed".to_owned())
}
