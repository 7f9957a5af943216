//! What a document names of the team's repository and what is not there.

mod referenced;

use std::collections::{BTreeMap, HashMap, HashSet};

use super::prose;
use super::used::{Sort, is_certain, used};
use super::{Context, Kind, Needs, Place};
use crate::command::Effective;
use crate::command::shell::Word;
use crate::near::Guesses;
use crate::outside::Repo;
use crate::outside::repo::Named;
use crate::runbook::sets::names::host_of;
use crate::runbook::{Finding, Level};
use crate::source::{Origin, Source};

pub(super) use referenced::referenced;

pub(super) const KINDS: &[Kind] = &[DR04];

const DR04: Kind = Kind {
    id: "DR04",
    level: Level::Error,
    needs: Needs::Repo,
    what: "The document names a file, a script, a target or a compose service that the repository does not have.",
    why: "Code moves and documents stay. The command fails in the incident, with a message about a file that nobody has seen for a year.",
    wrong: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\nmake restart\n```\n",
    right: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\nmake up\n```\n",
    check: Some(check),
};

/// Files that somebody wrote, as a repository keeps them; data, logs and settings of one machine are made elsewhere.
const WRITTEN: &[&str] = &[
    "sh", "bash", "py", "js", "mjs", "cjs", "ts", "tsx", "rb", "pl", "go", "rs", "php", "lua", "sql", "yml", "yaml",
    "toml", "tf", "hcl", "md", "service", "timer", "tmpl", "tpl", "j2", "ps1", "example", "dockerfile", "proto",
];

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let Some(repo) = context.scope.repo else { return };
    if repo.cut {
        found.extend(told_cut(context));
        return;
    }
    let guesses = Guesses::default();
    let mut missing = Missing { repo, guesses: &guesses, found: BTreeMap::new() };
    let checkouts = checkouts(context, repo);
    for place in &context.places {
        for call in place.command.effective() {
            Typed { place, call: &call, repo, checkouts: &checkouts, missing: &mut missing }.look();
        }
    }
    compose(context, repo, &mut missing);
    links(context, &mut missing);
    mentioned(context, &checkouts, &mut missing);
    let mut all: Vec<Lack> = missing.found.into_values().collect();
    all.sort_by_key(|lack| lack.order);
    found.extend(all.into_iter().map(Lack::finding));
    rest_of(context, repo, &guesses, found);
}

fn told_cut(context: &Context<'_>) -> Option<Finding> {
    let document = context.texts.first()?;
    let message = "the repository has more files than are looked at: what the document names of it was not checked";
    let help = "give `--repo` the folder the document is about";
    Some(Finding { level: Level::Info, ..Finding::new(&DR04, document.lines.source(0..0), message, help) })
}

/// What is not there, each once.
struct Missing<'r> {
    repo: &'r Repo,
    guesses: &'r Guesses,
    found: BTreeMap<(&'static str, String), Lack>,
}

/// One thing that is not there.
struct Lack {
    order: usize,
    finding: Finding,
    also: Vec<u32>,
}

impl Lack {
    fn finding(self) -> Finding {
        const MOST: usize = 5;
        let mut finding = self.finding;
        if !self.also.is_empty() {
            let lines: Vec<String> = self.also.iter().take(MOST).map(u32::to_string).collect();
            let more = if self.also.len() > MOST { ", …" } else { "" };
            let word = if self.also.len() == 1 { "line" } else { "lines" };
            finding.message += &format!(" (also {word} {}{more})", lines.join(", "));
        }
        finding
    }
}

impl Missing<'_> {
    fn add(
        &mut self,
        sort: &'static str,
        name: &str,
        source: Source,
        place: Option<&Place<'_>>,
        said: impl FnOnce() -> (String, String),
    ) {
        let order = self.found.len();
        match self.found.get_mut(&(sort, name.to_owned())) {
            Some(known) => {
                if known.finding.source.line != source.line
                    && !known.also.contains(&source.line)
                    && known.also.len() < 9
                {
                    known.also.push(source.line);
                }
            }
            None => {
                let (message, help) = said();
                let finding = Finding::new(&DR04, source, message, help);
                let finding = match place {
                    Some(place) => finding.of_step(place.step),
                    None => finding,
                };
                self.found.insert((sort, name.to_owned()), Lack { order, finding, also: Vec::new() });
            }
        }
    }

    /// A file that is not there.
    fn file(&mut self, path: &str, source: Source, place: Option<&Place<'_>>) {
        let (repo, guesses) = (self.repo, self.guesses);
        self.add("file", path, source, place, || {
            (format!("the repository has no `{path}`"), help_for_file(repo, path, guesses))
        });
    }
}

