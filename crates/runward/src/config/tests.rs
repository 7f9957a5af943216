//! Configurations, told as text and what is said of them.

use std::path::Path;
use std::time::Duration;

use runward_core::id::ServiceId;
use runward_core::runbook::Runbook;

use super::*;

const RUNBOOK: &str = "# Shop\n\n| Service | Unit | Port |\n|---|---|---|\n| web | shop-web | 8001 |\n| db | shop-db | 8002 |\n\n## Severities\n\n| Severity | Criteria |\n|---|---|\n| P1 | down |\n| P2 | slow |\n\n## Web down\n\n**Fix:**\n```bash\nsystemctl restart shop-web\n```\n";

fn write(folder: &Path, config: &str) -> PathBuf {
    std::fs::write(folder.join("ops.md"), RUNBOOK).unwrap();
    let path = folder.join("runward.toml");
    std::fs::write(&path, config).unwrap();
    path
}

fn loaded(config: &str) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    load(&write(folder.path(), &format!("runbooks = ['ops.md']\n{config}"))).unwrap_or_else(|e| panic!("{e}"))
}

/// The line and the message, without the folder.
fn refused(config: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let wrong = load(&write(folder.path(), config)).err().unwrap_or_else(|| panic!("taken: {config}"));
    let line = wrong.line.map(|l| format!("{l}: ")).unwrap_or_default();
    format!("{line}{} ({})", wrong.message, wrong.help)
}

#[test]
fn the_runbooks_checks_run_without_being_named() {
    let loaded = loaded("");
    let names: Vec<&str> = loaded.checks.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(names, ["db/port", "db/unit", "web/port", "web/unit"]);
    assert_eq!(loaded.checks[0].every, Duration::from_secs(30));
    assert_eq!(loaded.checks[0].check.target(), "localhost:8002");
}

#[test]
fn a_check_can_be_corrected_left_out_and_added() {
    let loaded = loaded(
        "[checks]\n'web/port' = { kind = 'http', url = 'http://localhost:8001/health', every = '5s', fail_after = 1 }\n'db/unit' = { enabled = false }\n'web/cert' = { kind = 'tcp', address = 'localhost:443', service = 'web', symptom = 'unreachable' }\n",
    );
    let find = |name: &str| loaded.checks.iter().find(|c| c.id.as_str() == name);
    let port = find("web/port").unwrap();
    assert_eq!(
        (port.plan.kind.as_str(), port.check.target().as_str(), port.every.as_secs(), port.plan.patience.fail_after),
        ("http", "http://localhost:8001/health", 5, 1)
    );
    assert!(find("db/unit").is_none());
    assert_eq!(find("web/cert").unwrap().plan.symptom, "unreachable");
}

#[test]
fn a_service_can_be_corrected_and_added() {
    let loaded = loaded(
        "[services.web]\ndepends_on = ['db']\nseverity = 'P1'\nport = 9001\nautomatic = { procedure = 'web-down' }\n[services.queue]\nprocess = 'queued'\n",
    );
    let web = &loaded.setup.services[&ServiceId::from("web")];
    assert_eq!(web.depends_on.len(), 1);
    assert_eq!(web.automatic.as_ref().unwrap().max_runs, 2);
    let target = |name: &str| loaded.checks.iter().find(|c| c.id.as_str() == name).unwrap().check.target();
    assert_eq!(target("web/port"), "localhost:9001");
    assert_eq!(target("queue/process"), "queued");
}

