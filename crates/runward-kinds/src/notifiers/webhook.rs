//! Any address that takes JSON: the notice in full, and in the fields that Slack (`text`) and Discord (`content`) read,
//! so that whatever stood behind a team's own alert script keeps working.

use runward_core::notice::{Notice, Purpose};
use serde_json::json;

use super::{Kind, Request, cut, lines};

pub(super) const KIND: Kind = Kind {
    name: "webhook",
    what: "Posts the notice as JSON to any address.",
    example: "https://example.org/hooks/alerts",
    owns: |_| false,
    request,
};

fn request(url: &str, notice: &Notice) -> Request {
    let text = cut(&lines(notice).join("\n"), 2000);
    let status = match notice.purpose {
        Purpose::Page | Purpose::Stopped | Purpose::GlassBroken => "firing",
        Purpose::Resolved => "resolved",
    };
    let body = json!({
        "text": text,
        "content": text,
        "key": notice.key,
        "status": status,
        "incident": notice.incident,
        "severity": notice.severity,
        "service": notice.service,
        "headline": notice.headline,
        "details": notice.body,
        "level": notice.level,
        "target": notice.target,
        "since": notice.since,
        "link": notice.link,
    });
    Request { url: url.to_owned(), body, headers: Default::default() }
}
