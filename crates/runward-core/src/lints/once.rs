//! What can be done once, or only so often: certificates by force, replica sets, caches, indexes.

use super::acts;
use super::calls::Call;
use super::near::has_any;
use super::statement::{self, Statement};
use super::{Context, Kind, Needs, Place};
use crate::runbook::{Finding, Level};

pub(super) const KINDS: &[Kind] = &[SF07, REINDEX];

const SF07: Kind = Kind {
    id: "SF07",
    level: Level::Warning,
    needs: Needs::Document,
    what: "A command asks for what is given only so often, or starts what cannot be stopped or taken back.",
    why: "A certificate that is renewed by force counts against the authority's limit: after five of the same in a week there are no more. `rs.initiate()` on a node that has data makes a replica set of its own; `FLUSHDB` also empties sessions and queues.",
    wrong: "# Ops\n\n## Certificate expires\n\n**Fix:**\n```bash\ncertbot renew --force-renewal\n```\n",
    right: "# Ops\n\n## Certificate expires\n\n**Fix:**\n```bash\ncertbot renew --dry-run\ncertbot renew\n```\n",
    check: Some(|context, found| {
        let programs = &[
            "docker", "docker-compose", "podman", "certbot", "certbot-auto", "letsencrypt", "acme.sh", "redis-cli",
            "valkey-cli", "keydb-cli", "mongosh", "mongo",
        ];
        found.extend(context.calls.of(programs).filter_map(|call| once_only(context, call)));
        found.extend(context.places.iter().filter_map(|place| typed(context, place)));
    }),
};

fn once_only(context: &Context<'_>, call: &Call<'_>) -> Option<Finding> {
    let (message, help) = match call.program {
        "redis-cli" | "valkey-cli" | "keydb-cli" => flushes(context, call)?,
        "mongosh" | "mongo" => initiates(context, call)?,
        _ => renews_by_force(call)?,
    };
    Some(call.finding(&SF07, message, help))
}

fn renews_by_force(call: &Call<'_>) -> Option<(String, &'static str)> {
    // In a container (`docker compose run certbot renew …`) it is one of the words.
    if !call.program.contains("certbot")
        && !matches!(call.program, "letsencrypt" | "acme.sh")
        && !call.texts().any(|text| text.contains("certbot"))
    {
        return None;
    }
    let forced = call.has(&["--force-renewal", "--force-renew", "--renew-by-default"])
        || call.program == "acme.sh"
            && call.has(&["--force"])
            && call.has(&["--renew", "--renew-all", "--issue", "-r"]);
    let tried = call.has(&["--dry-run", "--staging", "--test-cert", "--test"]);
    (forced && !tried).then(|| {
        let message = format!("`{}` renews also what is not due: the authority gives out only so many in a week", call.short(3));
        (message, "renew without force, find out why it fails with `--dry-run`, and force it only for a certificate that was revoked")
    })
}

/// The same typed into a client that was opened before.
fn typed(context: &Context<'_>, place: &Place<'_>) -> Option<Finding> {
    let text = place.command.text.as_str();
    let (message, help) = match place.step.language.as_deref()? {
        "redis" => flush(context, place, text.split_whitespace().next()?)?,
        "mongo" => initiate(context, place, &[text])?,
        _ => return None,
    };
    Some(place.finding(&SF07, message, help))
}

fn flushes(context: &Context<'_>, call: &Call<'_>) -> Option<(String, &'static str)> {
    call.texts().find_map(|text| flush(context, &call.place, text))
}

fn flush(context: &Context<'_>, place: &Place<'_>, verb: &str) -> Option<(String, &'static str)> {
    if !verb.eq_ignore_ascii_case("flushdb") && !verb.eq_ignore_ascii_case("flushall") {
        return None;
    }
    let said = context.near.said(place);
    if has_any(&said, &["only cache", "nothing but", "cache only", "cache-only", "dedicated"]) {
        return None;
    }
    let what =
        if verb.eq_ignore_ascii_case("flushall") { "every database of the server" } else { "the whole database" };
    let message = format!("`{verb}` empties {what}: sessions, queues and locks go with the cache");
    Some((
        message,
        "delete the cache's keys by their prefix (`--scan --pattern 'cache:*'`), or say that nothing else lives there",
    ))
}

