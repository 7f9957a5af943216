//! Files of a repository that name things a runbook calls: scripts, targets, services, alerts, variables, sites.

use super::repo::{Alert, ComposeService, Named};
use super::yaml::{self, Node};

/// What a file is to us, by its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manifest {
    Package,
    Make,
    Just,
    Task,
    Compose,
    Alerts,
    Variables,
    Caddy,
    Nginx,
    Ignored,
}

/// What a file is, if it is one of those that are read.
pub(super) fn manifest(path: &str) -> Option<Manifest> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    Some(match name {
        "package.json" => Manifest::Package,
        "Makefile" | "makefile" | "GNUmakefile" => Manifest::Make,
        "justfile" | "Justfile" | ".justfile" => Manifest::Just,
        "Taskfile.yml" | "Taskfile.yaml" | "taskfile.yml" => Manifest::Task,
        ".gitignore" => Manifest::Ignored,
        "Caddyfile" => Manifest::Caddy,
        _ if name.ends_with(".mk") => Manifest::Make,
        _ if name.ends_with(".caddy") || name.starts_with("Caddyfile.") => Manifest::Caddy,
        _ if yaml
            && (name.starts_with("docker-compose") || name.starts_with("compose") || name.contains(".compose")) =>
        {
            Manifest::Compose
        }
        _ if yaml && ["alert", "rule", "prometheus", "monitor"].iter().any(|word| path.contains(word)) => {
            Manifest::Alerts
        }
        _ if is_example_of_env(name) => Manifest::Variables,
        _ if path.contains("nginx") && (name.ends_with(".conf") || path.contains("sites-")) => Manifest::Nginx,
        _ => return None,
    })
}

/// `.env.example`, `env.sample`, `api.env.template`: names without values.
fn is_example_of_env(name: &str) -> bool {
    let env = name.starts_with(".env") || name.starts_with("env.") || name.contains(".env.");
    env && ["example", "sample", "template", "dist"].iter().any(|word| name.contains(word))
}

/// The names under `scripts` of a `package.json`.
pub(super) fn scripts(file: &str, text: &str) -> Vec<Named> {
    let read: Option<serde_json::Value> = serde_json::from_str(text).ok();
    let scripts = read.as_ref().and_then(|value| value.get("scripts")).and_then(|scripts| scripts.as_object());
    let at = |name: &str| line_with(text, &format!("\"{name}\""));
    scripts.into_iter().flatten().map(|(name, _)| Named::new(name, file, at(name))).collect()
}

fn line_with(text: &str, wanted: &str) -> u32 {
    text.find(wanted).map_or(1, |at| text[..at].matches('\n').count() as u32 + 1)
}

/// The targets of a makefile that are called by name.
pub(super) fn targets(file: &str, text: &str) -> Vec<Named> {
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.starts_with(['\t', ' ', '#', '.']) {
            continue;
        }
        let Some((names, rest)) = line.split_once(':') else { continue };
        // `X := 1` and `X ::= 1` give values, `X = a:b` does as well.
        if rest.starts_with(['=', ':']) || names.contains('=') {
            continue;
        }
        let named = names.split_whitespace().filter(|name| !name.contains(['%', '$', '(', '&']));
        found.extend(named.map(|name| Named::new(name, file, number)));
    }
    found
}

/// The recipes of a justfile.
pub(super) fn recipes(file: &str, text: &str) -> Vec<Named> {
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.starts_with(['\t', ' ', '#', '[']) {
            continue;
        }
        let name = match line.strip_prefix("alias ").and_then(|rest| rest.split_once(":=")) {
            Some((alias, _)) => alias.trim(),
            None => match line.split_once(':').filter(|(_, rest)| !rest.starts_with('=')) {
                Some((head, _)) => head.split_whitespace().next().unwrap_or_default().trim_start_matches('@'),
                None => continue,
            },
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if !name.is_empty() && name.chars().all(plain) {
            found.push(Named::new(name, file, number));
        }
    }
    found
}

