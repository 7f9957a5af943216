//! Programs that read and change files and text.

use super::super::impact::{self, Verdict};
use super::Call;

/// Readers that cannot be talked into changing anything by their arguments.
const READERS: &[&str] = &[
    ":", "[", "arch", "b2sum", "base32", "base64", "basename", "bat", "bzcat", "cat", "cd", "cksum", "cmp", "column",
    "comm", "cut", "diff", "dirname", "echo", "egrep", "expand", "expr", "false", "fgrep", "file", "fmt", "fold",
    "free", "getent", "getfacl", "groups", "hexdump", "id", "join", "jq", "last", "lastlog", "locale", "logname",
    "look", "ls", "lsattr", "lsblk", "lscpu", "lsmod", "lspci", "lsusb", "md5sum", "namei", "nl", "nproc", "numfmt",
    "od", "paste", "pgrep", "pidof", "popd", "pr", "printf", "pstree", "ptx", "pushd", "pwd", "readlink", "realpath",
    "return", "rev", "seq", "set", "sha1sum", "sha256sum", "sha512sum", "shift", "shuf", "sleep", "stat", "strings",
    "sum", "tac", "test", "tput", "tr", "tree", "true", "tsort", "tty", "type", "uname", "unexpand", "unset", "uptime",
    "users", "vdir", "vmstat", "w", "wait", "wc", "whatis", "whereis", "which", "who", "whoami", "xxd", "xzcat", "yes",
    "zcat", "zdiff", "zegrep", "zfgrep", "zgrep", "zstdcat", "break", "continue", "exit", "read", "umask", "df", "du",
    "pinky", "zipinfo",
];

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    let verdict = match call.program {
        "grep" => reader(call),
        "head" => reader(call),
        "tail" => reader(call).waiting_if(call.has(&["-f", "-F", "--follow", "--retry"])),
        "yes" => Verdict::READS.waiting(),
        "rg" => reader(call)
            .and(Verdict::reads_if(!call.has(&["--pre", "--hostname-bin"]), "runs a program on what it searches")),
        "export" | "declare" | "local" | "typeset" | "readonly" => {
            let steers = call.args.iter().any(|w| impact::steers_programs(&w.text));
            Verdict::reads_if(!steers, "sets a variable that makes programs run other programs")
        }
        "sort" => {
            Verdict::reads_if(!call.has(&["-o", "--output"]) && !call.has(&["--compress-program"]), "sorts into a file")
        }
        "uniq" => Verdict::reads_if(call.operands(&["-f", "-s", "-w"]).len() < 2, "writes its result into a file"),
        "tree" | "xxd" | "base64" | "column" => Verdict::reads_if(
            !call.has(&["-o", "--output"])
                && (call.program != "xxd"
                    || (!call.has(&["-r"]) && call.operands(&["-l", "-s", "-c", "-g"]).len() < 2)),
            "writes into a file",
        ),
        "awk" | "gawk" | "mawk" | "nawk" => awk(call),
        "sed" | "gsed" => sed(call),
        "yq" => Verdict::reads_if(!call.has(&["-i", "--inplace"]), "edits a file in place"),
        "find" => find(call),
        "fd" | "fdfind" => {
            Verdict::reads_if(!call.has(&["-x", "-X", "--exec", "--exec-batch"]), "runs a program on what it finds")
        }
        "env" | "printenv" => Verdict::READS.telling_secrets(),
        "date" => date(call),
        "hostname" => Verdict::reads_if(
            call.operands(&[]).is_empty() && !call.has(&["-F", "--file", "-b"]),
            "sets the host's name",
        ),
        "ulimit" => Verdict::reads_if(call.operands(&[]).is_empty(), "sets a limit"),
        "history" => Verdict::reads_if(!call.has(&["-c", "-d", "-w", "-r", "-a", "-n", "-s"]), "changes the history"),
        "less" | "more" | "most" | "man" => reader(call).waiting(),
        "nano" | "vim" | "vi" | "nvim" | "emacs" | "pico" | "joe" | "micro" | "code" => {
            Verdict::changes("opens an editor").waiting()
        }
        "tar" => tar(call),
        "unzip" => Verdict::reads_if(call.has(&["-l", "-t", "-v", "-Z"]), "unpacks files"),
        "gunzip" | "gzip" | "bunzip2" | "xz" | "unxz" | "zstd" | "bzip2" => compressor(call),
        "rm" | "unlink" => Verdict::destroys("removes files"),
        "rmdir" => Verdict::destroys("removes directories"),
        "shred" | "srm" | "wipe" => Verdict::destroys("overwrites files for good"),
        "truncate" => Verdict::destroys("cuts a file off"),
        "dd" => dd(call),
        "rsync" => rsync(call),
        "logrotate" => Verdict::reads_if(call.has(&["-d", "--debug"]), "rotates logs"),
        "sponge" | "tee" => Verdict::reads_if(
            call.operands(&[]).iter().all(|w| w.text == "/dev/null" || w.text == "/dev/stderr"),
            "writes into a file",
        ),
        program if READERS.contains(&program) => reader(call),
        _ => return None,
    };
    Some(verdict)
}

