//! Steps that make the outage: a maintenance page nobody can serve, settings that nobody tried before loading them.

use super::acts::{self, Change};
use super::calls::Call;
use super::{Context, Kind, Needs};
use crate::runbook::{Finding, Level};

pub(super) const KINDS: &[Kind] = &[NO_SERVER, UNTESTED, ENABLED_COPY];

const NO_SERVER: Kind = Kind {
    id: "maintenance-without-server",
    level: Level::Error,
    needs: Needs::Document,
    what: "The web server is stopped, and then it is to show a maintenance page.",
    why: "The page is served by the server that was just stopped: visitors get a refused connection instead.",
    wrong: "# Ops\n\n## Emergency stop\n\n```bash\nsystemctl stop harbour-api\nsystemctl stop nginx\n# Enable the maintenance page\n```\n\n## Start\n\n```bash\nsystemctl start harbour-api nginx\n```\n",
    right: "# Ops\n\n## Emergency stop\n\n```bash\ntouch /srv/www/maintenance.on\nsystemctl stop harbour-api\n```\n\n## Start\n\n```bash\nsystemctl start harbour-api\nrm /srv/www/maintenance.on\n```\n",
    check: Some(|context, found| {
        let programs = &["systemctl", "service", "docker", "docker-compose", "nginx", "apachectl", "rc-service"];
        found.extend(context.calls.of(programs).filter_map(|call| serves_no_page(context, call)));
    }),
};

/// Programs that answer the web's visitors.
const SERVERS: &[&str] =
    &["nginx", "apache2", "httpd", "caddy", "haproxy", "traefik", "lighttpd", "openresty", "envoy"];

fn is_server(name: &str) -> bool {
    SERVERS.contains(&name.trim_end_matches(".service"))
}

fn serves_no_page(context: &Context<'_>, call: &Call<'_>) -> Option<Finding> {
    let stops = match call.program {
        "nginx" => call.value("-s", "").is_some_and(|signal| matches!(signal, "stop" | "quit")),
        "apachectl" => call.has(&["stop", "graceful-stop"]),
        _ => acts::service_change(call)
            .is_some_and(|(change, names)| change == Change::Stops && names.iter().any(|name| is_server(name))),
    };
    if !stops {
        return None;
    }
    let starts = |other: &Call<'_>| {
        acts::service_change(other)
            .is_some_and(|(change, names)| change != Change::Stops && names.iter().any(|name| is_server(name)))
    };
    let page = context.near.page(&call.place.step.source)?;
    let started = context.calls.after(call).iter().find(|other| starts(other)).map(|other| other.place.command.line);
    let end = call.place.procedure.map_or(call.place.step.source.end_line, |procedure| procedure.source.end_line);
    let line = call.place.command.line;
    let behind = page.lower_lines(line + 1, started.unwrap_or(end + 1).min(line + 60));
    if !["mainten", "static page", "503", "wartung", "mantenim"].iter().any(|word| behind.contains(word)) {
        return None;
    }
    let wants = [
        "maintenance page", "maintenance mode", "maintenance site", "static page", "503 page", "wartungsseite",
        "página de mantenimiento",
    ];
    let wanted = behind.lines().any(|line| {
        wants.iter().any(|words| line.contains(words))
            && !["disable", "remove", "turn off"].iter().any(|word| line.contains(word))
    });
    let message = format!("`{}` stops the server that is to show the maintenance page", call.short(3));
    wanted.then(|| {
        call.finding(
            &NO_SERVER,
            message,
            "leave the web server running and switch it to the page; stop only what is behind it",
        )
    })
}

const UNTESTED: Kind = Kind {
    id: "reload-untested-config",
    level: Level::Warning,
    needs: Needs::Document,
    what: "Settings of a server are changed and loaded without being tried.",
    why: "A misprint stops the server from starting, and with it everything behind it. The server's own test takes a second and changes nothing.",
    wrong: "# Ops\n\n## Proxy broken\n\n**Fix:**\n```bash\ncp -p /etc/nginx/nginx.conf /etc/nginx/nginx.conf.$(date +%s)\ncp /srv/config/nginx.conf /etc/nginx/nginx.conf\nsystemctl reload nginx\n```\n",
    right: "# Ops\n\n## Proxy broken\n\n**Fix:**\n```bash\ncp -p /etc/nginx/nginx.conf /etc/nginx/nginx.conf.$(date +%s)\ncp /srv/config/nginx.conf /etc/nginx/nginx.conf\nnginx -t && systemctl reload nginx\n```\n",
    check: Some(|context, found| {
        let programs = &["systemctl", "service", "nginx", "apachectl", "apache2ctl", "rc-service", "caddy"];
        found.extend(context.calls.of(programs).filter_map(|call| untested(context, call)));
    }),
};

