//! The checks: those that follow from the runbook, corrected by `[checks]`, and those only named there.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use runward_core::check::{DerivedCheck, Patience};
use runward_core::id::{CheckId, ServiceId, slug};
use runward_core::near::closest;
use runward_core::setup::CheckPlan;
use runward_core::time::Span;
use runward_kinds::checks::{self, Check};
use serde::Deserialize;

use super::places::Places;
use super::{Source, Watch, Wrong, sane};

/// A check, ready to be run.
#[derive(Clone)]
pub struct Prepared {
    /// Its name.
    pub id: CheckId,
    /// What it does.
    pub check: Arc<dyn Check>,
    /// How often it looks.
    pub every: Duration,
    /// How long a look may take.
    pub timeout: Duration,
    /// What decisions need to know of it.
    pub plan: CheckPlan,
}

/// The settings that every check has, whatever its kind.
#[derive(Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct Common {
    /// The kind of check; that of the runbook where it follows from one.
    pub kind: Option<String>,
    /// The service it is about; the part of its name before `/` where it is not given.
    pub service: Option<String>,
    /// `false` to leave it out.
    pub enabled: Option<bool>,
    /// How often it looks.
    pub every: Option<Span>,
    /// How long a look may take.
    pub timeout: Option<Span>,
    /// How many bad looks in a row make it bad.
    pub fail_after: Option<u32>,
    /// How many good looks in a row make it well again.
    pub recover_after: Option<u32>,
    /// What is wrong when it is bad: `down`, `unreachable`. Checks with the same service and symptom are one alert.
    pub symptom: Option<String>,
}

const COMMON: &[&str] = &["kind", "service", "enabled", "every", "timeout", "fail_after", "recover_after", "symptom"];

pub(super) fn prepare(source: &Source, derived: &[DerivedCheck]) -> Result<Vec<Prepared>, Wrong> {
    let config = &source.config;
    let mut found: BTreeMap<String, Prepared> = BTreeMap::new();
    for check in derived {
        let settings = config.checks.get(check.name.as_str());
        if settings.is_none() && !config.watch.derive {
            continue;
        }
        if let Some(ready) = one(source, check.name.as_str(), settings.cloned().unwrap_or_default(), Some(check))? {
            found.insert(check.name.0.clone(), ready);
        }
    }
    for (name, settings) in &config.checks {
        if !derived.iter().any(|d| d.name.as_str() == name)
            && let Some(ready) = one(source, name, settings.clone(), None)?
        {
            found.insert(name.clone(), ready);
        }
    }
    Ok(found.into_values().collect())
}

/// Puts what `[checks]` says in the place of what follows from the runbook, where it says anything of what is looked at.
pub(super) fn correct(source: &Source, derived: &mut Vec<DerivedCheck>, whole: bool) -> Result<(), Wrong> {
    let places = Places::of(&source.path, &source.text);
    for (name, settings) in &source.config.checks {
        let at = derived.iter().position(|check| check.name.as_str() == name);
        // It may follow from a document that is not read.
        if at.is_none() && !whole && !settings.contains_key("kind") {
            continue;
        }
        let prepared = one(source, name, settings.clone(), at.map(|at| &derived[at]))?;
        let about = |key: &String| matches!(key.as_str(), "kind" | "service") || !COMMON.contains(&key.as_str());
        match (prepared, at) {
            (None, Some(at)) => drop(derived.remove(at)),
            (Some(_), Some(_)) if !settings.keys().any(about) => {}
            (Some(ready), at) => {
                let check = DerivedCheck {
                    name: ready.id,
                    kind: ready.plan.kind,
                    target: ready.plan.target,
                    service: ready.plan.service,
                    source: places.of_key(&["checks", name]),
                };
                match at {
                    Some(at) => derived[at] = check,
                    None => derived.push(check),
                }
            }
            (None, None) => {}
        }
    }
    Ok(())
}

