//! The documents held against the machine they describe: what is named and not there, what is there and not named.

use std::collections::HashSet;

use jiff::civil::Date;

use super::named::{Mention, Named, about, told};
use super::sets::quoted;
use super::upkeep::days;
use super::used::Sort;
use super::{Context, Kind, Needs, Place};
use crate::near::Guesses;
use crate::outside::Host;
use crate::outside::host::Found;
use crate::outside::looks;
use crate::runbook::{Finding, Level};
use crate::service::Service;
use crate::source::{Origin, Source};

pub(super) const KINDS: &[Kind] = &[DR05, DR06];

const DR05: Kind = Kind {
    id: "DR05",
    level: Level::Error,
    needs: Needs::Host,
    what: "The document names a unit, a container, a program, a file, a database or a cron line that this machine does not have.",
    why: "The machine was changed and the document was not, or the other way round. The command fails when it is needed.",
    wrong: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\nsystemctl restart till-wbe\n```\n",
    right: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\nsystemctl restart till-web\n```\n",
    check: Some(missing),
};

const DR06: Kind = Kind {
    id: "DR06",
    level: Level::Warning,
    needs: Needs::Host,
    what: "Something runs on this machine that the document does not know.",
    why: "Nobody is told how to restart it, nobody watches it, and whoever cleans up takes it for rubbish.",
    wrong: "# Ops\n\n| Service | Unit | Port |\n|---|---|---|\n| job | till-job | 4002 |\n",
    right: "# Ops\n\n| Service | Unit | Port |\n|---|---|---|\n| web | till-web | 4001 |\n| job | till-job | 4002 |\n",
    check: Some(undocumented),
};

fn missing(context: &Context<'_>, found: &mut Vec<Finding>) {
    let Some(host) = context.scope.host else { return };
    let named = Named::of(context);
    found.extend(unknown(context, host, &named));
    let absent = Absent { context, host, named: &named, guesses: Guesses::default() };
    absent.handles("unit", |s| s.unit.as_deref(), Sort::Unit, found);
    absent.handles("container", |s| s.container.as_deref(), Sort::Container, found);
    absent.handles("pm2 application", |s| s.pm2.as_deref(), Sort::App, found);
    absent.ports(found);
    absent.programs(found);
    absent.files(found);
    absent.cron(found);
    absent.databases(found);
    absent.certificates(found);
}

/// What could not be looked at, said once.
fn unknown(context: &Context<'_>, host: &Host, named: &Named<'_>) -> Option<Finding> {
    let document = context.texts.first()?;
    let wanted: HashSet<&str> =
        about(context, named).into_iter().filter_map(looks::look).map(|look| look.tells).collect();
    let told: Vec<String> = host
        .unknown
        .iter()
        .filter(|(what, _)| wanted.contains(what.as_str()) || looks::LOOKS.iter().all(|look| look.tells != what))
        .map(|(what, why)| format!("{what} ({why})"))
        .collect();
    if told.is_empty() {
        return None;
    }
    let message = format!("on this machine nobody could look at: {}", told.join("; "));
    let help = "nothing is said of these; run it as a user who may look, where the programs are installed";
    Some(Finding { level: Level::Info, ..Finding::new(&DR05, document.lines.source(0..0), message, help) })
}

/// What is not there.
struct Absent<'c, 'r> {
    context: &'c Context<'r>,
    host: &'c Host,
    named: &'c Named<'r>,
    guesses: Guesses,
}

/// A name that is to be looked for, and where it stands.
struct Wanted<'r> {
    name: String,
    source: Source,
    place: Option<Place<'r>>,
}

impl<'r> Wanted<'r> {
    fn finding(self, message: String, help: impl Into<String>) -> Finding {
        let finding = Finding::new(&DR05, self.source, message, help);
        match self.place {
            Some(place) => finding.of_step(place.step),
            None => finding,
        }
    }
}

