//! Blocks that do not block: rules behind others that allow, rules that containers never pass, bans of one port.

use super::calls::Call;
use super::near::has_word;
use super::{Context, Kind, Needs};
use crate::runbook::{Finding, Level};

pub(super) const KINDS: &[Kind] = &[APPENDED, BYPASSED, ONE_PORT];

const APPENDED: Kind = Kind {
    id: "ufw-append-after-allow",
    level: Level::Error,
    needs: Needs::Document,
    what: "An address is blocked by a rule that is put behind the rules that allow.",
    why: "The first rule that fits decides. `ufw deny from IP` is put last: behind `allow 80` and `allow 443` it never comes to bear, and the address still gets its answers.",
    wrong: "# Ops\n\n## Block an attacker\n\n```bash\nufw deny from <ip>\nufw delete deny from <ip>\n```\n",
    right: "# Ops\n\n## Block an attacker\n\n```bash\nufw prepend deny from <ip>\nufw delete deny from <ip>\n```\n",
    check: Some(|context, found| {
        found.extend(context.calls.of(&["ufw", "iptables", "ip6tables"]).filter_map(|call| appended(context, call)));
    }),
};

fn appended(context: &Context<'_>, call: &Call<'_>) -> Option<Finding> {
    if call.program != "ufw" {
        return appended_to_chain(call);
    }
    let operands = call.operands(&[]);
    let verb = operands.iter().position(|word| matches!(word.text.as_str(), "deny" | "reject"))?;
    if !blocks_address(call) || verb > 0 {
        return None;
    }
    let message = format!("`{}` is put behind the rules that allow: the address still gets through", call.short(4));
    let help = "put it in front: `ufw prepend deny from …` (ufw before 0.36: `ufw insert 1 deny from …`)";
    let finding = call.finding(&APPENDED, message, help);
    let at = call.bytes(operands[verb]).start;
    match (at > 0).then(|| context.near.bytes(&call.place, at..at)).flatten() {
        Some(bytes) => Some(finding.mended_by(bytes, "prepend ")),
        None => Some(finding),
    }
}

fn appended_to_chain(call: &Call<'_>) -> Option<Finding> {
    let chain = call.value("-A", "--append")?;
    let source = call.value("-s", "--source").or_else(|| call.value("", "--src"))?;
    let drops = matches!(call.value("-j", "--jump"), Some("DROP" | "REJECT"));
    if chain != "INPUT" && chain != "FORWARD" || !drops || source.starts_with('!') {
        return None;
    }
    let message = format!("`{}` is put behind the rules that accept: the address still gets through", call.short(3));
    Some(call.finding(&APPENDED, message, format!("put it in front: `{} -I {chain} 1 …`", call.program)))
}

/// `ufw deny from 203.0.113.9`, `ufw reject proto tcp from <ip> to any port 80`.
fn blocks_address(call: &Call<'_>) -> bool {
    let mut words = call.args().iter().skip_while(|word| word.text != "from").skip(1);
    let source = words.next().map(|word| word.text.as_str());
    source.is_some_and(|source| source != "any") && !call.has(&["delete", "default", "status"])
}

const BYPASSED: Kind = Kind {
    id: "docker-bypasses-input",
    level: Level::Error,
    needs: Needs::Document,
    what: "An address is blocked at the host's own door, but what it attacks runs in containers.",
    why: "Docker leads packets for published ports past the INPUT chain, where `ufw` puts its rules. A port of a container answers a blocked address as before; only `DOCKER-USER`, or a rule before the routing, stops it.",
    wrong: "# Ops\n\nThe harbour runs in Docker.\n\n## Block an attacker\n\n```bash\ndocker ps\nufw prepend deny from <ip>\nufw delete deny from <ip>\n```\n",
    right: "# Ops\n\nThe harbour runs in Docker.\n\n## Block an attacker\n\n```bash\ndocker ps\niptables -I DOCKER-USER -s <ip> -j DROP\niptables -D DOCKER-USER -s <ip> -j DROP\n```\n",
    check: Some(|context, found| {
        let blocks: Vec<Finding> = context.calls.of(&["ufw", "iptables", "ip6tables"]).filter_map(bypassed).collect();
        let known = ["docker-user", "ufw-docker", "ufw route", "prerouting", "\"iptables\": false"];
        if !blocks.is_empty() && !known.iter().any(|word| context.near.mentions(word)) && runs_containers(context) {
            found.extend(blocks);
        }
    }),
};

