//! The environment: read here and nowhere else.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The variable that seeds' own health checks post to; it works for Runward as it stands.
pub const ALERT_WEBHOOK_URL: &str = "ALERT_WEBHOOK_URL";

/// A variable's value, if it is set and not empty.
#[allow(clippy::disallowed_methods, reason = "the one reader of the environment")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// What every command is given: enough to find programs, nothing that is ours. `first` is a folder to look in before all others.
pub fn for_commands(named: &[String], first: Option<&Path>) -> Vec<(String, OsString)> {
    const USUAL: &[&str] = &[
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS",
        "PM2_HOME", "DOCKER_HOST", "SSH_AUTH_SOCK",
    ];
    let wanted = USUAL.iter().copied().chain(named.iter().map(String::as_str));
    #[allow(clippy::disallowed_methods, reason = "the one reader of the environment")]
    let value = |name: &str| std::env::var_os(name).map(|value| (name.to_owned(), value));
    let mut given: Vec<(String, OsString)> = wanted.filter_map(value).collect();
    if let Some((_, path)) = given.iter_mut().find(|(name, _)| name == "PATH").filter(|_| first.is_some()) {
        let folders = first.map(Path::to_path_buf).into_iter().chain(std::env::split_paths(path));
        *path = std::env::join_paths(folders).unwrap_or_else(|_| path.clone());
    }
    given
}

/// What a runner gives its steps: nothing that a caller could have put there.
pub fn for_runner(named: &[String]) -> Vec<(String, OsString)> {
    #[allow(clippy::disallowed_methods, reason = "the one reader of the environment")]
    let named = named.iter().filter_map(|name| std::env::var_os(name).map(|value| (name.clone(), value)));
    let fixed = [("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"), ("LANG", "C.UTF-8")];
    named.chain(fixed.map(|(name, value)| (name.to_owned(), value.into()))).collect()
}

/// Where this user's programs keep what must outlive them.
pub fn state_folder() -> Option<PathBuf> {
    let named = variable("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    named.or_else(|| Some(PathBuf::from(variable("HOME")?).join(".local/state"))).map(|state| state.join("runward"))
}

/// Where programs are looked for, in this order.
#[allow(clippy::disallowed_methods, reason = "the one reader of the environment")]
pub fn program_folders() -> Vec<PathBuf> {
    std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default()
}

/// The place a test wants the server killed at; only debug builds look.
pub fn failpoint() -> Option<String> {
    if cfg!(debug_assertions) { variable("RUNWARD_FAILPOINT") } else { None }
}

/// What is logged: `RUNWARD_LOG`, in the form of tracing's filters.
pub fn log_filter() -> String {
    variable("RUNWARD_LOG").unwrap_or_else(|| "warn,runward=info".into())
}

/// The user's name, for who did what.
pub fn user() -> Option<String> {
    variable("USER").or_else(|| variable("LOGNAME"))
}

/// Where the server of a command line tool is, where it is not the one of the configuration.
pub fn server_url() -> Option<String> {
    variable("RUNWARD_URL")
}

/// The token of a command line tool, where it does not lie in the data folder.
pub fn token() -> Option<String> {
    variable("RUNWARD_TOKEN")
}

/// The running program, which also supervises commands.
pub fn this_program() -> std::io::Result<PathBuf> {
    std::env::current_exe()
}

/// Whether somebody wants no colours: `NO_COLOR`.
pub fn no_colour() -> bool {
    variable("NO_COLOR").is_some()
}
