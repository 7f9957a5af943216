//! Programs that read and change files and text.

use super::super::impact::{self, Impact, Verdict};
use super::options::{self, Table};
use super::text::{plain_awk, plain_sed};
use super::wrappers::filled;
use super::{ByName, Call, Simple, Word, by_name, is_nowhere};

/// Readers and the options that keep them readers.
const READERS: &[(&str, Table)] = &[
    (
        ": [ arch b2sum base32 basename bzcat cat cd cksum cmp column comm cut diff dirname echo egrep expand expr \
         false fgrep fmt fold getfacl grep groups head hexdump id join jq last locale logname look ls lsattr lsblk \
         lscpu lsmod lspci lsusb md5sum namei nl nproc numfmt od paste pgrep pidof popd pr pstree pushd pwd readlink \
         realpath return rev seq set sha1sum sha256sum sha512sum shift sleep stat strings sum tac test tput tr true \
         tsort tty type uname unexpand uptime users vdir w wait wc whatis whereis which who whoami xzcat zcat zdiff \
         zegrep zfgrep zgrep zstdcat break continue exit umask df du pinky zipinfo",
        "*",
    ),
    ("tail", "* -f~ -F~ --follow?~ --retry~ -n: -c: -s: --lines: --bytes: --pid: --sleep-interval:"),
    ("printf", "* -v:!"),
    ("base64", "-d -D -i -w: --decode --wrap: --ignore-garbage"),
    ("file", "-b -i -L -h -s -z -k -r -N --brief --mime --mime-type --mime-encoding --dereference"),
    ("free", "-b -k -m -g -h -w -t -l --human --si --mega --giga --wide --total -s:~ --seconds:~ -c: --count:"),
    ("lastlog", "-u: --user: -b: --before: -t: --time:"),
    ("shuf", "-n: -e -i: -r -z --head-count: --echo --input-range: --repeat --zero-terminated"),
    ("bat", "-p -n -A -r: -l: --plain --style: --color: --paging: --language: --line-range: --number"),
    (
        "rg",
        "-i -n -l -c -v -w -o -e: -F -A: -B: -C: -g: -t: -T: -u -S -s -N -H -I -L -m: -U -x -q -P -h --hidden \
         --no-ignore --glob: --type: --files --count --files-with-matches --ignore-case --line-number --color: \
         --max-count: --context: --no-heading --sort:",
    ),
    (
        "sort",
        "-r -n -h -k: -t: -u -g -M -V -b -d -f -i -s -m -c -C -z -R -S: -T: --reverse --numeric-sort \
         --human-numeric-sort --key: --field-separator: --unique --version-sort --stable --check? --parallel: \
         --zero-terminated --general-numeric-sort --ignore-case --month-sort --random-sort",
    ),
    (
        "tree",
        "-L: -a -d -f -h -s -D -p -u -g -i -I: -P: -C -n -Q -J -X -F -x -l -r -t -S -A -q -N --dirsfirst --noreport \
         --du --prune --filelimit: --gitignore --sort?",
    ),
    (
        "yq",
        "-r -e -o: -p: -P -C -M -N -n -j -y -I: --output-format: --input-format: --prettyPrint --raw-output \
         --unwrapScalar?",
    ),
    ("ulimit", "*"),
    ("iconv", "-f: -t: -c -l -s --from-code: --to-code: --list"),
    ("pv sha1 cksfv zipgrep lesspipe lz4cat bzgrep xzgrep gron miller ccze tspin", "*"),
    ("yes", "*"),
    ("printenv", "-0 --null"),
];

static BY_NAME: ByName = ByName::new(|| by_name(READERS));

