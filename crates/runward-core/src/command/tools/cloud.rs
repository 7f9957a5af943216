//! Command lines of clouds and of off-site storage: only the verb's own position counts.

use super::super::impact::Verdict;
use super::Call;

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    Some(match call.program {
        "aws" => aws(call),
        "gcloud" | "az" | "doctl" | "hcloud" | "linode-cli" | "vultr-cli" | "flyctl" | "fly" | "heroku" | "oci"
        | "scw" => cloud(call),
        "rclone" => rclone(call),
        "restic" | "borg" => backup_tool(call),
        "s3cmd" | "mc" | "gsutil" => storage(call),
        "litestream" => Verdict::reads_if(
            matches!(call.verb(&[]), "databases" | "generations" | "snapshots" | "wal" | "version"),
            "acts on replicas",
        ),
        "vault" | "op" | "sops" => {
            Verdict::reads_if(matches!(call.verb(&[]), "status" | "version"), "handles secrets").telling_secrets()
        }
        "pgbackrest" => Verdict::reads_if(
            matches!(
                call.operands(&[]).last().map(|w| w.text.as_str()),
                Some("info" | "check" | "verify" | "version" | "help")
            ),
            "makes or restores a backup",
        ),
        _ => return None,
    })
}

const AWS_VALUES: &[&str] = &["--profile", "--region", "--output", "--query", "--endpoint-url"];

fn aws(call: &Call) -> Verdict {
    let operands = call.operands(AWS_VALUES);
    let at = |n: usize| operands.get(n).map_or("", |w| w.text.as_str());
    let (service, verb) = (at(0), at(1));
    match (service, verb) {
        ("s3", "ls" | "presign") => Verdict::READS,
        ("s3", "rm" | "rb") => Verdict::destroys("deletes objects"),
        ("s3", "sync") if call.has(&["--delete"]) => Verdict::destroys("deletes objects at one end"),
        ("ssm", "send-command" | "start-session") => {
            Verdict::changes("runs something on a host").waiting_if(verb == "start-session")
        }
        ("logs", "tail") => Verdict::READS.waiting_if(call.has(&["--follow"])),
        ("secretsmanager" | "ssm", "get-secret-value" | "get-parameter" | "get-parameters") => {
            Verdict::READS.telling_secrets()
        }
        _ => by_verb(verb),
    }
}

/// A verb in its own place: `describe-instances`, `list`, `get-caller-identity`.
fn by_verb(verb: &str) -> Verdict {
    let first = verb.split('-').next().unwrap_or_default();
    match first {
        "describe" | "list" | "get" | "show" | "ls" | "info" | "status" | "head" | "lookup" | "search" | "logs"
        | "read" | "version" => Verdict::READS,
        "delete" | "terminate" | "destroy" | "remove" | "rm" | "purge" | "deregister" | "revoke" | "drop" => {
            Verdict::destroys("deletes in the cloud")
        }
        _ => Verdict::changes("acts on the cloud"),
    }
}

/// `doctl compute droplet list`, `gcloud compute instances describe x`: the verb is the last word before the arguments,
/// and only words that stand where verbs stand may make the call a reader.
fn cloud(call: &Call) -> Verdict {
    let operands = call.operands(&[
        "--project", "--zone", "--region", "--format", "-g", "--resource-group", "-n", "--name", "-a", "--app",
        "--output", "-o", "--context", "--config",
    ]);
    let words: Vec<&str> = operands.iter().map(|w| w.text.as_str()).collect();
    let verdicts: Vec<Verdict> = words.iter().take(4).map(|w| by_verb(w)).collect();
    if let Some(destroys) = verdicts.iter().find(|v| v.impact == super::super::impact::Impact::Destructive) {
        return destroys.clone();
    }
    let acts = [
        "create", "update", "set", "start", "stop", "restart", "reboot", "resize", "scale", "deploy", "ssh", "run",
        "exec", "add", "apply", "import", "enable", "disable", "attach", "detach", "promote", "rollback", "power-off",
        "power-cycle", "login", "auth", "config", "secrets",
    ];
    let acting = words.iter().take(4).any(|w| acts.contains(w) || acts.iter().any(|a| w.starts_with(&format!("{a}-"))));
    let reading = words.iter().take(4).skip(usize::from(words.len() > 1)).any(|w| by_verb(w) == Verdict::READS)
        || words.first().is_some_and(|w| matches!(*w, "status" | "logs" | "info" | "version"));
    Verdict::reads_if(reading && !acting, "acts on the cloud")
}

fn rclone(call: &Call) -> Verdict {
    match call.verb(&["--config", "--transfers", "--log-file", "--include", "--exclude"]) {
        "ls" | "lsl" | "lsd" | "lsf" | "lsjson" | "size" | "check" | "about" | "version" | "tree" | "hashsum"
        | "md5sum" | "sha1sum" | "listremotes" | "cat" | "cryptcheck" => Verdict::READS,
        "config" => {
            Verdict::changes("changes rclone's configuration").telling_secrets().waiting_if(call.args.len() == 1)
        }
        _ if call.has(&["--dry-run", "-n"]) => Verdict::READS,
        "sync" | "delete" | "deletefile" | "purge" | "move" | "moveto" | "rmdir" | "rmdirs" | "cleanup" | "dedupe"
        | "bisync" => Verdict::destroys("deletes at one end"),
        _ => Verdict::changes("copies files"),
    }
}

fn backup_tool(call: &Call) -> Verdict {
    match call.verb(&["-r", "--repo", "--password-file", "-p"]) {
        "snapshots" | "stats" | "check" | "ls" | "list" | "find" | "diff" | "info" | "version" => Verdict::READS,
        "forget" | "prune" | "delete" | "unlock" | "compact" => Verdict::destroys("deletes backups"),
        "restore" | "extract" => Verdict::changes("restores files"),
        "mount" => Verdict::changes("mounts a repository").waiting(),
        _ => Verdict::changes("makes a backup"),
    }
}

fn storage(call: &Call) -> Verdict {
    match call.verb(&["-c", "--config", "-o"]) {
        "ls" | "la" | "info" | "du" | "stat" | "cat" | "find" | "tree" | "hash" => Verdict::READS,
        "del" | "rm" | "rb" | "rmdir" | "sync" | "mirror" => Verdict::destroys("deletes objects"),
        _ => Verdict::changes("copies objects"),
    }
}
