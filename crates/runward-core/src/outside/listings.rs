//! What tools print about a machine, read as facts.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime};

use super::host::{Container, Listener, Unit};

/// `systemctl list-units --plain --no-legend`: name, load, active, sub, description.
pub(super) fn units(printed: &str) -> impl Iterator<Item = (String, Unit)> {
    printed.lines().filter_map(|line| {
        let mut words = line.trim_start_matches(['●', '*', '×', '○', ' ']).split_whitespace();
        let (name, loaded, active) = (words.next()?, words.next()?, words.next()?);
        // Units that others ask for but that are nowhere are listed as well.
        let there = loaded != "not-found" && name.contains('.');
        there.then(|| (name.to_owned(), Unit { state: active.to_owned(), file: None }))
    })
}

/// `systemctl list-unit-files --no-legend`: name, state, preset.
pub(super) fn unit_files(printed: &str) -> impl Iterator<Item = String> {
    let name = |line: &str| line.split_whitespace().next().filter(|name| name.contains('.')).map(str::to_owned);
    printed.lines().filter_map(name)
}

/// `systemctl show --property=Id,ActiveState,FragmentPath`: a paragraph for each unit.
pub(super) fn fragments(printed: &str) -> impl Iterator<Item = (String, String)> {
    printed.split("\n\n").filter_map(|unit| {
        let value = |key: &str| unit.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        let file = value("FragmentPath").filter(|path| !path.is_empty())?;
        Some((value("Id")?.to_owned(), file.to_owned()))
    })
}

/// `docker ps --format '{{json .}}'`: one object on each line; podman prints one list.
pub(super) fn containers(printed: &str) -> Option<Vec<Container>> {
    let values: Vec<serde_json::Value> = match serde_json::from_str(printed.trim()) {
        Ok(serde_json::Value::Array(list)) => list,
        _ => {
            printed.lines().filter(|l| !l.trim().is_empty()).map(serde_json::from_str).collect::<Result<_, _>>().ok()?
        }
    };
    Some(values.iter().filter_map(container).collect())
}

fn container(value: &serde_json::Value) -> Option<Container> {
    let text = |key: &str| value.get(key).and_then(|v| v.as_str()).unwrap_or_default();
    let names = match value.get("Names")? {
        serde_json::Value::Array(names) => names.first().and_then(|n| n.as_str()).unwrap_or_default(),
        names => names.as_str().unwrap_or_default(),
    };
    const SERVICE: &str = "com.docker.compose.service";
    let labelled = || text("Labels").split(',').find_map(|label| label.strip_prefix(SERVICE)?.strip_prefix('='));
    let keyed = value.get("Labels").and_then(|labels| labels.get(SERVICE)).and_then(|v| v.as_str());
    Some(Container {
        name: names.split(',').next().unwrap_or_default().to_owned(),
        image: text("Image").to_owned(),
        state: text("State").to_owned(),
        service: keyed.or_else(labelled).map(str::to_owned),
    })
}

/// `docker compose ls --format json`.
pub(super) fn projects(printed: &str) -> Option<Vec<String>> {
    let list: Vec<serde_json::Value> = serde_json::from_str(printed.trim()).ok()?;
    Some(list.iter().filter_map(|project| project.get("Name")?.as_str().map(str::to_owned)).collect())
}

/// `pm2 jlist`, which may print a banner or a warning first.
pub(super) fn apps(printed: &str) -> Option<Vec<(String, bool)>> {
    let starts = printed.match_indices('[').map(|(at, _)| at);
    let list: Vec<serde_json::Value> =
        starts.take(16).find_map(|at| serde_json::from_str(printed[at..].trim()).ok())?;
    let app = |value: &serde_json::Value| {
        let online = value.pointer("/pm2_env/status").and_then(|s| s.as_str()) == Some("online");
        Some((value.get("name")?.as_str()?.to_owned(), online))
    };
    Some(list.iter().filter_map(app).collect())
}

/// `ss -Hltnp`: state, queues, local address, peer, processes.
pub(super) fn listening(printed: &str) -> Vec<Listener> {
    let mut found: Vec<Listener> = Vec::new();
    for line in printed.lines() {
        let Some(address) = line.split_whitespace().nth(3) else { continue };
        let Some((host, port)) = address.rsplit_once(':') else { continue };
        let Ok(port) = port.parse() else { continue };
        let host = host.split('%').next().unwrap_or(host).trim_matches(['[', ']']);
        let local = host.starts_with("127.") || host == "::1" || host == "::ffff:127.0.0.1";
        let program = line.split("((\"").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned);
        match found.iter_mut().find(|known| known.port == port) {
            // The same port on IPv4 and IPv6: it is as open as the more open of the two.
            Some(known) => {
                known.local &= local;
                known.program = known.program.take().or(program);
            }
            None => found.push(Listener { port, local, program }),
        }
    }
    found
}

