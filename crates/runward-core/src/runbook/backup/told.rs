//! What words say of a backup: how it is made, where it goes, when, and how long it is kept.

use super::super::columns::is_nothing;
use super::super::field::Field;
use super::super::markdown::Inlines;
use super::super::words::often::often;
use super::super::words::{floor, normal};

/// What is told of a backup.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Told {
    pub method: Option<String>,
    pub destination: Option<String>,
    pub schedule: Option<String>,
    pub keep: Option<String>,
}

impl Told {
    /// Notes what a label says; false where that is about something else, or was said before.
    pub fn take(&mut self, field: Field, text: &str) -> bool {
        let slot = match field {
            Field::How | Field::Command => &mut self.method,
            Field::Where => &mut self.destination,
            Field::When => &mut self.schedule,
            Field::Keep => &mut self.keep,
            _ => return false,
        };
        let free = slot.is_none() && !is_nothing(text);
        if free {
            *slot = Some(text.to_owned());
        }
        free
    }

    /// How much is told.
    pub fn facts(&self) -> usize {
        [&self.method, &self.destination, &self.schedule, &self.keep].iter().filter(|fact| fact.is_some()).count()
    }

    /// The same, completed by what holds for all.
    pub fn or(self, common: &Told) -> Told {
        Told {
            method: self.method.or_else(|| common.method.clone()),
            destination: self.destination.or_else(|| common.destination.clone()),
            schedule: self.schedule.or_else(|| common.schedule.clone()),
            keep: self.keep.or_else(|| common.keep.clone()),
        }
    }

    /// `Orders are dumped nightly with pg_dump to s3://pots and kept for 14 days.`
    pub fn in_sentence(sentence: &str) -> Option<(String, Told)> {
        let told = Told::in_words(sentence)?;
        let dataset = acted_on(sentence)?;
        (told.facts() >= 2).then_some((dataset, told))
    }

    /// `- **orders**: nightly, kept 14 days`. Where a label announced names, an item that says no more is one.
    pub fn in_item(text: &Inlines, named: bool) -> Option<(String, Told)> {
        let said = text.with_ticks();
        let told = Told::in_words(&said);
        let leading =
            text.0.first().filter(|i| i.strong || i.code).map(|i| i.text.trim_end_matches(':').trim().to_owned());
        let end = [":", " - ", " – ", " — ", "("].iter().filter_map(|mark| said.find(mark)).min();
        let begins =
            || end.map(|end| said[..end].trim().to_owned()).filter(|name| name.split_whitespace().count() <= 5);
        if named && !is_negated(&said) {
            let name = leading.or_else(begins).unwrap_or_else(|| said.clone());
            return Some((name.trim_matches('`').to_owned(), told.unwrap_or_default()));
        }
        let told = told.filter(|told| told.facts() >= 2)?;
        let name = acted_on(&said).or(leading).or_else(begins)?;
        Some((name.trim_matches('`').to_owned(), told))
    }

    /// What running words tell; `None` where they say that something is not backed up.
    fn in_words(text: &str) -> Option<Told> {
        const LONGEST: usize = 600;
        let text = &text[..floor(text, text.len().min(LONGEST))];
        if is_negated(text) {
            return None;
        }
        Some(Told { method: method(text), destination: destination(text), schedule: schedule(text), keep: keep(text) })
    }
}

/// The sentences of a text, its code in backticks.
pub(super) fn sentences(text: &Inlines) -> Vec<String> {
    text.with_ticks().replace('\n', " ").split(". ").map(|s| s.trim().trim_end_matches('.').to_owned()).collect()
}

/// Whether words say that something is not backed up.
pub(super) fn is_negated(text: &str) -> bool {
    const NOT: &[&str] = &[
        "not covered", "not backed", "no backup", "isnt backed", "isn t backed", "arent backed", "aren t backed",
        "without backup", "not included", "never backed", "excluded from", "nicht gesichert", "kein backup",
        "keine sicherung", "no se respalda", "sin copia", "sin respaldo", "no incluid", "pas sauvegard", "nao e salv",
        "nao ha backup", "sem backup", "yedeklenmi", "yedegi yok", "non e salvat", "nessun backup", "niet geback",
        "geen backup", "not yet backed",
    ];
    let words = normal(text);
    NOT.iter().any(|not| words.contains(not))
}

