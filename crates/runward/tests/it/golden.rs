//! The golden counts: what a careful person counts in the seeds and in the project's own example runbooks.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use runward_core::runbook::markdown::{self, Block, Fence, Kind};
use runward_core::runbook::{Runbook, StepKind};
use serde::Serialize;
use serde_json::Value;

/// What is counted in a document, a line for each sort of thing.
fn counted(text: &str) -> String {
    let mut said = form(&markdown::blocks(text));
    let runbook = Runbook::read([("RUNBOOK.md", text)]);
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            let _ = writeln!(said, "{name}: {value}");
        }
    };
    line("services", names(&runbook.services, "name"));
    line("severities", names(&runbook.severities, "name"));
    line("respond", names(&runbook.severities, "respond_within_s"));
    line("update", names(&runbook.severities, "update_every_s"));
    line("contacts", names(&runbook.contacts, "role"));
    line("escalation", number(runbook.escalation.len()));
    line("rotations", number(runbook.rotations.len()));
    line("duties", tally(&runbook.duties, "every"));
    line("templates", names(&runbook.templates, "kind"));
    line("checklist items", number(runbook.checklists.iter().map(|c| c.items.len()).sum()));
    line("hosts", names(&runbook.hosts, "name"));
    line("logs", number(runbook.logs.len()));
    line("backups", number(runbook.backups.len()));
    line("health states", names(runbook.health.iter().flat_map(|h| &h.states), "http"));
    line("parameters", names(&runbook.parameters, "type"));
    let mut troubles = Vec::new();
    for procedure in runbook.procedures.iter().filter(|p| !p.symptoms.is_empty()) {
        troubles.push(procedure.severity.as_deref().unwrap_or("-"));
    }
    line("procedures with symptoms", troubles.join(" "));
    line("procedures", number(runbook.procedures.len()));
    let steps = || runbook.procedures.iter().flat_map(|p| &p.steps);
    let alerts = runbook.procedures.iter().flat_map(|p| &p.symptoms).filter_map(|s| s.alert.as_deref());
    line("alerts", alerts.collect::<Vec<_>>().join(", "));
    let mut variants: Vec<&str> = Vec::new();
    for procedure in &runbook.procedures {
        let mut own: Vec<&str> = procedure.steps.iter().filter_map(|s| s.variant.as_deref()).collect();
        own.dedup();
        variants.extend(own);
    }
    line("variants", number(variants.len()));
    line("steps with a condition", number(steps().filter(|s| s.guard.is_some()).count()));
    line("manual steps", number(steps().filter(|s| s.kind == StepKind::Manual).count()));
    let sets = runbook.sets.iter().map(|s| format!("{:?} {}", s.role, s.members.len()));
    line("sets", sets.collect::<Vec<_>>().join(", "));
    said
}

/// Headings, blocks, tables and lists, as Markdown has them.
fn form(blocks: &[Block]) -> String {
    let mut headings: BTreeMap<u8, usize> = BTreeMap::new();
    let mut fences: BTreeMap<String, usize> = BTreeMap::new();
    let (mut tables, mut lists, mut counted) = (Vec::new(), 0, 0);
    each(blocks, &mut |block| match &block.kind {
        Kind::Heading(level, _) => *headings.entry(*level).or_default() += 1,
        Kind::Fence(fence) => {
            let tag = if fence.tag.is_empty() { "untagged" } else { &fence.tag };
            *fences.entry(tag.to_owned()).or_default() += 1;
            counted += usize::from(is_counted(fence));
        }
        Kind::Table(table) => tables.push(table.rows.len().to_string()),
        Kind::List(list) => lists += usize::from(list.start.is_some()),
        Kind::Paragraph(_) | Kind::Quote(_) => {}
    });
    let headings: Vec<String> = headings.values().map(usize::to_string).collect();
    let fences: Vec<String> = fences.iter().map(|(tag, count)| format!("{count} {tag}")).collect();
    let mut said = format!("headings: {}\nfences: {}\n", headings.join("/"), fences.join(", "));
    if counted > 0 {
        let _ = writeln!(said, "fences of numbered comments: {counted}");
    }
    if !tables.is_empty() {
        let _ = writeln!(said, "rows of tables: {}", tables.join(" "));
    }
    let _ = writeln!(said, "ordered lists: {lists}");
    said
}

/// `# 1. Look`: a block whose comments are its steps.
fn is_counted(fence: &Fence) -> bool {
    fence.lines.iter().any(|line| line.text.trim_start().starts_with("# 1. "))
}

fn each<'b>(blocks: &'b [Block], see: &mut impl FnMut(&'b Block)) {
    for block in blocks {
        see(block);
        match &block.kind {
            Kind::List(list) => list.items.iter().for_each(|item| each(&item.blocks, see)),
            Kind::Quote(inner) => each(inner, see),
            _ => {}
        }
    }
}