/// Servers, where their settings lie, and how they try them.
const TRIED: &[(&[&str], &str, &str)] = &[
    (&["nginx", "openresty"], "/etc/nginx", "nginx -t"),
    (&["apache2", "httpd"], "/etc/apache2", "apachectl configtest"),
    (&["haproxy"], "/etc/haproxy", "haproxy -c -f /etc/haproxy/haproxy.cfg"),
    (&["caddy"], "/etc/caddy", "caddy validate --config /etc/caddy/Caddyfile"),
    (&["ssh", "sshd"], "/etc/ssh", "sshd -t"),
    (&["prometheus"], "/etc/prometheus", "promtool check config /etc/prometheus/prometheus.yml"),
    (&["named", "bind9"], "/etc/bind", "named-checkconf"),
];

fn untested(context: &Context<'_>, call: &Call<'_>) -> Option<Finding> {
    let names: Vec<&str> = match call.program {
        "nginx" if call.value("-s", "") == Some("reload") => vec!["nginx"],
        "caddy" if call.arg(0) == "reload" => return None,
        "apachectl" | "apache2ctl" if call.has(&["restart", "graceful"]) => vec!["apache2"],
        _ => acts::service_change(call)
            .filter(|(change, _)| matches!(change, Change::Restarts | Change::Reloads))
            .map(|(_, names)| names)?,
    };
    let loads = |servers: &[&str]| names.iter().any(|name| servers.contains(&name.trim_end_matches(".service")));
    let (_, folder, test) = TRIED.iter().find(|(servers, _, _)| loads(servers))?;
    let before = context.calls.before(call);
    let changed =
        before.iter().rposition(|other| acts::written(other).iter().any(|word| word.text.starts_with(folder)))?;
    let tries = |other: &Call<'_>| match other.program {
        "nginx" | "sshd" | "openresty" => other.flag('t', "--test") || other.flag('T', "--dump"),
        "apachectl" | "apache2ctl" | "httpd" => other.has(&["configtest", "-t"]),
        "haproxy" => other.flag('c', "-c"),
        "caddy" => other.has(&["validate", "adapt"]),
        "promtool" | "named-checkconf" => true,
        "service" | "systemctl" => other.has(&["configtest"]),
        _ => false,
    };
    if before[changed..].iter().any(tries) {
        return None;
    }
    let line = before[changed].source().line;
    let message = format!("`{}` loads what line {line} changed, and nobody tried it", call.short(3));
    Some(call.finding(&UNTESTED, message, format!("try it first, and load it only where that worked: `{test} && …`")))
}

const ENABLED_COPY: Kind = Kind {
    id: "sites-enabled-copy",
    level: Level::Warning,
    needs: Needs::Document,
    what: "A file is copied into a folder that holds links.",
    why: "In `sites-enabled` lie links to `sites-available`. `cp` onto a link writes through it and overwrites the file that it leads to; where there is no link, it leaves a second copy that nobody edits.",
    wrong: "# Ops\n\n## Proxy broken\n\n**Fix:**\n```bash\ncp /srv/config/harbour.conf /etc/nginx/sites-enabled/harbour.conf\nnginx -t && systemctl reload nginx\n```\n",
    right: "# Ops\n\n## Proxy broken\n\n**Fix:**\n```bash\ncp -b /srv/config/harbour.conf /etc/nginx/sites-available/harbour.conf\nnginx -t && systemctl reload nginx\n```\n",
    check: Some(|context, found| {
        found.extend(context.calls.of(&["cp", "install", "rsync", "tee"]).filter_map(copied_onto_link))
    }),
};

fn copied_onto_link(call: &Call<'_>) -> Option<Finding> {
    let target = *call.operands(&["-m", "-o", "-g"]).last()?;
    let folder =
        ["/sites-enabled/", "/conf-enabled/", "/mods-enabled/"].iter().find(|folder| target.text.contains(**folder))?;
    let linked = call.has(&["-s", "--symbolic-link", "--remove-destination", "-P"]);
    let message =
        format!("`{}` holds links: this writes through the link, into the file it leads to", folder.trim_matches('/'));
    (!linked).then(|| {
        call.finding(&ENABLED_COPY, message, "put the file into `sites-available` and leave the link as it is")
    })
}
