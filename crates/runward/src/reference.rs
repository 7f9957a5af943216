//! The reference pages of the book, made from the code: what stands there can be neither forgotten nor outdated.
//!
//! `UPDATE=1 cargo test reference` writes them anew; without it the test says which page no longer fits.

use std::fmt::Write;
use std::path::PathBuf;

use clap::CommandFactory;
use runward_core::lints;
use schemars::Schema;
use serde_json::Value;

use crate::config::{CheckSettings, Config};
use crate::web::auth::routes::{Needs, TABLE};

const BY_CODE: &str = "<!-- Made from the code by `UPDATE=1 cargo test reference`. -->\n\n";

#[test]
fn the_reference_pages_fit_the_code() {
    for (name, page) in [
        ("configuration.md", configuration()),
        ("checks.md", checks()),
        ("notifiers.md", notifiers()),
        ("lints.md", lints()),
        ("commands.md", commands()),
        ("metrics.md", metrics()),
        ("routes.md", routes()),
        ("openapi.json", crate::web::api::description() + "\n"),
    ] {
        check(name, &page);
    }
}

#[test]
fn every_rule_has_a_page_and_every_page_its_rule() {
    let folder = pages().join("lints");
    let rules = lints::kinds();
    if updates() {
        std::fs::create_dir_all(&folder).unwrap();
    }
    for rule in &rules {
        check(&format!("lints/{}.md", rule.id), &format!("{BY_CODE}{}", lints::page(rule)));
    }
    let there = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    for page in there.filter(|page| !rules.iter().any(|rule| page.ends_with(format!("{}.md", rule.id)))) {
        if updates() {
            std::fs::remove_file(&page).unwrap();
        } else {
            panic!("{} is the page of no rule: `UPDATE=1 cargo test reference` removes it", page.display());
        }
    }
}

fn check(name: &str, page: &str) {
    let path = pages().join(name);
    if updates() {
        std::fs::write(&path, page).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == page,
        "docs/reference/{name} no longer fits the code: `UPDATE=1 cargo test reference` writes it anew"
    );
}

fn pages() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference")
}

#[allow(clippy::disallowed_methods, reason = "a switch of this test and of nothing that is shipped")]
fn updates() -> bool {
    std::env::var_os("UPDATE").is_some()
}

fn configuration() -> String {
    let schema = schemars::schema_for!(Config);
    let mut out = format!(
        "{BY_CODE}# Configuration: `runward.toml`\n\n`runward init RUNBOOK.md` writes the first one. Paths are relative \
         to the file. A key that is not known is refused, with its line. Lengths of time are written `30s`, `15m`, \
         `1h30m`, `2d`.\n\n"
    );
    table(&mut out, &schema, &schema);
    out.push_str(
        "\nWhat stands under `services`, `severities` and below corrects and completes the runbook: \
         [Correcting it](../runbook.md#correcting-it). It stands in the place of what the runbook says; an empty string \
         takes a fact away.\n",
    );
    let parts = [
        ("Watch", "[watch]"),
        ("Run", "[run]"),
        ("Approval", "[approval]"),
        ("Notify", "[notify.NAME]"),
        ("Level", "[[escalation]]"),
        ("ServiceOverride", "[services.NAME]"),
        ("Automatic", "[services.NAME.automatic]"),
        ("SeverityFacts", "[severities.NAME]"),
        ("ContactFacts", "[contacts.ROLE]"),
        ("ProcedureFacts", "[procedures.ID]"),
        ("NewStep", "[[procedures.ID.add]]"),
        ("StepFacts", "[steps.\"ID\"]"),
        ("ParameterFacts", "[parameters.NAME]"),
        ("DutyFacts", "[[duties]]"),
        ("BackupFacts", "[backups.DATASET]"),
        ("HealthFacts", "[health.\"ADDRESS\"]"),
        ("StateFacts", "[health.\"ADDRESS\".states.WORD]"),
        ("HostFacts", "[hosts.NAME]"),
        ("LogFacts", "[logs.NAME]"),
        ("DatabaseFacts", "[databases.NAME]"),
        ("ThresholdFacts", "[[thresholds]]"),
        ("DocumentFacts", "[documents.\"PATH\"]"),
        ("Templates", "[templates]"),
        ("Allowance", "[[lint.allow]]"),
    ];
    for (definition, title) in parts {
        let part = schema.pointer(&format!("/$defs/{definition}")).expect("a definition").clone();
        let part = Schema::try_from(part).expect("a schema");
        let _ = write!(out, "\n## `{title}`\n\n{}\n\n", text(&part, "description"));
        table(&mut out, &part, &schema);
    }
    let _ = write!(out, "\n## `[checks.\"SERVICE/NAME\"]`\n\n");
    let common = schemars::schema_for!(CheckSettings);
    let _ =
        write!(out, "{} What a kind of check takes besides: [checks](checks.md).\n\n", text(&common, "description"));
    table(&mut out, &common, &common);
    out.push_str(
        "\n## Secrets\n\nThe address of a channel is a secret. `url = { env = \"NAME\" }` takes it from an environment \
         variable, `url = { file = \"path\" }` from the first line of a file; a plain string is for addresses that are \
         none. Where there is no `[notify]` at all, `ALERT_WEBHOOK_URL` is used if it is set.\n",
    );
    out
}

fn checks() -> String {
    let mut out = format!("{BY_CODE}# Checks\n\nWhat can be looked at, by `kind`.\n");
    for kind in runward_kinds::checks::KINDS {
        let schema = (kind.schema)();
        let _ = write!(out, "\n## `{}`\n\n{}\n\n", kind.name, kind.what);
        let _ = write!(out, "```toml\n[checks.\"shop/{0}\"]\nkind = \"{0}\"\n{1}\n```\n\n", kind.name, kind.example);
        table(&mut out, &schema, &schema);
    }
    out
}

