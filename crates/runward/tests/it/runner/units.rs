//! The units that are shipped keep server and runner apart.

use std::path::Path;

/// The values of a key in a unit, in order.
fn values(unit: &str, section: &str, key: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/systemd").join(unit);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut inside = false;
    let mut found = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            inside = name == section;
            continue;
        }
        let (name, value) = line.split_once('=').unwrap_or_else(|| panic!("{unit}: `{line}` is no setting"));
        if inside && name == key {
            found.push(value.to_owned());
        }
    }
    found
}

fn check(unit: &str, section: &str, settings: &[(&str, &str)]) {
    for (key, value) in settings {
        assert!(values(unit, section, key).iter().any(|v| v == value), "{unit}: {key}={value} is missing");
    }
}

#[test]
fn the_server_has_no_rights_of_its_own() {
    check(
        "runward.service",
        "Service",
        &[
            ("User", "runward"),
            ("NoNewPrivileges", "yes"),
            ("CapabilityBoundingSet", ""),
            ("ProtectSystem", "strict"),
            ("ProtectHome", "yes"),
            ("PrivateTmp", "yes"),
            ("PrivateDevices", "yes"),
            ("RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6"),
            ("SystemCallFilter", "@system-service"),
            ("RestrictSUIDSGID", "yes"),
            ("KillMode", "process"),
        ],
    );
    for key in ["MemoryMax", "TasksMax", "LimitNOFILE"] {
        assert_eq!(values("runward.service", "Service", key).len(), 1, "{key}");
    }
    assert_eq!(values("runward.service", "Service", "SupplementaryGroups").len(), 0, "no docker, no sudo");
}

#[test]
fn the_runner_hears_the_server_alone_and_leaves_its_steps_running() {
    check(
        "runward-runner.socket",
        "Socket",
        &[
            ("ListenStream", "/run/runward/runner.sock"),
            ("SocketUser", "runward"),
            ("SocketMode", "0600"),
            ("Accept", "no"),
        ],
    );
    check(
        "runward-runner.service",
        "Service",
        &[("User", "root"), ("StandardInput", "socket"), ("KillMode", "process"), ("UMask", "0077")],
    );
    let start = values("runward-runner.service", "Service", "ExecStart").concat();
    let server = values("runward.service", "Service", "User").concat();
    assert!(start.contains(&format!("runner --server {server} ")), "{start}");
}
