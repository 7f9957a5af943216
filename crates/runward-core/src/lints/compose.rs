//! Docker Compose: restarts that keep the old settings, deployments that nobody stops, images without a name.

use std::collections::{HashMap, HashSet};

use super::acts;
use super::calls::Call;
use super::near::{Page, has_any, has_word};
use super::{Context, Kind, Needs};
use crate::runbook::{Finding, Level, Phase};

pub(super) const KINDS: &[Kind] = &[RESTART, WAIT, LATEST];

const RESTART: Kind = Kind {
    id: "compose-restart-ignores-edits",
    level: Level::Error,
    needs: Needs::Document,
    what: "The compose file or `.env` is changed, and the containers are restarted with the old settings.",
    why: "`docker compose restart` starts the same containers again, and a container keeps the image tag, environment and ports it was created with. Only `docker compose up -d` makes new ones.",
    wrong: "# Ops\n\n## Wrong version\n\n**Fix:**\n\nChange `TAG` in `.env`, then:\n\n```bash\ndocker compose restart harbour-api\n```\n",
    right: "# Ops\n\n## Wrong version\n\n**Fix:**\n\nChange `TAG` in `.env`, then:\n\n```bash\ndocker compose up -d harbour-api\n```\n",
    check: Some(restarts),
};

fn restarts(context: &Context<'_>, found: &mut Vec<Finding>) {
    // What was edited where, once for each procedure and once for each document.
    let mut edits_of_unit: HashMap<usize, Vec<u32>> = HashMap::new();
    let mut offered = HashSet::new();
    for call in context.calls.of(&["docker", "docker-compose", "podman", "podman-compose", "nerdctl"]) {
        if !restarts_containers(call) {
            continue;
        }
        let Some(page) = context.near.page(&call.place.step.source) else { continue };
        let line = call.place.command.line;
        let unit = context.calls.unit_number(context.calls.place(call));
        let edits = edits_of_unit.entry(unit).or_insert_with(|| edits_in_unit(context, call, page));
        let made = context
            .calls
            .before(call)
            .iter()
            .rev()
            .find(|other| makes_anew(other))
            .map_or(0, |other| other.place.command.line);
        let edited = edits.iter().rev().copied().find(|edit| *edit <= line && *edit > made);
        let made_after =
            context.calls.after(call).iter().any(|other| makes_anew(other) && other.place.command.line <= line + 2);
        let help = "`docker compose up -d` makes the containers anew where something was changed";
        match edited {
            Some(edit) if !made_after => {
                let message = format!(
                    "`{}` starts the same containers again: what line {edit} changes has no effect",
                    call.short(3)
                );
                found.push(call.finding(&RESTART, message, help));
            }
            // Offered as the way to restart, in a runbook whose people change those files; said once for each document.
            None if is_reference(context, call) && !offered.contains(page.lines.file()) => {
                offered.insert(page.lines.file());
                let Some(edit) = first_edit(page).filter(|_| acts::compose(call).is_some()) else { continue };
                let message = format!(
                    "`{}` does not take over changes to the compose file or `.env`, as line {edit} has them made",
                    call.short(3)
                );
                found.push(Finding { level: Level::Warning, ..call.finding(&RESTART, message, help) });
            }
            _ => {}
        }
    }
}

fn restarts_containers(call: &Call<'_>) -> bool {
    match acts::compose(call) {
        Some((verb, _)) => verb == "restart",
        None => acts::docker(call).is_some_and(|words| words[0].text == "restart"),
    }
}

fn makes_anew(call: &Call<'_>) -> bool {
    match acts::compose(call) {
        Some((verb, _)) => matches!(verb, "up" | "create"),
        None => acts::docker(call).is_some_and(|words| matches!(words[0].text.as_str(), "run" | "create")),
    }
}

/// Lines of the call's procedure that have the settings of containers changed.
fn edits_in_unit(context: &Context<'_>, call: &Call<'_>, page: &Page<'_>) -> Vec<u32> {
    let unit = context.calls.unit(context.calls.place(call));
    let last = context.places[unit.end - 1].command.line;
    let first = call.place.procedure.map_or_else(
        || page.heading_of(call.place.command.line).map_or(1, |at| page.headings[at].line),
        |procedure| procedure.source.line,
    );
    edits(page, first, last + 1)
}

fn edits(page: &Page<'_>, first: u32, last: u32) -> Vec<u32> {
    let lines = page.lower_lines(first, last).lines().zip(first..);
    lines.filter(|(line, _)| is_edit(line)).map(|(_, number)| number).collect()
}

fn first_edit(page: &Page<'_>) -> Option<u32> {
    page.lower().lines().zip(1..).find(|(line, _)| is_edit(line)).map(|(_, number)| number)
}

/// `Update the URL in .env`, `nano docker-compose.yml`, `echo X >> .env`.
fn is_edit(line: &str) -> bool {
    let compose = ["docker-compose.y", "compose.y", "compose file"].iter().any(|name| line.contains(name));
    if !compose && !names_env_file(line) {
        return false;
    }
    const VERBS: &[&str] = &[
        "edit", "update", "change", "set", "modify", "adjust", "correct", "add", "bump", "increase", "reduce",
        "replace", "switch", "fix", "put", "nano", "vim", "vi", "editing", "changing", "updating", "ändern", "ändere",
        "bearbeiten", "bearbeite", "anpassen", "setze", "editar", "edita", "cambiar", "cambia", "actualizar",
        "modifier", "modifiez", "alterar", "modificare", "wijzig", "düzenle", "düzenleyin", "değiştir", "değiştirin",
    ];
    has_any(line, VERBS) || line.contains("sed -i") || line.contains(">>") || line.contains("tee ")
}

