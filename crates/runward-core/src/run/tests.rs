//! What a run makes of a procedure's words, and what it believes of the checks after a step.

use std::collections::BTreeMap;

use super::*;
use crate::command::placeholder::ParamKind;
use crate::runbook::Runbook;
use crate::setup::{ServicePlan, Setup};

const RUNBOOK: &str = "\
# Shop

| Service | Port | Unit |
|---------|------|------|
| web | 8001 | shop-web |
| mail | 8002 | shop-mail |

## Web is down

**Diagnose:**

```bash
# The unit
systemctl status shop-<service>

# The answer
curl -s http://localhost:<port>/health
```

**Fix:**

```bash
cd /srv/shop
```

```bash
systemctl restart shop-<service>
```

If the disk is full:

```bash
rm -rf /srv/shop/cache
```

## Rotate the key

```bash
# Make the key
./rotate --customer <customer>

# Tell the database
psql -c \"ALTER USER shop PASSWORD '<new-password>'\"

# Tell the service
vim /srv/shop/.env
```
";

fn setup(text: &str) -> Setup {
    let runbook = Runbook::read([("shop.md", text)]);
    let services = runbook.services.iter().map(|service| {
        let plan = ServicePlan { service: service.clone(), depends_on: vec![], severity: None, automatic: None };
        (service.id(), plan)
    });
    Setup { services: services.collect(), procedures: runbook.procedures, ..Setup::default() }
}

/// A procedure's steps as they would be run for a service with these values, one line each.
fn steps(procedure: &str, service: Option<&str>, given: &[(&str, &str)]) -> Vec<String> {
    let setup = setup(RUNBOOK);
    let procedure = setup.find_procedure(procedure).expect("the procedure is in the runbook");
    let service = service.and_then(|name| setup.find_service(name)).map(|plan| &plan.service);
    let given = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let values = values(procedure, service, &given, &setup.kinds);
    let line = |step: PlannedStep| match &step.work {
        Work::Command { shown, .. } => {
            let condition = if step.conditional { ", only if" } else { "" };
            format!("{}{condition}: {}", step.impact.name(), shown.replace('\n', " / "))
        }
        Work::Manual { text, why } => format!("by hand ({why}): {}", text.replace('\n', " / ")),
    };
    plan(procedure, &values, &setup).into_iter().map(line).collect()
}

fn asked(procedure: &str, service: Option<&str>) -> Vec<(String, Vec<String>)> {
    let setup = setup(RUNBOOK);
    let procedure = setup.find_procedure(procedure).expect("the procedure is in the runbook");
    let service = service.and_then(|name| setup.find_service(name)).map(|plan| &plan.service);
    let values = values(procedure, service, &BTreeMap::new(), &setup.kinds);
    missing(procedure, &values, &setup).into_iter().map(|a| (a.name, a.offered)).collect()
}

#[test]
fn what_the_configuration_says_of_a_parameter_counts() {
    let mut setup = setup("# Shop\n\n## Till is stuck\n\n**Fix:**\n```bash\nkick --drawer <name>\n```\n");
    setup.kinds.insert("name".into(), ParamKind::Port);
    setup.offered.insert("name".into(), vec!["7".into(), "8".into()]);
    let procedure = setup.find_procedure("till-is-stuck").unwrap();
    let asked = missing(procedure, &BTreeMap::new(), &setup);
    assert_eq!((asked[0].kind, asked[0].offered.len()), (ParamKind::Port, 2));
    let shown = |value: &str| {
        let given = BTreeMap::from([("name".to_owned(), value.to_owned())]);
        plan(procedure, &values(procedure, None, &given, &setup.kinds), &setup)[0].shown().to_owned()
    };
    assert_eq!(shown("8"), "kick --drawer 8");
    assert_eq!(shown("left"), "kick --drawer <name>", "it is no port: the step stays one that is done by hand");
}

#[test]
fn placeholders_take_the_service_s_own_names_and_port() {
    let steps = steps("web-is-down", Some("mail"), &[]);
    assert_eq!(steps[0], "read-only: systemctl status shop-mail --no-pager -l");
    assert_eq!(steps[1], "read-only: curl -s http://localhost:8002/health");
    assert_eq!(steps[2], "mutating: systemctl restart shop-mail");
}

#[test]
fn what_a_person_gives_wins_over_the_inventory() {
    let steps = steps("web-is-down", Some("mail"), &[("port", "9999")]);
    assert_eq!(steps[1], "read-only: curl -s http://localhost:9999/health");
}

#[test]
fn a_step_under_a_condition_is_marked_and_keeps_its_impact() {
    let steps = steps("web-is-down", Some("web"), &[]);
    assert_eq!(steps[3], "destructive, only if: rm -rf /srv/shop/cache");
}