/// Programs whose every call removes or overwrites.
const DESTROYERS: &[(&str, &str)] = &[
    ("rm", "removes files"),
    ("unlink", "removes files"),
    ("rmdir", "removes directories"),
    ("shred", "overwrites files for good"),
    ("srm", "overwrites files for good"),
    ("wipe", "overwrites files for good"),
    ("truncate", "cuts a file off"),
];

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    Some(match call.program {
        "export" | "declare" | "local" | "typeset" | "readonly" | "read" | "unset" => variables(call),
        "uniq" => one_operand(
            call,
            "-c -d -u -i -f: -s: -w: -z -D --count --repeated --unique --ignore-case --all-repeated? --group? \
             --skip-fields: --skip-chars: --check-chars:",
        ),
        "xxd" => one_operand(call, "-p -ps -plain -l: -s: -c: -g: -b -e -u -a -E -d"),
        "awk" | "gawk" | "mawk" | "nawk" => awk(call),
        "sed" | "gsed" => sed(call),
        "find" => find(call),
        "date" => date(call),
        "hostname" => no_operand(
            call,
            "-f -i -I -s -d -A -a -y --fqdn --ip-address --all-ip-addresses --short --domain --long --all-fqdns",
            "sets the host's name",
        ),
        "less" | "more" | "most" | "man" => pager(call),
        "nano" | "vim" | "vi" | "nvim" | "emacs" | "pico" | "joe" | "micro" | "code" => {
            Verdict::changes("opens an editor").waiting()
        }
        "tar" => tar(call),
        "unzip" => unzip(call),
        "logger" => Verdict::changes("writes to the log"),
        "gunzip" | "gzip" | "bunzip2" | "xz" | "unxz" | "zstd" | "bzip2" => compressor(call),
        "dd" => dd(call),
        "rsync" => rsync(call),
        "logrotate" => {
            let parsed = call.options("-d --debug -v --verbose -f --force");
            parsed.verdict.clone().and(Verdict::reads_if(parsed_has(&parsed, "-d --debug"), "rotates logs"))
        }
        "cp" | "mv" | "install" => copies(call),
        "mkdir"
        | "touch"
        | "ln"
        | "mktemp"
        | "chmod"
        | "chown"
        | "chgrp"
        | "setfacl"
        | "chattr"
        | "split"
        | "csplit"
        | "patch"
        | "rename"
        | "mkfifo"
        | "zip"
        | "7z"
        | "dos2unix"
        | "link"
        | "setcap"
        | "restorecon"
        | "update-crypto-policies" => Verdict::changes("changes files"),
        "sponge" | "tee" => {
            let parsed = call.options("-a -i -p --append");
            let nowhere = parsed.operands.iter().all(|w| is_nowhere(&w.text));
            parsed.verdict.and(Verdict::reads_if(nowhere, "writes into a file"))
        }
        "fd" | "fdfind" => found(call),
        program => match DESTROYERS.iter().find(|(name, _)| *name == program) {
            Some((_, why)) => Verdict::destroys(why),
            None => reader(call, BY_NAME.get(program)?),
        },
    })
}

fn parsed_has(parsed: &options::Parsed, names: &str) -> bool {
    names.split(' ').any(|name| parsed.has(&[name]))
}

/// Readers that print what is in the files they are given.
const PRINTERS: &[&str] = &[
    "cat", "grep", "egrep", "fgrep", "head", "tail", "less", "more", "bat", "strings", "nl", "tac", "zcat", "zgrep",
    "rg", "cut", "sort", "awk", "gawk", "mawk", "nawk", "sed", "gsed", "base64", "xxd", "od", "hexdump", "diff", "jq",
    "yq", "paste", "tr", "uniq", "column", "rev", "fold", "pr", "join", "comm",
];

/// A reader; what it prints is secret where its arguments name a file of secrets.
fn reader(call: &Call, table: Table) -> Verdict {
    let parsed = call.options(table);
    match call.program {
        "ulimit" => parsed.verdict.and(Verdict::reads_if(parsed.operands.is_empty(), "sets a limit")),
        "yes" => parsed.verdict.waiting(),
        "printenv" => parsed.verdict.telling_secrets(),
        _ => telling(call, parsed.verdict),
    }
}

fn telling(call: &Call, verdict: Verdict) -> Verdict {
    // What writes instead (`sed -i`) prints nothing.
    let prints = PRINTERS.contains(&call.program) && verdict.impact == Impact::ReadOnly;
    let fed =
        call.command.redirects.iter().any(|r| matches!(r, super::Redirect::Read(from) if holds_secrets(&from.text)));
    if prints && (fed || call.args.iter().any(|w| holds_secrets(&w.text))) {
        verdict.telling_secrets()
    } else {
        verdict
    }
}