/// The tasks of a Taskfile.
pub(super) fn tasks(file: &str, text: &str) -> Vec<Named> {
    let read = yaml::documents(text).unwrap_or_default();
    let tasks = read.iter().filter_map(|document| document.get("tasks"));
    tasks.flat_map(Node::entries).map(|entry| Named::new(&entry.key, file, entry.line)).collect()
}

/// The services of a compose file; `None` where it cannot be read.
pub(super) fn services(file: &str, text: &str) -> Option<Vec<ComposeService>> {
    let read = yaml::documents(text)?;
    let services = read.iter().filter_map(|document| document.get("services")).flat_map(Node::entries);
    let service = |entry: &yaml::Entry| ComposeService {
        container: entry.value.get("container_name").and_then(Node::text).map(str::to_owned),
        named: Named::new(&entry.key, file, entry.line),
    };
    Some(services.map(service).collect())
}

/// The alerts of Prometheus rules, wherever in the file they stand.
pub(super) fn alerts(file: &str, text: &str) -> Vec<Alert> {
    let Some(read) = yaml::documents(text) else { return alerts_by_line(file, text) };
    let mut found = Vec::new();
    for document in &read {
        document.maps(&mut |entries| {
            let entry = |key: &str| entries.iter().find(|entry| entry.key == key);
            let (Some(alert), Some(_)) = (entry("alert"), entry("expr")) else { return };
            let Some(name) = alert.value.text() else { return };
            let annotations = entry("annotations").map(|a| &a.value);
            let url = ["runbook_url", "runbook", "runbookUrl"].iter().find_map(|key| annotations?.get(key)?.text());
            found.push(Alert {
                named: Named::new(name, file, alert.line),
                runbook: url.filter(|url| !url.is_empty()).map(str::to_owned),
            });
        });
    }
    found
}

/// The same of a file that becomes YAML only when its template is filled in.
fn alerts_by_line(file: &str, text: &str) -> Vec<Alert> {
    let mut found: Vec<Alert> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim_start().trim_start_matches("- ");
        let Some((key, value)) = line.split_once(':') else { continue };
        let value = value.trim().trim_matches(['"', '\'']);
        match (key, found.last_mut()) {
            ("alert", _) if !value.is_empty() && !value.contains(['{', ' ']) => {
                found.push(Alert { named: Named::new(value, file, number), runbook: None });
            }
            ("runbook_url" | "runbook", Some(alert)) if !value.is_empty() => alert.runbook = Some(value.to_owned()),
            _ => {}
        }
    }
    found
}

/// The variables an example of an environment file names, those behind a comment sign as well.
pub(super) fn variables(file: &str, text: &str) -> Vec<Named> {
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim_start().trim_start_matches(['#', ' ']);
        let line = line.strip_prefix("export ").unwrap_or(line);
        let Some((name, _)) = line.split_once('=') else { continue };
        let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        if name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(plain) {
            found.push(Named::new(name, file, number));
        }
    }
    found
}

/// The addresses a Caddyfile answers for.
pub(super) fn caddy_sites(file: &str, text: &str) -> Vec<Named> {
    let mut found = Vec::new();
    let mut depth = 0_i32;
    for (number, line) in (1..).zip(text.lines()) {
        let code = line.split(" #").next().unwrap_or_default().trim();
        if code.starts_with('#') {
            continue;
        }
        if depth == 0 && code.ends_with('{') {
            let names = code.trim_end_matches('{').split([',', ' ']).map(str::trim);
            let site =
                |name: &str| name.split("://").last().unwrap_or(name).split([':', '/']).next().map(str::to_owned);
            let sites = names.filter_map(site).filter(|name| name.contains('.') && !name.contains(['$', '(']));
            found.extend(sites.map(|name| Named::new(&name, file, number)));
        }
        let count = |wanted: char| code.matches(wanted).count() as i32;
        // `{$NAME}` opens and closes on its own line.
        depth = (depth + count('{') - count('}')).max(0);
    }
    found
}

