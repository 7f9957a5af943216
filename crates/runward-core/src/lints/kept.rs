//! Secrets kept in clear: in the runbook itself, in files anybody can read, in a crontab, in a repository.

use std::sync::LazyLock;

use regex::Regex;

use super::acts;
use super::calls::Call;
use super::near::{Page, Prose, has_any, has_word};
use super::secret::{is_secret, variable_in};
use super::{Context, Kind, Needs};
use crate::pattern::{any_of, pattern};
use crate::runbook::{Finding, Level};

pub(super) const KINDS: &[Kind] = &[SE03];

const SE03: Kind = Kind {
    id: "SE03",
    level: Level::Warning,
    needs: Needs::Document,
    what: "A secret is written down in clear: in the runbook, in a file of everybody's, in a crontab, in a repository.",
    why: "A runbook is read by many and kept in git for ever. A sample password that is pasted as it stands is the password from then on; a file made without care can be read by every user.",
    wrong: "# Ops\n\n## Set up the cache\n\n```bash\nexport REDIS_PASSWORD=your-strong-password-here\ndocker compose up -d cache\n```\n",
    right: "# Ops\n\n## Set up the cache\n\n```bash\nREDIS_PASSWORD=$(openssl rand -hex 24)\nexport REDIS_PASSWORD\ndocker compose up -d cache\n```\n",
    check: Some(|context, found| {
        found.extend(context.calls.all().iter().filter_map(|call| kept(context, call)));
        for page in context.near.pages() {
            known_shapes(page, found);
            spoken(page, found);
        }
    }),
};

fn kept(context: &Context<'_>, call: &Call<'_>) -> Option<Finding> {
    if let Some((name, value)) = literal(call) {
        let sample = is_sample(value);
        let message = if sample {
            format!("`{name}` is set to a sample value: pasted as it stands, that is the password from then on")
        } else {
            format!("`{name}` stands here in clear, for everybody who can read this runbook")
        };
        let help = "make one where it is needed (`openssl rand -hex 24`), or fetch it from the secret store";
        return Some(call.finding(&SE03, message, help));
    }
    let (what, help) = written_openly(context, call).or_else(|| committed(call)).or_else(|| manifest(context, call))?;
    Some(call.finding(&SE03, what, help))
}

/// `export DB_PASSWORD=hunter2`, `DB_PASSWORD=hunter2 ./job`, `echo "DB_PASSWORD=hunter2" >> .env`.
fn literal<'r>(call: &Call<'r>) -> Option<(&'r str, &'r str)> {
    let assigned = call.command.assigns.iter().map(String::as_str);
    let declares = matches!(call.program, "export" | "declare" | "set" | "setenv");
    let writes = matches!(call.program, "echo" | "printf") && call.redirected().next().is_some();
    let words = call.args().iter().filter(|_| declares || writes).map(|word| call.written(word));
    assigned.chain(words).find_map(|text| {
        let (name, value) = text.trim_start_matches(['"', '\'']).split_once('=')?;
        let named = is_secret(name) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        (named && is_clear(value)).then_some((name, value))
    })
}

/// A value that is written out: no variable, no command, nothing left to be filled in.
fn is_clear(value: &str) -> bool {
    let value = value.trim_matches(['"', '\'']);
    let open = value.contains(['$', '`', '<', '>', '*', '{', '…']) || value.contains("...") || value.contains("PPPP");
    let state = matches!(
        value.to_ascii_lowercase().as_str(),
        "true" | "false" | "yes" | "no" | "on" | "off" | "none" | "null" | "1" | "0"
    );
    value.len() >= 3
        && !open
        && !state
        && !value.starts_with('[')
        && !value.starts_with('/')
        && !value.chars().all(|c| c == 'x' || c == 'X')
}

fn is_sample(value: &str) -> bool {
    let small = value.to_ascii_lowercase();
    ["your", "here", "change", "example", "sample", "password", "secret", "todo", "replace", "dummy"]
        .iter()
        .any(|word| small.contains(word))
}

