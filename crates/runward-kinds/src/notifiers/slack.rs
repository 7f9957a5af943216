//! Slack's incoming webhooks, and what copies them (Mattermost, Rocket.Chat).
//! <https://api.slack.com/messaging/webhooks>

use runward_core::notice::{Notice, Purpose};
use serde_json::json;

use super::{Kind, Request, cut, host, lines};

pub(super) const KIND: Kind = Kind {
    name: "slack",
    what: "Posts to a Slack channel through an incoming webhook.",
    example: "https://hooks.slack.com/services/T000/B000/XXXX",
    owns: |url| host(url) == "hooks.slack.com",
    request,
};

/// Slack refuses a section of more than this many characters.
const MOST_TEXT: usize = 3000;

fn request(url: &str, notice: &Notice) -> Request {
    let lines: Vec<String> = lines(notice).iter().map(|l| escaped(l)).collect();
    let color = match notice.purpose {
        Purpose::Page => "danger",
        Purpose::Stopped | Purpose::GlassBroken => "warning",
        Purpose::Resolved => "good",
    };
    let body = json!({
        "text": cut(&lines[0], MOST_TEXT),
        "attachments": [{ "color": color, "fallback": cut(&lines[0], 300), "text": cut(&lines[1..].join("\n"), MOST_TEXT) }],
    });
    Request { url: url.to_owned(), body, headers: Default::default() }
}

/// Slack reads `<…>` as links and mentions: text from outside must not become either.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