/// Whether containers run here: commands of docker, or a service in a container.
fn runs_containers(context: &Context<'_>) -> bool {
    let mut docker = context.calls.of(&["docker", "docker-compose", "podman", "podman-compose"]);
    docker.next().is_some()
        || context.runbook.services.iter().any(|service| service.container.is_some())
        || context.near.pages().iter().any(|page| has_word(page.lower(), "docker"))
}

fn bypassed(call: &Call<'_>) -> Option<Finding> {
    let blocks = match call.program {
        "ufw" => call.has(&["deny", "reject"]) && blocks_address(call),
        _ => {
            let chain = call.value("-A", "--append").or_else(|| call.value("-I", "--insert"));
            let drops = matches!(call.value("-j", "--jump"), Some("DROP" | "REJECT"));
            chain == Some("INPUT") && drops && call.value("-s", "--source").is_some()
        }
    };
    let message = "this does not block ports that Docker publishes: their packets never pass the INPUT chain";
    let help = "block it in `DOCKER-USER` too (`iptables -I DOCKER-USER -s IP -j DROP`), or with an nftables set before the routing";
    blocks.then(|| call.finding(&BYPASSED, message, help))
}

const ONE_PORT: Kind = Kind {
    id: "fail2ban-port-scope",
    level: Level::Error,
    needs: Needs::Document,
    what: "An address is banned in a jail that closes one port, not the one it attacks.",
    why: "`fail2ban-client set sshd banip IP` adds a rule for the port of ssh alone. Somebody who attacks the web site is refused at port 22 and served at port 443.",
    wrong: "# Ops\n\n## Block an attacker\n\n```bash\nfail2ban-client set sshd banip <ip>\nfail2ban-client set sshd unbanip <ip>\n```\n",
    right: "# Ops\n\n## Block an attacker\n\n```bash\n# manual.conf bans with iptables-allports\nfail2ban-client set manual-allports banip <ip>\nfail2ban-client set manual-allports unbanip <ip>\n```\n",
    check: Some(|context, found| {
        found.extend(context.calls.of(&["fail2ban-client"]).filter_map(|call| one_port(context, call)));
    }),
};

fn one_port(context: &Context<'_>, call: &Call<'_>) -> Option<Finding> {
    const JAILS: &[(&str, &[&str])] = &[
        ("ssh", &["ssh", "brute", "login", "22"]),
        ("dropbear", &["ssh", "brute", "login"]),
        ("postfix", &["mail", "smtp", "spam"]),
        ("dovecot", &["mail", "imap", "login"]),
        ("vsftpd", &["ftp"]),
        ("proftpd", &["ftp"]),
    ];
    let args = call.args();
    let at = args.iter().position(|word| word.text == "set")?;
    let [jail, verb, ..] = args.get(at + 1..)? else { return None };
    let (name, own) = JAILS.iter().find(|(name, _)| jail.text.starts_with(name))?;
    if verb.text != "banip" || jail.text.contains("all") {
        return None;
    }
    // The jail's own name stands in every such command: what counts is what the words around it are about.
    let said = context.near.titles(&call.place) + "\n" + &context.near.said(&call.place);
    if own.iter().any(|word| said.contains(word)) || said.contains(name) {
        return None;
    }
    let message =
        format!("the jail `{}` closes its own port alone: what else the address attacks stays open to it", jail.text);
    Some(call.finding(
        &ONE_PORT,
        message,
        "ban it in a jail that closes all ports (`banaction = iptables-allports`), or in a set of your own",
    ))
}
