//! A short look: a program with arguments, its output taken, ended when it takes too long.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;

/// No look prints more than this; what is beyond is not read.
const MOST_OUTPUT: u64 = 4 * 1024 * 1024;

/// What a program printed and how it ended.
#[derive(Debug)]
pub struct Captured {
    /// Its exit status; `None` where a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub stdout: String,
    /// The first lines of its standard error.
    pub stderr: String,
    /// Whether it printed more than is read: what is missing in it is not missing.
    pub cut: bool,
}

/// Why a look could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The program is not there or may not be run.
    #[error("`{0}` cannot be run: {1}")]
    NotRun(String, std::io::Error),
    /// It took too long and was ended.
    #[error("`{0}` took longer than {1:?}")]
    TimedOut(String, Duration),
}

/// Runs a program without a shell, with nothing on its standard input and its own process group.
/// # Errors
/// Where the program cannot be started or does not end in time.
pub async fn capture(program: &str, arguments: &[&str], timeout: Duration) -> Result<Captured, Failure> {
    #[allow(clippy::disallowed_methods, reason = "this is the place that spawns")]
    let mut command = tokio::process::Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .env("LC_ALL", "C")
        .env("TERM", "dumb")
        .env("SYSTEMD_PAGER", "cat")
        .env("NO_COLOR", "1")
        .process_group(0)
        .kill_on_drop(true);
    let not_run = |e| Failure::NotRun(program.to_owned(), e);
    let mut child = command.spawn().map_err(not_run)?;
    let group = child.id().and_then(|id| rustix::process::Pid::from_raw(i32::try_from(id).ok()?));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let reading = async {
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let read_out = async {
            if let Some(stdout) = stdout {
                let _ = stdout.take(MOST_OUTPUT).read_to_end(&mut out).await;
            }
        };
        let read_err = async {
            if let Some(stderr) = stderr {
                let _ = stderr.take(4096).read_to_end(&mut err).await;
            }
        };
        tokio::join!(read_out, read_err);
        child.wait().await
    };
    match tokio::time::timeout(timeout, reading).await {
        Ok(Ok(status)) => Ok(Captured {
            cut: out.len() as u64 >= MOST_OUTPUT,
            code: status.code(),
            stdout: String::from_utf8_lossy(&out).into_owned(),
            stderr: String::from_utf8_lossy(&err).into_owned(),
        }),
        Ok(Err(e)) => Err(not_run(e)),
        Err(_) => {
            // The whole group: a grandchild that holds the pipe would outlive its parent.
            if let Some(group) = group {
                let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
            }
            Err(Failure::TimedOut(program.to_owned(), timeout))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_look_ends_in_time_even_if_a_grandchild_holds_its_output() {
        let started = std::time::Instant::now();
        let ended = capture("sh", &["-c", "sleep 30 & sleep 30"], Duration::from_millis(100)).await;
        assert!(matches!(ended, Err(Failure::TimedOut(..))));
        assert!(started.elapsed() < Duration::from_secs(10));
    }

    #[tokio::test]
    async fn a_look_that_prints_too_much_says_so() {
        let all = capture("sh", &["-c", "head -c 4200000 /dev/zero"], Duration::from_secs(10)).await.unwrap();
        assert_eq!((all.stdout.len() as u64, all.cut), (MOST_OUTPUT, true));
        let little = capture("sh", &["-c", "echo out"], Duration::from_secs(10)).await.unwrap();
        assert!(!little.cut);
    }

    #[tokio::test]
    async fn a_look_says_what_it_saw() {
        let seen = capture("sh", &["-c", "echo out; echo err >&2; exit 3"], Duration::from_secs(10)).await.unwrap();
        assert_eq!((seen.code, seen.stdout.as_str(), seen.stderr.as_str()), (Some(3), "out\n", "err\n"));
        assert!(matches!(capture("no-such-program", &[], Duration::from_secs(1)).await, Err(Failure::NotRun(..))));
    }
}