/// A secret that is written to a file as everybody may read it.
fn written_openly(context: &Context<'_>, call: &Call<'_>) -> Option<(String, &'static str)> {
    let file = call.redirected().find(|word| word.text != "/dev/null" && !word.text.starts_with("/dev/"))?;
    let secret = match call.program {
        "openssl" => call.arg(0) == "rand" || call.has(&["genrsa", "genpkey"]),
        "echo" | "printf" => call.texts().any(|text| variable_in(text).is_some()) && !acts::is_env_file(&file.text),
        "pwgen" => true,
        _ => false,
    };
    let guarded = |other: &Call<'_>| {
        other.program == "umask"
            || matches!(other.program, "chmod" | "install" | "shred" | "kubeseal" | "sops" | "rm")
                && other.texts().any(|text| text.contains(&*file.text) || is_folder_of(text, &file.text))
    };
    let calls = context.calls.around(call);
    (secret && !calls.iter().any(guarded)).then(|| {
        (
            format!("the secret is written to `{}`, which with the usual umask every user can read", file.text),
            "put `umask 077` before it",
        )
    })
}

/// `.secrets/*` for `.secrets/jwt`.
fn is_folder_of(pattern: &str, file: &str) -> bool {
    pattern.strip_suffix('*').is_some_and(|folder| folder.ends_with('/') && file.starts_with(folder))
}

/// `git add .env`.
fn committed(call: &Call<'_>) -> Option<(String, &'static str)> {
    let adds = call.program == "git" && call.arg(0) == "add";
    let file = call.args().iter().skip(1).find(|word| {
        acts::is_env_file(&word.text) || word.text.ends_with("secrets.yaml") || word.text.ends_with("secrets.yml")
    })?;
    let sealed = file.text.contains("sealed") || file.text.contains("sops") || file.text.contains("enc");
    (adds && !sealed).then(|| {
        (
            format!("`{}` goes into the repository, where it stays", file.text),
            "keep it out of git, or encrypt it (SOPS, sealed secrets)",
        )
    })
}

/// A manifest of a secret, which is no more than base64.
fn manifest(context: &Context<'_>, call: &Call<'_>) -> Option<(String, &'static str)> {
    let makes = call.program == "kubectl"
        && call.has(&["create"])
        && call.has(&["secret"])
        && call.texts().any(|text| text.starts_with("--dry-run"));
    let file = call.redirected().find(|word| !word.text.starts_with("/dev/")).filter(|_| makes)?;
    let calls = context.calls.around(call);
    let sealed = calls.iter().any(|other| {
        matches!(other.program, "kubeseal" | "sops" | "shred")
            || other.program == "rm" && other.texts().any(|text| text.contains(&*file.text))
    });
    (!sealed).then(|| {
        (
            format!("`{}` holds the secret in clear: base64 hides nothing", file.text),
            "seal it (`kubeseal`, `sops`) before it is kept",
        )
    })
}

/// Shapes of keys that are given out by services.
static SHAPES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:(?:sk|rk)_live_[A-Za-z0-9]{16,}|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36,}|xox[abprs]-[0-9]{8,}-[A-Za-z0-9-]{10,}|eyJ[A-Za-z0-9_-]{12,}\.eyJ[A-Za-z0-9_-]{12,}\.[A-Za-z0-9_-]{16,})|hooks\.slack\.com/services/T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/[A-Za-z0-9]{20,}",
    )
});

/// How they begin, in small letters.
static BEGINNINGS: LazyLock<Regex> = LazyLock::new(|| {
    any_of(&["_live_", "akia", "ghp_", "gho_", "ghs_", "ghu_", "ghr_", "xox", "eyj", "hooks.slack.com"])
});