fn help_for_file(repo: &Repo, path: &str, guesses: &Guesses) -> String {
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
    if let Some(elsewhere) = repo.named(name).first() {
        return format!("it has `{elsewhere}`: did you mean that?");
    }
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let all = if guesses.spend(repo.files().len() / 10) { repo.files() } else { &[] };
    let beside: Vec<&str> = all
        .iter()
        .filter(|file| folder.is_empty() || file.contains(folder))
        .filter_map(|file| file.rsplit('/').next())
        .take(5000)
        .collect();
    match guesses.closest(name, &beside) {
        Some(near) => {
            let whole = repo.named(near).first().map_or(near, String::as_str);
            format!("did you mean `{whole}`?")
        }
        None => "mend the path, or take the step out if the file is gone for good".into(),
    }
}

/// Folders of the host in which the repository is checked out, as the document's paths show.
fn checkouts(context: &Context<'_>, repo: &Repo) -> HashSet<String> {
    let mut found = HashSet::new();
    let mut take = |path: &str| {
        let mut tail = path.trim_start_matches('/');
        // The whole path below the root is no evidence: `/etc/caddy` beside a folder `etc/caddy` would make `/` a checkout.
        while let Some((_, rest)) = tail.split_once('/') {
            let root = &path[..path.len() - rest.len() - 1];
            if rest.contains('/') && root.len() > 1 && !rest.ends_with('/') && repo.has(rest) {
                found.insert(root.to_owned());
                return;
            }
            tail = rest;
        }
    };
    for place in &context.places {
        for call in place.command.effective() {
            let words = call.command.words.iter().filter(|w| w.text.starts_with('/') && is_certain(w, place.command));
            words.for_each(|w| take(&w.text));
        }
    }
    prose::each(context, &mut |passage| {
        let words = passage.running.text.split_whitespace().filter(|word| word.starts_with('/'));
        words.for_each(|word| take(word.trim_end_matches([',', '.', ';', ')'])));
    });
    found
}

/// One call, held against the repository.
struct Typed<'t, 'r, 'p> {
    place: &'t Place<'p>,
    call: &'t Effective<'p>,
    repo: &'r Repo,
    checkouts: &'t HashSet<String>,
    missing: &'t mut Missing<'r>,
}

