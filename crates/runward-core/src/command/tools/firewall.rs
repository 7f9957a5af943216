//! Programs that look at addresses and firewalls, and change them.

use super::super::impact::{self, Verdict};
use super::Call;
use super::options::Verbs;

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    Some(match call.program {
        "iptables-save" | "ip6tables-save" | "iptables-xml" => call.reads("-t: -c --counters --table: -f:!"),
        "iptables-restore" | "ip6tables-restore" => Verdict::destroys("replaces the whole firewall"),
        "conntrack" => {
            let parsed = call.options("-L -S -C -E~ -G -s: -d: -p: --state: --orig-src: --orig-dst: --dport: --sport: -o: -n -f: -D!! -F!! --delete!! --flush!! --count --stats --dump");
            let looks = parsed.has(&["-L", "-S", "-C", "-E", "-G", "--count", "--stats", "--dump"]);
            parsed.verdict.and(Verdict::reads_if(looks, "acts on connections"))
        }
        "ip" => ip(call),
        "iptables" | "ip6tables" => iptables(call),
        "nft" => NFT.verdict(call.args).waiting_if(call.args.iter().any(|w| w.text == "monitor")),
        "ufw" => ufw(call),
        "fail2ban-client" => FAIL2BAN.verdict(call.args),
        "firewall-cmd" => firewall_cmd(call),
        _ => return None,
    })
}

fn ip(call: &Call) -> Verdict {
    let front = call.front(
        "-4 -6 -0 -s -d -o -r -br -brief -c? -color? -j -json -p -pretty -h -human -n: -netns: -stats -statistics \
         -details -oneline -f: -family: -a -all -t -ts",
    );
    let at = |n: usize| front.operand(n);
    // `ip netns exec NAME command`
    if matches!(at(0), "netns" | "net" | "vrf") && at(1) == "exec" {
        return front.verdict.and(impact::words(front.rest.get(3..).unwrap_or_default(), call.command, call.depth));
    }
    if matches!(at(1), "flush" | "del" | "delete")
        && matches!(at(0), "addr" | "a" | "address" | "route" | "r" | "link" | "l")
    {
        let cached = at(2) == "cache";
        return if cached {
            Verdict::changes("changes the network")
        } else {
            Verdict::destroys("takes addresses or routes away")
        };
    }
    if at(0) == "monitor" {
        return front.verdict.waiting();
    }
    // `ip a s`: verbs may be cut short, but a short `a` is `add` where it stands second.
    let verb = at(1);
    let looks = front.operands.len() < 2
        || matches!(verb, "s" | "sh" | "sho" | "show" | "l" | "ls" | "li" | "lis" | "list" | "g" | "ge" | "get");
    // `ip netns exec`, `ip vrf exec` and options behind the verb are not followed.
    let plain = !front.rest.iter().any(|w| w.any || w.text == "exec" || w.text == "-b" || w.text == "-batch");
    front.verdict.and(Verdict::reads_if(looks && plain, "changes the network"))
}

fn iptables(call: &Call) -> Verdict {
    let parsed = call.options(
        "-L -S -n -v -t: -x --list --list-rules --numeric --verbose --table: --line-numbers --exact -w? --wait? \
         -F!! --flush!! -X!! -Z!! --delete-chain!! --zero!!",
    );
    let lists = parsed.has(&["-L", "-S", "--list", "--list-rules"]);
    parsed.verdict.and(Verdict::reads_if(lists, "changes the firewall"))
}

const NFT: Verbs = Verbs {
    globals: "-a -n -s -j -N -S -y --handle --json --numeric --stateless",
    looks: &[("list|describe|monitor", "-a -n")],
    destroys: "flush|delete|destroy|reset",
    loses: "empties the firewall",
    otherwise: "changes the firewall",
};

const FAIL2BAN: Verbs = Verbs {
    globals: "",
    looks: &[("status|ping|version|banned|get", "")],
    destroys: "flushlogs",
    loses: "takes logs away",
    otherwise: "acts on fail2ban",
};

fn ufw(call: &Call) -> Verdict {
    let parsed = call.options("--force --dry-run");
    let asks = !parsed.has(&["--force"]);
    let verdict = match (parsed.operand(0), parsed.operand(1)) {
        ("status" | "show" | "version", _) | ("app", "list" | "info") => Verdict::READS,
        ("reset" | "disable", _) => {
            Verdict::destroys("takes the firewall down").waiting_if(asks && parsed.operand(0) == "reset")
        }
        ("delete" | "enable", _) => Verdict::changes("changes the firewall").waiting_if(asks),
        _ => Verdict::changes("changes the firewall"),
    };
    verdict.and(parsed.verdict)
}

fn firewall_cmd(call: &Call) -> Verdict {
    let parsed = call.options(
        "--state --list-all --list-ports --list-services --list-all-zones --list-rich-rules --list-sources \
         --list-interfaces --get-zones --get-active-zones --get-default-zone --get-services --zone: --permanent \
         --query-port: --query-service: --query-source: --get-zone-of-interface:",
    );
    parsed.verdict.and(Verdict::reads_if(parsed.operands.is_empty(), "changes the firewall"))
}