fn one(
    source: &Source,
    name: &str,
    mut settings: toml::Table,
    derived: Option<&DerivedCheck>,
) -> Result<Option<Prepared>, Wrong> {
    let wrong = |key: &str, message: String, help: String| source.wrong_at(name, key, message, help);
    let given: toml::Table = COMMON.iter().filter_map(|key| settings.remove_entry(*key)).collect();
    let common = Common::deserialize(given.clone()).map_err(|e| {
        let at_fault = |key: &&String| {
            Common::deserialize(toml::Table::from_iter([((*key).clone(), given[*key].clone())])).is_err()
        };
        let key = given.keys().find(at_fault).map_or("", String::as_str);
        wrong(key, format!("check `{name}`: {}", e.message().trim()), "see docs/reference/checks.md".into())
    })?;
    sane::check_of(source, name, &common)?;
    if common.enabled == Some(false) {
        return Ok(None);
    }
    let Some(kind_name) = common.kind.as_deref().or(derived.map(|d| d.kind.as_str())) else {
        let names: Vec<&str> = checks::KINDS.iter().map(|k| k.name).collect();
        let help = format!("give `kind`: one of {}", names.join(", "));
        return Err(wrong("", format!("check `{name}` does not follow from the runbook and has no kind"), help));
    };
    let Some(kind) = checks::kind(kind_name) else {
        let names: Vec<&str> = checks::KINDS.iter().map(|k| k.name).collect();
        return Err(wrong(
            "kind",
            format!("there is no kind of check `{kind_name}`"),
            format!("known: {}", names.join(", ")),
        ));
    };
    let mut merged = match derived.filter(|d| d.kind == kind_name) {
        Some(derived) => (kind.of_target)(&derived.target),
        None => toml::Table::new(),
    };
    let keys: Vec<String> = settings.keys().cloned().collect();
    merged.extend(settings);
    let check = (kind.parse)(merged).map_err(|e| refused(name, &keys, e.message(), &wrong))?;
    Ok(Some(Prepared {
        id: name.into(),
        every: common.every.unwrap_or(config_watch(source).every).0.max(Duration::from_millis(10)),
        timeout: common.timeout.unwrap_or(config_watch(source).timeout).0,
        plan: plan(source, name, &common, derived, kind_name, check.target()),
        check,
    }))
}

fn config_watch(source: &Source) -> &Watch {
    &source.config.watch
}

fn plan(
    source: &Source,
    name: &str,
    common: &Common,
    derived: Option<&DerivedCheck>,
    kind: &str,
    target: String,
) -> CheckPlan {
    let before = name.split('/').next().unwrap_or(name);
    let watch = config_watch(source);
    CheckPlan {
        service: match (&common.service, derived) {
            (Some(service), _) => ServiceId(slug(service)),
            (None, Some(derived)) => derived.service.clone(),
            (None, None) => ServiceId(slug(before)),
        },
        kind: kind.to_owned(),
        target,
        patience: Patience {
            fail_after: common.fail_after.unwrap_or(watch.fail_after),
            recover_after: common.recover_after.unwrap_or(watch.recover_after),
        },
        // From outside a service is unreachable; whether it is down is seen on its own host.
        symptom: common
            .symptom
            .clone()
            .unwrap_or_else(|| if name.ends_with("/endpoint") { "unreachable".into() } else { "down".into() }),
    }
}

/// A kind's refusal in one sentence, at the line of the key it is about.
fn refused(name: &str, keys: &[String], message: &str, wrong: &dyn Fn(&str, String, String) -> Wrong) -> Wrong {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if message.starts_with("unknown field")
        && let Some((key, known)) = quoted.split_first()
    {
        let known: Vec<&str> = known.iter().copied().chain(COMMON.iter().copied()).collect();
        let help = closest(key, &known)
            .map_or_else(|| format!("known here: {}", known.join(", ")), |near| format!("did you mean `{near}`?"));
        return wrong(key, format!("check `{name}`: unknown key `{key}`"), help);
    }
    let key = keys.iter().find(|key| message.contains(key.as_str())).or(keys.first()).map_or("", String::as_str);
    wrong(key, format!("check `{name}`: {}", message.trim().replace('\n', ": ")), "see docs/reference/checks.md".into())
}
