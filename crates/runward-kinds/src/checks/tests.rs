//! What holds for every kind of check, and how each looks at a real thing.

use std::io::Write;
use std::net::TcpListener;

use runward_core::check::Health;

use super::*;

const TIMEOUT: Duration = Duration::from_secs(5);

#[test]
fn every_kind_is_sorted_documented_and_reads_its_own_example() {
    let names: Vec<&str> = KINDS.iter().map(|k| k.name).collect();
    assert!(names.is_sorted(), "{names:?}");
    for kind in KINDS {
        assert!(kind.what.ends_with('.'), "{}", kind.name);
        let table: toml::Table = kind.example.parse().unwrap_or_else(|e| panic!("{}: {e}", kind.name));
        let check = (kind.parse)(table.clone()).unwrap_or_else(|e| panic!("{}: {e}", kind.name));
        assert!(!check.target().is_empty());
        let mut wrong = table;
        wrong.insert("wrong".into(), true.into());
        let e = (kind.parse)(wrong).err().unwrap_or_else(|| panic!("{} takes an unknown key", kind.name));
        assert!(e.to_string().contains("wrong"), "{e}");
        let schema = (kind.schema)();
        let properties = schema.get("properties").and_then(|p| p.as_object()).unwrap();
        for (name, property) in properties {
            assert!(property.get("description").is_some(), "{}.{name} is not documented", kind.name);
        }
    }
}

#[test]
fn every_file_of_this_folder_is_a_registered_kind() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/checks");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|e| e.unwrap().file_name().into_string().ok()?.strip_suffix(".rs").map(str::to_owned))
        .filter(|name| name != "mod" && name != "tests")
        .collect();
    files.sort();
    let names: Vec<&str> = KINDS.iter().map(|k| k.name).collect();
    assert_eq!(files, names);
}

async fn look(kind_name: &str, settings: &str) -> (Health, String) {
    let check = (kind(kind_name).unwrap().parse)(settings.parse().unwrap()).unwrap();
    let seen = check.look(TIMEOUT).await;
    (seen.health, seen.summary)
}

/// A server that answers every connection with the same bytes.
fn answering(bytes: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut asked = [0; 1024];
            if !bytes.starts_with(b"220") {
                let _ = std::io::Read::read(&mut stream, &mut asked);
            }
            let _ = stream.write_all(bytes);
        }
    });
    port
}

#[tokio::test]
async fn an_address_is_judged_by_status_and_by_what_it_says_of_itself() {
    let port = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nready");
    assert_eq!(look("http", &format!("url = 'http://127.0.0.1:{port}/'")).await, (Health::Ok, "200 OK".into()));
    assert_eq!(look("http", &format!("url = 'http://localhost:{port}/'\ncontains = 'ready'")).await.0, Health::Ok);
    assert_eq!(
        look("http", &format!("url = 'http://localhost:{port}/'\ncontains = 'gone'")).await,
        (Health::Critical, "200 OK, but without `gone`".into())
    );
    assert_eq!(look("http", &format!("url = 'http://localhost:{port}/'\nstatus = '201'")).await.0, Health::Critical);
    assert_eq!(look("http", &format!("url = 'http://localhost:{port}/'\nslow = '0s'")).await.0, Health::Warn);
    let degraded = answering(
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 21\r\n\r\n{\"status\":\"degraded\"}",
    );
    assert_eq!(
        look("http", &format!("url = 'http://127.0.0.1:{degraded}/health'")).await,
        (Health::Warn, "200 OK, it says `degraded`".into())
    );
    let bad = answering(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n");
    assert_eq!(
        look("http", &format!("url = 'http://127.0.0.1:{bad}/'")).await,
        (Health::Critical, "502 Bad Gateway".into())
    );
    let garbage = answering(b"nonsense\r\n\r\n");
    assert_eq!(look("http", &format!("url = 'http://127.0.0.1:{garbage}/'")).await.0, Health::Critical);
}

#[tokio::test]
async fn what_lies_on_this_side_is_unknown_and_what_lies_on_the_other_is_down() {
    let port = { TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port() };
    assert_eq!(
        look("tcp", &format!("address = '127.0.0.1:{port}'")).await,
        (Health::Critical, format!("connection refused by 127.0.0.1:{port}"))
    );
    assert_eq!(look("http", &format!("url = 'http://localhost:{port}/'")).await.0, Health::Critical);
    let (health, why) = look("http", "url = 'http://no-such-host.invalid/'").await;
    assert_eq!(health, Health::Unknown, "{why}");
    assert!(why.starts_with("cannot resolve"), "{why}");
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let check =
        (kind("http").unwrap().parse)(format!("url = 'http://{}/'", silent.local_addr().unwrap()).parse().unwrap())
            .unwrap();
    let seen = check.look(Duration::from_millis(50)).await;
    assert_eq!((seen.health, seen.summary.as_str()), (Health::Critical, "timed out after 50ms"));
}

#[tokio::test]
async fn a_port_may_be_asked_for_its_greeting() {
    let port = answering(b"220 mail ready\r\n");
    assert_eq!(look("tcp", &format!("address = 'localhost:{port}'")).await.0, Health::Ok);
    assert_eq!(look("tcp", &format!("address = 'localhost:{port}'\ngreeting = '220'")).await.0, Health::Ok);
    assert_eq!(look("tcp", &format!("address = 'localhost:{port}'\ngreeting = '554'")).await.0, Health::Critical);
}

#[tokio::test]
async fn a_server_that_only_speaks_plainly_fails_a_secure_check() {
    let port = answering(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
    let (health, why) = look("http", &format!("url = 'https://localhost:{port}/'")).await;
    assert_eq!(health, Health::Critical);
    assert!(why.starts_with("TLS failed"), "{why}");
}

#[tokio::test]
async fn a_process_is_found_by_its_command_line() {
    // A length that nothing else on this machine sleeps for.
    let length = format!("98765.{}", std::process::id());
    let mut child = {
        #[allow(clippy::disallowed_methods, reason = "a process to be found")]
        let mut command = tokio::process::Command::new("sleep");
        command.arg(&length).stdout(std::process::Stdio::null()).kill_on_drop(true).spawn().unwrap()
    };
    let settings = format!("command = 'sleep {length}'");
    // Its command line is there a moment after it is.
    for _ in 0..500 {
        if look("process", &settings).await.0 == Health::Ok {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(look("process", &settings).await, (Health::Ok, "running".into()));
    assert_eq!(look("process", &format!("{settings}\nat_least = 2")).await, (Health::Warn, "1 of 2 running".into()));
    child.kill().await.unwrap();
    assert_eq!(look("process", &settings).await, (Health::Critical, "not running".into()));
}

#[tokio::test]
async fn a_manager_that_is_not_there_leaves_it_unknown() {
    let (health, why) = look("pm2", "app = 'x'\nhome = '/nowhere/.pm2'").await;
    assert_eq!((health, why.as_str()), (Health::Unknown, "no pm2 runs for /nowhere/.pm2"));
}