/// The names an nginx configuration answers for.
pub(super) fn nginx_sites(file: &str, text: &str) -> Vec<Named> {
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let Some(rest) = line.trim_start().strip_prefix("server_name ") else { continue };
        let names = rest.split(';').next().unwrap_or_default().split_whitespace();
        let plain = names.filter(|name| name.contains('.') && !name.contains(['$', '~']));
        found.extend(plain.map(|name| Named::new(name, file, number)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<'n>(found: impl IntoIterator<Item = &'n Named>, expected: &str) {
        let said: Vec<String> = found.into_iter().map(|n| format!("{}:{}", n.name, n.line)).collect();
        assert_eq!(said.join(" "), expected);
    }

    #[test]
    fn names_are_read_with_their_lines() {
        let package =
            "{\n  \"name\": \"x\",\n  \"scripts\": {\n    \"build\": \"tsc\",\n    \"db:dump\": \"x\"\n  }\n}";
        check(&scripts("package.json", package), "build:4 db:dump:5");
        check(&scripts("package.json", "{ half"), "");
        let make = "CC := gcc\nX = a:b\n.PHONY: all\nall test: build ## do\n\techo a: b\n%.o: %.c\nbuild:\n";
        check(&targets("Makefile", make), "all:4 test:4 build:7");
        let just =
            "set shell := [\"bash\"]\nv := '1'\n# c\ndeploy host='a': build\n  ssh x: y\n@build:\nalias d := deploy\n";
        check(&recipes("justfile", just), "deploy:4 build:6 d:7");
        check(&tasks("Taskfile.yml", "version: '3'\ntasks:\n  build:\n    cmds: [x]\n  up: {}\n"), "build:3 up:5");
        check(
            &variables(".env.example", "# Db\nDB_URL=\n#DEBUG=1\nexport TOKEN=x\nlower=1\n"),
            "DB_URL:2 DEBUG:3 TOKEN:4",
        );
        let caddy = "{\n email a@b.c\n}\n# x.y {\nshop.example, https://www.shop.example:443 {\n  handle /a {\n  }\n}\n:80 {\n}\n";
        check(&caddy_sites("Caddyfile", caddy), "shop.example:5 www.shop.example:5");
        let nginx = "server {\n  server_name shop.example *.shop.example;\n  location / {}\n}\n";
        check(&nginx_sites("a.conf", nginx), "shop.example:2 *.shop.example:2");
    }

    #[test]
    fn compose_services_and_alerts_are_read() {
        let compose = "services:\n  web:\n    container_name: shop-web\n  db:\n    image: postgres\n";
        let read = services("compose.yml", compose).unwrap();
        assert_eq!(read[0].container.as_deref(), Some("shop-web"));
        check(read.iter().map(|s| &s.named), "web:2 db:4");
        assert_eq!(services("compose.yml", "a: [b"), None);
        let rules = "groups:\n- name: g\n  rules:\n  - alert: DiskFull\n    expr: x > 1\n    annotations:\n      runbook_url: https://r.example/disk\n  - record: a:b\n    expr: y\n  - alert: WebDown\n    expr: up == 0\n";
        let read = alerts("rules.yml", rules);
        check(read.iter().map(|a| &a.named), "DiskFull:4 WebDown:10");
        assert_eq!(read[0].runbook.as_deref(), Some("https://r.example/disk"));
        let template =
            "{{- if .Values.on }}\n- alert: DiskFull\n  expr: x\n  runbook_url: u\n- alert: {{ .x }}\n{{ end }}";
        let read = alerts("rules.yaml", template);
        check(read.iter().map(|a| &a.named), "DiskFull:2");
        assert_eq!(read[0].runbook.as_deref(), Some("u"));
    }

    #[test]
    fn files_are_known_by_their_names() {
        for (path, expected) in [
            ("web/package.json", Some(Manifest::Package)),
            ("deploy/docker-compose.prod.yml", Some(Manifest::Compose)),
            ("monitoring/rules/disk.yaml", Some(Manifest::Alerts)),
            (".env.example", Some(Manifest::Variables)),
            (".env", None),
            ("deploy/nginx/sites-available/shop", Some(Manifest::Nginx)),
            ("src/main.rs", None),
        ] {
            assert_eq!(manifest(path), expected, "{path}");
        }
    }
}
