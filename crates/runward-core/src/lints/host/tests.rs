//! A document held against a machine.

use crate::lints::{Scope, asked};
use crate::outside::Host;
use crate::outside::host::Found;
use crate::outside::looks::About;
use crate::runbook::Runbook;

const UNITS: &str = "till-web.service loaded active running Till\ntill-api.service loaded active running Api\nold-sync.service loaded active running Sync\nssh.service loaded active running SSH\n";
const FRAGMENTS: &str = "Id=till-web.service\nActiveState=active\nFragmentPath=/etc/systemd/system/till-web.service\n\nId=old-sync.service\nActiveState=active\nFragmentPath=/etc/systemd/system/old-sync.service\n\nId=ssh.service\nActiveState=active\nFragmentPath=/usr/lib/systemd/system/ssh.service\n";

fn host() -> Host {
    let mut host = Host { name: "box".into(), every_crontab: true, ..Host::default() };
    host.read(About::Units, "", UNITS);
    host.read(About::Fragments, "", FRAGMENTS);
    host.read(About::Containers, "", "{\"Names\":\"mail\",\"State\":\"running\",\"Image\":\"mail:1\"}\n");
    host.read(
        About::Listening,
        "",
        "LISTEN 0 1 127.0.0.1:4001 *:*\nLISTEN 0 1 0.0.0.0:9999 *:* users:((\"old-sync\",pid=1,fd=3))\n",
    );
    host.crontab("/var/spool/cron/crontabs/root", "0 3 * * * /opt/till/backup.sh\n5 * * * * /opt/old/sync.sh\n", false);
    host.programs.insert("systemctl".into(), true);
    host.programs.insert("jq".into(), false);
    host.files.insert("/opt/till/backup.sh".into(), Found::There);
    host.files.insert("/opt/till/health.sh".into(), Found::Nothing);
    host.files.insert("/srv/till/till.db".into(), Found::NoSqlite);
    host.certificates.insert("/etc/ssl/till.pem".into(), "2026-03-10".parse().unwrap());
    host
}

/// What is said of a document on that machine by a rule: `line message`.
fn check_on(host: &Host, rule: &str, text: &str, expected: &[&str]) {
    let scope = Scope { host: Some(host), today: Some("2026-03-01".parse().unwrap()), ..Scope::default() };
    let runbook = Runbook::read_in([("ops.md", text)], &scope);
    let found = runbook.findings.iter().filter(|f| f.rule == rule);
    let said: Vec<String> = found.map(|f| format!("{} {} | {}", f.source.line, f.message, f.help)).collect();
    assert_eq!(said, expected, "{text}");
}

fn check(rule: &str, text: &str, expected: &[&str]) {
    check_on(&host(), rule, text, expected);
}

fn steps(commands: &str) -> String {
    format!("# Ops\n\n## Web down\n\n**Fix:**\n```bash\n{commands}\n```\n")
}

#[test]
fn what_is_named_and_not_there_is_told_where_it_stands() {
    check(
        "DR05",
        &steps("systemctl restart till-wbe\nsystemctl restart till-web"),
        &["7 this machine has no unit `till-wbe` | did you mean `till-web`?"],
    );
    check(
        "DR05",
        &steps("docker logs mial\ncat /opt/till/health.sh | jq ."),
        &[
            "7 this machine has no container `mial` | did you mean `mail`?",
            "8 this machine has no program `jq` | install it, or say on which machine this is typed",
            "8 this machine has no `/opt/till/health.sh` | mend the path, or put the file back",
        ],
    );
    let rows =
        "# Ops\n\n| Service | Unit | Port |\n|---|---|---|\n| web | till-web | 4001 |\n| api | till-api | 4002 |\n";
    check(
        "DR05",
        rows,
        &[
            "6 nothing listens on port 4002 of `api` on this machine | mend the port in the document, or look why the service does not listen",
        ],
    );
    check(
        "DR05",
        "# Ops\n\n## Health\n\n- Script: `/opt/till/backup.sh`, `/opt/till/check.sh`, by cron\n- Data: `/srv/till/till.db`\n- `/etc/ssl/till.pem`\n",
        &[
            "5 no cron line of this machine runs `/opt/till/check.sh` | add the line, or write down what runs it now",
            "6 `/srv/till/till.db` is no SQLite database | look what it is before anybody restores over it",
            "7 the certificate of `/etc/ssl/till.pem` is good for 9 more days, until 2026-03-10 | renew it, and find out why it was not renewed by itself",
        ],
    );
}

#[test]
fn another_machine_is_told_once() {
    let text = steps("systemctl restart shop-a shop-b\nsystemctl status shop-c");
    check(
        "DR05",
        &text,
        &[
            "7 this machine has none of the 3 units that the document names: `shop-a`, `shop-b` and `shop-c` | is this the machine that the document is about?",
        ],
    );
}

#[test]
fn what_nobody_could_look_at_is_said_and_not_missed() {
    let host = Host {
        unknown: vec![("containers".into(), "`docker` is not there".into()), ("pm2 applications".into(), "x".into())],
        ..Host::default()
    };
    check_on(
        &host,
        "DR05",
        &steps("docker logs mial\nsystemctl restart x-y"),
        &[
            "1 on this machine nobody could look at: containers (`docker` is not there) | nothing is said of these; run it as a user who may look, where the programs are installed",
        ],
    );
    check_on(&Host::default(), "DR06", "# Ops\n", &[]);
}

#[test]
fn what_runs_and_is_not_named_is_told_once_for_each_kind() {
    let text = "# Ops\n\n| Service | Unit | Port |\n|---|---|---|\n| web | till-web | 4001 |\n| api | till-api | 4002 |\n\nThe mail container. `backup.sh` runs at night.\n";
    check(
        "DR06",
        text,
        &[
            "5 this machine has 1 unit that the document does not know: `old-sync` | add what belongs to the team to the inventory, and stop what does not",
            "5 this machine has 1 open port that the document does not know: `9999 (old-sync)` | add what belongs to the team to the inventory, and stop what does not",
            "5 this machine has 1 cron line that the document does not know: `sync.sh` | add what belongs to the team to the inventory, and stop what does not",
        ],
    );
}

#[test]
fn only_what_the_documents_name_is_asked() {
    let text = steps(
        "systemctl restart till-web\ncat /opt/till/health.sh | jq .\nopenssl x509 -in /etc/ssl/till.pem\nsudo ls /etc/till/<name>.env",
    );
    let asked = asked(&[("ops.md", &text)]);
    let names = |set: &std::collections::BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(names(&asked.programs), "cat jq ls openssl systemctl");
    assert_eq!(names(&asked.files), "/etc/ssl/till.pem /opt/till/health.sh");
    assert_eq!(names(&asked.certificates), "/etc/ssl/till.pem");
    assert!(asked.about.contains(&About::Units) && !asked.about.contains(&About::Containers));
}
