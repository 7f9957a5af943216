//! Command lines of clouds and of off-site storage: only the verb's own position counts, a resource's name never.

use super::super::impact::Verdict;
use super::Call;
use super::options::{Table, Verbs};

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    Some(match call.program {
        "aws" => aws(call),
        "gcloud" | "az" | "doctl" | "hcloud" | "linode-cli" | "vultr-cli" | "flyctl" | "fly" | "heroku" | "oci"
        | "scw" => cloud(call),
        "rclone" => rclone(call),
        "restic" => RESTIC.verdict(call.args),
        "borg" => BORG.verdict(call.args),
        "s3cmd" | "mc" | "gsutil" => STORAGE.verdict(call.args),
        "litestream" => LITESTREAM.verdict(call.args),
        "vault" | "op" | "sops" => {
            let looks = matches!(call.args, [only] if matches!(only.text.as_str(), "status" | "version" | "--version"));
            Verdict::reads_if(looks, "handles secrets").telling_secrets()
        }
        "pgbackrest" => {
            let parsed = call.options("--stanza: --output: --log-level-console: --set: --repo:");
            let looks = matches!(parsed.operand(0), "info" | "check" | "verify" | "version" | "help");
            parsed.verdict.and(Verdict::reads_if(looks, "makes or restores a backup"))
        }
        _ => return None,
    })
}

/// Verbs that take something away, wherever verbs stand.
const REMOVING: &[&str] =
    &["delete", "terminate", "destroy", "remove", "rm", "rb", "purge", "deregister", "revoke", "drop"];

fn removes(verb: &str) -> bool {
    REMOVING.contains(&verb.split(['-', ':']).next().unwrap_or_default())
}

/// Options of aws that take several values in a row.
const AWS_LISTS: &[&str] = &[
    "--instance-ids", "--filters", "--filter", "--services", "--tasks", "--names", "--dimensions", "--statistics",
    "--volume-ids", "--snapshot-ids", "--group-ids", "--owners", "--include", "--log-group-names", "--metric-names",
];

/// Options of aws without a value.
const AWS_FLAGS: &[&str] =
    &["--no-cli-pager", "--no-paginate", "--debug", "--no-verify-ssl", "--follow", "--recursive"];

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
    match (at(0), at(1)) {
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
            let reads = ["describe-", "list-", "head-", "lookup-", "get-"].iter().any(|start| verb.starts_with(start));
            // An operand behind the verb is a file to write (`s3api get-object … FILE`).
            Verdict::reads_if(reads && operands.len() == 2, "acts on the cloud")
        }
    }
}

/// Groups of each cloud, one to three words, behind which the verb stands.
const GROUPS: &[(&str, &str)] = &[
    (
        "gcloud",
        "compute instances|compute disks|compute snapshots|compute addresses|compute firewall-rules|compute networks|\
         compute zones|compute regions|compute instance-groups|compute instance-groups managed|sql instances|\
         sql backups|sql databases|sql operations|container clusters|container node-pools|run services|\
         run revisions|functions|projects|services|logging|logging logs|dns record-sets|dns managed-zones|\
         iam service-accounts|storage buckets|app versions|app services|redis instances|pubsub topics|\
         pubsub subscriptions",
    ),
    (
        "az",
        "vm|aks|group|account|storage account|sql server|sql db|network vnet|network nsg|network public-ip|webapp|\
         functionapp|redis|postgres server|postgres flexible-server|acr|disk|snapshot|container|resource|\
         monitor activity-log|monitor metrics",
    ),
    (
        "doctl",
        "compute droplet|compute volume|compute snapshot|compute image|compute domain|compute domain records|\
         compute load-balancer|compute firewall|compute floating-ip|compute reserved-ip|compute region|compute size|\
         databases|databases backups|kubernetes cluster|apps|account|balance|projects|monitoring alert",
    ),
    (
        "hcloud",
        "server|volume|network|firewall|load-balancer|image|floating-ip|primary-ip|certificate|datacenter|location|\
         server-type|ssh-key|placement-group",
    ),
    ("linode-cli", "linodes|volumes|domains|nodebalancers|databases|regions|images"),
    ("vultr-cli", "instance|snapshot|block-storage|database|firewall group|regions|plans"),
    ("flyctl fly", "|apps|machine|machines|volumes|ips|certs|releases|checks|scale|services|postgres|regions"),
    ("heroku", "|apps|ps|releases|addons|domains|pg|redis|maintenance|certs|logs"),
    ("oci", "compute instance|compute image|bv volume|network vcn|db system|iam compartment"),
    ("scw", "instance server|instance volume|instance image|rdb instance|k8s cluster|k8s node"),
];

/// Verbs of clouds that look.
const LOOKING: &[&str] = &[
    "list", "ls", "show", "get", "describe", "info", "status", "view", "logs", "version", "read", "releases",
    "regions", "list-tables", "get-server-config", "list-sizes", "list-skus", "instance-view",
];