/// Whether a path looks like one that holds secrets.
pub(in crate::command) fn holds_secrets(path: &str) -> bool {
    let lower = path.to_lowercase();
    let name = lower.rsplit('/').next().unwrap_or_default();
    let env_file = name == ".env" || name.ends_with(".env") || name.starts_with(".env.") || name.starts_with("env.");
    let known = [
        "credentials", "secrets", "id_rsa", "id_ed25519", "id_ecdsa", ".pgpass", ".netrc", "_netrc", ".my.cnf",
        ".git-credentials", "rclone.conf", "shadow", "environ",
    ];
    env_file && !name.ends_with(".example") && !name.ends_with(".sample")
        || known.iter().any(|k| name.starts_with(k))
        || [".pem", ".key", ".p12", ".kdbx"].iter().any(|e| name.ends_with(e))
}

/// Builtins that set or forget variables of this shell.
fn variables(call: &Call) -> Verdict {
    let table = match call.program {
        "read" => "-r -p: -a: -t: -n: -N: -d: -s -e -i: -u:",
        "unset" => "-v -f",
        _ => "-x -r -i -a -A -g -p -F -f -l -u",
    };
    let parsed = call.options(table);
    let steers = parsed.operands.iter().any(|w| impact::steers_programs(&w.text))
        || parsed.values(&["-a"]).iter().any(|name| impact::steers_programs(name));
    // What is read may hold a subscript that arithmetic would run later.
    let fed = call.program == "read" && call.given_text().is_some_and(|t| t.text.contains("$("));
    parsed.verdict.and(Verdict::reads_if(!steers && !fed, "sets a variable that makes programs run other programs"))
}

/// A reader whose second operand is the file it writes.
fn one_operand(call: &Call, table: Table) -> Verdict {
    let parsed = call.options(table);
    let verdict = parsed.verdict.and(Verdict::reads_if(parsed.operands.len() < 2, "writes its result into a file"));
    telling(call, verdict)
}

fn no_operand(call: &Call, table: Table, otherwise: &'static str) -> Verdict {
    let parsed = call.options(table);
    parsed.verdict.and(Verdict::reads_if(parsed.operands.is_empty(), otherwise))
}

fn date(call: &Call) -> Verdict {
    let parsed = call
        .options("-u -R -d: -I? -r: -f: --date: --utc --universal --rfc-3339: --iso-8601? --rfc-email --reference:");
    let shows = parsed.operands.iter().all(|w| w.text.starts_with('+'));
    parsed.verdict.and(Verdict::reads_if(shows, "sets the clock"))
}

/// awk can run programs and write files from inside its own program.
fn awk(call: &Call) -> Verdict {
    let parsed = call.front("-F: -v: --assign: --field-separator:");
    let plain = parsed.rest.first().is_none_or(|program| !program.dynamic && plain_awk(&program.text));
    telling(call, parsed.verdict.and(Verdict::reads_if(plain, "its awk program runs or writes something")))
}

/// sed writes with `-i`, `w`, `W` and runs with `e`.
fn sed(call: &Call) -> Verdict {
    let parsed = call.options(
        "-n -e: -E -r -s -u -z -l: --quiet --silent --expression: --regexp-extended --separate --null-data --unbuffered",
    );
    let scripts = ["-e", "--expression"];
    let plain = if parsed.has(&scripts) {
        !parsed.is_dynamic(&scripts) && plain_sed(&parsed.values(&scripts).join("\n"))
    } else {
        parsed.operands.first().is_none_or(|script| !script.dynamic && plain_sed(&script.text))
    };
    telling(call, parsed.verdict.and(Verdict::reads_if(plain, "its sed program may write or run something")))
}

fn pager(call: &Call) -> Verdict {
    let parsed = call.options(match call.program {
        "man" => "-k -f -a -w -s: -S:",
        _ => "-S -R -N -i -I -n -F -X -M -m -r -K -E -e -G -g -p: -#",
    });
    let runs = parsed.operands.iter().any(|w| w.text.starts_with('+') && w.text != "+F" && w.text != "+G");
    telling(call, parsed.verdict.and(Verdict::reads_if(!runs, "runs a command of the pager"))).waiting()
}