fn notifiers() -> String {
    let mut out = format!(
        "{BY_CODE}# Notifiers\n\nHow a page reaches people. The kind is told from the address unless `kind` is given.\n"
    );
    for kind in runward_kinds::notifiers::KINDS {
        let _ = write!(out, "\n## `{}`\n\n{}\n\nAn address looks like `{}`.\n", kind.name, kind.what, kind.example);
    }
    out
}

fn lints() -> String {
    let rules = lints::kinds();
    let mut out = format!(
        "{BY_CODE}# Lint rules\n\nWhat `runward lint` finds, by family. Each rule has a page with the wrong and the right form; \
         `runward lint --explain RULE`\nprints it. How to use the linter: [Lint](../lint.md).\n"
    );
    for group in lints::GROUPS {
        let mut inside = rules.iter().filter(|rule| lints::family(rule.id) == group.id).peekable();
        if inside.peek().is_none() {
            continue;
        }
        let _ = write!(
            out,
            "\n## {} (`{}`)\n\n| Rule | Level | What it looks for |\n|---|---|---|\n",
            group.title, group.id
        );
        for rule in inside {
            let what = rule.what.replace('|', "\\|");
            let _ = writeln!(out, "| [{0}](lints/{0}.md) | {1} | {what} |", rule.id, rule.level.name());
        }
    }
    out
}

fn commands() -> String {
    let mut out = format!("{BY_CODE}# Commands\n");
    let mut root = crate::cli::Arguments::command().term_width(80);
    root.build();
    describe(&mut out, &mut root, "runward");
    out
}

fn describe(out: &mut String, command: &mut clap::Command, name: &str) {
    let _ = write!(out, "\n## `{name}`\n\n```text\n{}\n```\n", command.render_help().to_string().trim_end());
    for inner in command.get_subcommands_mut().filter(|c| !c.is_hide_set() && c.get_name() != "help") {
        let name = format!("{name} {}", inner.get_name());
        describe(out, inner, &name);
    }
}

fn routes() -> String {
    let mut out = format!(
        "{BY_CODE}# Routes and roles\n\nWho may ask for what: each role may what those before it may (viewer, responder, \
         approver, admin). What does not stand\nhere nobody may ask for. That what destroys needs an approver is decided \
         with the approval:\n[Approvals](../runs.md#approvals).\n\n| Method | Address | Least role |\n|---|---|---|\n"
    );
    for (method, path, needs) in TABLE {
        let least = match needs {
            Needs::Role(role) => role.name(),
            _ => "anybody",
        };
        let _ = writeln!(out, "| {method} | `{path}` | {least} |");
    }
    out
}

/// From the calls that print them: name, kind and help stand in one place.
fn metrics() -> String {
    let mut out = format!("{BY_CODE}# Metrics\n\nServed under `/metrics` in the Prometheus text format.\n\n");
    out.push_str("| Metric | Kind | Meaning |\n|---|---|---|\n");
    let source = include_str!("web/metrics.rs").replace('\n', " ");
    for call in source.split("family(").skip(1) {
        let literals: Vec<&str> = call.split('"').skip(1).step_by(2).take(3).collect();
        if let [name, kind, help] = literals.as_slice()
            && name.starts_with("runward_")
        {
            let _ = writeln!(out, "| `{name}` | {kind} | {help} |");
        }
    }
    out
}

fn table(out: &mut String, schema: &Schema, root: &Schema) {
    out.push_str("| Key | Type | Default | Meaning |\n|---|---|---|---|\n");
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    for (key, property) in &properties {
        let default = match property.get("default") {
            _ if required.contains(&key.as_str()) => "required".to_owned(),
            Some(value) if !value.is_null() && !is_empty(value) => format!("`{value}`"),
            _ => String::new(),
        };
        let meaning = property.get("description").and_then(Value::as_str).unwrap_or_default().replace('\n', " ");
        let _ = writeln!(out, "| `{key}` | {} | {default} | {} |", kind(property, root), meaning.replace('|', "\\|"));
    }
}

fn is_empty(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(serde_json::Map::is_empty)
}

/// The type of a key, as people say it.
fn kind(property: &Value, root: &Schema) -> String {
    if let Some(reference) = property.get("$ref").and_then(Value::as_str) {
        return match reference.rsplit('/').next().unwrap_or_default() {
            "Span" => "length of time".into(),
            "Secret" => "[secret](#secrets)".into(),
            name => match root.pointer(&format!("/$defs/{name}/type")).and_then(Value::as_str) {
                Some("string") => "string".into(),
                _ => "table".into(),
            },
        };
    }
    if let Some(any) = property.get("anyOf").and_then(Value::as_array) {
        return any.iter().find(|p| p["type"] != "null").map(|p| kind(p, root)).unwrap_or_default();
    }
    let types: Vec<&str> = match &property["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).filter(|t| *t != "null").collect(),
        Value::String(one) => vec![one],
        _ => Vec::new(),
    };
    match types.first() {
        Some(&"array") => format!("list of {}", plural(&kind(&property["items"], root))),
        Some(&"object") => "tables by name".into(),
        Some(&"boolean") => "true or false".into(),
        Some(&"integer" | &"number") => "number".into(),
        Some(other) => (*other).into(),
        None => "any".into(),
    }
}

fn plural(kind: &str) -> String {
    format!("{kind}s")
}

fn text(schema: &Schema, key: &str) -> String {
    schema.get(key).and_then(Value::as_str).unwrap_or_default().replace('\n', " ")
}
