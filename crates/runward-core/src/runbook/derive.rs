//! Services nobody listed but that follow from what was written: what commands start, stop and watch.

use std::collections::BTreeMap;
use std::ops::Range;

use super::markdown::{Block, Inlines, Kind};
use super::section::Section;
use super::words::topic::Topic;
use crate::service::Service;
use crate::source::{Lines, Source};

/// Services of a document without an inventory: what its commands start, stop and watch, and what its lists name.
pub(super) fn services(root: &Section<'_>, lines: &Lines<'_>) -> Vec<Service> {
    let mut found: BTreeMap<String, Service> = BTreeMap::new();
    root.walk(&mut |section| {
        // What stands below contacts, vendors or links is not run by the team.
        let people = section.topics.and(section.within).has(Topic::People);
        visit(section.body, people, lines, &mut found);
    });
    let mut services: Vec<Service> = found.into_values().collect();
    services.sort_by_key(|s| s.source.line);
    services
}

fn visit(blocks: &[Block], people: bool, lines: &Lines<'_>, found: &mut BTreeMap<String, Service>) {
    for block in blocks {
        match &block.kind {
            Kind::Fence(fence) => {
                for line in &fence.lines {
                    command(&line.text, line.start..line.start + line.text.len(), lines, found);
                }
            }
            Kind::List(list) => {
                for item in &list.items {
                    if let Some(Kind::Paragraph(text)) = item.blocks.first().map(|b| &b.kind)
                        && !people
                    {
                        listed(text, item.span.clone(), lines, found);
                    }
                    visit(&item.blocks, people, lines, found);
                }
            }
            Kind::Paragraph(text) => {
                for code in text.codes() {
                    command(&code.text, code.span.clone(), lines, found);
                }
            }
            Kind::Quote(inner) => visit(inner, people, lines, found),
            _ => {}
        }
    }
}

fn command(text: &str, span: Range<usize>, lines: &Lines<'_>, found: &mut BTreeMap<String, Service>) {
    let code = text.split(" #").next().unwrap_or(text);
    let words: Vec<&str> = code.split_whitespace().skip_while(|w| *w == "sudo").collect();
    let acts = |verb: &str| {
        matches!(
            verb,
            "restart" | "reload" | "start" | "stop" | "status" | "logs" | "scale" | "describe" | "show" | "is-active"
        )
    };
    let source = || lines.source(span.clone()).derived();
    match words.as_slice() {
        ["pm2", verb, names @ ..] if acts(verb) => {
            for name in operands(names).take(1) {
                service(found, name, source).pm2.get_or_insert_with(|| name.to_owned());
            }
        }
        ["systemctl", verb, names @ ..] if acts(verb) => {
            for name in operands(names).flat_map(braces) {
                let unit = name.trim_end_matches(".service").to_owned();
                if !unit.contains('.') {
                    service(found, &unit, source).unit.get_or_insert(unit);
                }
            }
        }
        ["docker", "compose", verb, names @ ..]
        | ["docker-compose", verb, names @ ..]
        | ["docker", verb, names @ ..]
            if acts(verb) =>
        {
            for name in operands(names).take(1) {
                service(found, name, source).container.get_or_insert_with(|| name.to_owned());
            }
        }
        _ => {}
    }
}

