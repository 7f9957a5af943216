//! Speaking to a running server: where it is, how to come in, and what it answers.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use runward_kinds::net;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Failure;
use crate::app::{self, Options, Running};
use crate::config::{self, Source, env};

/// Where the server's configuration is.
#[derive(Debug, clap::Args)]
pub(super) struct Where {
    /// The server's configuration
    #[arg(long, default_value = "runward.toml", value_name = "FILE")]
    pub(super) config: PathBuf,
}

impl Where {
    /// Where the server listens by its configuration, and where it keeps its data.
    fn server(&self) -> Result<(String, PathBuf), Failure> {
        match Source::read(&self.config) {
            Ok(source) => Ok((format!("http://{}", source.config.listen), source.resolve(&source.config.data))),
            // A server that runs has read it when it was right: a mistake made since must not hide the server.
            Err(wrong) => {
                let data = self.config.parent().unwrap_or(Path::new("")).join(config::default_data());
                match std::fs::read_to_string(app::address_file(&data)) {
                    Ok(address) => Ok((address.trim().to_owned(), data)),
                    Err(_) => Err(wrong.into()),
                }
            }
        }
    }
}

/// A way to a server.
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
    token: String,
    /// The server that was started for this command alone.
    own: Option<Running>,
}

/// What a server answered that is not what was asked for.
pub(super) struct Refused {
    /// The HTTP status.
    pub(super) status: u16,
    /// What it said.
    pub(super) body: Value,
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Failure {
        let text = |name: &str| refused.body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (error, help) = (text("error"), text("help"));
        let error = if error.is_empty() { format!("the server answered {}", refused.status) } else { error };
        Failure::Failed(if help.is_empty() { error } else { format!("{error}\n  help: {help}") })
    }
}

impl Client {
    /// The server of a configuration.
    pub(super) fn of(place: &Where) -> Result<Client, Failure> {
        if let (Some(base), Some(token)) = (env::server_url(), env::token()) {
            return Client::new(&base, token);
        }
        let (listen, data) = place.server()?;
        let told = std::fs::read_to_string(app::address_file(&data)).map(|text| text.trim().to_owned());
        let base = env::server_url().or(told.ok()).unwrap_or(listen);
        let token = match env::token() {
            Some(token) => token,
            None => read_token(&data).map_err(|_| not_there(&base))?,
        };
        Client::new(&base, token)
    }

    /// The server of a configuration, or one started here for this command alone where none answers.
    pub(super) async fn of_or_own(place: &Where) -> Result<Client, Failure> {
        if let Ok(client) = Client::of(place)
            && client.is_there().await
        {
            return Ok(client);
        }
        let loaded = config::load(&place.config)?;
        let data = loaded.source.resolve(&loaded.source.config.data);
        let options = Options { listen: Some("127.0.0.1:0".into()), only_on_demand: true, inbox: None };
        let running = app::start(loaded, options).await.map_err(|e| Failure::Failed(e.to_string()))?;
        let token = read_token(&data)?;
        let mut client = Client::new(&running.url(), token)?;
        client.own = Some(running);
        Ok(client)
    }

    fn new(base: &str, token: String) -> Result<Client, Failure> {
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured((*net::tls()).clone())
            .timeout(Duration::from_secs(30))
            .no_proxy()
            .build()
            .map_err(|e| Failure::Failed(format!("cannot speak HTTP: {e}")))?;
        Ok(Client { http, base: base.trim_end_matches('/').to_owned(), token, own: None })
    }

    /// Whether this command started the server itself.
    pub(super) fn is_own(&self) -> bool {
        self.own.is_some()
    }

    /// Whether a server answers there.
    pub(super) async fn is_there(&self) -> bool {
        self.http.get(format!("{}/health/live", self.base)).send().await.is_ok_and(|r| r.status().is_success())
    }