#[test]
fn what_is_wrong_is_said_with_its_line_and_how_to_mend_it() {
    for (config, expected) in [
        ("runbooks = ['ops.md']\n[watch]\nevry = '5s'\n", "3: unknown key `evry` (did you mean `every`?)"),
        (
            "runbooks = ['ops.md']\n[watch]\nevery = 5\n",
            "3: invalid type: integer `5`, expected a string (see docs/reference/configuration.md)",
        ),
        (
            "runbooks = ['ops.md']\n[watch]\nevery = 'soon'\n",
            "3: `soon` is not a length of time; write it like 30s, 15m, 1h30m or 2d (see docs/reference/configuration.md)",
        ),
        ("runbooks = []\n", "1: no runbook is named (list its files: runbooks = [\"ops.md\"])"),
        ("", "1: `runbooks` is missing (add it)"),
        (
            "runbooks = ['ops.md']\n\n[checks.'web/port']\nadress = 'x:1'\n",
            "4: check `web/port`: unknown key `adress` (did you mean `address`?)",
        ),
        (
            "runbooks = ['ops.md']\n[checks]\n'web/x' = { every = '5s' }\n",
            "3: check `web/x` does not follow from the runbook and has no kind (give `kind`: one of http, pm2, process, systemd, tcp)",
        ),
        (
            "runbooks = ['ops.md']\n[checks]\n'web/x' = { kind = 'ftp' }\n",
            "3: there is no kind of check `ftp` (known: http, pm2, process, systemd, tcp)",
        ),
        (
            "runbooks = ['ops.md']\n[services.web]\ndepends_on = ['cache']\n",
            "3: there is no service `cache` (known: web, db)",
        ),
        (
            "runbooks = ['ops.md']\n[services.web]\nseverity = 'P9'\n",
            "3: the runbook has no severity `P9` (known: P1, P2)",
        ),
        (
            "runbooks = ['ops.md']\n[[escalation]]\nafter = '0s'\nnotify = ['boss']\n",
            "4: there is no channel `boss` (add [notify.boss])",
        ),
        (
            "runbooks = ['ops.md']\n[notify.team]\nurl = 'team'\n",
            "3: the address of `team` does not begin with http:// or https:// (give the whole address)",
        ),
    ] {
        assert_eq!(refused(config), expected, "{config}");
    }
    assert!(refused("runbooks = ['ops.md'\n").starts_with("1: "), "{}", refused("runbooks = ['ops.md'\n"));
    assert!(refused("runbooks = ['gone.md']\n").contains("there is no such file"));
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_starts_with_it() {
    for (config, expected) in [
        ("[watch]\nevery = '0s'\n", "3: `every` is 0s (give a length between 10ms and 31d)"),
        ("[approval]\nlasts = '90d'\n", "3: `lasts` is 90d (give a length between 10ms and 31d)"),
        ("[watch]\nfail_after = 0\n", "3: `fail_after` is 0 (give 1 or more)"),
        ("[checks]\n'web/port' = { timeout = '90d' }\n", "3: `timeout` is 90d (give a length between 10ms and 31d)"),
        ("[services.web]\nautomatic = { max_runs = 0 }\n", "3: `max_runs` is 0 (give 1 or more)"),
        ("[services.wbe]\nseverity = 'P1'\n", "2: the runbook has no service `wbe` (did you mean `web`?)"),
        (
            "[services.db]\ndepends_on = ['web']\n[services.web]\ndepends_on = ['db']\n",
            "3: `db` needs itself, directly or through others (leave one of them out)",
        ),
        ("data = ''\n", "2: `data` is empty (name a folder, such as \".runward\")"),
    ] {
        assert_eq!(refused(&format!("runbooks = ['ops.md']\n{config}")), expected, "{config}");
    }
    assert_eq!(refused("runbooks = ['ops.md', 'ops.md']\n"), "1: `ops.md` is named twice (name each file once)");
}

#[test]
fn a_runbook_that_cannot_be_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refuse = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let wrong = read_documents(&[path], &[name.to_owned()]).unwrap_err();
        format!("{}{}", wrong.line.map(|l| format!("{l}: ")).unwrap_or_default(), wrong.message)
    };
    assert_eq!(refuse("empty.md", b" \n"), "the file is empty");
    assert_eq!(refuse("latin.md", b"# Ops\n\nM\xfcnchen\n"), "3: this is not UTF-8 text");
    assert_eq!(
        refuse("huge.md", &vec![b'x'; 2 * 1024 * 1024 + 1]),
        "the file has 2097153 bytes, a runbook may have 2097152 (2 MiB)"
    );
    let half = Runbook::read([("half.md", "# Ops\n\n```bash\nls\n")]);
    assert_eq!(refuse_broken(&half).unwrap_err().line, Some(3));
}

#[test]
fn what_init_writes_is_a_configuration() {
    let runbook = Runbook::read([("ops.md", RUNBOOK)]);
    let text = init::configuration(&runbook, "ops.md", RUNBOOK);
    let folder = tempfile::tempdir().unwrap();
    let loaded = load(&write(folder.path(), &text)).unwrap_or_else(|e| panic!("{e}\n{text}"));
    assert_eq!(loaded.checks.len(), 4);
    assert!(text.contains("\"web/unit\" = {}   # systemd shop-web  (ops.md:5)"), "{text}");
}

#[test]
fn a_channel_without_its_secret_is_a_warning_and_no_reason_not_to_watch() {
    let loaded = loaded("[notify.team]\nurl = { env = 'NO_SUCH_VARIABLE_HERE' }\n");
    assert!(loaded.channels.is_empty());
    assert!(loaded.warnings.iter().any(|w| w.contains("NO_SUCH_VARIABLE_HERE is not set")), "{:?}", loaded.warnings);
    assert!(!format!("{:?}", loaded.source.config.notify).contains("http"));
}

#[test]
fn the_server_and_the_command_line_see_the_same_corrected_runbook() {
    let loaded = loaded(
        "[severities.P1]\nrespond_within = '5m'\n[procedures.web-down]\nseverity = 'P2'\n[parameters]\n[[lint.allow]]\nrule = 'PH01'\ndocument = 'ops.md'\nreason = 'x'\n[checks]\n'db/unit' = { enabled = false }\n'web/port' = { every = '5s' }\n",
    );
    assert_eq!(loaded.setup.severities[0].respond_within_s, Some(300));
    assert_eq!(loaded.setup.procedures[0].severity.as_deref(), Some("P2"));
    let checks: Vec<&str> = loaded.runbook.checks.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(checks, ["web/unit", "web/port", "db/port"]);
    let origin = |name: &str| loaded.runbook.checks.iter().find(|c| c.name.as_str() == name).unwrap().source.origin;
    assert_eq!(
        origin("web/port"),
        runward_core::source::Origin::Derived,
        "how often it looks is no fact of the runbook"
    );
    assert!(loaded.runbook.findings.iter().any(|f| f.rule == "CF01"), "{:?}", loaded.runbook.findings);
}

#[test]
fn a_level_for_a_situation_pages_nobody_by_itself() {
    let loaded = loaded("[[escalation]]\nafter = '0s'\ncondition = 'money is lost'\ntarget = 'the owner'\n");
    assert!(loaded.setup.escalation.iter().all(|rule| rule.target != "the owner"));
    assert_eq!(loaded.setup.escalation.len(), 2, "somebody is told at once, and again");
    assert_eq!(loaded.runbook.escalation[0].condition.as_deref(), Some("money is lost"));
}