/// A reader; what it prints is secret where its arguments name a file of secrets.
fn reader(call: &Call) -> Verdict {
    let secret = matches!(
        call.program,
        "cat"
            | "grep"
            | "egrep"
            | "fgrep"
            | "head"
            | "tail"
            | "less"
            | "more"
            | "bat"
            | "strings"
            | "nl"
            | "tac"
            | "zcat"
            | "zgrep"
            | "rg"
            | "cut"
            | "sort"
    ) && call.args.iter().any(|w| holds_secrets(&w.text));
    if secret { Verdict::READS.telling_secrets() } else { Verdict::READS }
}

/// Whether a path looks like one that holds secrets.
pub(in crate::command) fn holds_secrets(path: &str) -> bool {
    let lower = path.to_lowercase();
    let name = lower.rsplit('/').next().unwrap_or_default();
    let env_file = name == ".env" || name.ends_with(".env") || name.starts_with(".env.") || name.starts_with("env.");
    let known = [
        "credentials", "secrets", "id_rsa", "id_ed25519", ".pgpass", ".netrc", ".my.cnf", "rclone.conf", "shadow",
        "environ",
    ];
    env_file && !name.ends_with(".example") && !name.ends_with(".sample")
        || known.iter().any(|k| name.starts_with(k))
        || [".pem", ".key", ".p12", ".kdbx"].iter().any(|e| name.ends_with(e))
}

fn date(call: &Call) -> Verdict {
    let sets = call.has(&["-s", "--set"])
        || call.operands(&["-d", "--date", "-f", "-r", "-I"]).iter().any(|w| !w.text.starts_with('+'));
    Verdict::reads_if(!sets, "sets the clock")
}

/// awk can run programs and write files from inside its own program.
fn awk(call: &Call) -> Verdict {
    if call.has(&["-f", "--file", "-i", "--include", "--load", "-l", "-E"]) {
        return Verdict::changes("runs an awk program from a file");
    }
    let Some(program) = call.operands(&["-F", "-v", "--assign", "--field-separator"]).first().copied() else {
        return Verdict::READS;
    };
    // A comparison has `>` too, so only `print … > file` and pipes count; brackets keep `($3 > 80)` harmless.
    let text = &program.text;
    let writes = text.split([';', '{', '}', '\n']).any(|statement| {
        let statement = statement.trim_start();
        (statement.starts_with("print") || statement.starts_with("printf") || statement.contains(" print"))
            && outside_brackets(statement, '>')
    });
    let runs = text.contains("system")
        || text.contains('|') && !text.contains("||")
        || text.contains("getline")
        || text.contains("@load")
        || text.contains("|&");
    Verdict::reads_if(
        !(writes || runs || program.dynamic && text.contains('`')),
        "its awk program runs or writes something",
    )
}

fn outside_brackets(text: &str, wanted: char) -> bool {
    let mut depth = 0;
    let mut quoted = false;
    text.chars().any(|c| {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        c == wanted && depth == 0 && !quoted
    })
}

/// sed writes with `-i`, `w`, `W` and runs with `e`; only scripts of plain addresses, `p`, `d`, `q`, `s///` are known to read.
fn sed(call: &Call) -> Verdict {
    if call.args.iter().any(|w| {
        w.text.starts_with("-i")
            || w.text.starts_with("--in-place")
            || (w.text.starts_with('-') && !w.text.starts_with("--") && w.text.contains('i'))
    }) {
        return Verdict::changes("edits files in place");
    }
    if call.has(&["-f", "--file"]) {
        return Verdict::changes("runs a sed program from a file");
    }
    let scripts = match call.values(&["-e", "--expression"]) {
        given if given.is_empty() => {
            call.operands(&["-e", "-l"]).first().map(|w| w.text.as_str()).into_iter().collect()
        }
        given => given,
    };
    Verdict::reads_if(scripts.iter().all(|s| plain_sed(s)), "its sed program may write or run something")
}