/// What is backed up in a sentence: `the orders database is dumped`, `we back up /srv/pots`, `backups of orders`.
fn acted_on(text: &str) -> Option<String> {
    const MOST_WORDS: usize = 5;
    let lower = text.to_lowercase();
    let made = |at: usize| {
        let behind = lower[at..].trim_start();
        [
            "dumped", "backed", "copied", "saved", "snapshotted", "archived", "exported", "synced", "uploaded",
            "gesichert", "wird",
        ]
        .iter()
        .any(|verb| behind.starts_with(verb))
    };
    let passive = [" is ", " are ", " gets ", " wird ", " werden "]
        .iter()
        .filter_map(|verb| {
            lower.find(verb).filter(|at| *verb == " wird " || *verb == " werden " || made(at + verb.len()))
        })
        .min()
        .map(|at| text.get(..at).unwrap_or_default());
    let active = [
        "back up ", "backs up ", "backup of ", "backups of ", "dump of ", "dumps of ", "snapshot of ", "snapshots of ",
        "copy of ",
    ]
    .iter()
    .find_map(|verb| lower.find(verb).and_then(|at| text.get(at + verb.len()..)))
    .map(|rest| {
        let end = [" to ", " with ", " into ", " every ", " via ", " using ", ", ", " and kept"]
            .iter()
            .filter_map(|stop| rest.find(stop))
            .min();
        &rest[..end.unwrap_or(rest.len())]
    });
    let name = passive.or(active)?.trim().trim_matches('`');
    let name = ["The ", "the ", "All ", "Our ", "our "]
        .iter()
        .fold(name, |name, article| name.strip_prefix(article).unwrap_or(name));
    (!name.is_empty() && name.split_whitespace().count() <= MOST_WORDS).then(|| name.to_owned())
}

/// Programs that make copies.
const PROGRAMS: &[&str] = &[
    "pg_dump", "pg_dumpall", "pg_basebackup", "mysqldump", "mariadb-dump", "mongodump", "restic", "borg", "borgmatic",
    "rclone", "rsync", "duplicity", "wal-g", "pgbackrest", "barman", "xtrabackup", "mariabackup", "velero",
    "litestream", "kopia", "tar",
];

fn method(text: &str) -> Option<String> {
    let code = text.split('`').skip(1).step_by(2);
    let like = |code: &&str| {
        let first = code.split_whitespace().next().unwrap_or_default();
        PROGRAMS.contains(&first)
            || code.contains(".backup")
            || (first.contains("backup") && (first.contains('/') || first.contains('.')))
    };
    let coded = code.clone().find(like).map(str::to_owned);
    coded.or_else(|| {
        let bare =
            |word: &&str| PROGRAMS.contains(&word.trim_matches(|c: char| !c.is_alphanumeric() && c != '_' && c != '-'));
        text.split_whitespace().find(bare).map(|word| word.trim_matches(['`', ',', '.', '(', ')']).to_owned())
    })
}

fn destination(text: &str) -> Option<String> {
    const SCHEMES: &[&str] =
        &["s3://", "gs://", "gcs://", "az://", "b2://", "r2://", "sftp://", "rsync://", "s3:", "b2:", "ssh://"];
    let words = || text.split_whitespace().map(|w| w.trim_matches(['`', ',', '.', ';', '(', ')', '"', '\'']));
    let remote = |word: &&str| SCHEMES.iter().any(|scheme| word.starts_with(scheme));
    if let Some(found) = words().find(remote) {
        return Some(found.to_owned());
    }
    let lower = text.to_lowercase();
    let at = [" to ", " into ", " nach ", " auf ", " hacia ", " vers ", " para ", " naar "]
        .iter()
        .find_map(|word| Some(lower.find(word)? + word.len()))?;
    let rest = text.get(at..)?;
    let end =
        [", ", "; ", " and ", " und ", " y ", " et ", " e ", " (", " every", " daily", " nightly", ", kept", " for "]
            .iter()
            .filter_map(|stop| rest.find(stop))
            .min();
    let found = rest[..end.unwrap_or(rest.len())].trim().trim_matches('`').trim_end_matches('.');
    (!found.is_empty() && found.split_whitespace().count() <= 6).then(|| found.to_owned())
}