impl<'r> Absent<'_, 'r> {
    /// Names in rows and in commands, each once, rows first.
    fn wanted(&self, cell: fn(&Service) -> Option<&str>, sort: Sort) -> Vec<Wanted<'r>> {
        let rows = told(self.context.runbook).filter_map(|service| {
            Some(Wanted { name: cell(service)?.to_owned(), source: service.source.clone(), place: None })
        });
        let also = |one: Sort| one == sort || (sort == Sort::Container && one == Sort::Service);
        let used = self.named.used.iter().filter(|one| also(one.sort) && self.is_here(&one.place));
        let typed =
            used.map(|one| Wanted { name: one.name.clone(), source: one.place.source(), place: Some(one.place) });
        let mut seen = HashSet::new();
        rows.chain(typed).filter(|wanted| seen.insert(wanted.name.clone())).collect()
    }

    /// Whether a command is typed on this machine: where the documents tell several hosts apart and this is one of them.
    fn is_here(&self, place: &Place<'_>) -> bool {
        let Some(meant) = place.command.host.as_deref() else { return true };
        let known = self.context.runbook.hosts.iter().any(|h| h.name == self.host.name);
        !known || meant == self.host.name
    }

    fn handles(&self, what: &str, cell: fn(&Service) -> Option<&str>, sort: Sort, found: &mut Vec<Finding>) {
        let there: Vec<&str> = match sort {
            Sort::Unit => match &self.host.units {
                Some(units) => units.keys().map(String::as_str).collect(),
                None => return,
            },
            Sort::App => match &self.host.apps {
                Some(apps) => apps.iter().map(|(name, _)| name.as_str()).collect(),
                None => return,
            },
            _ => match &self.host.containers {
                Some(all) => all.iter().flat_map(|c| [Some(c.name.as_str()), c.service.as_deref()]).flatten().collect(),
                None => return,
            },
        };
        let has = |name: &str| match sort {
            Sort::Unit => self.host.unit(name).is_some(),
            _ => there.contains(&name),
        };
        let wanted = self.wanted(cell, sort);
        let all = wanted.len();
        let gone: Vec<Wanted<'r>> = wanted.into_iter().filter(|wanted| !has(&wanted.name)).collect();
        if all >= 3 && gone.len() == all {
            found.extend(self.none_of(what, gone));
            return;
        }
        for wanted in gone {
            let bare: Vec<&str> = there.iter().map(|name| name.trim_end_matches(".service")).collect();
            let help = match self.guesses.closest(&wanted.name, &bare) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "mend the document, or install it again".into(),
            };
            let message = format!("this machine has no {what} `{}`", wanted.name);
            found.push(wanted.finding(message, help));
        }
    }

    /// Where nothing at all is there it is another machine, or another document: said once.
    fn none_of(&self, what: &str, gone: Vec<Wanted<'r>>) -> Option<Finding> {
        let names: Vec<String> = gone.iter().map(|wanted| wanted.name.clone()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let message =
            format!("this machine has none of the {} {what}s that the document names: {}", names.len(), quoted(&names));
        let first = gone.into_iter().min_by_key(|wanted| wanted.source.line)?;
        Some(first.finding(message, "is this the machine that the document is about?"))
    }

    fn ports(&self, found: &mut Vec<Finding>) {
        let Some(listening) = &self.host.listening else { return };
        let listens = |port: u16| listening.iter().any(|l| l.port == port);
        let rows: Vec<(&Service, u16)> =
            told(self.context.runbook).filter_map(|service| Some((service, service.port?))).collect();
        let gone: Vec<&(&Service, u16)> = rows.iter().filter(|(_, port)| !listens(*port)).collect();
        let wanted = |(service, port): &(&Service, u16)| Wanted {
            name: port.to_string(),
            source: service.source.clone(),
            place: None,
        };
        if rows.len() >= 3 && gone.len() == rows.len() {
            found.extend(self.none_of("port", gone.into_iter().map(wanted).collect()));
            return;
        }
        for one in gone {
            let message = format!("nothing listens on port {} of `{}` on this machine", one.1, one.0.name);
            found.push(
                wanted(one).finding(message, "mend the port in the document, or look why the service does not listen"),
            );
        }
    }

    fn programs(&self, found: &mut Vec<Finding>) {
        for (program, mention) in &self.named.programs {
            let here = mention.place.as_ref().is_none_or(|place| self.is_here(place));
            if self.host.programs.get(program) != Some(&false) || !here {
                continue;
            }
            let Mention { source, place } = mention.clone();
            let wanted = Wanted { name: program.clone(), source, place };
            let message = format!("this machine has no program `{program}`");
            found.push(wanted.finding(message, "install it, or say on which machine this is typed"));
        }
    }

    fn files(&self, found: &mut Vec<Finding>) {
        let here = |mention: &Mention<'_>| mention.place.as_ref().is_none_or(|place| self.is_here(place));
        let looked =
            self.named.files.iter().filter(|(path, mention)| self.host.files.contains_key(*path) && here(mention));
        let looked: Vec<(&String, &Mention<'r>)> = looked.collect();
        let state = |path: &str| self.host.files.get(path).copied();
        let wanted = |(path, mention): &(&String, &Mention<'r>)| {
            let Mention { source, place } = (*mention).clone();
            Wanted { name: (*path).clone(), source, place }
        };
        let gone: Vec<_> = looked.iter().filter(|(path, _)| state(path) == Some(Found::Nothing)).collect();
        if looked.len() >= 4 && gone.len() == looked.len() {
            found.extend(self.none_of("file", gone.into_iter().map(wanted).collect()));
            return;
        }
        for one in gone {
            found.push(
                wanted(one).finding(format!("this machine has no `{}`", one.0), "mend the path, or put the file back"),
            );
        }
        for one in looked.iter().filter(|(path, _)| state(path) == Some(Found::NoSqlite)) {
            found.push(wanted(one).finding(
                format!("`{}` is no SQLite database", one.0),
                "look what it is before anybody restores over it",
            ));
        }
    }

    fn cron(&self, found: &mut Vec<Finding>) {
        let Some(lines) = self.host.cron.as_ref().filter(|_| self.host.every_crontab) else { return };
        for (script, source) in &self.named.cron {
            let name = script.rsplit('/').next().unwrap_or(script);
            if lines.iter().any(|line| line.command.contains(name)) {
                continue;
            }
            let message = format!("no cron line of this machine runs `{script}`");
            let help = "add the line, or write down what runs it now";
            found.push(Finding::new(&DR05, source.clone(), message, help));
        }
    }

    fn databases(&self, found: &mut Vec<Finding>) {
        if let Some(there) = &self.host.postgres {
            let names: Vec<&str> = there.iter().map(String::as_str).collect();
            for database in self.context.runbook.databases.iter().filter(|d| d.engine == "postgresql") {
                let server = ["postgres", "postgresql"].contains(&database.name.to_lowercase().as_str());
                if server || there.contains(&database.name) || database.name.contains(['<', '$', ' ', '/']) {
                    continue;
                }
                let help = match self.guesses.closest(&database.name, &names) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("there are {}", quoted(&names)),
                };
                let message = format!("PostgreSQL on this machine has no database `{}`", database.name);
                found.push(Finding::new(&DR05, database.source.clone(), message, help));
            }
        }
        for (engine, port, answers) in [("redis", 6379, self.host.redis), ("mongodb", 27017, self.host.mongo)] {
            let Some(database) = self.context.runbook.databases.iter().find(|d| d.engine == engine) else { continue };
            if answers != Some(true) && self.shows_no(engine, port) {
                let message =
                    format!("nothing on this machine is {engine}: no unit, no container, nothing on port {port}");
                found.push(Finding::new(&DR05, database.source.clone(), message, "say on which machine it runs"));
            }
        }
    }

    /// Whether all that could show an engine was looked at and does not.
    fn shows_no(&self, engine: &str, port: u16) -> bool {
        let (Some(units), Some(listening)) = (&self.host.units, &self.host.listening) else { return false };
        let word = engine.trim_end_matches("db");
        let unit = units.keys().any(|name| name.contains(word));
        let container = self.host.containers.iter().flatten().any(|c| c.image.contains(word) || c.name.contains(word));
        !unit && !container && !listening.iter().any(|l| l.port == port)
    }

    fn certificates(&self, found: &mut Vec<Finding>) {
        let Some(today) = self.context.scope.today else { return };
        let file = |named: &str| self.named.files.get(named).map(|mention| mention.source.clone());
        let row = |named: &str| {
            let mut services = told(self.context.runbook);
            services.find(|s| s.endpoint.as_deref().is_some_and(|e| e.contains(named))).map(|s| s.source.clone())
        };
        for (named, until) in &self.host.certificates {
            let (Some(source), Some(days)) = (file(named).or_else(|| row(named)), days(today, *until)) else {
                continue;
            };
            found.extend(expiring(named, *until, days, source));
        }
    }
}