/// Names among a command's arguments: no options, numbers, placeholders, files or `all`.
fn operands<'w>(words: &'w [&'w str]) -> impl Iterator<Item = &'w str> {
    let named = |w: &&str| {
        !w.starts_with(['-', '+', '<', '[', '|', '>', '&', '"', '\'', '$'])
            && *w != "all"
            && !w.contains(['<', '[', '/', '$', '='])
            && !w.chars().all(|c| c.is_ascii_digit())
            && !is_stand_in(w)
    };
    const VALUED: &[&str] =
        &["--since", "--until", "--tail", "--lines", "-n", "--index", "--signal", "--time", "--timeout"];
    let own = words.iter().copied().take_while(|w| !matches!(*w, "|" | "&&" | "||" | ";" | ">"));
    // What stands behind `--since` is no name.
    let mut valued = false;
    own.filter(move |w| !std::mem::replace(&mut valued, VALUED.contains(w))).filter(named)
}

/// A name that stands for others: `SERVICE_NAME`, `service`, `{service}`, `xxx`, `YOUR_APP`.
pub(crate) fn is_stand_in(name: &str) -> bool {
    const GENERIC: &[&str] = &[
        "service", "services", "servicename", "svc", "name", "unit", "container", "pod", "process", "instance",
        "component", "application",
    ];
    let marked = name.contains(['%', '<', '[', '$']) || (name.contains('{') && !name.contains(','));
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let generic = |w: &&str| GENERIC.contains(w) || (w.len() > 1 && w.chars().all(|c| c == 'x'));
    let shouted = name.contains('_') && name == name.to_uppercase();
    let yours = matches!(words.first(), Some(&"your"));
    marked || shouted || yours || (!words.is_empty() && words.iter().all(generic))
}

/// `app-{web,api}` as its names.
fn braces(word: &str) -> Vec<String> {
    match (word.find('{'), word.find('}')) {
        (Some(open), Some(close)) if open < close => word[open + 1..close]
            .split(',')
            .map(|part| format!("{}{part}{}", &word[..open], &word[close + 1..]))
            .collect(),
        _ => vec![word.to_owned()],
    }
}

/// `- Backend API: https://…` and `- `name` -- what it is (port 3000)`.
fn listed(text: &Inlines, span: Range<usize>, lines: &Lines<'_>, found: &mut BTreeMap<String, Service>) {
    let plain = text.plain();
    let source = || lines.source(span.clone()).derived();
    if let Some(port) = ["(port ", "on port "].iter().find_map(|words| {
        let (_, rest) = plain.split_once(words)?;
        rest.split(|c: char| !c.is_ascii_digit()).next()?.parse::<u16>().ok().filter(|p| *p > 0)
    }) && let Some(name) = text.0.first().filter(|i| i.code)
    {
        let entry = service(found, &name.text, source);
        entry.port = Some(port);
        entry.container.get_or_insert_with(|| name.text.clone());
    } else if let Some((label, url)) = plain.split_once(": ")
        && url.starts_with("http")
        && !url.contains(' ')
        && is_own_address(label, url)
    {
        service(found, label.trim(), source).endpoint.get_or_insert_with(|| url.trim().to_owned());
    }
}

/// Dashboards and vendors' pages are not services of the team.
fn is_own_address(label: &str, url: &str) -> bool {
    let host = url.split("://").nth(1).unwrap_or_default().split('/').next().unwrap_or_default();
    let foreign = [
        "github.com", "sentry.io", "grafana.net", "pagerduty.com", "status.", "slack.com", "docs.google.com",
        "console.", "dashboard.",
    ];
    let label = label.to_lowercase();
    !foreign.iter().any(|f| host.starts_with(f) || host.ends_with(f))
        && !["status page", "dashboard", "docs", "wiki", "repo", "health"].iter().any(|w| label.contains(w))
}

fn service<'f>(found: &'f mut BTreeMap<String, Service>, name: &str, source: impl Fn() -> Source) -> &'f mut Service {
    found.entry(name.to_owned()).or_insert_with(|| Service::named(name, source()))
}

#[cfg(test)]
mod tests {
    use crate::runbook::Runbook;

    fn check(markdown: &str, expected: &str) {
        let runbook = Runbook::read([("ops.md", markdown)]);
        let named: Vec<&str> = runbook.services.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(named.join(" "), expected, "{markdown}");
    }

    #[test]
    fn a_name_that_stands_for_others_is_no_service() {
        let commands = |names: &str| {
            let lines: String = names.split(' ').map(|n| format!("systemctl restart {n}\n")).collect();
            format!("# Ops\n\n## Web down\n\n```bash\n{lines}```\n")
        };
        check(&commands("SERVICE_NAME service {service} xxx <name> YOUR_UNIT your-service %UNIT% service-name"), "");
        check(&commands("ledger user-service x app"), "ledger user-service x app");
        check(&commands("till-{a,b}"), "till-a till-b");
    }
}
