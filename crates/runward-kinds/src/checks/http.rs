//! HTTP: asks an address and judges the status, the time it took, and what the service says of itself.

use std::pin::{Pin, pin};
use std::time::{Duration, Instant};

use futures_util::future::{Either, select};
use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::{Request, Response, Uri};
use hyper_util::rt::TokioIo;
use runward_core::check::{Health, Observation};
use runward_core::time::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncWrite};

use super::{Check, Kind, one, read};
use crate::net::{NoConnection, connect, secure};

pub(super) const KIND: Kind = Kind {
    name: "http",
    what: "Asks an address over HTTP or HTTPS, on a new connection each time.",
    example: r#"url = "https://shop.example/health"
status = "200-299"
contains = "ready"
slow = "2s""#,
    schema: || schemars::schema_for!(Http),
    parse: read::<Http>,
    of_target: |target| {
        let mut settings = one("url", target);
        // A page of unknown meaning only has to answer; an address of health has to be well.
        let status = if target.contains("health") { "200-399" } else { "100-499" };
        settings.insert("status".into(), status.into());
        settings
    },
};

/// How much of an answer is read.
const MOST_BODY: usize = 64 * 1024;

#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Http {
    /// The address, beginning with `http://` or `https://`.
    url: Address,
    /// The statuses that are well: single ones and ranges, such as `200-399,401`.
    #[serde(default)]
    status: Statuses,
    /// `GET` or `HEAD`.
    #[serde(default)]
    method: Method,
    /// Text that the answer must hold.
    contains: Option<String>,
    /// An answer that takes longer than this is a warning.
    slow: Option<Span>,
    /// Whether a JSON answer's `status` (`healthy`, `degraded`, `down` …) is believed.
    #[serde(default = "yes")]
    read_status: bool,
}

fn yes() -> bool {
    true
}

#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
enum Method {
    #[default]
    Get,
    Head,
}

/// An address with a host.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
struct Address(Uri);

impl TryFrom<String> for Address {
    type Error = String;

    fn try_from(text: String) -> Result<Address, String> {
        let uri: Uri = text.parse().map_err(|e| format!("`{text}` is not an address: {e}"))?;
        match (uri.scheme_str(), uri.host()) {
            (Some("http" | "https"), Some(_)) => Ok(Address(uri)),
            _ => Err(format!("`{text}` must begin with http:// or https:// and name a host")),
        }
    }
}

impl From<Address> for String {
    fn from(address: Address) -> String {
        address.0.to_string()
    }
}

impl Clone for Address {
    fn clone(&self) -> Address {
        Address(self.0.clone())
    }
}

/// Ranges of statuses, both ends included.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
struct Statuses(Vec<(u16, u16)>);

impl Default for Statuses {
    fn default() -> Self {
        Statuses(vec![(200, 399)])
    }
}

impl TryFrom<String> for Statuses {
    type Error = String;

    fn try_from(text: String) -> Result<Statuses, String> {
        let wrong = || format!("`{text}` is no list of statuses; write it like 200-399,401");
        let range = |part: &str| {
            let (from, to) = part.split_once('-').unwrap_or((part, part));
            let (from, to) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
            (100..=to).contains(&from).then_some((from, to)).filter(|_| to < 600)
        };
        text.split(',').map(|part| range(part).ok_or_else(wrong)).collect::<Result<_, _>>().map(Statuses)
    }
}

impl From<Statuses> for String {
    fn from(statuses: Statuses) -> String {
        statuses
            .0
            .iter()
            .map(|(a, b)| if a == b { a.to_string() } else { format!("{a}-{b}") })
            .collect::<Vec<_>>()
            .join(",")
    }
}

impl Check for Http {
    fn look(&self, timeout: Duration) -> Pin<Box<dyn Future<Output = Observation> + Send + '_>> {
        Box::pin(async move {
            let began = Instant::now();
            let mut seen = match tokio::time::timeout(timeout, self.ask()).await {
                Ok(Ok(answer)) => self.judge(&answer, began.elapsed()),
                Ok(Err(NotAnswered::Connection(e))) => e.observation(),
                Ok(Err(NotAnswered::Http(e))) => Observation::new(Health::Critical, format!("no answer: {e}")),
                Err(_) => Observation::new(Health::Critical, format!("timed out after {}", Span(timeout))),
            };
            seen.took_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
            seen
        })
    }

    fn target(&self) -> String {
        self.url.0.to_string()
    }
}

