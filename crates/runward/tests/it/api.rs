//! What programs ask of the server over HTTP: what it takes, what it refuses, and how it says so.

use std::collections::BTreeSet;

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::harness::{Mill, Server, TEAM, header, until};

#[tokio::test]
async fn what_cannot_be_taken_is_refused_in_one_form() {
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    let long = format!("{{\"service\":\"mill\",\"symptom\":\"{}\"}}", "x".repeat(2000));
    let huge = " ".repeat(1024 * 1024 + 1);
    let run = "{\"procedure\":\"send-word\",\"params\":{\"name\":\"ada\",\"nmae\":\"ada\"}}";
    for (method, path, body, status, words) in [
        ("POST", "/alerts", "{", 400, "EOF while parsing"),
        ("POST", "/alerts", "[]", 422, "expected struct Alert"),
        ("POST", "/alerts", "{\"service\":5,\"symptom\":\"down\"}", 422, "service: invalid type: integer `5`"),
        ("POST", "/alerts", "{\"service\":\"mill\"}", 422, "missing field `symptom`"),
        ("POST", "/alerts", "{\"service\":\"mill\",\"symptom\":\" \"}", 422, "needs a service and a symptom"),
        ("POST", "/alerts", "{\"service\":\"mill\",\"symptom\":\"x\",\"sevice\":1}", 422, "unknown field `sevice`"),
        ("POST", "/alerts", "{\"service\":\"m\",\"symptom\":\"x\",\"status\":\"on\"}", 422, "`on` is no status"),
        ("POST", "/alerts", "{\"service\":\"m\",\"symptom\":\"x\",\"level\":\"P1\"}", 422, "`P1` is no level"),
        ("POST", "/alerts", &long, 422, "the alert is too long"),
        ("POST", "/alerts", &huge, 413, "the body is too large"),
        ("POST", "/incidents/99/acknowledge", "{}", 404, "there is no incident 99"),
        ("POST", "/incidents/99/updates", "{\"txt\":\"x\"}", 422, "unknown field `txt`"),
        ("POST", "/incidents/x/acknowledge", "{}", 404, "there is nothing at this address"),
        ("GET", "/incidents/99", "", 404, "there is no incident 99"),
        ("GET", "/incidents/x", "", 404, "there is nothing at this address"),
        ("GET", "/incidents?state=shut", "", 400, "`shut` is no state"),
        ("GET", "/incidents?sate=all", "", 400, "unknown field `sate`"),
        ("GET", "/runs/99", "", 404, "there is no run 99"),
        ("GET", "/procedures/nope", "", 404, "there is no procedure `nope`"),
        ("GET", "/nothing", "", 404, "there is no page"),
        ("DELETE", "/incidents/1", "", 405, "cannot be asked for with DELETE"),
        ("POST", "/runs", "{\"procedure\":\"nope\"}", 404, "there is no procedure `nope`"),
        ("POST", "/runs", "{\"procedure\":\"send-word\"}", 422, "these values are needed: name"),
        ("POST", "/runs", run, 422, "asks for no value `nmae`"),
        ("POST", "/runs", "{\"procedure\":\"send-word\",\"service\":\"nope\"}", 404, "there is no service `nope`"),
        ("POST", "/runs/99/steps/1/approve", "{\"hash\":\"\"}", 404, "there is no run 99"),
        ("POST", "/runs/99/abort", "{}", 404, "there is no run 99"),
    ] {
        let asked = server.request(method, &format!("/api/v1{path}")).bearer_auth(&server.token);
        let asked = asked.header("content-type", "application/json").body(body.to_owned());
        check_problem(asked, status, words).await;
    }
    let untyped = server.request("POST", "/api/v1/alerts").bearer_auth(&server.token).body("{}");
    check_problem(untyped, 415, "application/json").await;
    assert_eq!(server.get("/incidents?state=all").await, json!([]), "nothing was done");
    assert_eq!(server.get("/runs").await, json!([]), "nothing was run");
}

/// One problem, as JSON, that says what is wrong.
async fn check_problem(request: RequestBuilder, status: u16, words: &str) {
    let response = request.send().await.unwrap();
    let (found, kind) = (response.status(), header(&response, "content-type"));
    let text = response.text().await.unwrap();
    assert_eq!((found.as_u16(), kind.as_str()), (status, "application/json"), "{words}: {text}");
    let body: Value = serde_json::from_str(&text).unwrap();
    let error = body["error"].as_str().unwrap_or_default();
    assert!(error.contains(words), "`{words}` in {text}");
    assert!(!error.contains('\n'), "one line: {error}");
}

