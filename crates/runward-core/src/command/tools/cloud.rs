//! Command lines of clouds and of off-site storage: only the verb's own position counts, a resource's name never.

use super::super::impact::{self, Verdict};
use super::{Call, code};

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    Some(match call.program {
        "aws" => aws(call),
        "gcloud" | "az" | "doctl" | "hcloud" | "linode-cli" | "vultr-cli" | "flyctl" | "fly" | "oci" | "scw"
        | "openstack" | "ibmcloud" | "yc" | "civo" | "exo" | "vercel" | "wrangler" | "netlify" | "railway"
        | "supabase" | "pscale" | "neonctl" | "render" | "avn" | "upctl" | "aliyun" | "ovhcloud" | "metal"
        | "koyeb" | "northflank" | "bx" => cloud(call),
        "op" | "sops" | "pass" | "bw" | "age" => {
            let looks = matches!(call.args, [only] if matches!(only.text.as_str(), "status" | "version" | "--version"));
            Verdict::reads_if(looks, "handles secrets").telling_secrets()
        }
        _ => return None,
    })
}

/// Verbs that take something away, wherever verbs stand.
const REMOVING: &[&str] =
    &["delete", "terminate", "destroy", "remove", "rm", "rb", "purge", "deregister", "revoke", "drop"];

fn removes(verb: &str) -> bool {
    // `delete-bucket`, `batch-delete-image`, `secrets:remove`.
    let mut parts = verb.split(['-', ':']);
    REMOVING.contains(&parts.next().unwrap_or_default())
        || ["batch-delete", "force-delete", "bulk-delete"].iter().any(|start| verb.starts_with(start))
        || [":delete", ":destroy", ":remove", "-delete", "-rm"].iter().any(|end| verb.ends_with(end))
        || verb == "release-address"
}

/// Options of aws that take several values in a row.
const AWS_LISTS: &[&str] = &[
    "--instance-ids", "--filters", "--filter", "--services", "--tasks", "--names", "--dimensions", "--statistics",
    "--volume-ids", "--snapshot-ids", "--group-ids", "--owners", "--include", "--log-group-names", "--metric-names",
];

/// Options of aws without a value.
const AWS_FLAGS: &[&str] = &[
    "--no-cli-pager", "--no-paginate", "--debug", "--no-verify-ssl", "--follow", "--recursive", "--dryrun",
    "--human-readable", "--summarize", "--dry-run", "--force", "--all-regions", "--include-all-instances",
];

/// The words of a call that are no option's value. Every service has options of its own and all but a few take one value.
fn aws_operands<'c>(call: &Call<'c>) -> Vec<&'c str> {
    let mut found = Vec::new();
    let (mut values, mut list) = (0, false);
    for word in call.args {
        let text = word.text.as_str();
        if text.starts_with("--") && !word.any {
            values = usize::from(!text.contains('=') && !AWS_FLAGS.contains(&text));
            list = AWS_LISTS.contains(&text);
        } else if values > 0 {
            values -= usize::from(!list);
        } else {
            found.push(text);
        }
    }
    found
}