impl Typed<'_, '_, '_> {
    fn look(&mut self) {
        // What is inside a container is not what is in the repository.
        if self.call.around.container.is_some() {
            return;
        }
        match self.call.program() {
            "npm" | "pnpm" | "yarn" | "bun" => self.script(),
            "make" | "gmake" => self.targets("make target", &self.repo.targets),
            "just" => self.targets("recipe", &self.repo.recipes),
            "task" => self.targets("task", &self.repo.tasks),
            _ => {}
        }
        self.files();
    }

    fn source(&self, word: &Word) -> Source {
        let whole = self.place.source();
        let before = self.place.command.text.get(..word.span.start).unwrap_or_default();
        let line = whole.line + before.matches('\n').count() as u32;
        Source { line, end_line: line, ..whole }
    }

    /// Operands with their words; options that take a value take it with them.
    fn operands(&self, valued: &[&str]) -> Vec<&Word> {
        let mut found = Vec::new();
        let mut skip = false;
        for word in self.call.args() {
            if std::mem::take(&mut skip) {
                continue;
            }
            if word.text == "--" {
                break;
            }
            if word.text.starts_with('-') {
                skip = valued.contains(&word.text.as_str());
            } else {
                found.push(word);
            }
        }
        found
    }

    /// `npm run build`, `pnpm dev`, `bun run worker`.
    fn script(&mut self) {
        const VALUED: &[&str] = &["--prefix", "-w", "--workspace", "--filter", "-F", "-C", "--cwd", "--dir"];
        let operands = self.operands(VALUED);
        let texts: Vec<&str> = operands.iter().map(|w| w.text.as_str()).collect();
        let at = match (self.call.program(), texts.as_slice()) {
            (_, ["run" | "run-script", _, ..]) => 1,
            ("yarn", ["workspace", _, "run", _, ..]) => 3,
            ("yarn", ["workspace", ..]) => 2,
            ("npm", ["test" | "t" | "stop" | "restart", ..]) | ("pnpm" | "yarn", ["test", ..]) => 0,
            ("pnpm" | "yarn", [first, ..]) if !BUILT_IN.contains(first) => 0,
            _ => return,
        };
        let Some(word) = operands.get(at).copied() else { return };
        let name = word.text.as_str();
        let is_file = name.contains('/') || name.rsplit_once('.').is_some_and(|(_, end)| WRITTEN.contains(&end));
        if is_file || !is_certain(word, self.place.command) || self.repo.scripts.is_empty() {
            return;
        }
        let source = self.source(word);
        let scripts = &self.repo.scripts;
        let name = word.text.clone();
        self.named("script", &name, source, scripts, "`package.json`");
    }

    fn targets(&mut self, sort: &'static str, known: &[Named]) {
        if known.is_empty() {
            return;
        }
        let operands = self.operands(&[
            "-C", "-f", "--directory", "--file", "-j", "--justfile", "-d", "--working-directory", "-t", "--dir",
        ]);
        let targets: Vec<Word> = operands
            .into_iter()
            .filter(|w| !w.text.contains('=') && is_certain(w, self.place.command))
            .take(if sort == "make target" { usize::MAX } else { 1 })
            .cloned()
            .collect();
        for word in targets {
            let source = self.source(&word);
            self.named(sort, &word.text, source, known, "the repository");
        }
    }

    fn named(&mut self, sort: &'static str, name: &str, source: Source, known: &[Named], place: &str) {
        if known.iter().any(|k| k.name == name) || self.repo.has(name) {
            return;
        }
        let names: Vec<&str> = known.iter().map(|k| k.name.as_str()).collect();
        let guesses = self.missing.guesses;
        self.missing.add(sort, name, source, Some(self.place), || {
            let help = match guesses.closest(name, &names) {
                Some(near) => {
                    let at = known.iter().find(|k| k.name == near).map(|k| format!(" ({k})")).unwrap_or_default();
                    format!("did you mean `{near}`{at}?")
                }
                None => format!("known there: {}", some(&names)),
            };
            let place = if place == "the repository" { place } else { "no package.json" };
            let message = match place {
                "the repository" => format!("the repository has no {sort} `{name}`"),
                _ => format!("{place} has a script `{name}`"),
            };
            (message, help)
        });
    }

    /// Files among the words: scripts that are run, files that are read.
    fn files(&mut self) {
        let call = self.call;
        let words = &call.command.words;
        let interpreter = matches!(
            call.program(),
            "bash"
                | "sh"
                | "zsh"
                | "python"
                | "python3"
                | "node"
                | "ruby"
                | "perl"
                | "php"
                | "tsx"
                | "ts-node"
                | "deno"
                | "source"
                | "."
        );
        // The last operand of these is made, not read.
        let makes = matches!(
            call.program(),
            "cp" | "mv"
                | "tee"
                | "touch"
                | "mkdir"
                | "scp"
                | "rsync"
                | "ln"
                | "install"
                | "git"
                | "rm"
                | "nano"
                | "vim"
                | "vi"
        );
        let last = if makes { words.len().saturating_sub(1) } else { usize::MAX };
        let mut run = interpreter;
        for (at, word) in words.iter().enumerate() {
            if at == last || !is_certain(word, self.place.command) {
                continue;
            }
            let text = word
                .text
                .split_once('=')
                .filter(|(name, _)| name.starts_with('-'))
                .map_or(word.text.as_str(), |(_, v)| v);
            let first_operand = at > 0 && run && !word.text.starts_with('-');
            let runs = at == 0 || first_operand;
            if first_operand {
                run = false;
            }
            if let Some(path) = self.lacks(text, runs) {
                let (source, place) = (self.source(word), self.place);
                self.missing.file(&path, source, Some(place));
            }
        }
    }

    fn lacks(&self, text: &str, runs: bool) -> Option<String> {
        lacks(text, runs, self.repo, self.checkouts)
    }
}