#[derive(Debug, thiserror::Error)]
enum NotAnswered {
    #[error(transparent)]
    Connection(#[from] NoConnection),
    #[error(transparent)]
    Http(#[from] hyper::Error),
}

/// What came back.
#[derive(Debug)]
struct Answer {
    status: u16,
    reason: &'static str,
    json: bool,
    body: Vec<u8>,
}

impl Http {
    async fn ask(&self) -> Result<Answer, NotAnswered> {
        let uri = &self.url.0;
        let host = uri.host().unwrap_or_default();
        let secured = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if secured { 443 } else { 80 });
        let stream = connect(host, port).await?;
        if secured { self.talk(secure(stream, host).await?).await } else { self.talk(stream).await }
    }

    /// One request on a connection that is driven right here: a task of its own would cost more than the request.
    async fn talk<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(&self, stream: S) -> Result<Answer, NotAnswered> {
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let answer = pin!(async { self.read(sender.send_request(self.request()).await?).await });
        match select(answer, pin!(connection)).await {
            Either::Left((answer, _)) => answer,
            // A connection that has ended has handed over all that came before its end.
            Either::Right((_, answer)) => answer.await,
        }
    }

    fn request(&self) -> Request<Empty<Bytes>> {
        let uri = &self.url.0;
        let path = uri.path_and_query().map_or("/", |p| p.as_str());
        let host = uri.authority().map_or("", |a| a.as_str().rsplit('@').next().unwrap_or_default());
        let method = match self.method {
            Method::Get => hyper::Method::GET,
            Method::Head => hyper::Method::HEAD,
        };
        let mut request = Request::new(Empty::new());
        *request.method_mut() = method;
        // Both were part of an address that was parsed.
        *request.uri_mut() = path.parse().unwrap_or_default();
        let headers = request.headers_mut();
        if let Ok(host) = host.parse() {
            headers.insert(hyper::header::HOST, host);
        }
        headers.insert(
            hyper::header::USER_AGENT,
            hyper::header::HeaderValue::from_static(concat!("runward/", env!("CARGO_PKG_VERSION"))),
        );
        headers.insert(hyper::header::CONNECTION, hyper::header::HeaderValue::from_static("close"));
        request
    }

    async fn read(&self, response: Response<Incoming>) -> Result<Answer, NotAnswered> {
        let status = response.status();
        let kind =
            response.headers().get(hyper::header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let json = kind.contains("json");
        let mut answer = Answer {
            status: status.as_u16(),
            reason: status.canonical_reason().unwrap_or_default(),
            json,
            body: Vec::new(),
        };
        let mut body = response.into_body();
        while answer.body.len() < MOST_BODY {
            let Some(frame) = body.frame().await else { break };
            if let Ok(piece) = frame?.into_data() {
                answer.body.extend_from_slice(&piece);
            }
        }
        Ok(answer)
    }

    fn judge(&self, answer: &Answer, took: Duration) -> Observation {
        let status = format!("{} {}", answer.status, answer.reason).trim().to_owned();
        let said = self.said(answer);
        let word = said.as_ref().map(|(word, _)| format!(", it says `{word}`")).unwrap_or_default();
        if !self.status.0.iter().any(|(from, to)| (*from..=*to).contains(&answer.status)) {
            return Observation::new(Health::Critical, format!("{status}{word}"));
        }
        match said {
            Some((_, Health::Critical)) => return Observation::new(Health::Critical, format!("{status}{word}")),
            Some((_, Health::Warn)) => return Observation::new(Health::Warn, format!("{status}{word}")),
            _ => {}
        }
        if let Some(text) =
            self.contains.as_ref().filter(|text| !String::from_utf8_lossy(&answer.body).contains(text.as_str()))
        {
            return Observation::new(Health::Critical, format!("{status}, but without `{text}`"));
        }
        match self.slow.filter(|slow| took > slow.0) {
            Some(slow) => Observation::new(Health::Warn, format!("{status}, slower than {slow}")),
            None => Observation::new(Health::Ok, status),
        }
    }

    /// What the service says of itself: a status of 200 may still say `degraded`.
    fn said(&self, answer: &Answer) -> Option<(String, Health)> {
        if !self.read_status || !answer.json {
            return None;
        }
        let value: serde_json::Value = serde_json::from_slice(&answer.body).ok()?;
        let word = value.get("status").and_then(|s| s.as_str())?;
        Some((word.chars().take(40).collect(), Health::of_word(word)?))
    }
}

#[cfg(test)]
mod tests;
