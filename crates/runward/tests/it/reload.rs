//! Reading the configuration again: what is wrong leaves the old one in force and is said; what is right takes effect.

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::harness::{Mill, Server, TEAM, until};

#[tokio::test]
async fn a_reload_with_an_error_keeps_the_old_configuration_and_says_so() {
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    server.all_well().await;
    let (configuration, runbook) = (mill.place.read("runward.toml"), mill.place.read("ops.md"));
    let half_written = runbook.rsplit_once("```").unwrap().0.to_owned();
    let ragged = runbook.replace("| weir |", "| weir | what |");
    let unsuitable = configuration.clone() + "\n[services.weir]\ndepends_on = [\"sea\"]\n";
    for (file, text, problem) in [
        ("runward.toml", configuration.replace("every", "evry"), "runward.toml:5: unknown key `evry`"),
        ("runward.toml", unsuitable, "there is no service `sea`"),
        ("runward.toml", "runbooks = [".to_owned(), "runward.toml:1: "),
        ("runward.toml", String::new(), "`runbooks` is missing"),
        ("ops.md", half_written, "the code block opened here is never closed"),
        ("ops.md", ragged, "this row has 4 cells, its heading (line 3) has 3"),
        ("ops.md", " \n".to_owned(), "ops.md: the file is empty"),
    ] {
        let before = seen(&server).await;
        mill.place.write(file, &text);
        let said = mill.place.run(&["reload"]).await;
        // Where the configuration itself cannot be read, the command does not even find the server.
        assert!(matches!(said.code, 1 | 2) && said.out.is_empty(), "{problem}: {said:?}");
        assert!(said.err.contains(problem), "`{problem}` in {said:?}");
        let (status, body) = server.try_post("/reload", &json!({})).await.unwrap();
        assert_eq!((status, body["help"].as_str()), (422, Some("the old configuration stays in force")), "{body}");
        assert!(body["error"].as_str().unwrap().contains(problem), "{body}");
        assert_eq!(seen(&server).await, before, "{problem}: all is as it was");
        check_told(&server, "warn", 1).await;
        mill.place.write("runward.toml", &configuration);
        mill.place.write("ops.md", &runbook);
    }
    let log = mill.place.read("serve.log");
    assert!(log.contains("The old configuration stays in force: "), "{log}");
    server.alert("mill", "down", "test").await;
    assert_eq!(server.get("/incidents/1").await["severity"], "P1", "it goes on watching by the old rules");

    let said = mill.place.run(&["reload"]).await;
    assert_eq!((said.code, said.out.as_str()), (0, "The new configuration is in force.\n"), "{said:?}");
    check_told(&server, "pass", 0).await;
}

/// What is watched and what can be done, without what changes by itself.
async fn seen(server: &Server) -> Value {
    let status = server.get("/status").await;
    let services = status["services"].as_array().unwrap().iter();
    let checks = services.flat_map(|s| s["checks"].as_array().unwrap()).map(|c| json!([c["name"], c["target"]]));
    json!([checks.collect::<Vec<Value>>(), server.get("/procedures").await, server.get("/runbook").await])
}

/// Whether health and metrics say that the configuration on disk is not the one in force.
async fn check_told(server: &Server, state: &str, failed: u8) {
    let health = server.request("GET", "/health").send().await.unwrap();
    assert_eq!(health.status(), 200, "an old configuration is no reason to be restarted");
    let health: Value = serde_json::from_str(&health.text().await.unwrap()).unwrap();
    assert_eq!(health["checks"]["configuration:state"][0]["status"], state, "{health}");
    assert_eq!(health["notes"].to_string().contains("the old one is in force"), failed == 1, "{health}");
    let metrics = server.request("GET", "/metrics").bearer_auth(&server.token).send().await.unwrap();
    let line = format!("\nrunward_config_last_reload_successful {}\n", 1 - failed);
    assert!(metrics.text().await.unwrap().contains(&line), "{line}");
}

#[tokio::test]
async fn a_reload_takes_effect_by_command_and_by_signal() {
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    server.all_well().await;
    let runbook = mill.place.read("ops.md");
    let weir = runbook.lines().find(|l| l.starts_with("| weir")).unwrap();

    let grown = runbook.replace(weir, &format!("{weir}\n{}", weir.replace("weir", "sluice")))
        + "\n## Flood\n\n```bash\nuptime\n```\n";
    mill.place.write("ops.md", &grown);
    assert_eq!(mill.place.run(&["reload"]).await.code, 0);
    server.all_well().await;
    let status = server.get("/status").await;
    assert!(status.to_string().contains("sluice/port"), "{status}");
    assert_eq!(server.get("/procedures/flood").await["title"], "Flood");

    mill.place.write("ops.md", &runbook);
    hang_up(&server);
    until("the sluice is forgotten", async || {
        (!server.get("/status").await.to_string().contains("sluice")).then_some(())
    })
    .await;
    mill.place.write("ops.md", "");
    hang_up(&server);
    until("the empty runbook is complained of", async || {
        mill.place
            .read("serve.log")
            .contains("The old configuration stays in force: ops.md: the file is empty")
            .then_some(())
    })
    .await;
    assert!(server.get("/status").await.to_string().contains("weir/port"));
}

fn hang_up(server: &Server) {
    let pid = i32::try_from(server.pid()).ok().and_then(Pid::from_raw).unwrap();
    kill_process(pid, Signal::HUP).unwrap();
}
