//! What a placeholder asks for: by its name, by where it stands, and which spellings mean the same.

use std::collections::BTreeMap;

use super::{ParamKind, Placeholder};

/// Words of names by what they ask for; the first row that has one of a name's words wins.
const KINDS: &[(ParamKind, &[&str])] = &[
    (
        ParamKind::Secret,
        &[
            "password", "secret", "token", "key", "apikey", "passwd", "credential", "credentials", "seed", "passwort",
            "contraseña", "contrasena", "clave", "senha", "motdepasse", "mdp", "parola", "şifre", "sifre",
            "wachtwoord", "passphrase",
        ],
    ),
    (ParamKind::Port, &["port", "puerto", "porta", "poort"]),
    (ParamKind::Pid, &["pid"]),
    (
        ParamKind::Revision,
        &[
            "commit", "sha", "hash", "revision", "rev", "tag", "branch", "version", "release", "abc1234", "rama",
            "zweig", "versión", "versão", "sürüm", "versione", "versie",
        ],
    ),
    (ParamKind::Ip, &["ip", "cidr"]),
    (
        ParamKind::Host,
        &[
            "host", "hostname", "server", "vps", "node", "domain", "ip", "machine", "servidor", "rechner", "serveur",
            "sunucu", "hôte", "vm", "droplet", "instance", "máquina", "maquina", "dominio", "domaine",
        ],
    ),
    (
        ParamKind::Date,
        &["date", "timestamp", "time", "day", "yyyymmdd", "yyyy", "fecha", "datum", "data", "tarih", "since", "until"],
    ),
    (
        ParamKind::Path,
        &[
            "path", "file", "dir", "directory", "filename", "folder", "ruta", "archivo", "pfad", "datei", "chemin",
            "fichier", "caminho", "arquivo", "dosya", "percorso", "bestand", "pad",
        ],
    ),
    (
        ParamKind::Duration,
        &["duration", "interval", "seconds", "minutes", "timeout", "hours", "duración", "dauer", "durée"],
    ),
    (
        ParamKind::Service,
        &[
            "service", "svc", "app", "application", "unit", "container", "component", "part", "servicio", "dienst",
            "serviço", "servis", "servizio", "contenedor", "conteneur", "contêiner",
        ],
    ),
];

/// Words that leave open what is meant, by the kind they leave it open for.
const GENERIC: &[(ParamKind, &[&str])] = &[
    (
        ParamKind::Service,
        &[
            "name", "service", "svc", "app", "application", "unit", "container", "component", "part", "process",
            "servicename", "appname", "systemd", "docker", "pm2", "servicio", "dienst", "serviço", "servis",
            "servizio", "nombre", "nom", "nome", "ad", "naam",
        ],
    ),
    (ParamKind::Port, &["port", "number", "puerto", "porta", "poort", "local"]),
    (ParamKind::Pid, &["pid", "process"]),
    (ParamKind::Ip, &["ip", "address", "addr"]),
    (
        ParamKind::Host,
        &[
            "host", "hostname", "server", "address", "addr", "name", "machine", "servidor", "rechner", "serveur",
            "sunucu",
        ],
    ),
    (
        ParamKind::Revision,
        &[
            "commit", "sha", "hash", "revision", "rev", "git", "abc1234", "abc123", "abc12345", "abc123456", "tag",
            "version", "release",
        ],
    ),
    (ParamKind::Date, &["date", "day", "fecha", "datum", "tarih", "yyyymmdd", "yyyy", "mm", "dd", "timestamp", "time"]),
    (ParamKind::Duration, &["duration", "interval"]),
];

/// Words that say nothing in any name.
const EMPTY: &[&str] = &[
    "your", "the", "my", "a", "an", "id", "some", "this", "actual", "target", "affected", "tu", "su", "dein", "ihr",
    "votre", "seu",
];

/// What a name asks for; `commit-hash` asks for a revision.
pub(super) fn of_name(name: &str) -> ParamKind {
    let words: Vec<&str> = name.split(['-', '_', ' ', '/', '.']).collect();
    let has = |known: &[&str]| words.iter().any(|word| known.contains(word));
    // An address of a machine somebody names is that machine's.
    let of_machine = has(&["vps", "production", "staging", "server", "prod", "host", "servidor", "droplet"]);
    if name == "process-id" {
        return ParamKind::Pid;
    }
    if name == "name" {
        return ParamKind::Service;
    }
    let row = KINDS.iter().find(|(kind, known)| has(known) && !(*kind == ParamKind::Ip && of_machine));
    row.map_or(ParamKind::Text, |(kind, _)| *kind)
}

