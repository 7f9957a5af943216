//! Corrections, told as a runbook, what is said of it, and what it is then.

use super::*;
use crate::check::Health;
use crate::command::impact::Impact;
use crate::command::placeholder::ParamKind;
use crate::lints::Scope;
use crate::runbook::{Every, Phase, Runbook, StepKind};
use crate::source::{ContentHash, Origin};
use crate::time::Span;

const KILN: &str = "# Kiln\n\n| Service | Unit | Port |\n|---|---|---|\n| oven | kiln-oven | 7101 |\n\n\
    | Severity | Criteria |\n|---|---|\n| P1 | cold |\n| P3 | uneven |\n\n\
    ## Oven is cold (P1)\n\n**Symptom:** no glow\n\n**Fix:**\n```bash\n# Look\n./glow.sh\n\n# Relight\nsystemctl restart kiln-<part>\n```\n";

/// Places are named after their path.
fn place(path: &[&str]) -> Source {
    Source {
        file: path.join(".").into(),
        line: 7,
        end_line: 7,
        origin: Origin::Override,
        span: 0..0,
        hash: ContentHash::default(),
    }
}

fn read(overrides: &Overrides, whole: bool) -> Result<Runbook, Refused> {
    let names = BTreeMap::from([("ops.md".to_owned(), "docs/ops.md".to_owned())]);
    let corrections = Corrections { overrides, place: &place, names, whole };
    Runbook::read_corrected([("docs/ops.md", KILN)], &Scope::default(), &corrections)
}

fn corrected(change: impl FnOnce(&mut Overrides)) -> Runbook {
    let mut overrides = Overrides::default();
    change(&mut overrides);
    read(&overrides, true).unwrap_or_else(|e| panic!("{e:?}"))
}

/// The key at fault and what is said of it.
fn refused(change: impl FnOnce(&mut Overrides)) -> String {
    let mut overrides = Overrides::default();
    change(&mut overrides);
    let wrong = read(&overrides, true).expect_err("it makes no sense");
    format!("{}: {} ({})", wrong.path.join("."), wrong.message, wrong.help)
}

fn step(name: &str, facts: StepFacts) -> impl FnOnce(&mut Overrides) {
    move |overrides| drop(overrides.steps.insert(name.to_owned(), facts))
}

/// The steps' names: that of the unknown script, that of the restart.
fn names() -> (String, String) {
    let runbook = corrected(|_| {});
    let steps = &runbook.procedures[0].steps;
    (steps[0].id.0.clone(), steps[1].id.0.clone())
}

#[test]
fn what_is_corrected_says_so_and_checks_follow_from_it() {
    let facts = ServiceFacts { port: Some(7102), unit: Some(String::new()), ..ServiceFacts::default() };
    let runbook = corrected(|o| drop(o.services.insert("oven".into(), facts)));
    let oven = &runbook.services[0];
    assert_eq!((oven.unit.as_deref(), oven.port), (None, Some(7102)));
    assert_eq!((&*oven.source.file, oven.source.line, oven.source.origin), ("services.oven", 7, Origin::Override));
    let checks: Vec<String> = runbook.checks.iter().map(|c| format!("{} {}", c.name, c.target)).collect();
    assert_eq!(checks, ["oven/port localhost:7102"]);

    let same = ServiceFacts { port: Some(7101), ..ServiceFacts::default() };
    let runbook = corrected(|o| drop(o.services.insert("oven".into(), same)));
    assert_eq!(runbook.services[0].source.origin, Origin::Document, "the runbook says so too");
}

