//! From files to what the world is set up with: the runbook, corrected by the configuration.

use std::path::{Path, PathBuf};

use runward_core::check::DerivedCheck;
use runward_core::id::{ServiceId, slug};
use runward_core::run::approval::Policy;
use runward_core::runbook::{Runbook, TemplateKind};
use runward_core::service::Service;
use runward_core::setup::{Limits, Remediation, ServicePlan, Setup};
use runward_core::source::{Origin, Source as FactSource};

use super::{
    Channel, Prepared, ServiceOverride, Source, Wrong, channels, checks, closest,
    document::{read_texts, understood},
    escalation, sane,
};

/// A configuration with everything it names, ready to be put to work.
pub struct Loaded {
    /// The configuration.
    pub source: Source,
    /// The runbook as it was read.
    pub runbook: Runbook,
    /// The texts of its files.
    pub texts: Vec<String>,
    /// What the decisions rest on.
    pub setup: Setup,
    /// What is to be run on schedule.
    pub checks: Vec<Prepared>,
    /// Ways to reach people.
    pub channels: Vec<Channel>,
    /// The team's own review template.
    pub review_template: Option<String>,
    /// What is not as it should be but no reason not to watch.
    pub warnings: Vec<String>,
    /// A folder of programs that commands find before all others; the demo's.
    pub command_path: Option<PathBuf>,
}

/// Reads a configuration and the runbooks it names.
/// # Errors
/// [`Wrong`] for the first thing that is wrong; nothing has changed then.
pub fn load(path: &Path) -> Result<Loaded, Wrong> {
    let source = Source::read(path)?;
    let paths: Vec<PathBuf> = source.config.runbooks.iter().map(|p| source.resolve(p)).collect();
    load_from(source, &paths)
}

/// The same with the runbook's files read from elsewhere, under the names the configuration gives them.
pub(super) fn load_from(source: Source, paths: &[PathBuf]) -> Result<Loaded, Wrong> {
    if source.config.runbooks.is_empty() {
        return Err(source.wrong_at("", "runbooks", "no runbook is named", "list its files: runbooks = [\"ops.md\"]"));
    }
    sane::check(&source)?;
    let shown: Vec<String> = source.config.runbooks.iter().map(|p| p.display().to_string()).collect();
    let texts = read_texts(paths, &shown)?;
    let mut runbook = understood(&shown, &texts);
    let (channels, mut warnings) = channels::channels(&source)?;
    let mut setup = Setup {
        severities: runbook.severities.clone(),
        procedures: runbook.procedures.clone(),
        escalation: escalation::rules(&source, &runbook, &channels)?,
        channels: channels.iter().map(|c| c.id.clone()).collect(),
        diagnose: source.config.run.diagnose,
        limits: Limits {
            look: source.config.run.look_timeout,
            change: source.config.run.change_timeout,
            verify: source.config.run.verify_within,
        },
        approval: Policy { two_people: source.config.approval.two_people, lasts: source.config.approval.lasts },
        here: source.config.run.here.clone(),
        public_url: Some(
            source.config.public_url.clone().unwrap_or_else(|| format!("http://{}", source.config.listen)),
        ),
        ..Setup::default()
    };
    services(&source, &mut runbook, &mut setup)?;
    let derived: Vec<DerivedCheck> = runbook.checks.clone();
    let checks = checks::prepare(&source, &derived)?;
    setup.checks = checks.iter().map(|c| (c.id.clone(), c.plan.clone())).collect();
    warnings.extend(complaints(&runbook));
    if checks.is_empty() {
        warnings.push(
            "nothing is watched: the runbook names no service to check, and there is nothing under [checks]".into(),
        );
    }
    let template = runbook.templates.iter().find(|t| t.kind == TemplateKind::Review).map(|t| t.text.clone());
    Ok(Loaded {
        source,
        runbook,
        texts,
        setup,
        checks,
        channels,
        review_template: template,
        warnings,
        command_path: None,
    })
}

/// What is wrong with the document itself: it is watched all the same, and said.
fn complaints(runbook: &Runbook) -> Vec<String> {
    let structural = runbook.findings.iter().filter(|f| f.rule.starts_with("MD"));
    structural.map(|f| format!("{}: {}", f.source, f.message)).collect()
}

fn services(source: &Source, runbook: &mut Runbook, setup: &mut Setup) -> Result<(), Wrong> {
    for (name, given) in &source.config.services {
        let known = runbook.services.iter_mut().find(|s| s.id().as_str() == slug(name) || s.names().any(|n| n == name));
        let place = place(source, name);
        match known {
            Some(service) => {
                if apply(service, given) {
                    service.source = place;
                }
            }
            None => {
                let mut service = Service::named(name, place);
                if !apply(&mut service, given) && !has_checks(source, name) {
                    return Err(unknown(source, runbook, name));
                }
                runbook.services.push(service);
            }
        }
    }
    // The checks follow from the services as they are now.
    let known: Vec<String> = runbook.checks.iter().map(|c| c.name.0.clone()).collect();
    let changed =
        |service: &&Service| source.config.services.keys().any(|n| *n == service.name || slug(n) == service.id().0);
    let anew: Vec<DerivedCheck> =
        runbook.services.iter().filter(changed).flat_map(|s| DerivedCheck::of(s, "")).collect();
    for check in anew {
        if known.contains(&check.name.0) {
            let same = runbook.checks.iter_mut().find(|c| c.name == check.name && c.target != check.target);
            if let Some(old) = same.filter(|_| overrides_target(source, &check)) {
                *old = check;
            }
        } else {
            runbook.checks.push(check);
        }
    }
    for service in &runbook.services {
        let given = source
            .config
            .services
            .iter()
            .find(|(n, _)| **n == service.name || slug(n) == service.id().0)
            .map(|(_, g)| g);
        let plan = plan(source, service, given, runbook)?;
        setup.services.insert(service.id(), plan);
    }
    refuse_cycles(source, setup)
}

