//! Silences of Alertmanager: requests it refuses, and silences that hide more than the trouble.

use super::calls::Call;
use super::{Context, Kind, Needs};
use crate::command::shell::Word;
use crate::runbook::{Finding, Level};

pub(super) const KINDS: &[Kind] = &[CONTENT, WIDE];

const CONTENT: Kind = Kind {
    id: "alertmanager-content-type",
    level: Level::Error,
    needs: Needs::Document,
    what: "A request to Alertmanager's API hands JSON over without saying that it is JSON.",
    why: "`curl -d` says that the body is a form. Alertmanager answers 415 (unsupported media type) and sets no silence; `curl` ends with 0.",
    wrong: "# Ops\n\n## Silence an alert\n\n```bash\ncurl -fsS -X POST http://localhost:9093/api/v2/silences -d @silence.json\n```\n",
    right: "# Ops\n\n## Silence an alert\n\n```bash\ncurl -fsS -X POST http://localhost:9093/api/v2/silences -H 'Content-Type: application/json' -d @silence.json\n```\n",
    check: Some(|context, found| {
        found.extend(context.calls.of(&["curl", "wget"]).filter_map(|call| untyped(context, call)));
    }),
};

fn untyped(context: &Context<'_>, call: &Call<'_>) -> Option<Finding> {
    let typed = call.texts().any(|text| {
        let small = text.to_ascii_lowercase();
        small.contains("content-type:") || text == "--json" || text.starts_with("--json=")
    });
    if !is_alertmanager(call) || typed || body(call).is_none() {
        return None;
    }
    let message = "Alertmanager answers 415 to this: the body is sent as a form, and no silence is set";
    let finding = call.finding(
        &CONTENT,
        message,
        "add `-H 'Content-Type: application/json'`, and `-f` so that a refusal is seen",
    );
    let quotes = call.around.wrappers.iter().any(|wrapper| matches!(wrapper.as_str(), "ssh" | "bash" | "sh" | "su"));
    if call.program != "curl" || quotes {
        return Some(finding);
    }
    match call.behind_program(&context.near) {
        Some(bytes) => Some(finding.mended_by(bytes, " -H 'Content-Type: application/json'")),
        None => Some(finding),
    }
}

fn is_alertmanager(call: &Call<'_>) -> bool {
    call.texts().any(|text| {
        let api = text.contains("/api/v2/") || text.contains("/api/v1/");
        let what = text.contains("silences") || text.contains("/alerts");
        api && (text.contains("silences") || what && (text.contains(":9093") || text.contains("alertmanager")))
    })
}

/// The body that a request carries.
fn body<'r>(call: &Call<'r>) -> Option<&'r str> {
    let of = |short: &str, long: &str| call.value(short, long);
    of("-d", "--data")
        .or_else(|| of("", "--data-raw"))
        .or_else(|| of("", "--data-binary"))
        .or_else(|| of("", "--data-ascii"))
        .or_else(|| of("", "--json"))
        .or_else(|| of("", "--post-data"))
        .or_else(|| of("", "--post-file"))
}

const WIDE: Kind = Kind {
    id: "silence-too-wide",
    level: Level::Warning,
    needs: Needs::Document,
    what: "A silence names an alert and nothing else.",
    why: "It hides the alert of every host and every service. What breaks elsewhere in the same hours pages nobody.",
    wrong: "# Ops\n\n## Silence an alert\n\n```bash\namtool silence add alertname=HighLoad --duration=2h --comment='looking into it'\n```\n",
    right: "# Ops\n\n## Silence an alert\n\n```bash\namtool silence add alertname=HighLoad instance=quay-1:9100 --duration=2h --comment='looking into it'\n```\n",
    check: Some(|context, found| {
        found.extend(context.calls.of(&["curl", "amtool"]).filter_map(wide));
    }),
};

fn wide(call: &Call<'_>) -> Option<Finding> {
    let lone = match call.program {
        "amtool" => {
            let adds = call.has(&["add"]) && call.has(&["silence"]);
            let matchers: Vec<&Word> = call
                .operands(&["-d", "--duration", "-c", "--comment", "-a", "--author", "-s", "-e"])
                .into_iter()
                .skip(2)
                .collect();
            let names = |word: &Word| word.text.starts_with("alertname") || !word.text.contains('=');
            adds && matchers.len() == 1 && names(matchers[0])
        }
        _ => {
            let text = body(call).filter(|_| is_alertmanager(call))?;
            let matchers =
                text.split_once("matchers").and_then(|(_, rest)| rest.split_once(']')).map_or("", |(inside, _)| inside);
            matchers.matches("\"name\"").count() == 1 && matchers.contains("alertname")
        }
    };
    let message = "this silences the alert for every host and service";
    lone.then(|| {
        call.finding(&WIDE, message, "add a matcher for the one that is being looked at: `instance`, `service`")
    })
}
