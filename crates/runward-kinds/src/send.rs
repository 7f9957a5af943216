//! Sending a request that a notifier made: once, with a time-out; trying again is core's decision.

use std::time::Duration;

use runward_core::command::redact::Redactor;
use runward_core::id::NoticeKey;
use runward_core::notice::Sent;

use crate::net;
use crate::notifiers::Request;

/// How long a provider may take to answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Sends requests.
#[derive(Clone, Debug)]
pub struct Sender {
    client: reqwest::Client,
}

impl Sender {
    /// A sender that trusts the same certificates as the checks and follows no redirects.
    /// # Errors
    /// Where the client cannot be built.
    pub fn new() -> Result<Sender, reqwest::Error> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured((*net::tls()).clone())
            .timeout(TIMEOUT)
            .connect_timeout(Duration::from_secs(5))
            // A webhook that moved is a webhook to be set up anew, not to be followed with its secret.
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(1)
            .user_agent(concat!("runward/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Sender { client })
    }

    /// Sends once. The key is the same for every try, so that a receiver can tell a repeat.
    pub async fn send(&self, request: &Request, key: &NoticeKey) -> Sent {
        let mut sending = self.client.post(&request.url).json(&request.body).header("Idempotency-Key", key.as_str());
        for (name, value) in &request.headers {
            sending = sending.header(name, value);
        }
        match sending.send().await {
            Ok(response) => judge(&response),
            // Without the address: it is a secret.
            Err(e) => failed(&plain(&e.without_url()), false, None),
        }
    }
}

fn judge(response: &reqwest::Response) -> Sent {
    let status = response.status();
    if status.is_success() {
        return Sent::Delivered;
    }
    let retry_after_s = response
        .headers()
        .get("retry-after")
        .and_then(|v| v.to_str().ok()?.parse::<f64>().ok())
        .map(|s| s.ceil() as u64);
    // A refusal stays one, but for those that ask for patience.
    let permanent = status.is_client_error() && !matches!(status.as_u16(), 408 | 425 | 429);
    failed(&format!("the provider answered {status}"), permanent, retry_after_s)
}

fn failed(error: &str, permanent: bool, retry_after_s: Option<u64>) -> Sent {
    Sent::Failed { error: Redactor::default().redact(error), permanent, retry_after_s }
}

/// An error with its causes, in one line.
fn plain(e: &dyn std::error::Error) -> String {
    let mut said = e.to_string();
    let mut cause = e.source();
    while let Some(inner) = cause {
        said = format!("{said}: {inner}");
        cause = inner.source();
    }
    said
}