fn number(count: usize) -> String {
    if count == 0 { String::new() } else { count.to_string() }
}

/// One key of each fact, as `runward explain --format json` gives it.
fn names<'f, T: Serialize + 'f>(facts: impl IntoIterator<Item = &'f T>, key: &str) -> String {
    let mut values: Vec<Value> = facts.into_iter().map(|f| serde_json::to_value(f).unwrap()[key].take()).collect();
    while values.last().is_some_and(Value::is_null) {
        values.pop();
    }
    let said = values.iter().map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned));
    said.collect::<Vec<_>>().join(", ")
}

fn tally<T: Serialize>(facts: &[T], key: &str) -> String {
    let mut count: Vec<(String, usize)> = Vec::new();
    for fact in facts {
        let value = serde_json::to_value(fact).unwrap()[key].as_str().unwrap().to_owned();
        match count.iter_mut().find(|(name, _)| *name == value) {
            Some((_, times)) => *times += 1,
            None => count.push((value, 1)),
        }
    }
    count.iter().map(|(name, times)| format!("{name} {times}")).collect::<Vec<_>>().join(", ")
}

/// Compares what is counted with what a person counted; what is not on this machine is told and passed over.
fn check(path: &str, golden: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    let Ok(text) = std::fs::read_to_string(&path) else {
        assert!(path.to_string_lossy().contains("shared"), "{} is missing", path.display());
        eprintln!("skipped: {} is not here", path.display());
        return;
    };
    let found = counted(&text);
    assert_eq!(found.trim_end(), golden.trim(), "{}", path.display());
}

#[test]
fn the_counts_of_prim_hold() {
    check(
        "../shared/seeds/prim.md",
        "
headings: 1/9/20
fences: 28 bash
rows of tables: 7 11 6 10 4 4
ordered lists: 1
services: wallet, store, faucet, spawn, search, email, token, mem, domain, track, site
severities: P0, P1, P2, P3
respond: 0, 0, 900
logs: 10
backups: 6
parameters: host, service, port
procedures with symptoms: - - - - - - - -
procedures: 17
steps with a condition: 2
sets: Inventory 11, Deployed 6, DeployedByHand 4, BackedUp 4, Monitored 6, Status 11, Asked 1, Asked 10, Status 11
",
    );
}

#[test]
fn the_counts_of_bunty_hold() {
    check(
        "../shared/seeds/bunty.md",
        "
headings: 1/10/28/28
fences: 48 bash
ordered lists: 34
services: Frontend, Backend API, bunty-backend, nginx
severities: P0, P1, P2, P3
contacts: On-Call Engineer, DevOps Lead, CTO, External Support, External Support, External Support
duties: daily 3, weekly 3, monthly 4, quarterly 4
templates: review
logs: 7
backups: 1
parameters: host, host, pid, text
procedures with symptoms: P0 P1 P1 P1 P2
procedures: 25
steps with a condition: 8
manual steps: 7
",
    );
}

#[test]
fn the_counts_of_x402_facilitator_hold() {
    check(
        "../shared/seeds/x402-facilitator.md",
        "
headings: 1/9/14
fences: 1 json, 5 untagged
rows of tables: 3
ordered lists: 5
services: x402-facilitator, x402-redis-prod
logs: 1
health states: 200, 200, 503
parameters: secret
procedures with symptoms: - - - - -
procedures: 9
steps with a condition: 1
manual steps: 11
",
    );
}

#[test]
fn the_counts_of_plugspace_hold() {
    check(
        "../shared/seeds/plugspace.md",
        "
headings: 1/9/16/9
fences: 19 bash
fences of numbered comments: 16
rows of tables: 5 4 3
ordered lists: 0
services: mongod, nginx, redis, plugspace-api, plugspace-voice
severities: Critical, High, Medium, Low
respond: 900, 3600, 14400, 86400
contacts: On-call, Infrastructure Lead, Security Team
escalation: 7
hosts: plugspace.io
logs: 5
parameters: service, revision, date, ip
procedures with symptoms: - - - - - - - - -
procedures: 18
alerts: HighCPUUsage, HighMemoryUsage, HighResponseTime, SSLCertificateExpiringSoon, LowDiskSpace
variants: 1
steps with a condition: 8
manual steps: 6
sets: Status 3
",
    );
}

