//! What watching costs: memory at rest, the time to be ready, and CPU for each thousand checks, beside a bare loop in the same run.
//!
//! `cargo bench --bench watch` takes about two minutes. Nothing here fails on a slow machine: it prints, people compare.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench starts processes, reads the clock, and prints"
)]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

const CHECKS: usize = 1000;
const EVERY: Duration = Duration::from_secs(30);
/// How many rounds of all checks the CPU is measured over.
const ROUNDS: u32 = 2;
const STARTS: usize = 11;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|a| a == "--bare") {
        return bare(&arguments[at + 1], arguments[at + 2].parse().unwrap());
    }
    let target = serve_target();
    println!("{CHECKS} HTTP checks every {} s, each a new connection to {target}\n", EVERY.as_secs());
    let ready = start_to_ready();
    println!("start to ready, empty database   median {ready:.1} ms of {STARTS}        goal 100 ms");
    let watched = watch(&target);
    println!("memory at rest                   {:.1} MiB                  goal 30 MiB", watched.rss_mib);
    println!("CPU for 1000 checks              {:.3} s                   goal 0.2 s", watched.cpu_per_thousand);
    let bare = bare_cost(&target);
    println!(
        "the same, a bare hyper loop      {bare:.3} s                   ratio {:.2}",
        watched.cpu_per_thousand / bare
    );
}

/// A server that answers everything, in threads of this process, so that its work is not counted.
fn serve_target() -> String {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            sender.send(listener.local_addr().unwrap().to_string()).unwrap();
            let router =
                axum::Router::new().route("/health", axum::routing::get(|| async { r#"{"status":"healthy"}"# }));
            axum::serve(listener, router).await.unwrap();
        });
    });
    receiver.recv().unwrap()
}

fn place(checks: usize, target: &str, every: Duration) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ops.md"), "# Nothing but checks\n\n## Severity levels\n").unwrap();
    let mut text = format!(
        "runbooks = [\"ops.md\"]\nlisten = \"127.0.0.1:0\"\n\n[watch]\nevery = \"{}ms\"\n\n[checks]\n",
        every.as_millis()
    );
    for n in 0..checks {
        text.push_str(&format!("\"service-{n}/http\" = {{ kind = \"http\", url = \"http://{target}/health\" }}\n"));
    }
    std::fs::write(folder.path().join("runward.toml"), text).unwrap();
    folder
}

struct Server {
    child: Child,
    base: String,
}

impl Server {
    fn start(folder: &Path) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_runward"));
        command.arg("serve").current_dir(folder).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        std::thread::spawn(move || lines.for_each(drop));
        let base = first.split_whitespace().last().unwrap().trim_start_matches("http://").to_owned();
        Server { child, base }
    }

    fn get(&self, path: &str, token: &str) -> String {
        use std::io::Read;
        let mut stream = std::net::TcpStream::connect(&self.base).unwrap();
        let host = &self.base;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn looks(&self, token: &str) -> f64 {
        let metrics = self.get("/metrics", token);
        let lines = metrics.lines().filter(|l| l.starts_with("runward_check_runs_total"));
        lines.filter_map(|l| l.rsplit(' ').next()?.parse::<f64>().ok()).sum()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The median of several starts, in milliseconds: from the start of the process to a 200 of `/health/ready`.
fn start_to_ready() -> f64 {
    let mut took: Vec<f64> = (0..STARTS)
        .map(|_| {
            let folder = place(0, "127.0.0.1:1", EVERY);
            let began = Instant::now();
            let server = Server::start(folder.path());
            assert!(server.get("/health/ready", "").starts_with("HTTP/1.1 200"));
            began.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    took.sort_by(f64::total_cmp);
    took[STARTS / 2]
}

struct Watched {
    rss_mib: f64,
    cpu_per_thousand: f64,
}

fn watch(target: &str) -> Watched {
    let folder = place(CHECKS, target, EVERY);
    let server = Server::start(folder.path());
    let token = std::fs::read_to_string(folder.path().join(".runward/admin-token")).unwrap();
    let token = token.trim();
    wait(EVERY, "first round");
    let (looks, cpu) = (server.looks(token), cpu_seconds(server.child.id()));
    wait(EVERY * ROUNDS, "measured");
    let (looks, cpu) = (server.looks(token) - looks, cpu_seconds(server.child.id()) - cpu);
    assert!(looks >= (CHECKS * ROUNDS as usize) as f64 * 0.95, "only {looks} looks");
    Watched { rss_mib: rss_mib(server.child.id()), cpu_per_thousand: cpu * 1000.0 / looks }
}

fn wait(length: Duration, what: &str) {
    for second in 0..length.as_secs() {
        print!("\r{what}: {second} of {} s ", length.as_secs());
        let _ = std::io::stdout().flush();
        std::thread::sleep(Duration::from_secs(1));
    }
    print!("\r{:40}\r", "");
}

/// User and system time of a process so far (`/proc/PID/stat`, fields 14 and 15, in ticks of 10 ms).
fn cpu_seconds(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let behind_name: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    (behind_name[11].parse::<f64>().unwrap() + behind_name[12].parse::<f64>().unwrap()) / 100.0
}

fn rss_mib(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|l| l.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}

/// What a process costs that does nothing but ask, for a thousand requests.
fn bare_cost(target: &str) -> f64 {
    const REQUESTS: usize = 10_000;
    let mut command = Command::new(std::env::current_exe().unwrap());
    let mut child = command.args(["--bare", target, &REQUESTS.to_string()]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let _ = child.wait();
    line.trim().parse::<f64>().unwrap() * 1000.0 / REQUESTS as f64
}

/// Asks one after the other, each on a connection of its own, and prints the CPU seconds that took.
fn bare(target: &str, requests: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        for _ in 0..requests {
            let stream = TcpStream::connect(target).await.unwrap();
            let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
            let request = hyper::Request::get("/health").header("host", target).body(Empty::<Bytes>::new()).unwrap();
            let asking = async {
                let answer = sender.send_request(request).await.unwrap();
                assert_eq!(answer.status(), 200);
                answer.into_body().collect().await.unwrap();
            };
            tokio::select! {
                () = asking => {}
                _ = connection => {}
            }
        }
    });
    println!("{}", cpu_seconds(std::process::id()));
}
