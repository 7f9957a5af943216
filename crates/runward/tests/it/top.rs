//! `runward top` at a real terminal: what is done there is done on the server, and the terminal comes back as it was.

use std::fs::File;
use std::io::{Read, Write};
use std::process::Child;
use std::sync::{Arc, Mutex};

use rustix::termios::{Winsize, tcgetattr, tcsetwinsize};
use serde_json::json;

use crate::harness::{Mill, Place, Server, TEAM, terminal, until};

/// A person who looks at a screen and types.
struct Sitting {
    keys: File,
    /// The program's end, to see in which mode the terminal is.
    program: File,
    printed: Arc<Mutex<Vec<u8>>>,
    child: Child,
}

impl Sitting {
    fn at(place: &Place) -> Sitting {
        let (keys, program) = terminal();
        tcsetwinsize(&program, Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        let mut command = place.command(&["top", "--as", "mara"]);
        command.stdin(program.try_clone().unwrap()).stdout(program.try_clone().unwrap());
        command.stderr(program.try_clone().unwrap());
        let child = command.spawn().unwrap();
        let printed = Arc::new(Mutex::new(Vec::new()));
        let (mut screen, into) = (keys.try_clone().unwrap(), printed.clone());
        std::thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(n @ 1..) = screen.read(&mut piece) {
                into.lock().unwrap().extend_from_slice(&piece[..n]);
            }
        });
        Sitting { keys, program, printed, child }
    }

    fn printed(&self) -> String {
        String::from_utf8_lossy(&self.printed.lock().unwrap()).into_owned()
    }

    fn types(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until something was drawn; where words stand is told by escapes between them.
    async fn sees(&self, words: &str) {
        until(&format!("`{words}` on the screen"), async || self.printed().contains(words).then_some(())).await;
    }

    fn has_line_mode(&self) -> bool {
        tcgetattr(&self.program).unwrap().local_modes.contains(rustix::termios::LocalModes::ICANON)
    }
}

impl Drop for Sitting {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const LEFT_THE_SCREEN: &str = "\x1b[?1049l";

#[tokio::test]
async fn a_run_is_carried_out_with_a_few_keys_and_the_terminal_comes_back() {
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    server.alert("mill", "flood", "gauge").await;
    let incident = server.incident("mill").await["id"].as_i64().unwrap();
    until("the diagnosis is over", async || {
        let runs = server.get("/runs").await;
        runs.as_array().unwrap().iter().all(|r| r["active"] == false).then_some(())
    })
    .await;
    let run = json!({ "procedure": "the-mill-stands-still", "incident": incident });
    let run = server.post("/runs", run).await["id"].as_i64().unwrap();
    let state = async |step: usize| server.get(&format!("/runs/{run}")).await["steps"][step]["state"].clone();
    until("the second step asks", async || (state(1).await == "asking").then_some(())).await;

    let mut sitting = Sitting::at(&mill.place);
    assert!(sitting.has_line_mode() || !sitting.printed().is_empty());
    sitting.sees("wheel.txt").await;
    sitting.sees("waits for you").await;
    assert!(!sitting.has_line_mode(), "each key counts at once");
    sitting.types("a");
    until("somebody is on it", async || {
        (server.get(&format!("/incidents/{incident}")).await["acknowledged_by"] == "mara").then_some(())
    })
    .await;
    sitting.types("r");
    sitting.sees("[y]es:").await;
    assert_eq!(state(1).await, "asking", "a question is no answer");
    sitting.types("y");
    until("the wheel is turned", async || (state(2).await == "asking").then_some(())).await;
    sitting.sees("Empty the pond").await;
    until("what destroys is asked about by its name", async || {
        sitting.types("r");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let asked = sitting.printed().contains("destroys");
        if !asked {
            sitting.types("\x7f\r");
        }
        asked.then_some(())
    })
    .await;
    sitting.types("weir\r");
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(mill.place.path("pond").exists(), "another name destroys nothing");
    sitting.types("rmill\r");
    until("the pond is empty", async || (!mill.place.path("pond").exists()).then_some(())).await;
    until("the run is over", async || (server.get(&format!("/runs/{run}")).await["active"] == false).then_some(()))
        .await;
    tcsetwinsize(&sitting.program, Winsize { ws_row: 12, ws_col: 60, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    sitting.types("q");
    let ended = until("it leaves", async || sitting.child.try_wait().unwrap()).await;
    assert!(ended.success());
    sitting.sees(LEFT_THE_SCREEN).await;
    assert!(sitting.has_line_mode(), "the terminal is as it was");
    let colours = ["\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[38;"];
    assert!(colours.iter().all(|colour| !sitting.printed().contains(colour)), "NO_COLOR is set");
}

#[tokio::test]
async fn it_waits_for_a_lost_server_and_gives_the_terminal_back_when_it_is_ended() {
    let mill = Mill::new(TEAM).await;
    let mut server = Server::start(&mill.place).await;
    let mut sitting = Sitting::at(&mill.place);
    sitting.sees("weir").await;
    server.kill();
    sitting.sees("NO CONNECTION").await;
    let _server = Server::start(&mill.place).await;
    sitting.types("?");
    sitting.sees("Ctrl-C").await;
    let pid = i32::try_from(sitting.child.id()).ok().and_then(rustix::process::Pid::from_raw).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    until("it ends", async || sitting.child.try_wait().unwrap()).await;
    sitting.sees(LEFT_THE_SCREEN).await;
    assert!(sitting.has_line_mode(), "the terminal is as it was");
    let said = mill.place.run(&["top"]).await;
    assert!(said.code == 2 && said.err.contains("needs a terminal"), "{said:?}");
}
