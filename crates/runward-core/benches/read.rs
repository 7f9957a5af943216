//! What reading a runbook costs: Markdown, model, classes and rules together, beside the Markdown parser alone.
//!
//! `cargo bench -p runward-core` takes about a minute. Nothing here fails on a slow machine: it prints, people compare.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs,
    reason = "a bench reads files and the clock, and prints"
)]

use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use pulldown_cmark::{Options, Parser};
use runward_core::runbook::{MAX_BYTES, Runbook};

const ROUNDS: usize = 11;

fn main() {
    println!("medians of {ROUNDS} rounds; goal: 20 MB/s from 10 kB to 1 MB, and no worse to 2 MiB\n");
    println!("{:34} {:>9} {:>9} {:>7} {:>9} {:>8}", "document", "bytes", "ms", "MB/s", "Markdown", "ratio");
    for (name, text) in files() {
        row(&name, &text);
    }
    for size in [10_000, 100_000, 1_000_000, MAX_BYTES] {
        row("runbook of many services", &runbook(size));
    }
    println!("\nshapes that could be slow");
    for (name, text) in hostile() {
        row(name, &text);
    }
}

fn row(name: &str, text: &str) {
    let whole = median(|| {
        black_box(Runbook::read([("ops.md", text)]));
    });
    let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_STRIKETHROUGH;
    let bare = median(|| {
        black_box(Parser::new_ext(text, options).into_offset_iter().count());
    });
    let (ms, floor) = (whole.as_secs_f64() * 1e3, bare.as_secs_f64() * 1e3);
    let speed = text.len() as f64 / whole.as_secs_f64() / 1e6;
    println!("{name:34} {:>9} {ms:>9.2} {speed:>7.1} {floor:>9.2} {:>7.1}x", text.len(), ms / floor);
}

fn median(mut work: impl FnMut()) -> Duration {
    let mut took: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let began = Instant::now();
            work();
            began.elapsed()
        })
        .collect();
    took.sort();
    took[ROUNDS / 2]
}

/// The project's own runbooks and, where they lie beside it, those that it is tried on.
fn files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = Vec::new();
    for folder in [root.join("examples"), root.join("../shared/seeds")] {
        let mut open = vec![folder];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    open.push(path);
                } else if path.extension().is_some_and(|e| e == "md") {
                    let parent = path.parent().and_then(Path::file_name).unwrap_or_default();
                    let name = Path::new(parent).join(path.file_name().unwrap()).display().to_string();
                    found.push((name, std::fs::read_to_string(path).unwrap()));
                }
            }
        }
    }
    found.sort();
    found
}

/// A runbook in which no two services, numbers or commands are the same, so that nothing read once helps later.
fn runbook(size: usize) -> String {
    let mut text = String::from("# Harbour\n\n**Owner:** quay team\n\n| Service | Unit | Port |\n|---|---|---|\n");
    for n in 0..size / 2500 {
        let _ = writeln!(text, "| berth{n} | harbour-berth{n} | {} |", 1024 + n % 60_000);
    }
    let mut n = 0;
    while text.len() < size {
        let _ = write!(
            text,
            "\n## {n}. Berth {n} does not answer\n\n**Symptom:** `berth{n}` logs `timeout {n}`, ships wait {n} minutes.\n\n\
             **Diagnose:**\n```bash\n# 1. Look at the unit\nsystemctl status harbour-berth{n} --no-pager\n\n\
             # 2. What it wrote\njournalctl -u harbour-berth{n} -n {lines} --no-pager | grep -c 'timeout {n}'\n\
             curl -fsS --max-time {wait} http://localhost:{port}/health | jq -r '.berths[{n}].state'\n\
             docker compose -f /srv/harbour/{n}/compose.yml logs --since {wait}m crane{n} 2>&1 | tail -{lines}\n```\n\n\
             The crane of berth {n} may be *stuck*; see [the next one](#{next}-berth-{next}-does-not-answer).\n\n\
             **Fix:**\n```bash\n# If the queue is longer than {lines}, empty it\n\
             redis-cli -n {db} LTRIM queue:berth{n} 0 {lines}\n# Restart it\nsudo systemctl restart harbour-berth{n}\n\
             for pier in east-{n} west-{n}; do\n  ssh pier{n} \"echo ${{pier}} >> /srv/piers/{n}.txt\"\ndone\n```\n\n\
             - [ ] Told the harbour master of berth {n}\n- [ ] Wrote **{n}** into the book\n\n\
             **Verify:**\n```bash\npsql -X -v ON_ERROR_STOP=1 -d harbour -c \"SELECT count(*) FROM ships WHERE berth = {n}\"\n\
             # Expected: {lines}\n```\n",
            lines = 20 + n % 80,
            wait = 5 + n % 20,
            port = 1024 + n % 60_000,
            db = n % 16,
            next = n + 1,
        );
        n += 1;
    }
    // Whole lines only.
    text.truncate(text[..size].rfind('\n').map_or(size, |at| at + 1));
    if text.matches("```").count() % 2 == 1 {
        text.push_str("```\n");
    }
    text
}