#[test]
fn lists_by_name_are_corrected_and_completed() {
    let runbook = corrected(|o| {
        o.severities.insert("P2".into(), SeverityFacts { criteria: Some("smoky".into()), ..Default::default() });
        let respond_within = Some(Span::seconds(600));
        o.severities.insert("p1".into(), SeverityFacts { respond_within, ..Default::default() });
        let channels = Some(vec!["+49 30 1234".into()]);
        o.contacts.insert("Potter".into(), ContactFacts { name: Some("Ida".into()), channels });
        o.backups.insert("glazes".into(), BackupFacts { keep: Some("30 days".into()), ..Default::default() });
        o.hosts.insert("shed".into(), HostFacts { address: Some("10.0.0.4".into()), ..HostFacts::default() });
        o.logs.insert("oven".into(), LogFacts { path: Some("/var/log/oven.log".into()), command: None });
        o.databases.insert("glazes".into(), DatabaseFacts { engine: Some("sqlite".into()), ..Default::default() });
        o.duties.push(DutyFacts { every: Every::Weekly, text: "sweep the shed".into() });
        let state = StateFacts { http: Some(200), level: Health::Warn };
        o.health.insert("/up".into(), HealthFacts { states: BTreeMap::from([("degraded".into(), state)]) });
        let (subject, comparison) = ("heat".into(), ">".into());
        o.thresholds.push(ThresholdFacts { subject, comparison, value: 1280.0, unit: "°C".into() });
        o.templates.push((TemplateKind::Review, TemplateFacts { text: "# What broke".into() }));
        o.documents.insert("ops.md".into(), DocumentFacts { owner: Some("Ida".into()), ..Default::default() });
        o.escalation.push(EscalationFacts {
            after: Some(Span::seconds(0)),
            target: "Ida".into(),
            ..Default::default()
        });
    });
    let scale: Vec<&str> = runbook.severities.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(scale, ["P1", "P2", "P3"], "worst first");
    assert_eq!(runbook.severities[0].respond_within_s, Some(600));
    assert!(!runbook.contacts[0].placeholder);
    assert_eq!(runbook.backups[0].keep.as_deref(), Some("30 days"));
    let owner = runbook.documents[0].owner.as_ref().unwrap();
    assert_eq!((owner.value.as_str(), &*owner.source.file), ("Ida", "documents.ops.md.owner"));
    let sources = [
        &runbook.severities[0].source, &runbook.contacts[0].source, &runbook.backups[0].source,
        &runbook.hosts[0].source, &runbook.logs[0].source, &runbook.databases[0].source, &runbook.duties[0].source,
        &runbook.health[0].source, &runbook.thresholds[0].source, &runbook.templates[0].source,
        &runbook.escalation[0].source,
    ];
    assert!(sources.iter().all(|s| s.origin == Origin::Override), "{sources:#?}");
}

#[test]
fn a_procedure_is_corrected_where_it_stands_and_can_be_given_steps() {
    let verify = NewStep {
        phase: Some(Phase::Verify),
        title: "See the glow".into(),
        commands: vec!["curl -fsS http://localhost:7101/glow".into()],
        ..NewStep::default()
    };
    let facts = ProcedureFacts {
        severity: Some("P2".into()),
        alerts: Some(vec!["OvenCold".into()]),
        symptoms: Some(vec!["cold to the hand".into()]),
        add: vec![verify.clone()],
        ..ProcedureFacts::default()
    };
    let runbook = corrected(|o| drop(o.procedures.insert("oven-is-cold".into(), facts)));
    let procedure = &runbook.procedures[0];
    assert_eq!(procedure.severity.as_deref(), Some("P2"));
    let told: Vec<&str> = procedure.symptoms.iter().map(|s| s.text.as_str()).collect();
    assert_eq!(told, ["cold to the hand", "Alert: OvenCold"]);
    assert_eq!((&*procedure.source.file, procedure.source.origin), ("docs/ops.md", Origin::Override));
    assert_eq!(&*procedure.corrected.as_ref().unwrap().file, "procedures.oven-is-cold");
    let last = procedure.steps.last().unwrap();
    assert_eq!((last.phase, last.impact()), (Phase::Verify, Impact::ReadOnly));
    assert_eq!((&*last.source.file, last.source.origin), ("procedures.oven-is-cold.add.0", Origin::Override));
    assert!(last.id.as_str().starts_with("oven-is-cold."), "{}", last.id);

    let new = ProcedureFacts { title: Some("Door is stuck".into()), add: vec![verify], ..ProcedureFacts::default() };
    let runbook = corrected(|o| drop(o.procedures.insert("door".into(), new)));
    assert_eq!(runbook.procedures[1].id.as_str(), "door-is-stuck");
}

#[test]
fn a_step_is_kept_apart_or_judged_anew() {
    let (script, restart) = names();
    let guard =
        StepFacts { guard: Some("If the shed is empty".into()), host: Some("shed".into()), ..Default::default() };
    let runbook = corrected(step(&restart, guard));
    let changed = &runbook.procedures[0].steps[1];
    assert!(changed.is_conditional() && changed.commands[0].host.as_deref() == Some("shed"));
    assert_eq!((&*changed.source.file, changed.source.origin), ("docs/ops.md", Origin::Override));
    assert_eq!(changed.corrected.as_ref().map(|s| s.line), Some(7));

    let manual = StepFacts { kind: Some(StepKind::Manual), ..Default::default() };
    assert_eq!(corrected(step(&restart, manual)).procedures[0].steps[1].kind, StepKind::Manual);

    let worse = StepFacts { impact: Some(Impact::Destructive), ..Default::default() };
    assert_eq!(corrected(step(&restart, worse)).procedures[0].steps[1].impact(), Impact::Destructive);
    let harmless = StepFacts {
        impact: Some(Impact::ReadOnly),
        reason: Some("it only looks".into()),
        phase: Some(Phase::Diagnose),
        ..Default::default()
    };
    let runbook = corrected(step(&script, harmless.clone()));
    let looked = &runbook.procedures[0].steps[0];
    assert_eq!(
        (looked.impact(), looked.phase, looked.commands[0].why.as_str()),
        (Impact::ReadOnly, Phase::Diagnose, "it only looks")
    );

    let without_reason = StepFacts { reason: None, ..harmless.clone() };
    assert!(refused(step(&script, without_reason)).contains(".impact: an impact is lowered without a reason"));
    assert!(refused(step(&restart, harmless)).contains("is not called harmless"));
    let diagnosis = StepFacts { phase: Some(Phase::Diagnose), ..Default::default() };
    assert!(refused(step(&restart, diagnosis)).contains(".phase: a step that changes something is no diagnosis"));
}