fn aws(call: &Call) -> Verdict {
    let operands = aws_operands(call);
    let at = |n: usize| operands.get(n).copied().unwrap_or_default();
    let given = |option: &str| call.args.iter().any(|w| w.text == option);
    if call.args.iter().any(|w| w.any || w.text.starts_with("--cli-input") || w.text.starts_with("--cli-auto")) {
        return Verdict::changes("acts on the cloud");
    }
    let runs = matches!(at(1), "send-command" | "start-automation-execution");
    if runs && call.args.iter().any(|w| impact::destroys_somehow(&w.text)) {
        return Verdict::destroys("runs something on a host that says that it destroys");
    }
    match (at(0), at(1)) {
        ("s3" | "s3api", _) if given("--dryrun") => Verdict::READS,
        ("s3", "ls" | "presign") | ("configure", "list" | "list-profiles") => Verdict::READS,
        ("s3", "sync") if given("--delete") => Verdict::destroys("deletes objects at one end"),
        ("ssm", "send-command") => Verdict::changes("runs something on a host"),
        ("ssm", "start-session") => Verdict::changes("runs something on a host").waiting(),
        ("logs", "tail") => Verdict::READS.waiting_if(given("--follow")),
        ("ecr", "get-login-password")
        | ("secretsmanager" | "ssm", "get-secret-value" | "get-parameter" | "get-parameters") => {
            Verdict::READS.telling_secrets()
        }
        (_, verb) if removes(verb) => Verdict::destroys("deletes in the cloud"),
        (_, verb) => {
            let reads = [
                "describe-", "list-", "head-", "lookup-", "get-", "filter-", "search-", "batch-get-", "simulate-",
                "validate-",
            ]
            .iter()
            .any(|start| verb.starts_with(start))
                || matches!((at(0), verb), ("dynamodb", "scan" | "query") | (_, "wait"));
            // An operand behind the verb is a file to write (`s3api get-object … FILE`).
            Verdict::reads_if(reads && (operands.len() == 2 || verb == "wait"), "acts on the cloud")
        }
    }
}

/// Verbs of clouds that look.
const LOOKING: &[&str] = &["list", "ls", "show", "get", "describe", "view", "inspect", "whoami", "print", "history"];

/// Words that look where they are the verb, and may be the name of a group of verbs as well.
const AMBIGUOUS: &[&str] = &[
    "logs", "log", "status", "info", "read", "releases", "regions", "version", "tail", "search", "query", "check",
    "checks", "doctor", "lookup", "ps", "account", "balance", "region", "zones", "metrics", "usage", "instances",
    "clusters",
];

/// Verbs that change something.
const ACTING: &[&str] = &[
    "access", "add", "apply", "assign", "attach", "cancel", "change", "clone", "configure", "connect", "console",
    "copy", "cp", "count", "create", "deploy", "detach", "disable", "download", "edit", "enable", "exec", "execute",
    "export", "failover", "get-credentials", "grant", "import", "init", "install", "invoke", "launch", "link", "lock",
    "login", "logout", "migrate", "move", "mv", "open", "patch", "power-off", "power-on", "promote", "proxy", "pull",
    "push", "put", "reboot", "rebuild", "redeploy", "renew", "replace", "reset", "resize", "restart", "restore",
    "resume", "rollback", "rotate", "run", "scale", "send", "set", "shutdown", "snapshot", "ssh", "start", "stop",
    "suspend", "swap", "sync", "unassign", "unlink", "unlock", "unset", "update", "upgrade", "upload", "use",
];

/// Options that take no value, so that what follows is a word of the command.
const FLAGS: &[&str] = &[
    "--quiet", "-q", "--yes", "-y", "--force", "-f", "--json", "-j", "--all", "-d", "--debug", "--verbose", "-v",
    "--no-header", "--text", "--global", "--no-wait", "--show-details", "--tail", "-t", "--follow", "--help", "--prod",
    "--no-truncate", "--no-headers", "--all-projects", "--long", "--uri", "--confirm",
];

/// Options whose value follows.
const VALUES: &[&str] = &[
    "--project", "--zone", "--region", "--format", "-g", "--resource-group", "-n", "--name", "-a", "--app", "--output",
    "-o", "--context", "--filter", "--limit", "--query", "--zones", "--sort-by", "--page-size", "--location", "-l",
    "--subscription", "--compartment-id", "--instance-id", "--instance", "--num", "--org", "-c", "--config",
    "--cluster", "--account", "--access-token", "-r", "--scope", "--token", "--profile", "-e", "--env",
    "--environment", "--resource", "--vault-name", "--namespace-id", "--os-cloud", "--column", "--server",
    "--workspace-name", "--workspace", "--db", "--database", "--freshness",
];

/// What one word of a call says.
#[derive(Clone, Copy, PartialEq)]
enum Says {
    Looks,
    Acts,
    Removes,
}