#[test]
fn the_counts_of_sip_protocol_hold() {
    check(
        "../shared/seeds/sip-protocol.md",
        "
headings: 1/12/23
fences: 39 bash, 1 markdown, 2 untagged
rows of tables: 4 5 7 7 4
ordered lists: 7
services: Website (blue), Website (green), Website (staging), Docs
severities: P0, P1, P2, P3
respond: 300, 900, 3600, 14400
update: 900, 1800, 3600
contacts: Primary On-Call, Secondary On-Call, Senior Engineer, Engineering Manager, CTO/Founder, Ops/Infra Lead, VPS Hosting Support
escalation: 12
rotations: 1
duties: weekly 4
templates: status-update, escalation, review
checklist items: 16
hosts: sip, core
parameters: service, path, revision
procedures with symptoms: P0 P1 P2 P1 P1 P1 P1
procedures: 12
alerts: High Error Rate, Slow API Response Time, Privacy Feature Failures, Wallet Connection Failures
variants: 22
steps with a condition: 11
manual steps: 26
sets: Inventory 4, Asked 2
",
    );
}

#[test]
fn the_counts_of_the_example_observatory_hold() {
    check(
        "examples/observatory/RUNBOOK.md",
        "
headings: 1/9/14
fences: 22 bash
rows of tables: 5 7 4 6 3 4
ordered lists: 1
services: dome, camera, sky, archive, guide, plan, portal
severities: P0, P1, P2, P3
respond: 0, 300, 1800
duties: daily 1
logs: 6
backups: 5
parameters: host, service, port
procedures with symptoms: - - - - -
procedures: 13
steps with a condition: 1
manual steps: 1
sets: Inventory 7, Deployed 4, BackedUp 3, Monitored 4, Deployed 2, Status 7, Asked 6, Status 7
",
    );
}

#[test]
fn the_counts_of_the_example_libreria_hold() {
    check(
        "examples/libreria/RUNBOOK.md",
        "
headings: 1/6/14/6
fences: 13 bash
ordered lists: 10
services: tinta-api, nginx
severities: P0, P1, P2, P3
respond: 300, 900
contacts: Guardia, Responsable técnico, Proveedores, Proveedores
duties: daily 2, weekly 2, monthly 3, quarterly 2
templates: review
backups: 1
parameters: host, host, pid
procedures with symptoms: P0 P1 P2
procedures: 5
steps with a condition: 4
",
    );
}

#[test]
fn the_counts_of_the_example_mautstelle_hold() {
    check(
        "examples/mautstelle/RUNBOOK.md",
        "
headings: 1/9/6
fences: 4 untagged
rows of tables: 3 2 3 3
ordered lists: 1
services: maut-schranke, maut-redis
rotations: 2
duties: quarterly 1, monthly 1, weekly 1
logs: 1
backups: 2
health states: 200, 200, 503
parameters: secret
procedures with symptoms: - - -
procedures: 6
manual steps: 6
",
    );
}

#[test]
fn the_counts_of_the_example_orchard_hold() {
    check(
        "examples/orchard/RUNBOOK.md",
        "
headings: 1/8/10/6
fences: 11 bash
fences of numbered comments: 10
rows of tables: 4 3 4 2
ordered lists: 0
services: mongod, nginx, redis, orchard-exchange, orchard-scales
severities: Critical, High, Medium, Low
respond: 600, 3600, 14400, 86400
contacts: On-call, Head grower
escalation: 7
hosts: orchard.example
logs: 4
parameters: service, revision, date
procedures with symptoms: - - - - - -
procedures: 10
alerts: OrchardCPUHigh, OrchardMemoryHigh, OrchardCertificateExpiringSoon
steps with a condition: 5
manual steps: 2
sets: Status 3
",
    );
}

#[test]
fn the_counts_of_the_example_tram_hold() {
    check(
        "examples/tram/RUNBOOK.md",
        "
headings: 1/10/10
fences: 16 bash, 1 markdown, 1 untagged
rows of tables: 4 4 3 4 3
ordered lists: 0
services: Web (blue), Web (green), Docs
severities: P0, P1, P2, P3
respond: 300, 900, 3600, 86400
update: 600, 1800, 3600
contacts: Primary On-Call, Secondary On-Call, Lead, Director
escalation: 7
rotations: 1
templates: status-update, review
checklist items: 4
hosts: depot, yard
parameters: path, revision, service
procedures with symptoms: P0 P1 P1
procedures: 5
alerts: Card Refusals High
variants: 10
steps with a condition: 2
manual steps: 1
sets: Inventory 3
",
    );
}

#[test]
fn the_counts_of_the_example_ferry_hold() {
    check(
        "examples/ferry/RUNBOOK.md",
        "
headings: 1/5/3/7
fences: 6 bash, 1 markdown
rows of tables: 3 3 3
ordered lists: 0
services: seats, booking, tides
severities: SEV1, SEV2, SEV3
respond: 0, 900
update: 900, 1800
escalation: 3
templates: review
parameters: service, port, text
procedures with symptoms: - -
procedures: 3
sets: Inventory 3
",
    );
}