fn expiring(named: &str, until: Date, days: i64, source: Source) -> Option<Finding> {
    const SOON: i64 = 14;
    let help = "renew it, and find out why it was not renewed by itself";
    let message = match days {
        ..0 => format!("the certificate of `{named}` expired on {until}"),
        0..SOON => format!("the certificate of `{named}` is good for {days} more days, until {until}"),
        _ => return None,
    };
    let level = if days < 0 { Level::Error } else { Level::Warning };
    Some(Finding { level, ..Finding::new(&DR05, source, message, help) })
}

fn undocumented(context: &Context<'_>, found: &mut Vec<Finding>) {
    let Some(host) = context.scope.host else { return };
    let Some(document) = context.texts.first() else { return };
    let inventory = told(context.runbook).next().map(|s| s.source.clone());
    let at = inventory.unwrap_or_else(|| document.lines.source(0..0));
    let known = Known::of(context);
    let mut tell = |what: &str, names: Vec<String>| {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        if names.is_empty() {
            return;
        }
        let plural = if names.len() == 1 { "" } else { "s" };
        let message = format!(
            "this machine has {} {what}{plural} that the document does not know: {}",
            names.len(),
            quoted(&names)
        );
        let help = "add what belongs to the team to the inventory, and stop what does not";
        found.push(Finding::new(&DR06, at.clone(), message, help));
    };
    tell("unit", known.strange_units(host));
    tell("container", known.strange_containers(host));
    tell(
        "pm2 application",
        host.apps.iter().flatten().map(|(name, _)| name).filter(|n| !known.has(n)).cloned().collect(),
    );
    tell("open port", known.strange_ports(host));
    tell("cron line", known.strange_lines(host));
}