/// `notAfter=Jun  1 12:00:00 2027 GMT`, or `NotAfter: …` of `openssl s_client`.
pub(super) fn good_until(printed: &str) -> Option<Date> {
    let rest = ["notAfter=", "NotAfter: "].iter().find_map(|mark| printed.split_once(mark)).map(|(_, rest)| rest)?;
    let words: Vec<&str> = rest.lines().next()?.split_whitespace().take(4).collect();
    DateTime::strptime("%b %d %H:%M:%S %Y", words.join(" ")).ok().map(DateTime::date)
}

/// `psql --list --tuples-only --no-align`: name, owner, encoding …
pub(super) fn databases(printed: &str) -> BTreeSet<String> {
    let named = printed.lines().filter_map(|line| line.split_once('|')).map(|(name, _)| name.trim());
    named.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_however_systemd_marks_them() {
        let printed = "cron.service loaded active running Regular background program processing daemon\n\
                       ● till-web.service loaded failed failed Till\n\
                       auditd.service not-found inactive dead auditd.service\n";
        let read: Vec<String> = units(printed).map(|(name, unit)| format!("{name} {}", unit.state)).collect();
        assert_eq!(read, ["cron.service active", "till-web.service failed"]);
        let files: Vec<String> = unit_files("till-web.service enabled enabled\nworker@.service static -\n\n").collect();
        assert_eq!(files, ["till-web.service", "worker@.service"]);
        let shown = "Id=ssh.service\nActiveState=active\nFragmentPath=/usr/lib/systemd/system/ssh.service\n\n\
                     Id=x.service\nActiveState=inactive\nFragmentPath=\n";
        let read: Vec<_> = fragments(shown).collect();
        assert_eq!(read, [("ssh.service".to_owned(), "/usr/lib/systemd/system/ssh.service".to_owned())]);
    }

    #[test]
    fn containers_are_read_of_docker_and_of_podman() {
        let docker = r#"{"Command":"\"nginx\"","ID":"1a","Image":"nginx:1.27","Labels":"a=b,com.docker.compose.service=web,c=d","Names":"shop-web-1","Ports":"0.0.0.0:80->80/tcp","State":"running","Status":"Up 2 days"}
{"Image":"redis:7","Labels":"","Names":"cache","State":"exited"}
"#;
        let read = containers(docker).unwrap();
        assert_eq!(
            (read[0].name.as_str(), read[0].service.as_deref(), read[0].state.as_str()),
            ("shop-web-1", Some("web"), "running")
        );
        assert_eq!((read[1].name.as_str(), read[1].service.as_deref()), ("cache", None));
        let podman =
            r#"[{"Names":["pod"],"Image":"x","State":"running","Labels":{"com.docker.compose.service":"api"}}]"#;
        assert_eq!(containers(podman).unwrap()[0].service.as_deref(), Some("api"));
        assert_eq!(containers("").unwrap(), []);
        assert_eq!(containers("Cannot connect to the Docker daemon"), None);
        let listed = r#"[{"Name":"shop","Status":"running(3)","ConfigFiles":"/srv/shop/compose.yml"}]"#;
        assert_eq!(projects(listed).unwrap(), ["shop"]);
    }

    #[test]
    fn applications_ports_certificates_and_databases_are_read() {
        let list = "[PM2][WARN] not synchronized\n[{\"name\":\"api\",\"pm2_env\":{\"status\":\"online\"}},{\"name\":\"old\",\"pm2_env\":{\"status\":\"stopped\"}}]";
        assert_eq!(apps(list).unwrap(), [("api".to_owned(), true), ("old".to_owned(), false)]);
        assert_eq!(apps("pm2: no"), None);
        let ports = listening(
            "LISTEN 0 4096 127.0.0.53%lo:53 0.0.0.0:* users:((\"systemd-resolve\",pid=1,fd=14))\n\
             LISTEN 0 511 127.0.0.1:3001 0.0.0.0:*\nLISTEN 0 511 [::]:3001 [::]:* users:((\"node\",pid=9,fd=3))\n\
             LISTEN 0 128 *:22 *:*\n",
        );
        let said: Vec<String> =
            ports.iter().map(|l| format!("{} {} {}", l.port, l.local, l.program.as_deref().unwrap_or("-"))).collect();
        assert_eq!(said, ["53 true systemd-resolve", "3001 false node", "22 false -"]);
        let date = |text: &str| good_until(text).map(|d| d.to_string());
        assert_eq!(date("notAfter=Jun  1 12:00:00 2027 GMT\n").as_deref(), Some("2027-06-01"));
        let served = "v:NotBefore: Nov 25 19:37:18 2026 GMT; NotAfter: Dec 25 19:37:18 2026 GMT";
        assert_eq!(date(served).as_deref(), Some("2026-12-25"));
        assert_eq!(date("unable to load certificate"), None);
        let listed =
            "shop|app|UTF8|libc|C|C|||\ntemplate0|postgres|UTF8|libc|C|C|||=c/postgres\npostgres=CTc/postgres\n";
        assert_eq!(databases(listed).into_iter().collect::<Vec<_>>(), ["shop", "template0"]);
    }
}
