//! Facts in the layouts people write them in, told as documents and what is read of them.

use crate::runbook::{Finding, Level, Runbook};

fn read(markdown: &str) -> Runbook {
    Runbook::read([("ops.md", markdown)])
}

/// Each check as `name target`.
fn checks(markdown: &str, expected: &str) {
    let shown: Vec<String> = read(markdown).checks.iter().map(|c| format!("{} {}", c.name, c.target)).collect();
    assert_eq!(shown.join(", "), expected, "{markdown}");
}

/// Each service as `name unit:port`, then what it needs.
fn services(markdown: &str, expected: &str) {
    let show = |s: &crate::service::Service| {
        let needs = if s.depends_on.is_empty() { String::new() } else { format!(" needs {}", s.depends_on.join("+")) };
        let port = s.port.map(|p| p.to_string()).unwrap_or_default();
        format!("{} {}:{port}{needs}", s.name, s.unit.as_deref().unwrap_or("-"))
    };
    let shown: Vec<String> = read(markdown).services.iter().map(show).collect();
    assert_eq!(shown.join(", "), expected, "{markdown}");
}

/// Each severity as `name respond/update`.
fn scale(markdown: &str, expected: &str) {
    let seconds = |s: Option<u64>| s.map_or("-".to_owned(), |s| s.to_string());
    let shown: Vec<String> = read(markdown)
        .severities
        .iter()
        .map(|s| format!("{} {}/{}", s.name, seconds(s.respond_within_s), seconds(s.update_every_s)))
        .collect();
    assert_eq!(shown.join(", "), expected, "{markdown}");
}

/// Each escalation step as `seconds target`.
fn escalation(markdown: &str, expected: &str) {
    let runbook = read(markdown);
    let shown: Vec<String> =
        runbook.escalation.iter().map(|e| format!("{} {}", e.after_s.unwrap_or(9999), e.target)).collect();
    assert_eq!(shown.join(", "), expected, "{markdown}");
    assert!(runbook.severities.is_empty(), "{markdown}");
}

/// `rule line` for each finding.
fn findings(markdown: &str, expected: &str) {
    let found: Vec<String> = read(markdown).findings.iter().map(|f| format!("{} {}", f.rule, f.source.line)).collect();
    assert_eq!(found.join(", "), expected, "{markdown}");
}

fn table(head: &str, rows: &[&str]) -> String {
    let rule = "|---".repeat(head.matches('|').count() + 1);
    let rows: String = rows.iter().map(|row| format!("| {row} |\n")).collect();
    format!("# Ops\n\n| {head} |\n{rule}|\n{rows}\n")
}

#[test]
fn columns_say_the_port_in_many_ways() {
    services(&table("Service | Unit | Bind", &["till | t | 127.0.0.1:7001"]), "till t:7001");
    services(
        &table("Service | Unit | Address", &["till | t | localhost:7001", "bar | b | 0.0.0.0:7002"]),
        "till t:7001, bar b:7002",
    );
    services(&table("Part | Process | Where", &["Till | `t.service` | :7001"]), "Till t:7001");
    services(
        &table("Service | Unit file | Port(s)", &["till | t.service | 7001, 7002", "cron | c.timer | N/A"]),
        "till t:7001, cron c.timer:",
    );
}

#[test]
fn the_health_column_says_how_to_ask() {
    checks(&table("Service | Port | Health", &["till | 7001 | /up"]), "till/port http://localhost:7001/up");
    checks(
        &table("Service | Port | Health check path", &["till | 7001 | `GET /up`"]),
        "till/port http://localhost:7001/up",
    );
    checks(
        &table("Service | Port | Health", &["till | 7001 | http://localhost:7001/ok"]),
        "till/port http://localhost:7001/ok",
    );
    checks(
        &table("Service | Port | How to check", &["till | 7001 | `curl http://localhost:7001/`"]),
        "till/port http://localhost:7001/",
    );
    checks(&table("Service | Unit | Health", &["books | postgresql | `pg_isready`"]), "books/unit postgresql");
}