/// What a placeholder asks for where its name leaves that open: by the words around it.
pub(super) fn by_place(text: &str, placeholder: &Placeholder) -> ParamKind {
    let before = &text[..placeholder.span.start];
    // `root@<OFFICE_IP>` takes a name as well.
    if placeholder.kind == ParamKind::Ip && before.ends_with('@') {
        return ParamKind::Host;
    }
    let open = placeholder.kind == ParamKind::Text || matches!(placeholder.name.as_str(), "name" | "id");
    if !open {
        return placeholder.kind;
    }
    // A line without end may hold a placeholder every few letters: no word and no command before it is as long.
    const FARTHEST: usize = 2048;
    let from = (before.len().saturating_sub(FARTHEST)..).find(|at| before.is_char_boundary(*at)).unwrap_or(0);
    let near = &before[from..];
    let glued = near.rsplit(char::is_whitespace).next().unwrap_or_default().trim_start_matches(['"', '\'']);
    if let Some(kind) = by_glue(glued, &text[placeholder.span.end..]) {
        return kind;
    }
    let segment = match near.rfind(['|', ';', '&', '(', '\n']) {
        Some(end) => &near[end + 1..],
        None if from == 0 => near,
        None => return placeholder.kind,
    };
    // What is glued to it belongs to its own word.
    let segment = segment.strip_suffix(glued).unwrap_or(segment);
    let words: Vec<&str> = segment.split_whitespace().filter(|word| *word != "sudo").collect();
    by_words(&words).unwrap_or(placeholder.kind)
}

/// By what is glued to it: `localhost:<x>`, `deploy@<x>`, `image:<x>`.
fn by_glue(glued: &str, behind: &str) -> Option<ParamKind> {
    if glued.ends_with("://") || glued.ends_with('@') {
        return Some(ParamKind::Host);
    }
    let host = glued.strip_suffix(':')?;
    let addressed =
        host.contains("://") || matches!(host, "" | "localhost" | "127.0.0.1" | "0.0.0.0") || behind.starts_with('/');
    if addressed {
        return Some(ParamKind::Port);
    }
    // `ghcr.io/pots/kiln:<x>` is an image, `kiln:<x>` may be a path elsewhere.
    host.contains('/').then_some(ParamKind::Revision)
}

/// By the words before it. A wrong guess would let a value through where a program reads more than a name: only the
/// very place of a name, an address or a number counts.
fn by_words(words: &[&str]) -> Option<ParamKind> {
    const CLIENTS: &[&str] = &["psql", "mysql", "redis-cli", "pg_dump", "mongosh", "ssh", "nc"];
    const OF_UNITS: &[&str] = &[
        "start", "stop", "restart", "reload", "status", "show", "cat", "is-active", "is-enabled", "is-failed",
        "enable", "disable",
    ];
    const OF_APPS: &[&str] =
        &["start", "stop", "restart", "reload", "logs", "show", "describe", "info", "delete", "scale", "flush"];
    const OF_CONTAINERS: &[&str] =
        &["logs", "restart", "start", "stop", "inspect", "exec", "stats", "top", "port", "rm", "kill", "up"];
    const OF_COMMITS: &[&str] =
        &["checkout", "revert", "reset", "show", "cherry-pick", "merge", "rebase", "diff", "log", "switch"];
    let (first, second, last) = (*words.first()?, words.get(1).copied().unwrap_or_default(), *words.last()?);
    const BARE: &[&str] = &["-it", "-ti", "-i", "-t", "-T", "-f", "-d"];
    // Behind an option stands its value, unless it takes none.
    let option = last.starts_with('-') && words.len() > 1 && !BARE.contains(&last);
    match last {
        "--since" | "--until" if matches!(first, "journalctl" | "docker") => return Some(ParamKind::Date),
        "-u" | "--unit" if first == "journalctl" => return Some(ParamKind::Service),
        "-p" | "--port" if CLIENTS.contains(&first) => return Some(ParamKind::Port),
        "-h" | "--host" if CLIENTS.contains(&first) => return Some(ParamKind::Host),
        "from" | "to" if first == "ufw" => return Some(ParamKind::Ip),
        "-s" | "-d" | "--source" if first == "iptables" => return Some(ParamKind::Ip),
        "banip" | "unbanip" => return Some(ParamKind::Ip),
        _ => {}
    }
    // Words that are no options, behind the program and its verb.
    let operands = |from: usize| words.iter().skip(from).filter(|word| !word.starts_with('-')).count();
    let names = |verbs: &[&str], at: usize| words.get(at).is_some_and(|verb| verbs.contains(verb));
    Some(match first {
        "kill" => ParamKind::Pid,
        "git" if OF_COMMITS.contains(&second) && operands(2) == 0 => ParamKind::Revision,
        "systemctl" if names(OF_UNITS, 1) => ParamKind::Service,
        "pm2" if names(OF_APPS, 1) && operands(2) == 0 => ParamKind::Service,
        "docker" if second == "compose" && names(OF_CONTAINERS, 2) && operands(3) == 0 => ParamKind::Service,
        "docker" | "docker-compose" | "podman" if names(OF_CONTAINERS, 1) && operands(2) == 0 && !option => {
            ParamKind::Service
        }
        "ssh" | "ping" | "dig" | "nslookup" | "host" | "traceroute" | "mtr" | "nc" | "telnet"
            if operands(1) == 0 && !option =>
        {
            ParamKind::Host
        }
        "nc" | "telnet" if operands(1) == 1 => ParamKind::Port,
        "tail" | "less" | "cat" | "head" | "ls" | "du" | "cd" | "stat" if !option => ParamKind::Path,
        "sleep" | "timeout" if operands(1) == 0 => ParamKind::Duration,
        _ => return None,
    })
}

