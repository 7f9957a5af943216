//! Sets, told as documents.

use super::*;

const INVENTORY: &str = "| Service | Unit | Port | Endpoint | DB |\n|---|---|---|---|---|\n\
    | till | bar-till | 4001 | till.bar.example | till.db (SQLite) |\n\
    | orders | bar-orders | 4002 | orders.bar.example | orders.db (SQLite) |\n\
    | stock | bar-stock | 4003 | stock.bar.example | no |\n\
    | mail | bar-mail | 4004 | mail.bar.example | no |\n\n";

/// Each set but the inventory: `role line: members`.
fn check_with(inventory: &str, text: &str, expected: &[&str]) {
    let whole = format!("# Ops\n\n{inventory}{text}");
    let runbook = Runbook::read([("ops.md", whole.as_str())]);
    let before = inventory.matches('\n').count() as i64 + 2;
    let said = |set: &ServiceSet| {
        let role = serde_json::to_value(set.role).unwrap();
        format!("{} {}: {}", role.as_str().unwrap(), i64::from(set.source.line) - before, set.members.join(" "))
    };
    let found: Vec<String> = runbook.sets.iter().filter(|s| s.role != Role::Inventory).map(said).collect();
    assert_eq!(found, expected, "{text}");
}

fn check(text: &str, expected: &[&str]) {
    check_with(INVENTORY, text, expected);
}

#[test]
fn a_text_says_what_is_done_with_which() {
    check("- **Currently monitored:** till, orders, stock\n", &["monitored 1: till orders stock"]);
    check("Deploying:\n\n1. pulls\n2. Restarts services: till, `bar-orders`\n", &["deployed 4: till orders"]);
    check("deploy.sh restarts till, orders and stock.\n", &["deployed 1: till orders stock"]);
    check("What it does:\n\n1. pulls\n2. Restarts till, orders and stock\n", &["deployed 4: till orders stock"]);
    check("It is nothing. Till and mail must be restarted manually if changed:\n", &["deployed-by-hand 1: till mail"]);
    check("The till and the orders are backed up every night.\n", &["backed-up 1: till orders"]);
    check("Stock and mail are not monitored.\n", &["not-monitored 1: stock mail"]);
    check("All services except mail are monitored.\n", &["not-monitored 1: mail"]);
    check(
        "UptimeRobot monitors https://till.bar.example and https://mail.bar.example every minute.\n",
        &["monitored 1: till mail"],
    );
}

#[test]
fn lists_and_tables_below_such_words_are_sets() {
    check(
        "**Databases backed up:**\n\n| DB | Path |\n|---|---|\n| till | /srv/till.db |\n| orders | /srv/orders.db |\n",
        &["backed-up 5: till orders"],
    );
    check(
        "The healthcheck script probes:\n\n- till\n- `orders` – twice\n- stock (4003)\n",
        &["monitored 3: till orders stock"],
    );
    check("## Monitoring\n\n- CPU: below 80 %\n- memory: below 90 %\n", &[]);
    let yes = "| Service | Unit | Port | Monitored | Backup |\n|---|---|---|---|---|\n| web | w | 1 | yes | daily |\n| api | a | 2 | no | daily |\n| job | j | 3 | yes | - |\n";
    check_with(
        yes,
        "",
        &["monitored -2: web job", "not-monitored -2: api", "backed-up -2: web api", "not-backed-up -2: job"],
    );
}

#[test]
fn commands_name_sets_by_lists_braces_and_loops() {
    let steps = |text: &str| format!("## Look\n\n**Diagnose:**\n```bash\n{text}\n```\n");
    check(&steps("systemctl status bar-{till,orders,stock,mail}"), &["status 5: till orders stock mail"]);
    check(&steps("for s in till orders; do systemctl is-active bar-$s; done"), &["status 5: till orders"]);
    check(
        &steps("for p in 4001 4002 4003; do\n  curl -fs http://localhost:$p/\ndone"),
        &["asked 5: till orders stock"],
    );
    check(&steps("curl -s localhost:4001/ # till\ncurl -s localhost:4002/"), &["asked 5: till orders"]);
    check(
        &steps("SERVICES=(till orders mail)\nfor s in \"${SERVICES[@]}\"; do systemctl status bar-$s; done"),
        &["status 6: till orders mail"],
    );
    check("## Deploy\n\n```bash\ngit pull\nsystemctl restart bar-till bar-orders\n```\n", &["deployed 5: till orders"]);
    check(
        "## Backup\n\n```bash\nsqlite3 /srv/till.db \".backup /b/till.db\"\nsqlite3 /srv/orders.db \".backup /b/orders.db\"\n```\n",
        &["backed-up 4: till orders"],
    );
}

#[test]
fn metrics_and_orders_to_somebody_are_no_sets() {
    check("Restart till and orders if the queue is stuck.\n", &[]);
    check("Monitored metrics: latency, errors, traffic\n", &[]);
    check("**Restart order:** orders, stock, till\n", &[]);
    check("", &[]);
}