/// Whether `[checks]` names checks of a service that the runbook does not know.
fn has_checks(source: &Source, name: &str) -> bool {
    source.config.checks.keys().any(|check| check.split('/').next().map(slug) == Some(slug(name)))
}

/// A name that neither the runbook nor anything else here gives a meaning to.
fn unknown(source: &Source, runbook: &Runbook, name: &str) -> Wrong {
    let known: Vec<&str> = runbook.services.iter().map(|s| s.name.as_str()).collect();
    let help = match closest(name, &known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known: {}; for a new one give its unit, port, process or endpoint", known.join(", ")),
    };
    source.wrong_at(&format!("services.{name}"), "", format!("the runbook has no service `{name}`"), help)
}

/// A service that needs itself, directly or through others, would wait for itself. What a runbook says in its tables
/// is taken as it is: folding goes round no circle twice.
fn refuse_cycles(source: &Source, setup: &Setup) -> Result<(), Wrong> {
    for (name, _) in source.config.services.iter().filter(|(_, given)| given.depends_on.is_some()) {
        let id = ServiceId(slug(name));
        let needs_itself = |needed: &ServiceId| *needed == id || setup.needs(needed).contains(&id);
        if setup.services.get(&id).is_some_and(|plan| plan.depends_on.iter().any(needs_itself)) {
            let message = format!("`{name}` needs itself, directly or through others");
            return Err(source.wrong_at(&format!("services.{name}"), "depends_on", message, "leave one of them out"));
        }
    }
    Ok(())
}

/// Whether the configuration changed what this check looks at.
fn overrides_target(source: &Source, check: &DerivedCheck) -> bool {
    let given = source.config.services.iter().find(|(name, _)| slug(name) == check.service.0).map(|(_, g)| g);
    given.is_some_and(|g| match check.name.as_str().rsplit('/').next() {
        Some("unit") => g.unit.is_some(),
        Some("pm2") => g.pm2.is_some(),
        Some("process") => g.process.is_some(),
        Some("port") => g.port.is_some(),
        Some("endpoint") => g.endpoint.is_some(),
        _ => false,
    })
}

fn place(source: &Source, name: &str) -> FactSource {
    let line = source.wrong_at(&format!("services.{name}"), "", "", "").line.unwrap_or(1);
    FactSource {
        file: source.path.display().to_string().into(),
        line,
        end_line: line,
        origin: Origin::Override,
        span: 0..0,
    }
}

/// Puts what is given in the place of what the runbook says; true where anything was.
fn apply(service: &mut Service, given: &ServiceOverride) -> bool {
    let before = service.clone();
    let take = |slot: &mut Option<String>, given: &Option<String>| {
        if given.is_some() {
            slot.clone_from(given);
        }
    };
    take(&mut service.unit, &given.unit);
    take(&mut service.container, &given.container);
    take(&mut service.pm2, &given.pm2);
    take(&mut service.process, &given.process);
    take(&mut service.endpoint, &given.endpoint);
    if given.port.is_some() {
        service.port = given.port;
    }
    if let Some(depends_on) = &given.depends_on {
        service.depends_on.clone_from(depends_on);
    }
    before != *service
}

fn plan(
    source: &Source,
    service: &Service,
    given: Option<&ServiceOverride>,
    runbook: &Runbook,
) -> Result<ServicePlan, Wrong> {
    let section = format!("services.{}", service.name);
    let mut depends_on: Vec<ServiceId> = Vec::new();
    for name in &service.depends_on {
        match runbook.service(name).or_else(|| runbook.service(&slug(name))) {
            Some(needed) => depends_on.push(needed.id()),
            None if given.is_some_and(|g| g.depends_on.is_some()) => {
                let known: Vec<&str> = runbook.services.iter().map(|s| s.name.as_str()).collect();
                return Err(source.wrong_at(
                    &section,
                    "depends_on",
                    format!("there is no service `{name}`"),
                    format!("known: {}", known.join(", ")),
                ));
            }
            // The runbook may name what it has no row for.
            None => {}
        }
    }
    let severity = given.and_then(|g| g.severity.clone());
    if let Some(name) = severity
        .as_ref()
        .filter(|n| !runbook.severities.is_empty() && !runbook.severities.iter().any(|s| s.name == **n))
    {
        let known: Vec<&str> = runbook.severities.iter().map(|s| s.name.as_str()).collect();
        return Err(source.wrong_at(
            &section,
            "severity",
            format!("the runbook has no severity `{name}`"),
            format!("known: {}", known.join(", ")),
        ));
    }
    let automatic = match given.and_then(|g| g.automatic.as_ref()) {
        None => None,
        Some(automatic) => {
            let procedure = automatic.procedure();
            if let Some(id) = procedure.as_ref().filter(|id| runbook.procedure(id).is_none()) {
                let help = "`runward explain` lists the procedures by name";
                return Err(source.wrong_at(&section, "automatic", format!("there is no procedure `{id}`"), help));
            }
            Some(Remediation { procedure, max_runs: automatic.max_runs, window: automatic.window })
        }
    };
    Ok(ServicePlan { service: service.clone(), depends_on, severity, automatic })
}