fn known_shapes(page: &Page<'_>, found: &mut Vec<Finding>) {
    let text = page.lines.text();
    let mut done = 0;
    for at in page.places(&BEGINNINGS) {
        if at < done {
            continue;
        }
        let start =
            text[..at].rfind(|c: char| c.is_whitespace() || "`\"'<>(".contains(c)).map_or(0, |before| before + 1);
        let word = text.get(start..).unwrap_or_default().split(char::is_whitespace).next().unwrap_or_default();
        done = start + word.len();
        let Some(shape) = SHAPES.find(word) else { continue };
        let sample = shape.as_str().to_ascii_uppercase();
        if ["EXAMPLE", "XXXX", "0000000", "1234567"].iter().any(|word| sample.contains(word)) {
            continue;
        }
        let message = "a key stands here in clear, for everybody who can read this runbook";
        let source = page.lines.source(start + shape.start()..start + shape.end());
        found.push(Finding::new(
            &SE03,
            source,
            message,
            "withdraw it, make a new one, and keep that in the secret store",
        ));
    }
}

/// Names of what gives a wallet away.
static SEEDS: LazyLock<Regex> =
    LazyLock::new(|| any_of(&["seedphrase", "seed phrase", "mnemonic", "private key of the wallet", "wallet seed"]));

static CRONTAB: LazyLock<Regex> = LazyLock::new(|| any_of(&["crontab"]));

/// What the text asks people to keep in clear: a seed phrase in a file of settings, a webhook in a crontab.
fn spoken(page: &Page<'_>, found: &mut Vec<Finding>) {
    let mut add = |prose: &Prose<'_>, small: &str, message: &str, help: &str| {
        let span = prose.span.start..prose.span.start + small.lines().next().unwrap_or_default().len();
        found.push(Finding::new(&SE03, page.lines.source(span), message, help));
    };
    let small = |prose: &Prose<'_>| page.lower().get(prose.span.clone()).unwrap_or_default();
    if let Some(prose) =
        page.prose_with(&SEEDS).into_iter().take(40).find(|prose| puts_seed(page, prose.heading, small(prose)))
    {
        let message = "the seed phrase is kept in clear in a file of settings: whoever reads it has the wallet";
        let help = "say who may read the file (`chmod 600`), or let the program fetch it from a secret store";
        add(prose, small(prose), message, help);
    }
    for prose in page.prose_with(&CRONTAB).into_iter().filter(|prose| puts_in_crontab(small(prose))) {
        let message = "a secret is kept in the crontab, which is mailed, listed and backed up in clear";
        add(prose, small(prose), message, "let the script read it from a file that only its user can read");
    }
}

fn puts_seed(page: &Page<'_>, heading: Option<usize>, small: &str) -> bool {
    if !has_any(small, &["to", "set", "put", "enter", "add"]) {
        return false;
    }
    let Some(at) = heading else { return false };
    let first = page.headings[at].line;
    let last = page.headings.get(at + 1).map_or(u32::MAX, |next| next.line);
    let section = page.lower_lines(first, last);
    let file =
        ["config.json", ".env", ".yaml", ".yml", ".toml", ".json", ".ini"].iter().any(|word| section.contains(word));
    let cared = ["chmod", "600", "umask", "vault", "secret manager", "secret store", "kms", "permission", "encrypt"]
        .iter()
        .any(|word| section.contains(word));
    // What a developer keeps on a laptop is another matter.
    let develops = has_any(&page.headings[at].small(), &["development", "dev", "local", "testnet"]);
    file && !cared && !develops
}

fn puts_in_crontab(small: &str) -> bool {
    let cron = has_word(small, "crontab");
    let puts = has_any(small, &["set", "put", "add", "define", "export"]);
    cron && puts
        && small.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| {
            let upper = word.to_ascii_uppercase();
            word.contains('_') && (is_secret(word) || upper.ends_with("WEBHOOK_URL") || upper.ends_with("_WEBHOOK"))
        })
}
