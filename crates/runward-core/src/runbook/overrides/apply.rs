//! Putting corrections in force: what is changed or added says so, and where.

use super::{Corrections, Refused, ServiceFacts, SeverityFacts, ThresholdFacts, entries};
use crate::id::slug;
use crate::near;
use crate::runbook::{Duty, EscalationStep, HealthEndpoint, HealthState, Runbook, Said, Template, Threshold};
use crate::service::Service;
use crate::severity::{self, Severity};
use crate::source::{Origin, Source};

impl Runbook {
    /// Corrects the facts from which others follow: checks from services, parameters from steps.
    pub(in crate::runbook) fn correct_first(&mut self, corrections: &Corrections<'_>) -> Result<(), Refused> {
        self.correct_documents(corrections)?;
        self.correct_services(corrections)?;
        self.correct_severities(corrections);
        self.correct_procedures(corrections)?;
        self.correct_steps(corrections)
    }

    /// Corrects the facts that may have followed from others.
    pub(in crate::runbook) fn correct_rest(&mut self, corrections: &Corrections<'_>) -> Result<(), Refused> {
        self.correct_escalation(corrections);
        let given = corrections.overrides;
        entries::correct(&mut self.contacts, &given.contacts, corrections)?;
        entries::correct(&mut self.backups, &given.backups, corrections)?;
        entries::correct(&mut self.hosts, &given.hosts, corrections)?;
        entries::correct(&mut self.logs, &given.logs, corrections)?;
        entries::correct(&mut self.databases, &given.databases, corrections)?;
        self.correct_health(corrections);
        self.correct_duties(corrections);
        self.correct_thresholds(corrections)?;
        self.correct_templates(corrections);
        self.correct_parameters(corrections)
    }

    fn correct_documents(&mut self, corrections: &Corrections<'_>) -> Result<(), Refused> {
        let Corrections { overrides, place, .. } = corrections;
        for (key, given) in &overrides.documents {
            let path = ["documents", key.as_str()];
            let name = corrections.document(key);
            let Some(document) = self.documents.iter_mut().find(|d| d.path == name) else {
                let known: Vec<&str> = self.documents.iter().map(|d| d.path.as_str()).collect();
                corrections.unknown(&path, format!("there is no document `{key}`"), near::help(key, &known))?;
                continue;
            };
            put(&mut document.title, given.title.as_ref());
            let said = [
                (&mut document.owner, &given.owner, "owner"),
                (&mut document.updated, &given.updated, "updated"),
                (&mut document.review, &given.review, "review"),
            ];
            for (slot, value, key) in said {
                let Some(value) = value else { continue };
                let source = place(&[&path[..], &[key]].concat());
                *slot = (!value.is_empty()).then(|| Said { value: value.clone(), source });
            }
        }
        Ok(())
    }

    fn correct_services(&mut self, corrections: &Corrections<'_>) -> Result<(), Refused> {
        let Corrections { overrides, place, .. } = corrections;
        for (name, given) in &overrides.services {
            let path = ["services", name.as_str()];
            let known =
                self.services.iter_mut().find(|s| s.id().as_str() == slug(name) || s.names().any(|n| n == name));
            match known {
                Some(service) => {
                    let before = service.clone();
                    given.correct(service);
                    mark(&before, service, |s| &mut s.source, || place(&path));
                }
                None => {
                    let mut service = Service::named(name, place(&path));
                    let blank = service.clone();
                    given.correct(&mut service);
                    if service == blank && !overrides.watched.contains(name) {
                        let known: Vec<&str> = self.services.iter().map(|s| s.name.as_str()).collect();
                        let help = match near::closest(name, &known) {
                            Some(near) => format!("did you mean `{near}`?"),
                            None => format!(
                                "known: {}; for a new one give its unit, port, process or endpoint",
                                known.join(", ")
                            ),
                        };
                        corrections.unknown(&path, format!("the runbook has no service `{name}`"), help)?;
                        continue;
                    }
                    self.services.push(service);
                }
            }
        }
        Ok(())
    }

