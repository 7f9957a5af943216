//! What a run costs: a procedure of a hundred steps, each captured and written down so that it survives a crash, beside
//! a bash loop that only captures, and what of it is waiting for the disk.
//!
//! `cargo bench --bench run` takes about half a minute. Nothing here fails on a slow machine: it prints, people compare.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench starts processes, reads the clock, and prints"
)]

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

const STEPS: usize = 100;
const ROUNDS: usize = 5;

fn main() {
    let place = tempfile::tempdir().unwrap();
    write_runbook(place.path());
    let mut server = serve(place.path());
    println!("a procedure of {STEPS} steps `true`, medians of {ROUNDS} rounds\n");
    let ours = median(|| run(place.path()));
    let _ = server.kill();
    let _ = server.wait();
    let bare = median(|| bash_loop(place.path()));
    let sync = median(|| appends(place.path(), true)) - median(|| appends(place.path(), false));
    let forced = forced_to_disk(place.path());
    println!("runward, crash-safe        {ours:7.3} s    goal 1.0 s");
    println!("bash loop with capture     {bare:7.3} s    ratio {:.1}", ours / bare);
    match forced {
        Some(times) => println!(
            "forced to the disk         {times:7} times, {:.3} s at {:.2} ms each on this disk",
            times as f64 * sync,
            sync * 1e3
        ),
        None => println!("forced to the disk         each time {:.2} ms on this disk (strace counts them)", sync * 1e3),
    }
}

fn write_runbook(folder: &Path) {
    let mut text = String::from("# Bench\n\n## Hundred\n\n**Fix:**\n```bash\n");
    for step in 1..=STEPS {
        text.push_str(&format!("# Step {step}\ntrue\n\n"));
    }
    text.push_str("```\n");
    std::fs::write(folder.join("ops.md"), text).unwrap();
    std::fs::write(folder.join("runward.toml"), "runbooks = [\"ops.md\"]\nlisten = \"127.0.0.1:0\"\n").unwrap();
}

fn runward(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_runward"));
    command.current_dir(folder).stdin(Stdio::null()).stderr(Stdio::null());
    command
}

fn serve(folder: &Path) -> Child {
    let mut child = runward(folder).arg("serve").stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.next().unwrap().unwrap();
    std::thread::spawn(move || lines.for_each(drop));
    child
}

/// Seconds from the command that asks for a run to its last word.
fn run(folder: &Path) -> f64 {
    let began = Instant::now();
    let said = runward(folder).args(["run", "hundred", "--yes", "--format", "json"]).output().unwrap();
    let took = began.elapsed().as_secs_f64();
    let out = String::from_utf8_lossy(&said.stdout);
    assert!(said.status.success() || out.contains("ran-unverified"), "{out}");
    took
}

/// The same commands by a shell that keeps what they print and how they end.
fn bash_loop(folder: &Path) -> f64 {
    let script = format!("for n in $(seq {STEPS}); do bash -c true > out.$n 2>&1; echo $? > code.$n; done");
    let began = Instant::now();
    assert!(Command::new("bash").args(["-c", &script]).current_dir(folder).status().unwrap().success());
    began.elapsed().as_secs_f64()
}

/// Seconds for one small write at the end of a file, forced to the disk or not.
fn appends(folder: &Path, force: bool) -> f64 {
    const TIMES: u32 = 50;
    let mut file = File::create(folder.join("appended")).unwrap();
    let began = Instant::now();
    for _ in 0..TIMES {
        file.write_all(&[b'x'; 512]).unwrap();
        if force {
            file.sync_data().unwrap();
        }
    }
    began.elapsed().as_secs_f64() / f64::from(TIMES)
}

/// How often a run makes the server and its supervisors force something to the disk, where `strace` is there to count.
fn forced_to_disk(folder: &Path) -> Option<usize> {
    let counted = folder.join("strace");
    let mut child = Command::new("strace")
        .args(["-f", "-qq", "-e", "trace=fsync,fdatasync,sync_file_range", "-o"])
        .arg(&counted)
        .arg(env!("CARGO_BIN_EXE_runward"))
        .arg("serve")
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut lines = BufReader::new(child.stdout.take()?).lines();
    lines.next()?.ok()?;
    std::thread::spawn(move || lines.for_each(drop));
    let before = std::fs::read_to_string(&counted).ok()?.lines().count();
    run(folder);
    let after = std::fs::read_to_string(&counted).ok()?.lines().count();
    let _ = Command::new("pkill").args(["-P", &child.id().to_string()]).status();
    let _ = child.wait();
    Some(after - before)
}

fn median(mut round: impl FnMut() -> f64) -> f64 {
    let mut took: Vec<f64> = (0..ROUNDS).map(|_| round()).collect();
    took.sort_by(f64::total_cmp);
    took[ROUNDS / 2]
}