    /// Asks for something.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        let response =
            self.http.get(self.url(path)).bearer_auth(&self.token).send().await.map_err(|_| not_there(&self.base))?;
        Ok(answer(response).await??)
    }

    /// Asks for something to be done.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<Result<T, Refused>, Failure> {
        let sending = self.http.post(self.url(path)).bearer_auth(&self.token).json(body);
        let response = sending.send().await.map_err(|_| not_there(&self.base))?;
        answer(response).await
    }

    /// Asks for something; `None` where no server is there to answer, or it cannot yet.
    pub(super) async fn look<T: DeserializeOwned>(&self, path: &str) -> Option<Result<T, Failure>> {
        let response = self.http.get(self.url(path)).bearer_auth(&self.token).send().await.ok()?;
        if response.status().as_u16() == 503 {
            return None;
        }
        // An answer that broke off is none.
        let answered = answer(response).await.ok()?;
        Some(answered.map_err(Failure::from))
    }

    /// Follows what the server tells; `None` where it does not.
    pub(super) async fn follow(&self, path: &str) -> Option<Told> {
        // A stream has no end that could be waited for; its silence is measured instead.
        let asking = self.http.get(self.url(path)).bearer_auth(&self.token).timeout(FOLLOWED);
        let response = asking.send().await.ok().filter(|r| r.status().is_success())?;
        Some(Told { response, held: String::new(), bytes: Vec::new() })
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.base)
    }

    /// Ends the server that was started for this command.
    pub(super) async fn close(self) {
        if let Some(own) = self.own {
            own.stop().await;
        }
    }
}

/// How long a stream is followed at the most.
const FOLLOWED: Duration = Duration::from_secs(86_400);
/// A server that says nothing for so long is lost: it says something every 15 seconds.
const SILENCE: Duration = Duration::from_secs(45);

/// What a server tells, event by event.
pub(super) struct Told {
    response: reqwest::Response,
    held: String,
    bytes: Vec<u8>,
}

impl Told {
    /// The next event's name and content; `None` at the end, or where the server was lost.
    pub(super) async fn next(&mut self) -> Option<(String, String)> {
        loop {
            while let Some((event, rest)) = self.held.split_once("\n\n") {
                let field = |name: &str| {
                    let lines = event.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
                    lines.map(|value| value.strip_prefix(' ').unwrap_or(value)).collect::<Vec<_>>().join("\n")
                };
                let told = (field("event"), field("data"));
                self.held = rest.to_owned();
                if !told.0.is_empty() {
                    return Some(told);
                }
            }
            let chunk = tokio::time::timeout(SILENCE, self.response.chunk()).await.ok()?.ok()??;
            self.bytes.extend_from_slice(&chunk);
            // A letter may be cut in two.
            let whole = match std::str::from_utf8(&self.bytes) {
                Ok(_) => self.bytes.len(),
                Err(e) => e.valid_up_to(),
            };
            let rest = self.bytes.split_off(whole);
            self.held.push_str(&String::from_utf8_lossy(&std::mem::replace(&mut self.bytes, rest)));
        }
    }
}

async fn answer<T: DeserializeOwned>(response: reqwest::Response) -> Result<Result<T, Refused>, Failure> {
    let status = response.status();
    let text = response.text().await.map_err(|e| Failure::Failed(format!("the server's answer broke off: {e}")))?;
    let value: Value = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::Null) };
    if !status.is_success() {
        return Ok(Err(Refused { status: status.as_u16(), body: value }));
    }
    serde_json::from_value(value)
        .map(Ok)
        .map_err(|e| Failure::Failed(format!("the server answered something else: {e}")))
}

fn read_token(data: &Path) -> anyhow::Result<String> {
    let path = app::token_file(data);
    let text = std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
    Ok(text.trim().to_owned())
}

fn not_there(base: &str) -> Failure {
    Failure::Failed(format!(
        "no Runward answers at {base}\n  help: start it with `runward serve`, or name its configuration with --config"
    ))
}

/// Who acts, for commands that act.
#[derive(Debug, clap::Args)]
pub(super) struct Acting {
    /// The name to act under
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
}

impl Acting {
    /// The name given, else that of the user. A token that was given in the environment says itself whose it is.
    pub(super) fn name(&self) -> Option<String> {
        self.name.clone().or_else(|| env::user().filter(|_| env::token().is_none()))
    }
}