#[tokio::test]
async fn a_step_runs_only_as_it_was_read_and_destroys_only_what_was_typed() {
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    server.all_well().await;
    let run = server.post("/runs", json!({ "procedure": "the-mill-stands-still", "service": "mill" })).await;
    let asking = |number: i64| {
        let server = &server;
        until("the step asks", async move || {
            let run = server.get("/runs/1").await;
            (run["current"] == number && run["steps"][number as usize - 1]["state"] == "asking").then_some(run)
        })
    };
    assert_eq!(run["target"], "mill");
    let run = asking(2).await;
    let (wheel, pond) = (run["steps"][1]["hash"].clone(), run["steps"][2]["hash"].clone());
    check_refused(&server, 2, json!({ "hash": "0".repeat(64) }), 409, "no longer says what was approved").await;
    check_refused(&server, 2, json!({ "hash": pond }), 409, "no longer says what was approved").await;
    check_refused(&server, 3, json!({ "hash": pond, "confirm": "mill" }), 409, "does not wait for approval").await;
    check_refused(&server, 9, json!({ "hash": wheel }), 404, "there is no step 9").await;
    check_refused(&server, 0, json!({ "hash": wheel }), 404, "steps count from 1").await;
    assert_eq!(mill.place.read("wheel.txt"), "", "nothing has run");
    server.post("/runs/1/steps/2/approve", json!({ "hash": wheel })).await;

    asking(3).await;
    assert_eq!(mill.place.read("wheel.txt"), "turned\n", "once");
    check_refused(&server, 2, json!({ "hash": wheel }), 409, "does not wait for approval").await;
    check_refused(&server, 3, json!({ "hash": pond }), 403, "type `mill`").await;
    check_refused(&server, 3, json!({ "hash": pond, "confirm": "weir" }), 403, "type `mill`").await;
    check_refused(&server, 3, json!({ "hash": pond, "confirm": "" }), 403, "type `mill`").await;
    assert!(mill.place.path("pond").exists(), "nothing was destroyed");
    server.post("/runs/1/steps/3/approve", json!({ "hash": pond, "confirm": "mill" })).await;
    let run = server.carry_out(1).await;
    assert!(!mill.place.path("pond").exists(), "{run}");
    assert_eq!(run["outcome"], "verified", "{run}");
}

async fn check_refused(server: &Server, step: i64, approval: Value, status: u16, words: &str) {
    let path = format!("/api/v1/runs/1/steps/{step}/approve");
    check_problem(server.request("POST", &path).bearer_auth(&server.token).json(&approval), status, words).await;
}

#[tokio::test]
async fn health_tells_of_the_watcher_and_fails_only_when_it_cannot_do_its_work() {
    let mill = Mill::new("").await;
    let server = Server::start(&mill.place).await;
    check_health(&server, 200, "warn", "paging:reach").await;
    server.stop().await;

    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    check_health(&server, 200, "pass", "paging:reach").await;
    mill.hook.answer(404);
    server.alert("weir", "down", "test").await;
    until("nobody can be reached", async || {
        let health = server.request("GET", "/health").send().await.unwrap();
        (health.status() == 503).then_some(())
    })
    .await;
    check_health(&server, 503, "fail", "paging:reach").await;
}

async fn check_health(server: &Server, status: u16, state: &str, part: &str) {
    let response = server.request("GET", "/health").send().await.unwrap();
    assert_eq!(header(&response, "content-type"), "application/health+json");
    assert_eq!(response.status(), status);
    let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(body["status"], state, "{body}");
    assert_eq!(body["checks"][part][0]["status"], state, "{body}");
    assert_eq!(body["serviceId"], "runward", "{body}");
}

