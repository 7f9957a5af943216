//! `runward init`: the first configuration for a runbook, as text with its reasons beside it.

use std::fmt::Write;

use runward_core::runbook::Runbook;

use super::env::ALERT_WEBHOOK_URL;

/// The text of a configuration for a runbook that lies beside it under `name`; `text` is the runbook itself.
pub fn configuration(runbook: &Runbook, name: &str, text: &str) -> String {
    let mut out = String::new();
    let push = |out: &mut String, line: &str| {
        out.push_str(line);
        out.push('\n');
    };
    push(&mut out, "# How Runward watches this runbook. The runbook stays the source: what stands here corrects");
    push(&mut out, "# and completes it. All keys: docs/reference/configuration.md");
    let _ = writeln!(out, "runbooks = [{}]", quoted(name));
    push(&mut out, "listen = \"127.0.0.1:7700\"      # the page and the API");
    push(&mut out, "data = \".runward\"             # database and command output");
    push(&mut out, "reviews = \"incidents\"         # drafts of post-incident reviews\n");
    push(&mut out, "[watch]");
    push(&mut out, "every = \"30s\"\ntimeout = \"10s\"");
    push(&mut out, "fail_after = 3                # bad looks in a row before a check counts as bad");
    push(&mut out, "recover_after = 2             # good looks in a row before it counts as well again\n");
    notify(&mut out, text);
    escalation(&mut out, runbook);
    run(&mut out, runbook, text);
    services(&mut out, runbook);
    checks(&mut out, runbook);
    out
}

fn notify(out: &mut String, text: &str) {
    let named = text.contains(ALERT_WEBHOOK_URL);
    let why = if named { "the runbook's own variable" } else { "an environment variable" };
    let _ = writeln!(out, "# Where alerts go: Slack, Discord or any address that takes JSON, told from the address.");
    let _ = writeln!(out, "[notify.team]");
    let _ = writeln!(out, "url = {{ env = \"{ALERT_WEBHOOK_URL}\" }}   # {why}; or {{ file = \"path\" }}\n");
}

fn escalation(out: &mut String, runbook: &Runbook) {
    let chain: Vec<_> = runbook.escalation.iter().filter(|s| s.condition.is_none() && s.after_s.is_some()).collect();
    if chain.is_empty() {
        out.push_str("# Who is paged when nobody acknowledges.\n");
        out.push_str("[[escalation]]\nafter = \"0s\"\nnotify = [\"team\"]\n\n[[escalation]]\nafter = \"15m\"\nnotify = [\"team\"]\n\n");
        return;
    }
    out.push_str("# The runbook's own escalation is used, each step through every channel:\n");
    for step in chain {
        let for_severities =
            if step.severities.is_empty() { String::new() } else { format!(" for {}", step.severities.join(", ")) };
        let after = runward_core::time::Span::seconds(step.after_s.unwrap_or_default());
        let _ = writeln!(out, "#   after {after}: {}{for_severities}  ({})", step.target, step.source);
    }
    out.push_str("# To use another, write [[escalation]] tables with `after`, `notify`, `target`, `severities`.\n\n");
}

fn run(out: &mut String, runbook: &Runbook, text: &str) {
    out.push_str("[run]\n");
    out.push_str("diagnose = true               # read-only commands of the fitting procedure run by themselves\n");
    let variables = variables(text);
    if !variables.is_empty() {
        let names: Vec<String> = variables.iter().map(|v| quoted(v)).collect();
        let _ = writeln!(out, "# env = [{}]   # variables the runbook's commands use", names.join(", "));
    }
    let hosts = hosts(runbook);
    if !hosts.is_empty() {
        let names: Vec<String> = hosts.iter().map(|h| quoted(h)).collect();
        let _ = writeln!(out, "# here = [{}]   # hosts of the runbook that are this machine", names.join(", "));
    }
    out.push('\n');
}

/// Environment variables that commands use and never set.
fn variables(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (at, _) in text.match_indices('$') {
        let rest = text[at + 1..].trim_start_matches('{');
        let name: String =
            rest.chars().take_while(|c| c.is_ascii_uppercase() || *c == '_' || c.is_ascii_digit()).collect();
        let set = text.contains(&format!("{name}=$(")) || text.contains(&format!("\n{name}="));
        if name.len() >= 4 && name.starts_with(|c: char| c.is_ascii_uppercase()) && !set && !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

fn hosts(runbook: &Runbook) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for host in
        runbook.procedures.iter().flat_map(|p| &p.steps).flat_map(|s| &s.commands).filter_map(|c| c.host.clone())
    {
        if !found.contains(&host) {
            found.push(host);
        }
    }
    found
}

fn services(out: &mut String, runbook: &Runbook) {
    out.push_str("# What may run by itself: nothing, unless a service says so here. For example:\n");
    let example = runbook.services.first().map_or("web".to_owned(), |s| s.id().0);
    let procedure = runbook.procedures.iter().find(|p| !p.symptoms.is_empty()).map(|p| p.id.0.clone());
    let _ = writeln!(out, "# [services.{example}]");
    let _ = writeln!(
        out,
        "# depends_on = []              # a dependent service's alert joins the incident of what it needs"
    );
    let procedure = procedure.map(|p| format!("procedure = \"{p}\", ")).unwrap_or_default();
    let _ = writeln!(out, "# automatic = {{ {procedure}max_runs = 2, window = \"1h\" }}\n");
}

fn checks(out: &mut String, runbook: &Runbook) {
    out.push_str(
        "# What is watched, as the runbook implies. A row the runbook gains is watched without being listed.\n",
    );
    out.push_str(
        "# Add keys to change one: enabled, every, timeout, fail_after, recover_after, symptom, or its kind's own\n",
    );
    out.push_str("# (docs/reference/checks.md). A check of another name needs `kind`.\n[checks]\n");
    let width = runbook.checks.iter().map(|c| c.name.0.len() + 2).max().unwrap_or_default();
    for check in &runbook.checks {
        let name = quoted(check.name.as_str());
        let _ = writeln!(out, "{name:width$} = {{}}   # {} {}  ({})", check.kind, check.target, check.source);
    }
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
