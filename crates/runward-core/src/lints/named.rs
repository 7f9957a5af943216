//! What the documents name of a machine: programs, files, certificates, what cron runs, and what kinds of things at all.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::prose::{self, Passage};
use super::used::{Sort, Used, is_certain, used};
use super::{Context, Place};
use crate::command::shell::Redirect;
use crate::outside::host::Asked;
use crate::outside::looks::About;
use crate::runbook::Runbook;
use crate::runbook::sets::names::host_of;
use crate::service::Service;
use crate::source::{Origin, Source};

/// Something the documents name, with where first and in which command.
#[derive(Clone)]
pub(super) struct Mention<'r> {
    pub source: Source,
    pub place: Option<Place<'r>>,
}

/// Everything the documents name of a machine.
#[derive(Default)]
pub(super) struct Named<'r> {
    pub used: Vec<Used<'r>>,
    pub programs: BTreeMap<String, Mention<'r>>,
    pub files: BTreeMap<String, Mention<'r>>,
    /// Scripts that the text says cron runs.
    pub cron: BTreeMap<String, Source>,
}

impl<'r> Named<'r> {
    pub(super) fn of(context: &Context<'r>) -> Named<'r> {
        let mut named = Named { used: used(context), ..Named::default() };
        for place in &context.places {
            named.typed(place);
        }
        let mut section = Section::default();
        prose::each(context, &mut |passage| {
            if section.title != *passage.title {
                section.end(&mut named.cron);
                section.title = passage.title.to_string();
            }
            section.take(passage);
            for (path, source) in paths(passage) {
                named.files.entry(path).or_insert(Mention { source, place: None });
            }
        });
        section.end(&mut named.cron);
        for service in told(context.runbook) {
            let rows = [service.env_file.as_deref(), service.database.as_deref()];
            let files = rows.into_iter().flatten().filter_map(|cell| cell.split_whitespace().next()).filter_map(path);
            for file in files {
                named.files.entry(file).or_insert(Mention { source: service.source.clone(), place: None });
            }
        }
        named
    }

    fn typed(&mut self, place: &Place<'r>) {
        for call in place.command.effective() {
            if call.around.container.is_some() {
                continue;
            }
            let mention = || Mention { source: place.source(), place: Some(*place) };
            let first = call.command.words.first().filter(|word| is_certain(word, place.command));
            if let Some(program) = first.map(|word| word.text.as_str()).filter(|p| is_program(p)) {
                self.programs.entry(program.to_owned()).or_insert_with(mention);
            }
            let makes = MAKES.contains(&call.program());
            let words = &call.command.words;
            let until = if makes { words.len().saturating_sub(1) } else { words.len() };
            let read = call
                .command
                .redirects
                .iter()
                .filter_map(|r| if let Redirect::Read(word) = r { Some(word) } else { None });
            for word in words.iter().take(until).chain(read).filter(|w| is_certain(w, place.command)) {
                if let Some(path) = path(&word.text) {
                    self.files.entry(path).or_insert_with(mention);
                }
            }
        }
    }
}

/// Programs whose last operand is made by them, or may be gone.
const MAKES: &[&str] =
    &["cp", "mv", "tee", "touch", "mkdir", "rsync", "scp", "ln", "install", "tar", "rm", "curl", "wget"];

/// The services that the documents name as such, on this machine.
pub(super) fn told(runbook: &Runbook) -> impl Iterator<Item = &Service> {
    runbook.services.iter().filter(|s| s.source.origin != Origin::Derived && s.host.is_none())
}

/// What the shell knows by itself, and words of its grammar.
const BUILT_IN: &[&str] = &[
    ".", ":", "[", "[[", "alias", "bg", "break", "builtin", "cd", "command", "continue", "declare", "dirs", "disown",
    "echo", "eval", "exec", "exit", "export", "false", "fg", "getopts", "hash", "history", "jobs", "kill", "let",
    "local", "logout", "popd", "printf", "pushd", "pwd", "read", "readonly", "return", "set", "shift", "shopt",
    "source", "suspend", "test", "time", "times", "trap", "true", "type", "typeset", "ulimit", "umask", "unalias",
    "unset", "until", "wait", "while", "if", "then", "else", "fi", "do", "done", "for", "case", "esac", "function",
];

fn is_program(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+');
    word.len() > 1
        && word.chars().all(plain)
        && word.starts_with(|c: char| c.is_ascii_lowercase())
        && !word.ends_with('.')
        && !BUILT_IN.contains(&word)
}

/// An absolute path as it stands, where it names one thing that lasts.
fn path(text: &str) -> Option<String> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '@' | '+');
    let bare = text.trim_end_matches(['.', ',', ';', ':', ')']);
    let deep = bare.trim_matches('/').contains('/');
    let passing = ["/tmp/", "/proc/", "/dev/", "/sys/", "/path/", "/run/", "/var/run/"];
    let lasts = !passing.iter().any(|folder| bare.starts_with(folder)) && !bare.contains("/..") && !bare.contains("//");
    let sample =
        bare.contains("example") || bare.split('/').any(|part| part.bytes().filter(u8::is_ascii_digit).count() >= 8);
    (bare.starts_with('/') && deep && bare.len() < 300 && bare.chars().all(plain) && lasts && !sample)
        .then(|| bare.to_owned())
}