/// Tests of `find` and, with `:`, those with a value.
const FIND: Table = "-name: -iname: -path: -ipath: -wholename: -iwholename: -regex: -iregex: -regextype: -type: -xtype: \
     -size: -mtime: -mmin: -atime: -amin: -ctime: -cmin: -newer: -newermt: -newerct: -maxdepth: -mindepth: -user: \
     -group: -uid: -gid: -perm: -links: -inum: -samefile: -fstype: -lname: -printf: -print -print0 -ls -prune -o -a \
     -or -and -not -true -false -empty -executable -readable -writable -nouser -nogroup -depth -daystart -mount -xdev \
     -follow -noleaf -quit -L -H -P -E -fprint:! -fprintf:! -fls:! -fprint0:!";

fn find(call: &Call) -> Verdict {
    let mut worst = Verdict::READS;
    let mut plain: Vec<Word> = Vec::new();
    let mut at = 0;
    while let Some(word) = call.args.get(at) {
        if matches!(word.text.as_str(), "-exec" | "-execdir" | "-ok" | "-okdir") {
            let inner = &call.args[at + 1..];
            let end = inner.iter().position(|w| matches!(w.text.as_str(), ";" | "+")).unwrap_or(inner.len());
            // What is found begins with a path: it is never an option, but it may be code.
            let words: Vec<Word> = inner[..end].iter().map(|w| Word { any: false, ..filled(w, "{}") }).collect();
            worst = worst
                .and(impact::words(&words, &Simple { piped: true, ..Simple::default() }, call.depth))
                .waiting_if(word.text.starts_with("-ok"));
            at += end + 1;
        } else if word.text == "-delete" {
            worst = worst.and(Verdict::destroys("deletes what it finds"));
        } else {
            plain.push(word.clone());
        }
        at += 1;
    }
    worst.and(options::anywhere(&plain, FIND).verdict)
}

/// `fd PATTERN -x command`: what stands behind runs on all that is found.
fn found(call: &Call) -> Verdict {
    const TABLE: Table = "-t: -e: -H -I -i -s -d: -E: -a -l -u -g -F -p -0 -L -S: --type: --extension: --hidden --no-ignore \
         --max-depth: --size: --changed-within: --changed-before: --glob --absolute-path --list-details --exclude:";
    let at = call.args.iter().position(|w| matches!(w.text.as_str(), "-x" | "-X" | "--exec" | "--exec-batch"));
    let (options, inner) = call.args.split_at(at.unwrap_or(call.args.len()));
    let verdict = options::anywhere(options, TABLE).verdict;
    let words: Vec<Word> = inner.iter().skip(1).map(|w| Word { any: false, ..filled(w, "{}") }).collect();
    if words.is_empty() {
        return verdict;
    }
    verdict.and(impact::words(&words, &Simple { piped: true, ..Simple::default() }, call.depth))
}

fn tar(call: &Call) -> Verdict {
    const TABLE: Table = "-t --list -f: --file: -z -j -J -Z -v --gzip --bzip2 --xz --zstd --verbose -C: --directory: \
         --wildcards --exclude: -T: -X: --strip-components: --full-time -p --numeric-owner --force-local -a \
         -x! -c! -r! -u! --extract! --create! --delete!! --remove-files!!";
    let old = call.args.first().filter(|w| !w.text.starts_with('-') && !w.any);
    let (verdict, lists) = match old {
        // `tar tzf x`: letters without a dash, whose values follow in a row.
        Some(letters) => {
            let known = letters.text.chars().all(|c| "tvzjJZf".contains(c));
            let rest = options::anywhere(&call.args[1..], TABLE);
            (rest.verdict, known && letters.text.contains('t'))
        }
        None => {
            let parsed = call.options(TABLE);
            let lists = parsed_has(&parsed, "-t --list");
            (parsed.verdict, lists)
        }
    };
    verdict.and(Verdict::reads_if(lists, "packs or unpacks files"))
}

fn unzip(call: &Call) -> Verdict {
    let parsed = call.options("-l -v -t -q -Z -p -1 -2");
    parsed.verdict.clone().and(Verdict::reads_if(parsed_has(&parsed, "-l -v -t -Z -p"), "unpacks files"))
}