#[test]
fn a_parameter_has_another_type_and_other_values() {
    let facts = ParameterFacts { kind: Some(ParamKind::Text), values: Some(vec!["door".into(), "vent".into()]) };
    let runbook = corrected(|o| drop(o.parameters.insert("part".into(), facts)));
    assert_eq!((runbook.parameters[0].kind, runbook.parameters[0].values.len()), (ParamKind::Text, 2));
    let facts = ParameterFacts { kind: Some(ParamKind::Port), values: Some(vec!["door".into()]) };
    let said = refused(|o| drop(o.parameters.insert("part".into(), facts)));
    assert!(said.starts_with("parameters.part.values: `door` is not a port"), "{said}");
}

#[test]
fn what_is_nowhere_is_refused_where_all_was_read_and_passed_over_where_not() {
    let unknown = |o: &mut Overrides| {
        o.steps.insert("oven-is-cold.00000000".into(), StepFacts::default());
    };
    let said = refused(unknown);
    assert!(said.starts_with("steps.oven-is-cold.00000000: the runbook has no step"), "{said}");
    let mut overrides = Overrides::default();
    unknown(&mut overrides);
    overrides.services.insert("furnace".into(), ServiceFacts::default());
    overrides.documents.insert("other.md".into(), DocumentFacts::default());
    overrides.parameters.insert("glaze".into(), ParameterFacts::default());
    assert!(read(&overrides, false).is_ok_and(|runbook| runbook.services.len() == 1));
    assert_eq!(
        refused(|o| drop(o.services.insert("ovne".into(), ServiceFacts::default()))),
        "services.ovne: the runbook has no service `ovne` (did you mean `oven`?)"
    );
    assert!(refused(|o| drop(o.contacts.insert("Boss".into(), ContactFacts::default()))).contains("nothing is said"));
    assert!(
        refused(|o| drop(o.procedures.insert("oven-is-hot".into(), ProcedureFacts::default())))
            .contains("`oven-is-cold`?")
    );
}

fn allowance(rule: &str, step: Option<&str>, document: Option<&str>) -> Allowance {
    let own = |name: Option<&str>| name.map(str::to_owned);
    Allowance { rule: rule.into(), step: own(step), procedure: None, document: own(document), reason: "wanted".into() }
}

#[test]
fn a_finding_that_is_allowed_is_set_aside_and_an_allowance_for_nothing_is_a_finding() {
    let (script, restart) = names();
    for fitting in [allowance("PH01", Some(&restart), None), allowance("PH01", None, Some("ops.md"))] {
        let runbook = corrected(|o| o.allowances.push(fitting));
        assert!(!runbook.findings.iter().any(|f| f.rule == "PH01" || f.rule == "CF01"), "{:?}", runbook.findings);
        let suppressed: Vec<(&str, &str)> =
            runbook.suppressed.iter().map(|s| (&*s.finding.rule, s.reason.as_str())).collect();
        assert_eq!(suppressed, [("PH01", "wanted")]);
    }
    let in_procedure = Allowance { procedure: Some("oven-is-cold".into()), ..allowance("PH01", None, None) };
    assert_eq!(corrected(|o| o.allowances.push(in_procedure)).suppressed.len(), 1);

    let useless = corrected(|o| o.allowances.push(allowance("PH01", Some(&script), None)));
    let report = useless.findings.iter().find(|f| f.rule == "CF01").unwrap();
    assert_eq!((&*report.source.file, report.source.origin), ("lint.allow.0", Origin::Override));
    assert!(useless.findings.iter().any(|f| f.rule == "PH01"));
}

#[test]
fn an_allowance_names_a_rule_that_there_is_and_a_reason() {
    let said = refused(|o| o.allowances.push(allowance("PH10", None, None)));
    assert_eq!(said, "lint.allow.0.rule: there is no rule `PH10` (did you mean `PH01`?)");
    let silent = Allowance { reason: " ".into(), ..allowance("PH01", None, None) };
    assert!(refused(|o| o.allowances.push(silent)).starts_with("lint.allow.0.reason: a finding is allowed without"));
}