fn names_env_file(line: &str) -> bool {
    line.match_indices(".env").any(|(at, _)| {
        let behind = line[at + 4..].chars().next();
        let before = line[..at].chars().next_back();
        let whole = behind.is_none_or(|c| !c.is_alphanumeric() && c != '_');
        // Files of units (`/etc/app/web.env`) are read again at a restart.
        let own = before.is_none_or(|c| !c.is_alphanumeric() && c != '>');
        whole && own && !line[at..].starts_with(".env.example") && !line[at..].starts_with(".env.sample")
    })
}

/// Commands to pick from: no procedure that begins with a sign of trouble.
fn is_reference(context: &Context<'_>, call: &Call<'_>) -> bool {
    if call.place.procedure.is_none() {
        return true;
    }
    let titles = context.near.titles(&call.place);
    ["reference", "cheat", "common operations", "common commands", "key commands", "useful commands"]
        .iter()
        .any(|word| titles.contains(word))
}

const WAIT: Kind = Kind {
    id: "compose-wait-no-rollback",
    level: Level::Warning,
    needs: Needs::Document,
    what: "A new image is put in place, and nothing says what to do when it does not get healthy.",
    why: "`docker compose up -d` stops the old container before it knows whether the new one works, and `--wait` only ends with 1: by then the service already answers with errors, and the old container is gone.",
    wrong: "# Ops\n\n## Deploy\n\n```bash\ndocker compose pull\ndocker compose up -d\n```\n",
    right: "# Ops\n\n## Deploy\n\n```bash\ndocker compose pull\ndocker compose up -d --wait || { export TAG=\"$PREVIOUS_TAG\"; docker compose up -d --wait; }\n```\n",
    check: Some(waits),
};

fn waits(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut told = HashSet::new();
    for call in context.calls.of(&["docker", "docker-compose", "podman-compose", "podman", "nerdctl"]) {
        let Some(("up", rest)) = acts::compose(call) else { continue };
        let unit = context.calls.unit_number(context.calls.place(call));
        let here = context.near.fence(&call.place).map(|at| at.lines.clone());
        let beside = |other: &Call<'_>| here.as_ref().is_none_or(|lines| lines.contains(&other.place.command.line));
        let pulls = |other: &Call<'_>| matches!(acts::compose(other), Some(("pull" | "build", _))) && beside(other);
        let pulled = context.calls.before(call).iter().any(pulls)
            || rest.iter().any(|word| matches!(word.text.as_str(), "--build" | "--pull" | "always"));
        if !pulled || !told.insert((unit, here.map(|lines| lines.start))) || says_what_then(context, call) {
            continue;
        }
        let message = "the old container is gone before the new image is known to work, and nothing says what to do if it does not";
        let help = "write down the way back beside it, best in the same line: `up -d --wait || …` with the tag before";
        found.push(call.finding(&WAIT, message, help));
    }
}

/// Whether the procedure says what to do when the new image fails.
fn says_what_then(context: &Context<'_>, call: &Call<'_>) -> bool {
    if call.place.command.text.contains("||") || call.place.command.text.starts_with("if ") {
        return true;
    }
    let Some(procedure) = call.place.procedure else { return false };
    let later = |line: u32| line > call.place.command.line;
    let back = procedure.steps.iter().any(|step| {
        step.phase == Phase::Rollback && later(step.source.line) && step.variant == call.place.step.variant
    });
    let Some(page) = context.near.page(&procedure.source) else { return back };
    let line = call.place.command.line;
    let behind = page.lower_lines(line + 1, (procedure.source.end_line + 1).min(line + 200));
    let says = |line: &str| {
        let fails = [
            "if it fails", "if this fails", "if unhealthy", "if the health check fails", "if the new", "if health",
            "if not healthy", "if anything fails", "if something", "on failure", "if deploy",
        ];
        fails.iter().any(|words| line.contains(words))
            || (has_word(line, "roll back") || has_word(line, "rollback")) && line.contains("if ")
    };
    back || behind.lines().any(says)
}

const LATEST: Kind = Kind {
    id: "image-latest",
    level: Level::Warning,
    needs: Needs::Document,
    what: "What is deployed is an image with the tag `latest`.",
    why: "`latest` is another image after the next build. Nobody can tell which one runs, and there is no name by which to go back to the one before.",
    wrong: "# Ops\n\n## Deploy\n\n```bash\ndocker pull registry.harbour.example/api:latest\n```\n",
    right: "# Ops\n\n## Deploy\n\n```bash\ndocker pull registry.harbour.example/api:2.4.1\n```\n",
    check: Some(latest),
};

fn latest(context: &Context<'_>, found: &mut Vec<Finding>) {
    for page in context.near.pages() {
        if !page.lower().contains(":latest") {
            continue;
        }
        let deploys = |line: &str| {
            let line = line.trim_start_matches(['#', ' ', '-', '+']);
            let image = [
                "image:", "docker pull ", "docker run ", "podman run ", "podman pull ", "sudo docker run ",
                "kubectl set image ",
            ];
            image.iter().any(|start| line.starts_with(start)) && line.contains(":latest")
        };
        let mut lines = page.fences.iter().flat_map(|at| &at.fence.lines);
        if let Some(line) = lines.find(|line| deploys(&line.text)) {
            let source = page.lines.source(line.start..line.start + line.text.len());
            let message = "the tag `latest` names another image after the next build: there is none to go back to";
            found.push(Finding::new(
                &LATEST,
                source,
                message,
                "deploy a tag that is never moved: a version, a commit or a digest",
            ));
        }
    }
}
