//! Discord's webhooks. <https://discord.com/developers/docs/resources/webhook#execute-webhook>

use runward_core::notice::{Notice, Purpose};
use serde_json::json;

use super::{Kind, Request, cut, host, lines};

pub(super) const KIND: Kind = Kind {
    name: "discord",
    what: "Posts to a Discord channel through a webhook.",
    example: "https://discord.com/api/webhooks/000/XXXX",
    owns: |url| matches!(host(url), "discord.com" | "discordapp.com" | "ptb.discord.com" | "canary.discord.com"),
    request,
};

fn request(url: &str, notice: &Notice) -> Request {
    // Without `wait=true` Discord says nothing of a message it could not save.
    let url = match url.split_once('?') {
        None => format!("{url}?wait=true"),
        Some((_, query)) if query.split('&').any(|p| p == "wait=true") => url.to_owned(),
        Some(_) => format!("{url}&wait=true"),
    };
    let lines = lines(notice);
    let color = match notice.purpose {
        Purpose::Page => 0xD0_3A_2F,
        Purpose::Stopped | Purpose::GlassBroken => 0xD9_8A_1B,
        Purpose::Resolved => 0x2E_8B_57,
    };
    let body = json!({
        "content": cut(&lines[0], 2000),
        "embeds": [{ "title": cut(&notice.headline, 256), "description": cut(&lines[1..].join("\n"), 4096), "color": color }],
        // Nothing an alert says may ping anybody.
        "allowed_mentions": { "parse": [] },
    });
    Request { url, body, headers: Default::default() }
}