/// The path in the repository that a text names and that is not there.
fn lacks(text: &str, runs: bool, repo: &Repo, checkouts: &HashSet<String>) -> Option<String> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '@' | '+' | '~');
    if text.len() < 3
        || text.contains("://")
        || !text.chars().all(plain)
        || text.contains("//")
        || text.starts_with("/path/to")
    {
        return None;
    }
    let name = text.rsplit('/').next().unwrap_or(text);
    let (stem, ending) = name.rsplit_once('.')?;
    let written = WRITTEN.contains(&ending.to_lowercase().as_str()) && !stem.is_empty();
    if !written {
        return None;
    }
    if text.starts_with(['/', '~']) {
        let root =
            checkouts.iter().filter(|root| text.starts_with(&format!("{root}/"))).max_by_key(|root| root.len())?;
        let path = &text[root.len() + 1..];
        return (!repo.has(path) && !repo.ignores(path)).then(|| path.to_owned());
    }
    let path = text.trim_start_matches("./").trim_start_matches("../");
    // A bare name is a file of the folder somebody is in, unless it is run.
    let counts = path.contains('/') || text.starts_with("./") || runs;
    let there = || repo.found(path).next().is_some() || path.contains("../");
    (counts && !there() && !repo.ignores(path)).then(|| path.to_owned())
}

const BUILT_IN: &[&str] = &[
    "add", "audit", "bin", "cache", "ci", "config", "create", "dedupe", "deploy", "dlx", "env", "exec", "fetch",
    "global", "help", "i", "import", "info", "init", "install", "ls", "link", "list", "login", "node", "outdated",
    "pack", "patch", "prune", "publish", "rebuild", "remove", "root", "run", "self-update", "set", "setup", "start",
    "store", "up", "update", "upgrade", "upgrade-interactive", "version", "versions", "view", "why", "workspace",
    "workspaces", "x", "plugin", "corepack", "unlink", "constraints",
];

fn some(names: &[&str]) -> String {
    const MOST: usize = 6;
    let mut names: Vec<&str> = names.to_vec();
    names.sort_unstable();
    names.dedup();
    let more = if names.len() > MOST { ", …" } else { "" };
    format!("{}{more}", names.iter().take(MOST).map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", "))
}

/// Compose services and containers that no compose file has.
fn compose(context: &Context<'_>, repo: &Repo, missing: &mut Missing<'_>) {
    if repo.services.is_empty() || !repo.unread.is_empty() {
        return;
    }
    let services: HashMap<&str, Option<&str>> =
        repo.services.iter().map(|s| (s.named.name.as_str(), s.container.as_deref())).collect();
    let containers: HashSet<&str> = repo.services.iter().filter_map(|s| s.container.as_deref()).collect();
    let names: Vec<&str> = services.keys().copied().collect();
    let guesses = missing.guesses;
    for one in used(context) {
        let name = one.name.as_str();
        match one.sort {
            Sort::Service if !services.contains_key(name) => {
                missing.add("compose service", name, one.place.source(), Some(&one.place), || {
                    let own = repo.services.iter().find(|s| s.container.as_deref() == Some(name));
                    let help = match (own, guesses.closest(name, &names)) {
                        (Some(own), _) => {
                            format!("that is a container; its service is `{}` ({})", own.named.name, own.named)
                        }
                        (None, Some(near)) => format!("did you mean `{near}`?"),
                        (None, None) => format!("known there: {}", some(&names)),
                    };
                    (format!("no compose file of the repository has a service `{name}`"), help)
                });
            }
            Sort::Container if !containers.contains(name) => {
                if let Some(Some(container)) = services.get(name) {
                    missing.add("container", name, one.place.source(), Some(&one.place), || {
                        let help = format!("write `{container}`, or `docker compose` in front of the service");
                        (format!("`{name}` is a compose service; its container is named `{container}`"), help)
                    });
                }
            }
            _ => {}
        }
    }
}

/// Relative links of the documents.
fn links(context: &Context<'_>, missing: &mut Missing<'_>) {
    let repo = missing.repo;
    prose::each(context, &mut |passage| {
        for inline in &passage.inlines.0 {
            let Some(link) = inline.link.as_deref() else { continue };
            let file = link.split(['#', '?']).next().unwrap_or_default().replace("%20", " ");
            if file.is_empty() || file.contains([':', '<', '{', '$']) || file.starts_with("//") {
                continue;
            }
            let source = passage.source_of(inline);
            let own = repo.documents.get(&*source.file).map(String::as_str);
            let folder = own.and_then(|path| path.rsplit_once('/')).map_or("", |(folder, _)| folder);
            let target = joined(folder, &file);
            let there = match (&target, own) {
                // A document from elsewhere: its folder is not known.
                (_, None) => repo.found(file.trim_start_matches(['.', '/'])).next().is_some(),
                (Some(target), Some(_)) => repo.has(target) || repo.ignores(target),
                // It leads out of the repository.
                (None, Some(_)) => true,
            };
            if !there {
                let path = target.unwrap_or(file);
                missing.file(&path, source, None);
            }
        }
    });
}

