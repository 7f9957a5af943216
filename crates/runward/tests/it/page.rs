//! The page in a real browser, while a service dies and is repaired by keyboard.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::harness::{Fleet, Place, Server, free_port, tools};

/// Where a Chromium is found on the systems this is developed and tested on.
fn chromium() -> Option<PathBuf> {
    let names = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/snap/bin/chromium"];
    names.iter().map(PathBuf::from).find(|path| path.exists())
}

#[tokio::test]
async fn a_person_at_the_page_repairs_a_service_by_keyboard() {
    let (Some(browser), Some(tools)) = (chromium(), tools("playwright-core")) else {
        crate::harness::missing("Chromium and playwright-core");
        return;
    };
    let place = Place::new();
    let runbook = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/ferry/RUNBOOK.md");
    // Other ports than the runbook's own: its story is told beside this one.
    let ports = [free_port(), free_port(), free_port()];
    let text = std::fs::read_to_string(runbook).unwrap();
    let text = ["4101", "4102", "4103"].iter().zip(ports).fold(text, |t, (old, new)| t.replace(old, &new.to_string()));
    place.write("RUNBOOK.md", text);
    place.write(
        "runward.toml",
        format!(
            "runbooks = [\"RUNBOOK.md\"]\nlisten = \"127.0.0.1:{}\"\n\n[watch]\nevery = \"300ms\"\n\n[checks]\n\
             \"seats/endpoint\" = {{ enabled = false }}\n\"booking/endpoint\" = {{ enabled = false }}\n\
             \"tides/endpoint\" = {{ enabled = false }}\n",
            free_port()
        ),
    );
    let mut fleet = Fleet::of(&place);
    for (name, port) in ["seats", "booking", "tides"].into_iter().zip(ports) {
        fleet.start(&place, name, &format!("ferry-{name}"), port).await;
    }
    let server = Server::start(&place).await;
    server.all_well().await;

    let mut command = Command::new("node");
    command
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/page.cjs"))
        .env("NODE_PATH", tools)
        .env("LINK", server.login_link())
        .env("CHROMIUM", browser)
        .env("SERVICE", "seats")
        .env("PROCEDURE", "a-part-is-down")
        .stdout(Stdio::piped());
    let mut node = command.spawn().unwrap();
    let lines = BufReader::new(node.stdout.take().unwrap()).lines().map(Result::unwrap);
    let told = tokio::task::spawn_blocking(move || {
        let told: Vec<String> = lines
            .inspect(|line| {
                if line == "kill" {
                    fleet.kill("seats")
                }
            })
            .collect();
        drop(fleet);
        told
    });
    let told = told.await.unwrap();
    let _ = node.wait();
    assert_eq!(told, ["kill", "done"], "{told:#?}");
}