/// What the documents know: every word in them.
struct Known {
    words: HashSet<String>,
    text: String,
}

impl Known {
    fn of(context: &Context<'_>) -> Known {
        let text: String = context.texts.iter().map(|text| text.lines.text().to_lowercase()).collect();
        let word = |c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '@'));
        let mut words: HashSet<String> = text.split(word).map(|w| w.trim_matches(['.', '-']).to_owned()).collect();
        // What is named by a pattern (`till-{web,api}`) is named.
        let services = context.runbook.services.iter().filter(|s| s.source.origin != Origin::Derived);
        words.extend(services.flat_map(|s| s.names().map(str::to_lowercase)));
        words.extend(context.runbook.services.iter().filter_map(|s| s.port.map(|p| p.to_string())));
        for one in super::used::used(context) {
            words.insert(one.name.to_lowercase());
        }
        Known { words, text }
    }

    fn has(&self, name: &str) -> bool {
        let lower = name.to_lowercase();
        self.words.contains(&lower) || lower.split('@').next().is_some_and(|base| self.words.contains(base))
    }

    /// Units that somebody put on this machine by hand, not those that came with its system.
    fn strange_units(&self, host: &Host) -> Vec<String> {
        const OURS: &[&str] = &["/etc/systemd/system/", "/usr/local/lib/systemd/system/"];
        let own =
            |file: &Option<String>| file.as_deref().is_some_and(|f| OURS.iter().any(|folder| f.starts_with(folder)));
        let running = host.units.iter().flatten().filter(|(_, unit)| unit.state == "active" && own(&unit.file));
        let bare = running.map(|(name, _)| name.trim_end_matches(".service"));
        let passing =
            |name: &&str| name.starts_with("snap") || name.starts_with("systemd-") || name.starts_with("user@");
        let mut names: Vec<String> = bare.filter(|name| !passing(name) && !self.has(name)).map(str::to_owned).collect();
        names.sort_unstable();
        names
    }

    fn strange_containers(&self, host: &Host) -> Vec<String> {
        let running = host.containers.iter().flatten().filter(|c| c.state == "running");
        let service = |c: &&crate::outside::host::Container| c.service.as_deref().is_some_and(|s| self.has(s));
        running.filter(|c| !self.has(&c.name) && !service(c)).map(|c| c.name.clone()).collect()
    }

    /// Ports that others can reach.
    fn strange_ports(&self, host: &Host) -> Vec<String> {
        const USUAL: &[u16] = &[22, 53, 68, 80, 123, 323, 443];
        let open = host.listening.iter().flatten().filter(|l| !l.local && !USUAL.contains(&l.port));
        let strange = open.filter(|l| !self.words.contains(&l.port.to_string()));
        let named = |program: &str| !program.is_empty() && self.has(program);
        strange
            .filter(|l| !l.program.as_deref().is_some_and(|program| named(program) || program == "sshd"))
            .map(|l| match &l.program {
                Some(program) => format!("{} ({program})", l.port),
                None => l.port.to_string(),
            })
            .collect()
    }

    /// Cron lines that are not part of the system.
    fn strange_lines(&self, host: &Host) -> Vec<String> {
        const SYSTEM: &[&str] = &[
            "/etc/crontab", "/etc/cron.d/e2scrub_all", "/etc/cron.d/sysstat", "/etc/cron.d/anacron",
            "/etc/cron.d/certbot", "/etc/cron.d/popularity-contest", "/etc/cron.d/php", "/etc/cron.d/mdadm",
            "/etc/cron.d/zfsutils-linux",
        ];
        let mut names: Vec<String> = Vec::new();
        for line in host.cron.iter().flatten().filter(|line| !SYSTEM.contains(&line.from.as_str())) {
            let program = line.command.split_whitespace().find(|word| {
                !word.contains('=')
                    && !matches!(*word, "cd" | "bash" | "sh" | "/bin/bash" | "/bin/sh" | "sudo" | "test" | "[" | "&&")
            });
            let Some(name) = program.map(|word| word.trim_matches(['"', '\'', ';']).rsplit('/').next().unwrap_or(word))
            else {
                continue;
            };
            if !name.is_empty() && !self.text.contains(&name.to_lowercase()) && !names.iter().any(|n| n == name) {
                names.push(name.to_owned());
            }
        }
        names
    }
}

#[cfg(test)]
mod tests;