/// A word of letters for a number.
fn word(mut n: usize) -> String {
    let mut letters = String::new();
    for _ in 0..4 {
        letters.push(char::from(b'a' + (n % 26) as u8));
        n /= 26;
    }
    letters
}

fn hostile() -> Vec<(&'static str, String)> {
    let fill = |piece: &dyn Fn(usize) -> String| {
        let mut text = String::from("# Ops\n\n");
        let mut n = 0;
        while text.len() < MAX_BYTES - 200 {
            text.push_str(&piece(n));
            n += 1;
        }
        text
    };
    let fenced = |text: String| format!("# Ops\n\n## Web down\n\n**Fix:**\n```bash\n{text}\n```\n");
    let lines = |piece: &dyn Fn(usize) -> String| (0..30_000).map(piece).collect::<String>();
    vec![
        ("headings alone", fill(&|n| format!("## Trouble {n}\n\n"))),
        (
            "one table",
            format!("# Ops\n\n| Service | Port |\n|---|---|\n{}", lines(&|n| format!("| s{n} | {} |\n", n + 1))),
        ),
        ("one list", fill(&|n| format!("- **Item {n}:** look at `df -h /srv/{n}`\n"))),
        ("one block of commands", fenced(lines(&|n| format!("systemctl restart web{n} && curl -s http://web{n}/\n")))),
        ("one block of endless commands", fenced(lines(&|n| format!("tail -f /var/log/<name>-{n}.log\n")))),
        ("one line", format!("# Ops\n\n{}\n", "word `code` <x> [y] ".repeat(90_000))),
        ("one command", fenced(format!("echo {}", "a$(b '${c}') ".repeat(100_000)))),
        ("quotes that never close", fenced(lines(&|n| format!("echo 'don't {n}\n")))),
        ("brackets", fill(&|_| "[[[[((((<<<<{{{{ ".into())),
        ("strange names", {
            let rows = lines(&|n| format!("| s{n} | till-s{n} |\n"));
            let commands = fenced(lines(&|n| format!("systemctl restart till-x{n}\n")));
            format!("| Service | Unit |\n|---|---|\n{rows}\n{commands}")
        }),
        ("roles that nobody is", {
            let contacts = lines(&|n| format!("| {} lead | +49 30 12345 |\n", word(n)));
            let chain = lines(&|n| format!("| {} boss | {n} minutes |\n", word(n)));
            format!(
                "## Contacts\n\n| Role | Phone |\n|---|---|\n{contacts}\n## Escalation\n\n| Role | After |\n|---|---|\n{chain}"
            )
        }),
        ("stops without a start", fenced(lines(&|n| format!("systemctl stop till-s{n}\n")))),
        ("placeholders of one command", fenced(format!("echo {}", lines(&|n| format!("<app-{n}> "))))),
        ("placeholders", fenced(lines(&|n| format!("kill <pid-{n}> [service-{n}] YOUR_TOKEN_{n}\n")))),
    ]
}