#[test]
fn what_runs_on_another_machine_is_not_looked_for_here() {
    let two = ["till | oak-1 | t | 7001", "bar | 10.0.0.5 | b | 7002", "door | d.inn.example | d | 7003"];
    checks(&table("Service | Host | Unit | Port", &two), "bar/port 10.0.0.5:7002, door/port d.inn.example:7003");
    let asked = ["bar | 10.0.0.5 | 7002 | /up", "door | d.inn.example | 7003 | "];
    checks(
        &table("Service | Host | Port | Health path", &asked),
        "bar/port http://10.0.0.5:7002/up, door/port d.inn.example:7003",
    );
    let one = ["till | oak-1 | t | 7001", "bar | oak-1 | b | 7002"];
    checks(
        &table("Service | Host | Unit | Port", &one),
        "till/unit t, till/port localhost:7001, bar/unit b, bar/port localhost:7002",
    );
}

#[test]
fn process_managers_know_services_by_their_own_names() {
    checks(&table("App | Process manager | Name", &["Front | pm2 | shop-front"]), "front/pm2 shop-front");
    checks(
        &table("Service | Port | Started by", &["till | 7001 | systemd: `oak-till`"]),
        "till/unit oak-till, till/port localhost:7001",
    );
    services(&table("Container | Image | Port", &["till | till:2 | 7001"]), "till -:7001");
}

#[test]
fn a_table_may_be_about_one_service() {
    services(
        "# Ops\n\n| | |\n|---|---|\n| **Service** | till |\n| **Systemd unit** | `t.service` |\n| **Port** | 7001 |\n",
        "till t:7001",
    );
    services(&table("Service | Port", &["till | 7001"]), "till -:7001");
}

#[test]
fn lists_tell_what_runs_below_a_heading_that_says_so() {
    let listed = "- **till** (port 7001, systemd unit `oak-till`) - takes money, depends on db and bar\n- **worker**: `w.service`\n- bar\n  - unit: `oak-bar`\n  - port: 7002\n- **cellar** - where the wine is\n";
    services(
        &format!("# Ops\n\n## Services\n\n{listed}"),
        "till oak-till:7001 needs db+bar, worker w:, bar oak-bar:7002",
    );
    services(&format!("# Ops\n\n## Contacts\n\n{listed}"), "");
    services(
        "# Ops\n\n## Components\n\n### oak-till\n\n- Unit: `t.service`\n- Port: 7001\n- URL: https://till.inn.example\n",
        "oak-till t:7001",
    );
    services("# Ops\n\n## Support\n\n- Hosting: https://help.host.example\n", "");
    services("# Ops\n\nWe run `oak-ws` on port 7005:\n\n- `oak-ws` — talks, on port 7005\n", "oak-ws -:7005");
}

#[test]
fn a_scale_is_a_table_a_list_headings_or_paragraphs() {
    let rows = ["🔴 SEV-0 | all | 5m | every 15 minutes", "🟠 SEV-1 | many | 15m | hourly"];
    scale(&table("Severity | Impact | Answer within | Keep people posted", &rows), "SEV-0 300/900, SEV-1 900/3600");
    scale(
        "# Ops\n\n## Severity\n\n### SEV1 - Critical\nNo till. Response time: 15 minutes. Updates every 30 minutes.\n\n### SEV2 - Major\nSlow till. Response time: 1 hour.\n",
        "SEV1 900/1800, SEV2 3600/-",
    );
    scale(
        "# Ops\n\n## Response times\n\n* SEV1 – acknowledge in 5 min\n* SEV2 – best effort\n",
        "SEV1 300/-, SEV2 -/-",
    );
    scale(
        "# Ops\n\n## Severity\n\n**Critical**: no till for 2 minutes. Respond within 10 minutes, update every 30 minutes.\n**Minor**: the rest.\n",
        "Critical 600/1800, Minor -/-",
    );
    scale(&table("Severity | Response time", &["P1 | 5 min"]).replace("# Ops", "# Severity"), "P1 300/-");
}

