//! Backups and storage away from the host.

use super::super::impact::Verdict;
use super::Call;
use super::options::{Table, Verbs};

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    Some(match call.program {
        "rclone" => rclone(call),
        "restic" => RESTIC.verdict(call.args),
        "borg" => BORG.verdict(call.args),
        "gsutil" => gsutil(call),
        "s3cmd" | "mc" | "mcli" | "s5cmd" => {
            let deletes =
                call.args.iter().any(|w| matches!(w.text.as_str(), "--delete-removed" | "--remove" | "--delete"));
            let verdict = STORAGE.verdict(call.args);
            if deletes { verdict.and(Verdict::destroys("deletes at one end")) } else { verdict }
        }
        "litestream" => LITESTREAM.verdict(call.args),
        _ => return None,
    })
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
        "ls|la|info|du|stat|cat|find|tree|hash|version|admin info|diff|ping|head|alias list|ready|admin user list|admin policy list|replicate status",
        "-l -h -r -a -s -L -b -d: --recursive --human-readable --json --summarize --older-than: --newer-than: --name: \
         --depth: --versions --list-md5 --larger: --smaller: --maxdepth:",
    )],
    destroys: "del|rm|rb|rmdir|expunge|undo|admin user remove|admin policy remove|ilm rule rm",
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

/// `gsutil rsync` deletes with `-d` only.
fn gsutil(call: &Call) -> Verdict {
    let verdict = STORAGE.verdict(call.args);
    let mirrors = call.args.iter().any(|w| w.text == "rsync") && call.args.iter().any(|w| w.text == "-d");
    if mirrors { verdict.and(Verdict::destroys("deletes at one end")) } else { verdict }
}