#[tokio::test]
async fn metrics_are_well_formed_and_count_what_happens() {
    let odd = "\n[checks.'mill/\"odd\\one\"']\nkind = \"tcp\"\naddress = \"localhost:{port}\"\n";
    let mill = Mill::new(&format!("{TEAM}{odd}")).await;
    let server = Server::start(&mill.place).await;
    let escaped = r#"runward_check_up{check="mill/\"odd\\one\"",service="mill",type="tcp"}"#;
    let before = until("every check is well", async || {
        let series = metrics(&server).await;
        let up: Vec<f64> = series.iter().filter(|(n, _)| n.starts_with("runward_check_up")).map(|(_, v)| *v).collect();
        (up == [1.0, 1.0, 1.0]).then_some(series)
    })
    .await;
    assert_eq!(value(&before, escaped), 1.0);
    assert_eq!(value(&before, "runward_check_state{check=\"mill/port\",service=\"mill\",type=\"tcp\"}"), 0.0);
    assert_eq!(value(&before, "runward_incidents_open{severity=\"P1\"}"), 0.0);
    assert!(value(&before, "runward_check_runs_total{result=\"ok\"}") >= 2.0, "{before:?}");

    server.alert("mill", "down", "test").await;
    until("the page is counted", async || {
        let after = metrics(&server).await;
        assert_eq!(value(&after, "runward_incidents_open{severity=\"P1\"}"), 1.0);
        (value(&after, "runward_notification_attempts_total{result=\"delivered\"}") == 1.0).then_some(())
    })
    .await;
}

/// Every series with its value, once it is certain that the text is what a scraper takes.
async fn metrics(server: &Server) -> Vec<(String, f64)> {
    let response = server.request("GET", "/metrics").bearer_auth(&server.token).send().await.unwrap();
    assert!(header(&response, "content-type").starts_with("text/plain; version=0.0.4"));
    let text = response.text().await.unwrap();
    let (mut helps, mut types, mut series) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for line in text.lines() {
        let mut words = line.split(' ');
        match (words.next(), words.next()) {
            (Some("#"), Some("HELP")) => assert!(helps.insert(words.next().unwrap()), "described twice: {line}"),
            (Some("#"), Some("TYPE")) => assert!(types.insert(words.next().unwrap()), "typed twice: {line}"),
            _ => {
                let (name, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("no sample: {line}"));
                let family = name.split('{').next().unwrap();
                assert!(helps.contains(family) && types.contains(family), "neither HELP nor TYPE before {line}");
                series.push((name.to_owned(), value.parse().unwrap_or_else(|_| panic!("no number: {line}"))));
            }
        }
    }
    let names: BTreeSet<&String> = series.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), series.len(), "a series stands there twice:\n{text}");
    series
}

fn value(series: &[(String, f64)], name: &str) -> f64 {
    series.iter().find(|(n, _)| n == name).unwrap_or_else(|| panic!("{name} is missing: {series:?}")).1
}

#[tokio::test]
async fn a_live_reader_hears_what_changed() {
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    let mut stream = server.request("GET", "/api/v1/live").bearer_auth(&server.token).send().await.unwrap();
    assert_eq!(header(&stream, "content-type"), "text/event-stream");
    let mut heard = String::new();
    let mut hear = async |words: &str| {
        while !heard.contains(words) {
            let chunk = stream.chunk().await.unwrap().unwrap_or_else(|| panic!("it ended before {words}: {heard}"));
            heard.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    };
    hear("event: hello").await;
    server.alert("mill", "down", "test").await;
    hear("event: change").await;
    hear("incident:1").await;
    server.post("/runs", json!({ "procedure": "send-word", "params": { "name": "ada" } })).await;
    hear("run:2").await;
}

#[tokio::test]
async fn an_alert_is_kept_before_it_is_answered_and_opens_one_incident() {
    let mill = Mill::new(TEAM).await;
    let mut server = Server::start(&mill.place).await;
    assert_eq!(server.alert("mill", "down", "probe").await["incident"], 1);
    server.kill();

    let server = Server::start(&mill.place).await;
    let kept = server.get("/incidents").await;
    assert_eq!((&kept[0]["title"], &kept[0]["severity"]), (&json!("mill down"), &json!("P1")), "{kept}");
    assert_eq!(server.alert("Mill", "down", "probe").await["incident"], Value::Null);
    assert_eq!(server.alert("mill", "DOWN ", "second probe").await["incident"], Value::Null);
    assert_eq!(server.get("/incidents?state=all").await.as_array().unwrap().len(), 1, "one trouble, one incident");

    let resolve = async |source: &str| {
        let alert = json!({ "service": "mill", "symptom": "down", "status": "resolved", "source": source });
        server.post("/alerts", alert).await;
        server.get("/incidents/1").await["stage"].clone()
    };
    assert_eq!(resolve("stranger").await, "open", "who reported nothing resolves nothing");
    assert_eq!(resolve("probe").await, "open", "the second probe still sees it");
    assert_eq!(resolve("second probe").await, "resolved");
    let over = server.reviewed(1).await;
    assert_eq!(over["alerts"], json!([]), "{over}");
    assert_eq!(server.alert("mill", "down", "probe").await["incident"], 2, "what comes back is new");
}