fn said(word: &str) -> Option<Says> {
    if removes(word) {
        return Some(Says::Removes);
    }
    if ACTING.contains(&word)
        || ["create-", "set-", "update-", "add-", "start-", "stop-"].iter().any(|start| word.starts_with(start))
    {
        return Some(Says::Acts);
    }
    let looks = LOOKING.contains(&word)
        || ["list-", "get-", "describe-", "show-"].iter().any(|start| word.starts_with(start))
        || ["-list", "-view", "-show"].iter().any(|end| word.ends_with(end));
    looks.then_some(Says::Looks)
}

/// `gcloud compute instances list`: groups, then the verb, then names. The first word that says what it does is the verb.
fn cloud(call: &Call) -> Verdict {
    if call.is_help() {
        return Verdict::READS;
    }
    // What follows an option that is not known may be its value.
    let (mut words, mut sure, mut at) = (Vec::new(), true, 0);
    while let Some(word) = call.args.get(at) {
        let text = word.text.as_str();
        if word.any {
            return Verdict::changes("acts on the cloud");
        } else if text.starts_with('-') {
            let joined = text.contains('=');
            at += usize::from(VALUES.contains(&text));
            sure &= joined || VALUES.contains(&text) || FLAGS.contains(&text);
        } else {
            words.push((text, sure));
        }
        at += 1;
    }
    if let Some(inner) = on_a_host(call, &words) {
        return inner;
    }
    // `gcloud run services list`: what stands first is a group.
    let grouped =
        matches!(call.program, "gcloud" | "az" | "doctl" | "hcloud" | "oci" | "openstack" | "scw" | "yc" | "ibmcloud");
    let is_group = |at: usize, says: Says| grouped && at == 0 && says != Says::Removes;
    let verb = words.iter().enumerate().find_map(|(at, (word, sure))| {
        let says = said(word).filter(|says| !is_group(at, *says))?;
        Some((at, says, *sure))
    });
    let general = words.iter().position(|(word, sure)| *sure && AMBIGUOUS.contains(word));
    let waits = words.first().is_some_and(|(w, _)| matches!(*w, "logs" | "tail" | "proxy"))
        && matches!(call.program, "fly" | "flyctl" | "wrangler");
    let tells = words.iter().any(|(w, _)| w.starts_with("secret") || w.contains("credential") || *w == "env");
    let verdict = match (verb, general) {
        (Some((_, Says::Removes, _)), _) => Verdict::destroys("deletes in the cloud"),
        (Some((_, Says::Looks, true)), _) => Verdict::READS,
        (None, Some(_)) => Verdict::READS,
        _ => Verdict::changes("acts on the cloud"),
    };
    let written =
        ["--file", "--dest", "--destination", "--out-file", "--output-file", "--download-path", "--output-path"];
    let writes = call.args.iter().any(|w| written.contains(&w.text.split('=').next().unwrap_or_default()));
    let verdict = verdict.and(Verdict::reads_if(!writes, "writes what it gets into a file")).waiting_if(waits);
    if tells { verdict.telling_secrets() } else { verdict }
}

/// `gcloud compute ssh web-1 --command 'uptime'`, `fly ssh console -C 'uptime'`: what is run over there.
fn on_a_host(call: &Call, words: &[(&str, bool)]) -> Option<Verdict> {
    let remote = words.iter().any(|(w, _)| matches!(*w, "ssh" | "run-command"));
    let option = |w: &str| matches!(w, "--command" | "-C" | "--scripts");
    let given = call.args.iter().enumerate().find_map(|(at, w)| match w.text.split_once('=') {
        Some((name, text)) if option(name) => Some((text, w.dynamic)),
        _ if option(&w.text) => call.args.get(at + 1).map(|w| (w.text.as_str(), w.dynamic)),
        _ => None,
    });
    let (text, dynamic) = given.filter(|_| remote)?;
    Some(code(dynamic, impact::inner(text, call.depth)))
}