fn initiates(context: &Context<'_>, call: &Call<'_>) -> Option<(String, &'static str)> {
    initiate(context, &call.place, &acts::statements(call))
}

fn initiate(context: &Context<'_>, place: &Place<'_>, script: &[&str]) -> Option<(String, &'static str)> {
    let says = |wanted: &str| script.iter().any(|text| text.contains(wanted));
    let forced = says("rs.reconfig") && says("force");
    if !says("rs.initiate") && !says("replSetInitiate") && !forced {
        return None;
    }
    let said = context.near.said(place);
    let new = [
        "not yet initialized", "notyetinitialized", "first time", "new replica set", "new cluster", "code 94",
        "never initiated",
    ];
    if new.iter().any(|word| said.contains(word)) {
        return None;
    }
    let message = if forced {
        "a replica set that is reconfigured by force may lose what the majority had acknowledged"
    } else {
        "`rs.initiate()` founds a replica set: on one that has trouble it repairs nothing and can split it"
    };
    Some((
        message.to_owned(),
        "look at `rs.status()` first; only its code 94 (NotYetInitialized) asks for `rs.initiate()`",
    ))
}

const REINDEX: Kind = Kind {
    id: "reindex-concurrently",
    level: Level::Warning,
    needs: Needs::Document,
    what: "An index is rebuilt in the way that locks its table.",
    why: "`REINDEX` holds a lock that stops every write to the table, and reads that would use the index, until it is done. `CONCURRENTLY` (PostgreSQL 12 and later) builds the new index beside the old one.",
    wrong: "# Ops\n\n## Slow queries\n\n**Fix:**\n```bash\npsql -X -d harbour -c 'REINDEX TABLE berths;'\n```\n",
    right: "# Ops\n\n## Slow queries\n\n**Fix:**\n```bash\npsql -X -d harbour -c 'REINDEX TABLE CONCURRENTLY berths;'\n```\n",
    check: Some(reindexes),
};

fn reindexes(context: &Context<'_>, found: &mut Vec<Finding>) {
    for statement in statement::all(context) {
        if statement.program == "sqlite3" {
            continue;
        }
        if let Some(finding) = reindex(context, &statement) {
            found.push(finding);
        }
    }
    for call in context.calls.of(&["reindexdb"]) {
        if !call.has(&["--concurrently", "--system", "-s"]) {
            let message = "`reindexdb` stops every write to a table while it rebuilds its indexes";
            found.push(call.finding(&REINDEX, message, "add `--concurrently`"));
        }
    }
}

fn reindex(context: &Context<'_>, statement: &Statement<'_>) -> Option<Finding> {
    let small = statement.text.to_ascii_lowercase();
    let at = small.match_indices("reindex").map(|(at, _)| at).find(|at| {
        let begins = small[..*at].trim_end().is_empty() || small[..*at].trim_end().ends_with([';', '"', '\'']);
        begins && small[at + 7..].starts_with([' ', '\n', '\t', '('])
    })?;
    let rest = small[at + 7..].split(';').next().unwrap_or_default();
    let mut words = rest.split_whitespace();
    // `REINDEX (VERBOSE) TABLE x`
    let kind = words.by_ref().find(|word| !word.starts_with('(') && !word.ends_with(')') && !word.ends_with(','))?;
    if !["index", "table", "schema", "database"].contains(&kind) || rest.contains("concurrently") {
        return None;
    }
    let message = format!("`REINDEX {}` stops every write to the tables until it is done", kind.to_uppercase());
    let help = "write `CONCURRENTLY` behind it: the new index is built beside the old one";
    let mut finding = statement.finding(&REINDEX, at, message, help);
    let end = at + 7 + rest.find(kind)? + kind.len();
    if !rest.starts_with(" (")
        && let Some(bytes) = statement.bytes(context, end..end)
    {
        finding = finding.mended_by(bytes, " CONCURRENTLY");
    }
    Some(finding)
}