/// The name under which all spellings of one parameter come together: `service` for `<name>`, `<app-name>` and
/// `[service-name]`, `old-service` for `<old-app>`; for others the name itself.
pub fn canonical(name: &str, kind: ParamKind) -> String {
    let Some((_, generic)) = GENERIC.iter().find(|(known, _)| *known == kind) else { return name.to_owned() };
    let words = || name.split('-').filter(|word| !word.is_empty() && !EMPTY.contains(word));
    let told: Vec<&str> = words().filter(|word| !generic.contains(word)).collect();
    let class = match kind {
        // A tag is no commit, and a day no moment.
        ParamKind::Revision if words().any(|word| matches!(word, "tag" | "version" | "release")) => "version",
        ParamKind::Date if words().any(|word| matches!(word, "timestamp" | "time")) => "timestamp",
        _ => kind.name(),
    };
    if told.is_empty() { class.to_owned() } else { format!("{}-{class}", told.join("-")) }
}

impl Placeholder {
    /// The name under which all spellings of this parameter come together.
    pub fn canonical(&self) -> String {
        canonical(&self.name, self.kind)
    }
}

/// The value given for a placeholder: under its own name, or under another spelling of the same, as long as no other
/// placeholder beside it goes by that as well.
pub fn value_of<'v>(
    placeholder: &Placeholder,
    beside: &[Placeholder],
    values: &'v BTreeMap<String, String>,
) -> Option<&'v String> {
    if let Some(exact) = values.get(&placeholder.name) {
        return Some(exact);
    }
    let wanted = placeholder.canonical();
    if beside.iter().any(|other| other.name != placeholder.name && other.canonical() == wanted) {
        return None;
    }
    // Two other spellings with a value each: nobody knows which is meant.
    values.get(&wanted).or_else(|| {
        let mut fits = values.iter().filter(|(name, _)| canonical(name, of_name(name)) == wanted);
        fits.next().filter(|_| fits.next().is_none()).map(|(_, value)| value)
    })
}

#[cfg(test)]
mod tests {
    use super::super::find;
    use super::*;

    fn check(text: &str, expected: &str) {
        let found: Vec<String> =
            find(text).iter().map(|p| format!("{}:{}={}", p.name, p.kind.name(), p.canonical())).collect();
        assert_eq!(found.join(" "), expected, "{text}");
    }

    #[test]
    fn where_it_stands_says_what_it_asks_for() {
        check("journalctl -u pots-<x>", "x:service=x-service");
        check("kill -9 <culprit>", "culprit:pid=culprit-pid");
        check("git checkout <last-good>", "last-good:revision=last-good-revision");
        check("curl http://localhost:<x>/up", "x:port=x-port");
        check("ssh deploy@<box>", "box:host=box-host");
        check("docker pull ghcr.io/pots/kiln:<what>", "what:revision=what-revision");
        check("ufw deny from <attacker>", "attacker:ip=attacker-ip");
        check("git checkout <name>", "name:revision=name-revision");
        for open in [
            "echo <what>", "docker exec web <what>", "systemctl <what> web", "docker <what>", "ssh web <what>",
            "timeout 5 <what>",
        ] {
            check(open, "what:text=what");
        }
    }

    #[test]
    fn spellings_of_one_thing_come_together() {
        check(
            "systemctl restart <name> <app-name> <your-service>",
            "name:service=service app-name:service=service your-service:service=service",
        );
        check(
            "git revert <commit-hash> <old-sha> <tag>",
            "commit-hash:revision=revision old-sha:revision=old-revision tag:revision=version",
        );
        check("ssh <host> <server> <staging-ip>", "host:host=host server:host=host staging-ip:host=staging-ip-host");
    }

    #[test]
    fn a_value_is_found_under_any_spelling() {
        let values = BTreeMap::from([("service".to_owned(), "kiln".to_owned())]);
        let found = find("systemctl restart <app-name>");
        assert_eq!(value_of(&found[0], &found, &values).map(String::as_str), Some("kiln"));
        let both = BTreeMap::from([("app".to_owned(), "kiln".to_owned()), ("unit".to_owned(), "oven".to_owned())]);
        assert_eq!(value_of(&found[0], &found, &both), None);
        let two = find("diff <app> <name>");
        assert_eq!(value_of(&two[0], &two, &values), None);
    }
}