const CLOUD: Table = "--project: --zone: --region: --format: -g: --resource-group: -n: --name: -a: --app: --output: -o: \
     --context: --filter: --limit: --query: --zones: --sort-by: --page-size: --no-header --json --text --location: -l: \
     --subscription: --format? --compartment-id: --instance-id: --all --instance: --num: --tail~ -t~";

fn cloud(call: &Call) -> Verdict {
    let parsed = call.options(CLOUD);
    let words = parsed.texts();
    let groups = GROUPS.iter().find(|(names, _)| names.split(' ').any(|n| n == call.program)).map_or("", |(_, g)| *g);
    let length = groups.split('|').filter_map(|group| leads(group, &words)).max();
    let verb = length.and_then(|length| words.get(length)).copied().unwrap_or_default();
    let removing = words.iter().take(4).any(|w| removes(w));
    if removing && !LOOKING.contains(&verb) {
        return Verdict::destroys("deletes in the cloud");
    }
    if words.is_empty() && call.is_help() || words == ["version"] {
        return Verdict::READS;
    }
    // `fly logs` follows until it is stopped.
    let follows = matches!(call.program, "fly" | "flyctl") && verb == "logs";
    parsed.verdict.and(Verdict::reads_if(LOOKING.contains(&verb), "acts on the cloud")).waiting_if(follows)
}

/// How many words a group takes where a call begins with it.
fn leads(group: &str, words: &[&str]) -> Option<usize> {
    let parts: Vec<&str> = group.split(' ').filter(|p| !p.is_empty()).collect();
    words.starts_with(&parts).then_some(parts.len())
}

const RCLONE: Table = "--config: --transfers: --checkers: --include: --exclude: --filter: --max-depth: --min-age: \
     --max-age: --min-size: --max-size: -v -q -n --dry-run --verbose --quiet -P --progress -R --recursive --fast-list \
     --json --human-readable --one-way --size-only --checksum -F: --format: --files-only --dirs-only --absolute --full \
     --stats: --retries: --bwlimit: --s3-no-check-bucket --head: --tail: -i";

fn rclone(call: &Call) -> Verdict {
    let parsed = call.options(RCLONE);
    let dry = parsed.has(&["-n", "--dry-run"]) && parsed.verdict == Verdict::READS;
    match parsed.operand(0) {
        "ls" | "lsl" | "lsd" | "lsf" | "lsjson" | "size" | "check" | "about" | "version" | "tree" | "hashsum"
        | "md5sum" | "sha1sum" | "listremotes" | "cat" | "cryptcheck" => parsed.verdict,
        "config" => {
            Verdict::changes("changes rclone's configuration").telling_secrets().waiting_if(call.args.len() == 1)
        }
        "copy" | "copyto" | "sync" | "delete" | "purge" | "move" | "moveto" | "cleanup" | "deletefile" if dry => {
            Verdict::READS
        }
        "sync" | "delete" | "deletefile" | "purge" | "move" | "moveto" | "rmdir" | "rmdirs" | "cleanup" | "dedupe"
        | "bisync" => Verdict::destroys("deletes at one end"),
        _ => Verdict::changes("copies files"),
    }
}

const RESTIC: Verbs = Verbs {
    globals: "-r: --repo: --password-file: -p: -q -v --no-cache --no-lock --json --verbose? --quiet",
    looks: &[(
        "snapshots|stats|check|ls|find|diff|version|list",
        "-r: --repo: --password-file: -p: --tag: --host: -H: --path: --latest: --compact --json --mode: -l --long \
         --read-data --read-data-subset: --no-lock --no-cache -c -q -v -g: --group-by: --recursive -h",
    )],
    destroys: "forget|prune|unlock",
    loses: "deletes backups",
    otherwise: "makes or restores a backup",
};

const BORG: Verbs = Verbs {
    globals: "-v -p --verbose --info --progress --json",
    looks: &[(
        "list|info|diff|check",
        "--last: --first: --short --json --format: -v --verbose --verify-data --progress -p \
              --repository-only --archives-only --prefix: -P: -a: --glob-archives: --sort-by: --json-lines",
    )],
    destroys: "delete|prune|compact|break-lock",
    loses: "deletes backups",
    otherwise: "makes or restores a backup",
};

const STORAGE: Verbs = Verbs {
    globals: "-c: --config: -q -m --quiet --json --no-color",
    looks: &[(
        "ls|la|info|du|stat|cat|find|tree|hash|version|admin info",
        "-l -h -r -a -s -L -b -d: --recursive --human-readable --json --summarize --older-than: --newer-than: --name: \
         --depth: --versions --list-md5 --larger: --smaller: --maxdepth:",
    )],
    destroys: "del|rm|rb|rmdir|sync|mirror|expunge",
    loses: "deletes objects",
    otherwise: "copies objects",
};

const LITESTREAM: Verbs = Verbs {
    globals: "-config: --config:",
    looks: &[("databases|generations|snapshots|wal|ltx|version|status", "-config: -replica: -generation:")],
    destroys: "",
    loses: "",
    otherwise: "acts on replicas",
};
