//! The channels of `[notify]`: their addresses read from where they are kept.

use std::path::Path;

use runward_core::id::ChannelId;
use runward_kinds::notifiers;
use secrecy::SecretString;

use super::env::{self, ALERT_WEBHOOK_URL};
use super::{Notify, Secret, Source, Wrong};

/// A way to reach people, ready to use.
#[derive(Clone)]
pub struct Channel {
    /// Its name.
    pub id: ChannelId,
    /// How it is spoken to.
    pub kind: &'static notifiers::Kind,
    /// Where messages go.
    pub url: SecretString,
}

/// The channel that is there because the variable of the team's own health check is set.
const IMPLIED: &str = "alert-webhook";

/// The channels, and warnings about those without an address.
pub(super) fn channels(source: &Source) -> Result<(Vec<Channel>, Vec<String>), Wrong> {
    let mut found = Vec::new();
    let mut warnings = Vec::new();
    for (name, notify) in &source.config.notify {
        match address(&notify.url, source.folder()) {
            Ok(url) => found.push(channel(source, name, notify, &url)?),
            // Fail open: one channel that cannot be reached is no reason not to watch.
            Err(why) => warnings.push(format!("nobody can be reached through `{name}`: {why}")),
        }
    }
    if source.config.notify.is_empty()
        && let Some(url) = env::variable(ALERT_WEBHOOK_URL)
    {
        found.push(Channel { id: IMPLIED.into(), kind: notifiers::kind_of_address(&url), url: url.into() });
    }
    if found.is_empty() {
        warnings.push(format!("there is nobody to page: add a channel under [notify], or set {ALERT_WEBHOOK_URL}"));
    }
    Ok((found, warnings))
}

fn channel(source: &Source, name: &str, notify: &Notify, url: &str) -> Result<Channel, Wrong> {
    let section = format!("notify.{name}");
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return Err(source.wrong_at(
            &section,
            "url",
            format!("the address of `{name}` does not begin with http:// or https://"),
            "give the whole address",
        ));
    }
    let kind = match &notify.kind {
        None => notifiers::kind_of_address(url),
        Some(kind) => notifiers::kind(kind).ok_or_else(|| {
            let known: Vec<&str> = notifiers::KINDS.iter().map(|k| k.name).collect();
            source.wrong_at(
                &section,
                "kind",
                format!("there is no kind of notifier `{kind}`"),
                format!("known: {}", known.join(", ")),
            )
        })?,
    };
    Ok(Channel { id: name.into(), kind, url: url.to_owned().into() })
}

fn address(secret: &Secret, folder: &Path) -> Result<String, String> {
    match secret {
        Secret::Env { env: name } => env::variable(name).ok_or_else(|| format!("the variable {name} is not set")),
        Secret::File { file } => {
            let path = folder.join(file);
            let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
            text.lines()
                .next()
                .map(|l| l.trim().to_owned())
                .filter(|l| !l.is_empty())
                .ok_or_else(|| format!("{} is empty", path.display()))
        }
        Secret::Plain(url) => Ok(url.clone()),
    }
}