/// A relative path from a folder; `None` where it leads out of the repository.
fn joined(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = if path.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    parts.retain(|part| !part.is_empty());
    Some(parts.join("/"))
}

/// Paths in running text: `config/config.example.json`, `/srv/shop/deploy/backup.sh`.
fn mentioned(context: &Context<'_>, checkouts: &HashSet<String>, missing: &mut Missing<'_>) {
    let repo = missing.repo;
    prose::each(context, &mut |passage| {
        for inline in passage.inlines.codes().filter(|inline| !inline.text.contains(' ') && inline.link.is_none()) {
            // What is told to be made is not there yet.
            let made = ["create", "generate", "write", "new file", "add a"]
                .iter()
                .any(|w| passage.running.text.to_lowercase().contains(w));
            if let Some(path) = lacks(&inline.text, false, repo, checkouts).filter(|_| !made) {
                missing.file(&path, passage.source_of(inline), None);
            }
        }
    });
}

/// Units, addresses and variables of which the repository has most, but not this one.
fn rest_of(context: &Context<'_>, repo: &Repo, guesses: &Guesses, found: &mut Vec<Finding>) {
    let told = || context.runbook.services.iter().filter(|s| s.source.origin != Origin::Derived);
    let units: HashSet<&str> = repo.units().into_iter().collect();
    let by_unit: Vec<(&str, &Source)> = told().filter_map(|s| Some((s.unit.as_deref()?, &s.source))).collect();
    lacking(&by_unit, |unit| units.contains(unit), "unit file", found);
    let sites: HashSet<&str> = repo.sites.iter().map(|site| site.name.as_str()).collect();
    let hosts = told().filter_map(|s| Some((host_of(s.endpoint.as_deref()?), &s.source)));
    let by_host: Vec<(&str, &Source)> = hosts.filter(|(host, _)| host.contains('.')).collect();
    let served = |host: &str| {
        let wild = || host.split_once('.').is_some_and(|(_, rest)| sites.contains(format!("*.{rest}").as_str()));
        sites.contains(host) || wild()
    };
    lacking(&by_host, served, "site of a proxy", found);
    variables(context, repo, guesses, found);
}

/// Says which of many are not there, where most are.
fn lacking(all: &[(&str, &Source)], has: impl Fn(&str) -> bool, sort: &str, found: &mut Vec<Finding>) {
    let (there, gone): (Vec<_>, Vec<_>) = all.iter().partition(|(name, _)| has(name));
    if there.len() < 2 || gone.len() * 2 > there.len() {
        return;
    }
    for (name, source) in gone {
        let message = format!("the repository has a {sort} for {} of the services, and none for `{name}`", there.len());
        let help = "add it to the repository, or mend the row";
        found.push(Finding::new(&DR04, (*source).clone(), message, help));
    }
}

/// Variables that are set or looked for in an environment file, and that its example spells another way.
fn variables(context: &Context<'_>, repo: &Repo, guesses: &Guesses, found: &mut Vec<Finding>) {
    let known: Vec<&str> = repo.variables.iter().map(|v| v.name.as_str()).collect();
    if known.len() < 3 {
        return;
    }
    let mut seen = HashSet::new();
    for place in context.places.iter().filter(|place| place.command.text.contains(".env")) {
        for call in
            place.command.effective().iter().filter(|call| matches!(call.program(), "echo" | "grep" | "sed" | "printf"))
        {
            for name in call.args().iter().flat_map(|word| shouted(&word.text)) {
                if known.contains(&name) || !seen.insert(name.to_owned()) {
                    continue;
                }
                let Some(near) = guesses.closest(name, &known) else { continue };
                let at = repo.variables.iter().find(|v| v.name == near).map(ToString::to_string).unwrap_or_default();
                let message = format!("no example of an environment file in the repository has `{name}`");
                found.push(place.finding(&DR04, message, format!("did you mean `{near}` ({at})?")));
            }
        }
    }
}

/// Words such as `PAY_TO` in a text.
fn shouted(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'));
    words.filter(|word| word.len() > 4 && word.contains('_') && word.starts_with(|c: char| c.is_ascii_uppercase()))
}

#[cfg(test)]
mod tests;
