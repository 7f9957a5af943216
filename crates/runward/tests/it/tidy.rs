//! The house keeps its own rules: layers, one place for each thing, files that say what they are.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Every source file of the workspace with its path from the root and its text.
fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in ["crates/runward-core", "crates/runward-kinds", "crates/runward"] {
        walk(&root().join(folder), &mut found);
    }
    found
}

fn walk(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
        if entry.is_dir() {
            walk(&entry, found);
        } else if entry.extension().is_some_and(|e| e == "rs") {
            let name = entry.strip_prefix(root()).unwrap().display().to_string();
            found.push((name, std::fs::read_to_string(&entry).unwrap()));
        }
    }
}

/// What stands in a file outside comments.
fn code(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Fails for every file that holds one of the words and is not allowed to.
fn only_in(words: &[&str], allowed: &[&str], why: &str) {
    let is_allowed = |name: &str| allowed.iter().any(|a| name.starts_with(a));
    for (name, text) in sources().iter().filter(|(name, _)| !is_allowed(name) && !name.contains("tests")) {
        let code = code(text);
        for word in words {
            assert!(!code.contains(word), "{name}: `{word}`: {why}");
        }
    }
}

#[test]
fn the_core_decides_and_touches_nothing() {
    let manifest = std::fs::read_to_string(root().join("crates/runward-core/Cargo.toml")).unwrap();
    for outside in ["tokio", "sqlx", "reqwest", "axum", "hyper", "rustix", "tracing"] {
        assert!(!manifest.contains(outside), "runward-core must not depend on {outside}");
    }
    for (name, text) in sources().iter().filter(|(name, _)| name.starts_with("crates/runward-core/src")) {
        for word in [
            "std::fs", "TcpStream", "TcpListener", "UdpSocket", "std::process", "std::env", "SystemTime",
            "Instant::now", "Timestamp::now",
        ] {
            assert!(!code(text).contains(word), "{name}: `{word}` belongs to the edge");
        }
        let shares = name.ends_with("src/hands.rs");
        assert!(shares || !code(text).contains("std::thread"), "{name}: work is shared by hands.rs");
    }
}

#[test]
fn kinds_know_core_and_nothing_above() {
    let manifest = std::fs::read_to_string(root().join("crates/runward-kinds/Cargo.toml")).unwrap();
    assert!(!manifest.contains("\nrunward.workspace") && !manifest.contains("sqlx"), "{manifest}");
}

#[test]
fn each_thing_has_one_place() {
    only_in(&["sqlx::query"], &["crates/runward/src/store"], "the only SQL is the store's");
    only_in(
        &["Command::new("],
        &["crates/runward-kinds/src/exec", "crates/runward-kinds/benches", "crates/runward/benches"],
        "the only place that spawns is exec",
    );
    only_in(&["Timestamp::now()"], &["crates/runward/src/engine/clock.rs"], "the only clock is the engine's");
    only_in(
        &["env::var(", "env::var_os(", "env::vars"],
        &[
            "crates/runward/src/config/env.rs", "crates/runward/src/reference.rs",
            "crates/runward-kinds/src/checks/pm2.rs", "crates/runward-kinds/src/exec/supervise.rs",
            "crates/runward/benches",
        ],
        "configuration is read by config::env",
    );
    only_in(
        &["println!(", "print!("],
        &["crates/runward/src/cli", "crates/runward/benches", "crates/runward-core/benches"],
        "only the command line prints",
    );
}

#[test]
fn every_file_says_what_lives_there() {
    for (name, text) in sources() {
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("//! ") && first.len() > 20, "{name} does not begin with a sentence: `{first}`");
        let lines = text.lines().count();
        assert!(lines <= 600, "{name} has {lines} lines: it holds more than one thing");
    }
}

#[test]
fn every_kind_of_file_is_registered() {
    for folder in
        ["crates/runward-kinds/src/checks", "crates/runward-kinds/src/notifiers", "crates/runward-core/src/lints"]
    {
        let listed = std::fs::read_to_string(root().join(folder).join("mod.rs")).unwrap();
        for entry in std::fs::read_dir(root().join(folder)).unwrap().map(|e| e.unwrap().path()) {
            let name = entry.file_stem().unwrap().to_string_lossy().into_owned();
            if name != "mod" {
                assert!(listed.contains(&format!("mod {name};")), "{folder}/{name} is not registered");
            }
        }
    }
}

#[test]
fn links_of_the_book_lead_somewhere() {
    let mut pages = vec![root().join("README.md"), root().join("ARCHITECTURE.md"), root().join("CONTRIBUTING.md")];
    for folder in ["docs", "docs/reference", "docs/reference/lints"] {
        pages.extend(std::fs::read_dir(root().join(folder)).unwrap().map(|e| e.unwrap().path()));
    }
    pages.push(root().join("STYLE.md"));
    for page in pages.iter().filter(|p| p.extension().is_some_and(|e| e == "md")) {
        let text = std::fs::read_to_string(page).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("://") || file.contains(' ') {
                continue;
            }
            let path = page.parent().unwrap().join(file);
            assert!(path.exists(), "{}: `{target}` leads nowhere", page.display());
        }
    }
}