#[test]
fn a_change_of_directory_holds_for_what_follows() {
    let setup = setup(RUNBOOK);
    let procedure = setup.find_procedure("web-is-down").unwrap();
    let service = setup.find_service("web").map(|plan| &plan.service);
    let values = values(procedure, service, &BTreeMap::new(), &setup.kinds);
    let plan = plan(procedure, &values, &setup);
    let Work::Command { script, .. } = &plan[2].work else { panic!("{:?}", plan[2]) };
    assert!(script.starts_with("set -euo pipefail\ncd /srv/shop"), "{script}");
}

#[test]
fn a_value_is_never_shell_text() {
    let evil = "x; rm -rf /";
    let setup = setup(RUNBOOK);
    let procedure = setup.find_procedure("rotate-the-key").unwrap();
    let values = values(procedure, None, &[("customer".to_owned(), evil.to_owned())].into(), &setup.kinds);
    let plan = plan(procedure, &values, &setup);
    match &plan[0].work {
        Work::Command { script, env, .. } => {
            assert!(!script.contains("rm -rf"), "{script}");
            assert!(env.values().any(|v| v == evil));
        }
        // A value of an impossible shape may be refused outright.
        Work::Manual { why, .. } => assert!(why.contains("customer"), "{why}"),
    }
}

#[test]
fn what_waits_for_a_person_or_needs_a_secret_is_done_by_hand() {
    let steps = steps("rotate-the-key", None, &[("customer", "acme")]);
    assert!(steps[1].starts_with("by hand (") && steps[1].contains("new-password"), "{steps:?}");
    assert!(steps[2].starts_with("by hand (it waits for a person"), "{steps:?}");
}

#[test]
fn values_nobody_knows_are_asked_for_with_what_the_inventory_offers() {
    assert_eq!(asked("rotate-the-key", None), [("customer".to_owned(), vec![])]);
    assert_eq!(asked("web-is-down", Some("web")), []);
    let names = vec!["mail".to_owned(), "web".to_owned()];
    let ports = vec!["8002".to_owned(), "8001".to_owned()];
    assert_eq!(asked("web-is-down", None), [("service".to_owned(), names), ("port".to_owned(), ports)]);
}

#[test]
fn an_approval_covers_the_text_and_its_values() {
    let setup = setup(RUNBOOK);
    let procedure = setup.find_procedure("web-is-down").unwrap();
    let hash_of = |service: &str| {
        let service = setup.find_service(service).map(|plan| &plan.service);
        let values = values(procedure, service, &BTreeMap::new(), &setup.kinds);
        plan(procedure, &values, &setup)[2].hash.clone()
    };
    assert_eq!(hash_of("web"), hash_of("web"));
    assert_ne!(hash_of("web"), hash_of("mail"));
}

/// Checks as pairs of letters, believed and seen since (`-` for not yet): `co` is believed critical, seen ok.
fn judged(checks: &str, patient: bool) -> Look {
    let health = |c: char| match c {
        'o' => Some(Health::Ok),
        'w' => Some(Health::Warn),
        'c' => Some(Health::Critical),
        'u' => Some(Health::Unknown),
        _ => None,
    };
    let seen = |pair: &str| {
        let mut letters = pair.chars().map(health);
        Seen { believed: letters.next().flatten().unwrap_or_default(), since: letters.next().flatten() }
    };
    look(&checks.split_whitespace().map(seen).collect::<Vec<_>>(), patient)
}

#[test]
fn fixed_means_that_every_check_that_can_tell_is_well_again() {
    assert_eq!(judged("oo oo", true), Look::Well);
    assert_eq!(judged("oo co", true), Look::Bad, "one good look is not believed yet");
    assert_eq!(judged("oo co", false), Look::Well, "between two steps one good look is enough");
    assert_eq!(judged("oo cc", false), Look::Bad);
    assert_eq!(judged("oo c-", true), Look::Early, "what was seen before the step does not count");
    assert_eq!(judged("oo ww", true), Look::Bad);
}

#[test]
fn a_check_that_cannot_run_proves_nothing() {
    assert_eq!(judged("oo uu", true), Look::Well);
    assert_eq!(judged("uu", true), Look::Bad);
    assert_eq!(judged("oo cu", true), Look::Bad, "it was down and nobody can tell that it is back");
}

#[test]
fn a_job_s_name_reads_back() {
    let job = JobId { run: RunId(7), step: 2, attempt: 3 };
    assert_eq!(job.to_string().parse(), Ok(job));
    for wrong in ["", "7.2", "7.2.3.4", "a.b.c", "7.2.-1"] {
        assert!(wrong.parse::<JobId>().is_err(), "{wrong}");
    }
}
