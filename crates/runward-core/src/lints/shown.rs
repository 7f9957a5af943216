//! Secrets on the screen: commands whose output holds them, which a transcript then keeps.

use super::acts;
use super::calls::Call;
use super::secret::{is_secret, variable_in};
use super::{Context, Kind, Needs};
use crate::command::shell::Word;
use crate::runbook::{Finding, Level};

pub(super) const KINDS: &[Kind] = &[SE02];

const SE02: Kind = Kind {
    id: "SE02",
    level: Level::Warning,
    needs: Needs::Document,
    what: "A command prints secrets.",
    why: "What is printed stays in the terminal's history, in the transcript of the incident, and in the chat it is pasted to. To see whether a setting is there its name is enough.",
    wrong: "# Ops\n\n## Web down\n\n**Diagnose:**\n```bash\ncat /srv/harbour/.env\n```\n",
    right: "# Ops\n\n## Web down\n\n**Diagnose:**\n```bash\ncut -d= -f1 /srv/harbour/.env\n```\n",
    check: Some(|context, found| found.extend(context.calls.all().iter().filter_map(|call| prints(context, call)))),
};

fn prints(context: &Context<'_>, call: &Call<'_>) -> Option<Finding> {
    let what = printed(call)?;
    // In a sentence it tells how such a secret is made.
    let told_of = matches!(call.program, "openssl" | "pwgen") && context.near.fence(&call.place).is_none();
    if told_of || call.command.substituted || call.redirected().next().is_some() || !reaches_a_reader(context, call) {
        return None;
    }
    let message = format!("`{}` prints {what}, for the transcript to keep", call.short(4));
    Some(call.finding(&SE02, message, help(call)))
}