    fn correct_severities(&mut self, corrections: &Corrections<'_>) {
        for (name, given) in &corrections.overrides.severities {
            let source = || (corrections.place)(&["severities", name]);
            match self.severities.iter_mut().find(|s| s.name.eq_ignore_ascii_case(name)) {
                Some(severity) => {
                    let before = severity.clone();
                    given.correct(severity);
                    mark(&before, severity, |s| &mut s.source, source);
                }
                None => {
                    let mut severity = Severity {
                        name: name.clone(),
                        title: String::new(),
                        criteria: String::new(),
                        respond_within_s: None,
                        update_every_s: None,
                        source: source(),
                    };
                    given.correct(&mut severity);
                    self.severities.push(severity);
                    // Worst first, as the reader orders them; the sort keeps equals in place.
                    self.severities.sort_by_key(|s| severity::rank(&s.name).unwrap_or(99));
                }
            }
        }
    }

    /// What is given for the chain stands in the place of the whole chain; situations are added.
    fn correct_escalation(&mut self, corrections: &Corrections<'_>) {
        let given = &corrections.overrides.escalation;
        if given.iter().any(|step| step.condition.is_none()) {
            self.escalation.retain(|step| step.condition.is_some());
        }
        let steps = given.iter().enumerate().map(|(at, step)| EscalationStep {
            after_s: step.after.map(|after| after.0.as_secs()),
            severities: step.severities.clone(),
            target: step.target.clone(),
            condition: step.condition.clone(),
            source: (corrections.place)(&["escalation", &at.to_string()]),
        });
        self.escalation.splice(0..0, steps);
    }

    fn correct_health(&mut self, corrections: &Corrections<'_>) {
        for (url, given) in &corrections.overrides.health {
            let source = || (corrections.place)(&["health", url]);
            let at = self.health.iter().position(|h| h.url == *url).unwrap_or_else(|| {
                self.health.push(HealthEndpoint { url: url.clone(), states: Vec::new(), source: source() });
                self.health.len() - 1
            });
            let endpoint = &mut self.health[at];
            let before = endpoint.clone();
            for (name, state) in &given.states {
                let said = HealthState { name: name.clone(), http: state.http, level: state.level };
                match endpoint.states.iter_mut().find(|s| s.name.eq_ignore_ascii_case(name)) {
                    Some(known) => *known = said,
                    None => endpoint.states.push(said),
                }
            }
            mark(&before, endpoint, |h| &mut h.source, source);
        }
    }

    fn correct_duties(&mut self, corrections: &Corrections<'_>) {
        for (at, given) in corrections.overrides.duties.iter().enumerate() {
            let source = (corrections.place)(&["duties", &at.to_string()]);
            match self.duties.iter_mut().find(|d| same(&d.text, &given.text)) {
                Some(duty) if duty.every == given.every => {}
                Some(duty) => *duty = Duty { every: given.every, source, ..duty.clone() },
                None => self.duties.push(Duty { every: given.every, text: given.text.clone(), source }),
            }
        }
    }

    fn correct_thresholds(&mut self, corrections: &Corrections<'_>) -> Result<(), Refused> {
        let given = &corrections.overrides.thresholds;
        self.thresholds.retain(|known| !given.iter().any(|g| same(&g.subject, &known.subject)));
        for (at, ThresholdFacts { subject, comparison, value, unit }) in given.iter().enumerate() {
            let at = at.to_string();
            if !matches!(comparison.as_str(), ">" | ">=" | "<" | "<=") {
                let path = ["thresholds", at.as_str(), "comparison"];
                return Err(Refused::new(&path, format!("`{comparison}` compares nothing"), "write >, >=, < or <="));
            }
            self.thresholds.push(Threshold {
                subject: subject.clone(),
                comparison: comparison.clone(),
                value: *value,
                unit: unit.clone(),
                source: (corrections.place)(&["thresholds", &at]),
            });
        }
        Ok(())
    }