#[test]
fn escalation_is_a_table_a_list_a_chain_or_a_sentence() {
    escalation(
        &table("Level | Contact | When", &["L1 | On-call | Immediately", "L2 | Ada | After 15 min"]),
        "0 On-call, 900 Ada",
    );
    let below = |text: &str| format!("# Ops\n\n## Escalation\n\n{text}\n");
    escalation(
        &below("1. On-call - immediately\n2. Ada (+49 30 1234) - after 15 minutes"),
        "0 On-call, 900 Ada (+49 30 1234)",
    );
    escalation(&below("- 0 min: on-call\n- 1 hour: Ada - builds it"), "0 on-call, 3600 Ada - builds it");
    escalation(&below("1. **T+0** — on-call\n2. **T+10m** — Ada"), "0 on-call, 600 Ada");
    escalation(&below("1. **On-call** (first 15 minutes)\n2. **Ada** (after 15 minutes)"), "0 On-call, 900 Ada");
    escalation(&below("L1 → 15 min → L2 → 30 min → L3"), "0 L1, 900 L2, 2700 L3");
    escalation(&below("Call Bo. Escalate to Ada (ada@inn.example) after 20 minutes."), "1200 Ada (ada@inn.example)");
    escalation(&below("- Acknowledge - within 5 minutes\n- Post an update - within 30 minutes"), "");
    escalation("# Ops\n\n## Till down\n\n1. Wait - 15 minutes\n2. Look again - after 15 minutes\n", "");
}

#[test]
fn what_a_table_says_wrongly_is_said() {
    findings(
        &table("Service | Unit | Port", &["till | t | 70000", "bar | b | 0", "door | d | -5"]),
        "MD07 5, MD07 6, MD07 7",
    );
    services(&table("Service | Unit | Port", &["till | t | 70000", "bar | b | -5"]), "till t:, bar b:");
    findings(&table("Service | Unit | Port", &["till | t | 7001", "till | u | 7002"]), "MD08 6");
    services(&table("Service | Unit | Port", &["till | t | 7001", "till | u | 7002"]), "till t:7001");
    findings("# Ops\n\nThe till\u{0} is here.\n", "MD09 3");
}

#[test]
fn a_file_given_twice_is_read_once() {
    let text = table("Service | Unit | Port", &["till | t | 7001"]);
    let runbook = Runbook::read([("ops.md", text.as_str()), ("ops.md", text.as_str())]);
    assert_eq!((runbook.documents.len(), runbook.services.len(), runbook.checks.len()), (1, 1, 2));
}

#[test]
fn what_documents_say_of_one_service_is_put_together() {
    let till = table("Service | Unit | Port", &["till | t | 7001"]);
    let more = table("Service | Port | URL", &["till | 7001 | till.inn.example"]);
    let work = "# Ops\n\n## Till down\n\n```bash\nsystemctl restart cellar\ncurl http://localhost:7001/up\n```\n";
    let runbook = Runbook::read([("work.md", work), ("a.md", &till), ("b.md", &more)]);
    let checks: Vec<String> = runbook.checks.iter().map(|c| format!("{} {}", c.name, c.target)).collect();
    assert_eq!(
        checks.join(", "),
        "till/unit t, till/port http://localhost:7001/up, till/endpoint https://till.inn.example"
    );
    let doubtful = |f: &&Finding| f.level > Level::Info;
    assert_eq!(runbook.findings.iter().find(doubtful), None);
}

#[test]
fn every_row_of_a_long_table_is_read() {
    let rows: Vec<String> = (0..20_000).map(|n| format!("s{n} | u{n} | {} | s{n}.inn.example", n + 1)).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    assert_eq!(read(&table("Service | Unit | Port | URL", &rows)).services.len(), 20_000);
    let words =
        format!("# Ops\n\n## Escalation\n\n- {}\n- {}\n", "a - ( : , ".repeat(20_000), "after 5 - ".repeat(20_000));
    assert_eq!(read(&words).escalation.len(), 0);
}