fn help(call: &Call<'_>) -> &'static str {
    match call.program {
        "openssl" | "pwgen" => {
            "write it where it belongs without showing it: into the secret store, or a file made with `umask 077`"
        }
        "kubectl" | "oc" => "look at the names alone: `kubectl get secret NAME -o json | jq '.data | keys'`",
        "docker" | "podman" => "pick what is needed: `docker inspect --format '{{.State.Status}}' NAME`",
        "env" | "printenv" => "look at the names alone: `env | cut -d= -f1`",
        _ => "look at the names alone: `cut -d= -f1 FILE`, or whether one is set: `grep -c '^NAME=.' FILE`",
    }
}

/// What a call prints that is secret.
fn printed(call: &Call<'_>) -> Option<String> {
    let settings = "the values of settings, passwords and keys among them";
    match call.program {
        "cat" | "less" | "more" | "head" | "tail" | "bat" | "nl" | "tac" | "strings" | "base64" => {
            let file = call.operands(&["-n", "-c", "--lines"]).into_iter().find(|word| holds_secrets(&word.text))?;
            Some(if acts::is_env_file(&file.text) {
                settings.to_owned()
            } else {
                format!("what `{}` keeps secret", call.written(file))
            })
        }
        "grep" | "egrep" | "rg" | "awk" => searched(call),
        "env" | "printenv" if call.operands(&[]).iter().all(|word| is_secret(&word.text)) => Some(settings.to_owned()),
        "export" | "declare" if matches!(call.arg(0), "-p" | "-x") && call.args().len() == 1 => {
            Some(settings.to_owned())
        }
        "docker" | "podman" => inspected(call),
        "docker-compose" => {
            acts::compose(call).filter(|(verb, rest)| prints_config(verb, rest)).map(|_| settings.to_owned())
        }
        "kubectl" | "oc" => cluster_secret(call),
        "pm2" => (call.arg(0) == "env").then(|| settings.to_owned()),
        "echo" | "printf" => {
            call.args().iter().find_map(|word| variable_in(&word.text)).map(|name| format!("the value of `${name}`"))
        }
        "ps" => call
            .texts()
            .next()
            .is_some_and(|text| text.contains('e') && text.contains("ww") && !text.starts_with('-'))
            .then(|| settings.to_owned()),
        "openssl" => (call.arg(0) == "rand" && !call.has(&["-out"])).then(|| "a new secret".to_owned()),
        "pwgen" => Some("a new secret".to_owned()),
        "vault" => (call.has(&["get", "read"]) && !call.has(&["metadata"])).then(|| "what the vault keeps".to_owned()),
        "aws" => {
            let value = call.has(&["get-secret-value"])
                || call.has(&["get-parameter", "get-parameters"]) && call.has(&["--with-decryption"]);
            value.then(|| "what the secret store keeps".to_owned())
        }
        "gcloud" => (call.has(&["secrets"]) && call.has(&["access"])).then(|| "what the secret store keeps".to_owned()),
        "az" => (call.has(&["secret"]) && call.has(&["show"])).then(|| "what the secret store keeps".to_owned()),
        "heroku" => (call.arg(0) == "config").then(|| settings.to_owned()),
        "sops" => call.has(&["-d", "--decrypt", "decrypt"]).then(|| "what was encrypted".to_owned()),
        "ansible-vault" => (call.arg(0) == "view").then(|| "what was encrypted".to_owned()),
        "redis-cli" | "valkey-cli" => {
            let asks = call
                .texts()
                .any(|text| text.eq_ignore_ascii_case("requirepass") || text.eq_ignore_ascii_case("masterauth"));
            asks.then(|| "the password of Redis".to_owned())
        }
        _ => None,
    }
}

/// Files that hold nothing but secrets, or settings with secrets among them.
fn holds_secrets(path: &str) -> bool {
    let small = path.to_ascii_lowercase();
    let name = small.rsplit('/').next().unwrap_or_default();
    if name.ends_with(".pub") || name.ends_with(".md") || name.ends_with(".example") || name.ends_with(".log") {
        return false;
    }
    acts::is_env_file(&small)
        || matches!(
            name,
            ".pgpass"
                | ".my.cnf"
                | ".netrc"
                | ".htpasswd"
                | "id_rsa"
                | "id_ed25519"
                | "id_ecdsa"
                | "shadow"
                | "environ"
                | "kubeconfig"
                | "rclone.conf"
                | "credentials"
        )
        || name.ends_with(".key")
        || name.contains("privkey")
        || name.contains("private.pem")
        || name.contains("secret") && !name.contains("manifest")
        || name.contains("password")
        || small.contains("/.secrets/")
        || small.starts_with("/run/secrets/")
}

/// `grep DATABASE .env`, `env | grep -i token`: what is searched for decides what is shown.
fn searched(call: &Call<'_>) -> Option<String> {
    if call.flag('c', "--count")
        || call.flag('q', "--quiet")
        || call.flag('l', "--files-with-matches")
        || call.flag('L', "--files-without-match")
    {
        return None;
    }
    let operands = call.operands(&["-A", "-B", "-C", "-m", "-F"]);
    let pattern = call.value("-e", "--regexp").or_else(|| operands.first().map(|word| word.text.as_str()))?;
    let in_file = operands.iter().skip(1).any(|word| acts::is_env_file(&word.text));
    (in_file && may_show(pattern)).then(|| "the values of settings, passwords and keys among them".to_owned())
}

/// Whether lines that a pattern picks from settings may hold a secret. The whole name of a harmless one picks only that.
fn may_show(pattern: &str) -> bool {
    pattern.split('|').map(|part| part.trim_matches(['^', '=', '\\', '(', ')', '"', '\'', '$', '.', '*', ' '])).any(
        |name| {
            let whole = name.contains('_') && !name.ends_with('_') && name.len() > 4;
            let upper = name.to_ascii_uppercase();
            let known = is_secret(name)
                || ["DATABASE_URL", "REDIS_URL", "DSN", "MONGO"].iter().any(|word| upper.contains(word));
            let harmless =
                ["PORT", "HOST", "NODE_ENV", "LOG", "DEBUG", "TZ", "LANG", "PATH", "ENABLED", "CORS", "VERSION", "TAG"];
            known || !(whole || harmless.iter().any(|word| upper.contains(word)))
        },
    )
}

fn inspected(call: &Call<'_>) -> Option<String> {
    let settings = || "the values of settings, passwords and keys among them".to_owned();
    if let Some((verb, rest)) = acts::compose(call) {
        return prints_config(verb, rest).then(settings);
    }
    let words = acts::docker(call)?;
    let inspects = words[0].text == "inspect"
        || words[0].text == "container" && words.get(1).is_some_and(|word| word.text == "inspect");
    let format = call.value("-f", "--format");
    let whole = format
        .is_none_or(|format| format.contains(".Env") || format.contains("json .Config") || format.contains("json .}"));
    (inspects && whole).then(settings)
}

fn prints_config(verb: &str, rest: &[Word]) -> bool {
    let names = ["-q", "--quiet", "--services", "--images", "--volumes", "--profiles", "--no-interpolate"];
    matches!(verb, "config" | "convert") && !rest.iter().any(|word| names.contains(&word.text.as_str()))
}

fn cluster_secret(call: &Call<'_>) -> Option<String> {
    let operands = call.operands(&["-n", "--namespace", "-o", "--output", "-l", "--context"]);
    let secret = operands
        .iter()
        .any(|word| matches!(word.text.as_str(), "secret" | "secrets") || word.text.starts_with("secret/"));
    let output = call.value("-o", "--output").unwrap_or_default();
    let shows = ["yaml", "json", "jsonpath", "go-template"].iter().any(|form| output.starts_with(form))
        && !output.contains("metadata");
    (call.has(&["get"]) && secret && shows).then(|| "what the secret holds, which base64 does not hide".to_owned())
}

/// Whether what is printed gets to a screen, through filters that leave the values.
fn reaches_a_reader(context: &Context<'_>, call: &Call<'_>) -> bool {
    let mut at = *call;
    for _ in 0..8 {
        let Some(next) = context.calls.reader(&at) else { return true };
        let shows = match next.program {
            "grep" | "egrep" | "rg" => {
                let quiet = next.flag('c', "--count") || next.flag('q', "--quiet") || next.flag('o', "--only-matching");
                let pattern = next.operands(&["-A", "-B", "-C", "-m"]).first().map_or("", |word| word.text.as_str());
                let settings = matches!(call.program, "cat" | "env" | "printenv" | "less" | "head" | "docker" | "pm2");
                !quiet && (!settings || next.flag('v', "--invert-match") || may_show(pattern))
            }
            "head" | "tail" | "sort" | "uniq" | "cat" | "less" | "more" | "nl" | "tr" | "column" | "fold" => true,
            "base64" | "jq" | "yq" => {
                !next.texts().any(|text| text.contains("keys") || text.contains("to_entries[].key"))
            }
            "xargs" => next.args().is_empty(),
            // `cut -d= -f1`, `awk`, `sed`, `wc`, a program that takes it in.
            _ => return false,
        };
        if !shows || next.redirected().next().is_some() {
            return false;
        }
        at = *next;
    }
    true
}
