//! Programs that look at addresses and firewalls, and change them.

use super::super::impact::Verdict;
use super::Call;
use super::options::Verbs;

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    Some(match call.program {
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
    destroys: "",
    loses: "",
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