/// Paths that a text sets as code, and that are no paths of addresses.
fn paths(passage: &Passage<'_>) -> Vec<(String, Source)> {
    const ROOTS: &[&str] =
        &["/etc/", "/var/", "/opt/", "/srv/", "/usr/", "/home/", "/root/", "/data/", "/mnt/", "/backup"];
    let known = |path: &String| ROOTS.iter().any(|root| path.starts_with(root));
    let codes = passage.inlines.codes().filter(|code| !code.text.contains(' '));
    codes.filter_map(|code| Some((path(&code.text).filter(known)?, passage.source_of(code)))).collect()
}

/// What one section says of cron: that it is used at all, and which scripts it names.
#[derive(Default)]
struct Section {
    title: String,
    cron: bool,
    scripts: Vec<(String, Source)>,
}

impl Section {
    fn take(&mut self, passage: &Passage<'_>) {
        let text = passage.running.text.to_lowercase();
        let words = text.split(|c: char| !c.is_alphanumeric());
        self.cron |= words.into_iter().any(|word| word == "cron" || word == "crontab" || word == "cronjob");
        let script = |(path, _): &(String, Source)| [".sh", ".py", ".rb", ".pl"].iter().any(|end| path.ends_with(end));
        self.scripts.extend(paths(passage).into_iter().filter(script));
    }

    fn end(&mut self, cron: &mut BTreeMap<String, Source>) {
        let scripts = std::mem::take(&mut self.scripts);
        if std::mem::take(&mut self.cron) {
            for (path, source) in scripts {
                cron.entry(path).or_insert(source);
            }
        }
    }
}

/// What must be looked at on a machine to hold these documents, given as name and text, against it.
pub fn asked(documents: &[(&str, &str)]) -> Asked {
    let (runbook, texts) = Runbook::without_findings(documents.iter().copied());
    let scope = super::Scope::default();
    let context = Context::new(&runbook, &texts, &scope);
    let named = Named::of(&context);
    let is_certificate = |file: &&String| {
        let lower = file.to_lowercase();
        [".pem", ".crt", ".cer"].iter().any(|end| lower.ends_with(end))
            && !lower.contains("privkey")
            && !lower.contains("key.")
    };
    let host = |service: &Service| {
        let url = service.url()?;
        let host = host_of(&url);
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
        (url.starts_with("https://") && host.contains('.') && host.chars().all(plain)).then(|| host.to_owned())
    };
    Asked {
        about: about(&context, &named),
        programs: named.programs.keys().cloned().collect(),
        certificates: named.files.keys().filter(is_certificate).cloned().collect(),
        files: named.files.keys().cloned().collect(),
        served: told(&runbook).filter_map(host).collect(),
    }
}

/// What kinds of things the documents speak of: what nobody speaks of need not be looked at, and is not missed.
pub(super) fn about(context: &Context<'_>, named: &Named<'_>) -> BTreeSet<About> {
    let mut found = BTreeSet::from([About::Listening]);
    let sorts: HashSet<Sort> = named.used.iter().map(|one| one.sort).collect();
    let services = || told(context.runbook);
    let program = |names: &[&str]| names.iter().any(|name| named.programs.contains_key(*name));
    if sorts.contains(&Sort::Unit) || services().any(|s| s.unit.is_some()) || program(&["systemctl", "journalctl"]) {
        found.extend([About::Units, About::UnitFiles, About::Fragments]);
    }
    let containers = sorts.contains(&Sort::Container) || sorts.contains(&Sort::Service);
    if containers || services().any(|s| s.container.is_some()) || program(&["docker", "docker-compose", "podman"]) {
        found.extend([About::Containers, About::Projects]);
    }
    if sorts.contains(&Sort::App) || services().any(|s| s.pm2.is_some()) || program(&["pm2"]) {
        found.insert(About::Apps);
    }
    if !named.cron.is_empty() || program(&["crontab"]) {
        found.insert(About::Crontab);
    }
    let engine = |names: &[&str]| context.runbook.databases.iter().any(|d| names.contains(&d.engine.as_str()));
    if engine(&["postgresql"]) || program(&["psql", "pg_dump", "pg_restore"]) {
        found.insert(About::Postgres);
    }
    if engine(&["redis"]) || program(&["redis-cli"]) {
        found.insert(About::Redis);
    }
    if engine(&["mongodb"]) || program(&["mongosh", "mongo", "mongodump"]) {
        found.insert(About::Mongo);
    }
    found
}
