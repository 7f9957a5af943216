//! A running `runward serve`, spoken to over HTTP.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Place, until};

/// An answer over HTTP; `None` where the server was not there to give one.
pub type Answer = Option<(u16, Value)>;

pub struct Server {
    child: Child,
    pub base: String,
    printed: Mutex<Receiver<String>>,
    pub token: String,
    http: reqwest::Client,
}

impl Server {
    /// Starts one in a place and waits until it is ready.
    pub async fn start(place: &Place) -> Server {
        Server::try_start(place, &[]).await.unwrap_or_else(|| panic!("no start: {}", place.read("serve.log")))
    }

    /// Starts one with more in its environment; `None` where it ended before it was ready.
    pub async fn try_start(place: &Place, env: &[(&str, &str)]) -> Option<Server> {
        let log = File::options().create(true).append(true).open(place.path("serve.log")).unwrap();
        let mut command = place.command(&["serve"]);
        command.envs(env.iter().copied()).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().unwrap();
        let out = child.stdout.take().unwrap();
        let (sender, printed) = std::sync::mpsc::channel();
        // Whoever prints must find a reader for as long as it lives.
        std::thread::spawn(move || {
            BufReader::new(out).lines().map_while(Result::ok).for_each(|line| drop(sender.send(line)));
        });
        let (first, printed) = tokio::task::spawn_blocking(move || (printed.recv().ok(), printed)).await.unwrap();
        let Some(first) = first else {
            let _ = child.wait();
            return None;
        };
        let base = first.split_whitespace().last().unwrap().to_owned();
        let token = place.read(".runward/admin-token").trim().to_owned();
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(20))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Some(Server { child, base, printed: Mutex::new(printed), token, http })
    }

    /// The one-time link that the first start prints.
    pub fn login_link(&self) -> String {
        let printed = self.printed.lock().unwrap();
        let lines = std::iter::from_fn(|| printed.recv_timeout(Duration::from_secs(10)).ok());
        lines.map(|line| line.trim().to_owned()).find(|line| line.contains("/login?code=")).expect("a link is printed")
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether its process has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to end, and waits until it has.
    pub async fn stop(mut self) -> i32 {
        let pid = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        until("the server stops", async || self.child.try_wait().unwrap()).await.code().unwrap_or(-1)
    }

    /// A request that is not finished yet.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method.parse().unwrap(), format!("{}{path}", self.base))
    }

    pub async fn try_get(&self, path: &str) -> Answer {
        answer(self.request("GET", &format!("/api/v1{path}")).bearer_auth(&self.token)).await
    }

    pub async fn try_post(&self, path: &str, body: &Value) -> Answer {
        answer(self.request("POST", &format!("/api/v1{path}")).bearer_auth(&self.token).json(body)).await
    }

    /// Asks for something that is there.
    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.try_get(path).await.expect("the server answers");
        assert_eq!(status, 200, "GET {path}: {body}");
        body
    }

    /// Has something done that can be done.
    pub async fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.try_post(path, &body).await.expect("the server answers");
        assert!((200..300).contains(&status), "POST {path} {body}: {status} {answer}");
        answer
    }

    /// Reports an alert from outside.
    pub async fn alert(&self, service: &str, symptom: &str, source: &str) -> Value {
        self.post("/alerts", json!({ "service": service, "symptom": symptom, "source": source })).await
    }

    /// Waits until every check has been judged well.
    pub async fn all_well(&self) {
        until("every check is well", async || {
            let status = self.get("/status").await;
            let well = |service: &Value| service["health"] == "ok";
            status["services"].as_array().unwrap().iter().all(well).then_some(())
        })
        .await;
    }

    /// Waits for an incident about a service.
    pub async fn incident(&self, service: &str) -> Value {
        until(&format!("an incident about {service}"), async || {
            let open = self.get("/incidents?state=all").await;
            open.as_array().unwrap().iter().find(|i| i["service"] == service).cloned()
        })
        .await
    }

    /// Waits until an incident is over and its review is written.
    pub async fn reviewed(&self, id: i64) -> Value {
        until("the incident is over and reviewed", async || {
            let incident = self.get(&format!("/incidents/{id}")).await;
            (incident["stage"] == "resolved" && incident["review"].is_string()).then_some(incident)
        })
        .await
    }

    /// Lets every step of a run go on as it asks, until the run is over.
    pub async fn carry_out(&self, run: i64) -> Value {
        until("the run is over", async || {
            let seen = self.get(&format!("/runs/{run}")).await;
            if seen["active"] == false {
                return Some(seen);
            }
            let step = seen["steps"].as_array().unwrap().iter().find(|s| s["state"] == "asking")?;
            let approve = json!({ "hash": step["hash"], "by": "mara", "confirm": seen["target"] });
            self.try_post(&format!("/runs/{run}/steps/{}/approve", step["number"]), &approve).await;
            None
        })
        .await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A header of an answer; empty where it is not given.
pub fn header(response: &reqwest::Response, name: &str) -> String {
    response.headers().get(name).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default()
}

async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.ok()?;
    let status = response.status().as_u16();
    let text = response.text().await.ok()?;
    Some((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
}
