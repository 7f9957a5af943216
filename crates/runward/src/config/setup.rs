//! From files to what the world is set up with: the runbook, corrected by the configuration.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use runward_core::id::{ServiceId, slug};
use runward_core::lints::Scope;
use runward_core::run::approval::Policy;
use runward_core::runbook::overrides::HostFacts;
use runward_core::runbook::{Runbook, TemplateKind};
use runward_core::service::Service;
use runward_core::setup::{Limits, Remediation, ServicePlan, Setup};

use super::places::Places;
use super::{
    Channel, Prepared, ServiceOverride, Source, Wrong, channels, checks, document::read_texts, escalation, sane,
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
    if source.config.runbooks.is_empty() && !Places::of(&source.path, &source.text).has("runbooks") {
        let file = source.path.display().to_string();
        return Err(Wrong { file, line: Some(1), message: "`runbooks` is missing".into(), help: "add it".into() });
    }
    if source.config.runbooks.is_empty() {
        return Err(source.wrong_at("", "runbooks", "no runbook is named", "list its files: runbooks = [\"ops.md\"]"));
    }
    sane::check(&source)?;
    let shown: Vec<String> = source.config.runbooks.iter().map(|p| p.display().to_string()).collect();
    let texts = read_texts(paths, &shown)?;
    // Names are the configuration's own here, and all documents are read.
    let mut runbook = source.corrected(&texts, &Scope::default(), BTreeMap::new(), true)?;
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
        kinds: source.config.parameters.iter().filter_map(|(name, given)| Some((name.clone(), given.kind?))).collect(),
        offered: source
            .config
            .parameters
            .iter()
            .filter_map(|(n, given)| Some((n.clone(), given.values.clone()?)))
            .collect(),
        here: source.config.run.here.clone(),
        hosts: hosts(&source, &runbook),
        public_url: Some(
            source.config.public_url.clone().unwrap_or_else(|| format!("http://{}", source.config.listen)),
        ),
        ..Setup::default()
    };
    services(&source, &runbook, &mut setup)?;
    let checks = checks::prepare(&source, &runbook.checks)?;
    checks::correct(&source, &mut runbook.checks, true)?;
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
        texts: texts.into_iter().map(|(_, text)| text).collect(),
        setup,
        checks,
        channels,
        review_template: template,
        warnings,
        command_path: None,
    })
}

/// How other machines are reached. Only what the configuration says counts, for `ssh` has one of its own; but a port
/// that the runbook gives with the name belongs to it.
fn hosts(source: &Source, runbook: &Runbook) -> BTreeMap<String, HostFacts> {
    let mut hosts = source.config.hosts.clone();
    for host in hosts.values_mut() {
        // `~` is for `ssh` to read.
        let file = host.identity.as_mut().filter(|file| !file.starts_with('~'));
        if let Some(file) = file {
            *file = std::path::absolute(source.resolve(Path::new(&*file))).unwrap_or_default().display().to_string();
        }
    }
    for host in runbook.hosts.iter().filter(|host| host.port.is_some()) {
        hosts.entry(host.name.clone()).or_default().port = host.port;
    }
    hosts
}

/// What is wrong with the document itself: it is watched all the same, and said.
fn complaints(runbook: &Runbook) -> Vec<String> {
    let structural = runbook.findings.iter().filter(|f| f.rule.starts_with("MD"));
    structural.map(|f| format!("{}: {}", f.source, f.message)).collect()
}

/// How each service is looked after.
fn services(source: &Source, runbook: &Runbook, setup: &mut Setup) -> Result<(), Wrong> {
    for service in &runbook.services {
        let about = |name: &str| slug(name) == service.id().0 || service.names().any(|n| n == name);
        let given = source.config.services.iter().find(|(name, _)| about(name)).map(|(_, given)| given);
        let plan = plan(source, service, given, runbook)?;
        setup.services.insert(service.id(), plan);
    }
    refuse_cycles(source, setup)
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