    fn correct_templates(&mut self, corrections: &Corrections<'_>) {
        for (kind, given) in &corrections.overrides.templates {
            let source = (corrections.place)(&["templates", kind.name()]);
            self.templates.retain(|t| t.kind != *kind);
            if !given.text.trim().is_empty() {
                self.templates.push(Template { kind: *kind, text: given.text.clone(), source });
            }
        }
    }

    fn correct_parameters(&mut self, corrections: &Corrections<'_>) -> Result<(), Refused> {
        for (name, given) in &corrections.overrides.parameters {
            let path = ["parameters", name.as_str()];
            let Some(parameter) = self.parameters.iter_mut().find(|p| p.name == *name) else {
                let known: Vec<&str> = self.parameters.iter().map(|p| p.name.as_str()).collect();
                let message = format!("no command asks for a value `{name}`");
                corrections.unknown(&path, message, near::help(name, &known))?;
                continue;
            };
            let before = parameter.clone();
            parameter.kind = given.kind.unwrap_or(parameter.kind);
            replace(&mut parameter.values, given.values.as_ref());
            for value in given.values.iter().flatten() {
                let fits = parameter.kind.accept(value);
                fits.map_err(|why| Refused::new(&[path[0], path[1], "values"], why, "offer only values that fit"))?;
            }
            mark(&before, parameter, |p| &mut p.source, || (corrections.place)(&path));
        }
        Ok(())
    }
}

impl ServiceFacts {
    fn correct(&self, service: &mut Service) {
        set(&mut service.unit, self.unit.as_ref());
        set(&mut service.container, self.container.as_ref());
        set(&mut service.pm2, self.pm2.as_ref());
        set(&mut service.process, self.process.as_ref());
        set(&mut service.host, self.host.as_ref());
        set(&mut service.health, self.health.as_ref());
        set(&mut service.endpoint, self.endpoint.as_ref());
        set(&mut service.env_file, self.env_file.as_ref());
        set(&mut service.database, self.database.as_ref());
        service.port = self.port.or(service.port);
        replace(&mut service.depends_on, self.depends_on.as_ref());
    }
}

impl SeverityFacts {
    fn correct(&self, severity: &mut Severity) {
        put(&mut severity.title, self.title.as_ref());
        put(&mut severity.criteria, self.criteria.as_ref());
        severity.respond_within_s = self.respond_within.map(|s| s.0.as_secs()).or(severity.respond_within_s);
        severity.update_every_s = self.update_every.map(|s| s.0.as_secs()).or(severity.update_every_s);
    }
}

/// Marks a fact that was changed with the place that changed it.
pub(super) fn mark<T: PartialEq>(
    before: &T,
    now: &mut T,
    source: impl FnOnce(&mut T) -> &mut Source,
    place: impl FnOnce() -> Source,
) {
    if before != now {
        *source(now) = Source { origin: Origin::Override, ..place() };
    }
}

/// Whether two names are the same but for spaces, marks and capitals.
pub(super) fn same(a: &str, b: &str) -> bool {
    a == b || (slug(a) == slug(b) && !slug(a).is_empty())
}

/// Puts what is given in the place of what there is; an empty string takes it away.
pub(super) fn set(slot: &mut Option<String>, given: Option<&String>) {
    if let Some(given) = given {
        *slot = Some(given.clone()).filter(|g| !g.is_empty());
    }
}

/// The same for what is always there.
pub(super) fn put(slot: &mut String, given: Option<&String>) {
    if let Some(given) = given {
        slot.clone_from(given);
    }
}

/// The same for a list.
pub(super) fn replace(slot: &mut Vec<String>, given: Option<&Vec<String>>) {
    if let Some(given) = given {
        slot.clone_from(given);
    }
}