fn schedule(text: &str) -> Option<String> {
    if let Some(cron) = text.split('`').skip(1).step_by(2).find(|code| is_cron(code)) {
        return Some(cron.trim().to_owned());
    }
    let clause = text.split([',', ';']).find(|clause| often(clause).is_some())?;
    // The words that say how often, and the hour beside them.
    let words: Vec<&str> = clause.split_whitespace().collect();
    let from = (0..words.len()).rev().find(|at| often(&words[*at..].join(" ")).is_some())?;
    let to = (from + 1..=words.len()).find(|to| often(&words[from..*to].join(" ")).is_some())?;
    let hour = words[to..].iter().take(3).position(|word| is_hour(word)).map(|at| to + at + 1);
    let zone = hour.filter(|at| {
        words.get(*at).is_some_and(|w| {
            w.trim_matches([',', '.', ')']).len() <= 4 && w.chars().next().is_some_and(char::is_uppercase)
        })
    });
    let end = zone.map(|at| at + 1).or(hour).unwrap_or(to);
    Some(words[from..end].join(" ").trim_matches(['(', ')', ',', '.']).to_owned())
}

fn is_hour(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_ascii_digit());
    bare.split_once(':').is_some_and(|(hour, minute)| hour.parse::<u8>().is_ok_and(|h| h < 24) && minute.len() == 2)
}

/// Five fields of a crontab.
pub(super) fn is_cron(text: &str) -> bool {
    let fields: Vec<&str> = text.split_whitespace().collect();
    fields.len() == 5 && fields.iter().all(|field| is_cron_field(field)) && fields.contains(&"*")
}

fn is_cron_field(field: &str) -> bool {
    field.chars().all(|c| c.is_ascii_digit() || "*/,-".contains(c))
        || (field.len() == 3 && field.chars().all(|c| c.is_ascii_alphabetic()))
}

/// `0 3 * * * /opt/save.sh`, `@daily /opt/save.sh`: when and what.
pub(super) fn cron_line(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    if line.starts_with('@') {
        return line.split_once(' ').map(|(when, what)| (when, what.trim())).filter(|(when, _)| when.len() > 4);
    }
    let mut at = 0;
    for _ in 0..5 {
        let rest = line.get(at..)?;
        let skipped = rest.len() - rest.trim_start().len();
        let field = rest.trim_start().split(char::is_whitespace).next()?;
        if field.is_empty() || !is_cron_field(field) {
            return None;
        }
        at += skipped + field.len();
    }
    let (when, what) = (line.get(..at)?, line.get(at..)?.trim());
    (is_cron(when) && !what.is_empty()).then_some((when, what))
}

/// How long copies are kept: `kept for 14 days`, `30 days retention`, `keep the last 7`.
fn keep(text: &str) -> Option<String> {
    const KEEPS: &[&str] = &[
        "keep", "kept", "keeps", "keeping", "retention", "retain", "retained", "aufbewahrt", "aufbewahrung",
        "behalten", "conserva", "conservan", "retencion", "conserve", "conserves", "retention", "mantido", "mantidos",
        "retencao", "saklanir", "conservati", "conservato", "bewaard", "bewaren", "last",
    ];
    let words = normal(text);
    let words: Vec<&str> = words.split(' ').collect();
    for (at, word) in words.iter().enumerate().filter(|(_, word)| word.bytes().all(|b| b.is_ascii_digit())) {
        let unit = words.get(at + 1).filter(|unit| often(&format!("every {unit}")).is_some());
        let before = words[at.saturating_sub(5)..at].iter().any(|w| KEEPS.contains(w));
        let behind = words.get(at + 2).is_some_and(|w| KEEPS.contains(w));
        match unit {
            Some(unit) if before || behind => return Some(format!("{word} {unit}")),
            None if words[..at].ends_with(&["last"]) => return Some(format!("last {word}")),
            _ => {}
        }
    }
    None
}

/// `BACKUP_RETENTION_DAYS=30`: what a setting says.
pub(super) fn setting(line: &str) -> Option<(Field, &str)> {
    let line = line.trim().trim_start_matches("export ").trim_start_matches(['-', ' ']);
    let (name, value) = line.split_once('=').or_else(|| line.split_once(": "))?;
    let named = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let value = value.split(" #").next()?.trim().trim_matches(['"', '\'']);
    let word = |known: &[&str]| name.split(['_', '-']).any(|w| known.contains(&w.to_ascii_lowercase().as_str()));
    let field = if word(&["schedule", "cron"]) {
        Field::When
    } else if word(&["retention", "keep", "retain"]) {
        Field::Keep
    } else if word(&["bucket", "destination", "dest", "target", "repository"]) {
        Field::Where
    } else {
        return None;
    };
    // What a test of restoring does at night is no backup.
    let other = word(&["test", "verify", "restore", "webhook", "alert"]);
    (named && !value.is_empty() && !other).then_some((field, value))
}