/// Endings of files that hold a database.
const DATABASES: &[&str] = &[".db", ".sqlite", ".sqlite3", ".rdb", ".aof", ".mdb", ".ibd", ".kdbx"];

/// Words in a path that say it is a copy.
const COPIES: &[&str] = &[
    "backup", "bak", "restore", "recover", "snapshot", "dump", "copy", "/tmp/", "old", "archive", "corrupt", "broken",
    "$(date",
];

/// `cp`, `mv`: a copy that goes over a live database takes away what was in it, and nothing remains of what becomes `/dev/null`.
fn copies(call: &Call) -> Verdict {
    let parsed = call.options(
        "* -t: --target-directory: -S: --suffix: -m: --mode: -o: --owner: -g: --group: -f -r -a -p -v -n -i -u -T -d -R",
    );
    let Some((target, sources)) = parsed.operands.split_last() else { return Verdict::changes("copies files") };
    let is_copy = |path: &str| {
        // Redis calls its database so.
        let lower = path.to_ascii_lowercase().replace("dump.rdb", "");
        COPIES.iter().any(|word| lower.contains(word))
    };
    let holds = |path: &str| DATABASES.iter().any(|end| path.ends_with(end));
    let target_text = target.text.as_str();
    let over = |source: &&&Word| is_copy(&source.text) && !is_copy(target_text.rsplit('/').next().unwrap_or_default());
    let restored = sources.iter().any(|s| over(&s)) && !target_text.contains("backup");
    match () {
        () if target_text == "/dev/null" => Verdict::destroys("leaves nothing of a file"),
        () if target_text.starts_with("/dev/") => Verdict::destroys("writes to a device"),
        () if sources.iter().any(|s| s.text == "/dev/null") => Verdict::destroys("empties a file"),
        () if holds(target_text) && restored => Verdict::destroys("overwrites a database"),
        () if call.program == "mv" => Verdict::changes("moves files"),
        () => Verdict::changes("copies files"),
    }
}

/// Compressors replace a file unless told to print.
fn compressor(call: &Call) -> Verdict {
    let parsed = call.options(
        "-c -d -k -t -l -v -q -f -T: -# --stdout --to-stdout --test --list --decompress --keep --verbose --quiet",
    );
    let prints = parsed_has(&parsed, "-c --stdout --to-stdout -t --test -l --list") || parsed.operands.is_empty();
    parsed.verdict.and(Verdict::reads_if(prints, "replaces files by their other form"))
}

fn dd(call: &Call) -> Verdict {
    let harmless = ["if=", "bs=", "ibs=", "count=", "skip=", "iflag=", "status="];
    let blank = call
        .args
        .iter()
        .any(|w| matches!(w.text.as_str(), "if=/dev/zero" | "if=/dev/null" | "if=/dev/urandom" | "if=/dev/random"));
    let one = |w: &Word| match w.text.strip_prefix("of=") {
        Some(file) if is_nowhere(file) => Verdict::READS,
        // A file for swap is made so.
        Some(file) if !file.starts_with("/dev/") && (file.contains("swap") || !blank) => {
            Verdict::changes("writes a file")
        }
        Some(_) => Verdict::destroys("overwrites raw bytes"),
        None => Verdict::reads_if(harmless.iter().any(|h| w.text.starts_with(h)), "may overwrite raw bytes"),
    };
    call.args.iter().map(one).fold(Verdict::READS, Verdict::and)
}

fn rsync(call: &Call) -> Verdict {
    let parsed = call.options(
        "-a -v -z -r -n -h -i -P -H -A -X -x -u -c -l -p -t -g -o -D -q -S -W --dry-run --delete --delete-after \
         --delete-before --delete-during --delete-excluded --exclude: --include: --exclude-from: --stats --progress \
         --itemize-changes --archive --verbose --compress --human-readable --partial --checksum --size-only \
         --bwlimit: --info: --numeric-ids --filter: -f: --update",
    );
    let only_says = parsed_has(&parsed, "-n --dry-run");
    if only_says && parsed.verdict == Verdict::READS {
        return Verdict::READS;
    }
    let deletes = call.args.iter().any(|w| w.text.starts_with("--del") || w.text.starts_with("--remove-source"));
    if deletes { Verdict::destroys("deletes files at one end") } else { Verdict::changes("copies files") }
}