fn plain_sed(script: &str) -> bool {
    let commands = script.split([';', '\n']).map(str::trim).filter(|c| !c.is_empty());
    let mut plain = true;
    for command in commands {
        let body =
            command.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ',' | '$' | '~' | '+' | ' ' | '!'));
        // A regular expression as address: only `/x/p` and `/x/d`, with nothing behind.
        let body = match body.strip_prefix('/') {
            Some(rest) => rest.rsplit_once('/').map_or("?", |(_, after)| after),
            None => body,
        };
        plain &= matches!(body, "p" | "d" | "q" | "=" | "n") || plain_substitution(body);
    }
    plain
}

/// `s/a/b/flags` with flags that neither write nor run.
fn plain_substitution(body: &str) -> bool {
    let Some(rest) = body.strip_prefix('s') else { return false };
    let Some(separator) = rest.chars().next().filter(|c| !c.is_alphanumeric() && !c.is_whitespace()) else {
        return false;
    };
    let parts: Vec<&str> = rest[separator.len_utf8()..].split(separator).collect();
    parts.len() == 3 && parts[2].chars().all(|c| c.is_ascii_digit() || matches!(c, 'g' | 'p' | 'i' | 'I'))
}

fn find(call: &Call) -> Verdict {
    let mut worst = Verdict::READS;
    let mut at = 0;
    while let Some(word) = call.args.get(at) {
        match word.text.as_str() {
            "-delete" => worst = worst.and(Verdict::destroys("deletes what it finds")),
            "-fprint" | "-fprintf" | "-fls" | "-fprint0" => worst = worst.and(Verdict::changes("writes into a file")),
            "-exec" | "-execdir" | "-ok" | "-okdir" => {
                let inner = &call.args[at + 1..];
                let end = inner.iter().position(|w| matches!(w.text.as_str(), ";" | "+")).unwrap_or(inner.len());
                worst =
                    worst.and(impact::words(&inner[..end], true, call.depth)).waiting_if(word.text.starts_with("-ok"));
                at += end;
            }
            _ => {}
        }
        at += 1;
    }
    worst
}

fn tar(call: &Call) -> Verdict {
    let first = call.args.first().map_or("", |w| w.text.as_str());
    let short = first.trim_start_matches('-');
    let lists = call.has(&["--list", "-t"]) || (!first.starts_with("--") && short.starts_with('t'));
    let runs = call.args.iter().any(|w| {
        w.text.starts_with("--to-command")
            || w.text.starts_with("--checkpoint-action")
            || w.text.starts_with("--use-compress")
            || w.text == "-I"
    });
    if runs {
        return Verdict::changes("runs a program while it packs");
    }
    if call.has(&["--remove-files", "--delete"]) {
        return Verdict::destroys("removes the files it packs");
    }
    Verdict::reads_if(lists, "packs or unpacks files")
}

/// Compressors replace a file unless told to print.
fn compressor(call: &Call) -> Verdict {
    let prints =
        call.has(&["-c", "--stdout", "-t", "--test", "-l", "--list"]) || call.operands(&["-T", "-S"]).is_empty();
    Verdict::reads_if(prints, "replaces files by their other form")
}

fn dd(call: &Call) -> Verdict {
    let output = call.args.iter().find_map(|w| w.text.strip_prefix("of="));
    match output {
        None | Some("/dev/null" | "/dev/stdout") => Verdict::READS,
        Some(_) => Verdict::destroys("overwrites raw bytes"),
    }
}

fn rsync(call: &Call) -> Verdict {
    if call.args.iter().any(|w| w.text.starts_with("--del") || w.text.starts_with("--remove-source"))
        && !call.has(&["-n", "--dry-run"])
    {
        return Verdict::destroys("deletes files at one end");
    }
    let runs = call.has(&["-e", "--rsh", "--rsync-path"]);
    Verdict::reads_if(call.has(&["-n", "--dry-run"]) && !runs, "copies files")
}
