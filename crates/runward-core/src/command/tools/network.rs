//! Programs that speak over the network, and the web servers and certificates behind it.

use super::super::impact::Verdict;
use super::Call;

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    Some(match call.program {
        "curl" => curl(call),
        "wget" => wget(call),
        "http" | "https" | "xh" => Verdict::reads_if(
            call.args.len() == 1 || call.verb(&[]) == "GET",
            "sends a request that may change something",
        ),
        "ping" | "ping6" => {
            Verdict::READS.waiting_if(!call.args.iter().any(|w| w.text.starts_with("-c") || w.text.starts_with("-w")))
        }
        "traceroute" | "tracepath" | "nslookup" | "dig" | "host" | "drill" | "whois" | "getent" | "nmap-version"
        | "arping" => Verdict::READS.waiting_if(call.program == "nslookup" && call.args.is_empty()),
        "mtr" => Verdict::READS.waiting_if(!call.has(&["-r", "--report", "-w", "--report-wide"])),
        "nc" | "ncat" | "netcat" => netcat(call),
        "telnet" | "ftp" | "sftp" => Verdict::changes("opens a session").waiting(),
        "scp" => Verdict::changes("copies files"),
        "openssl" => openssl(call),
        "nginx" => Verdict::reads_if(call.has(&["-t", "-T", "-v", "-V"]) && !call.has(&["-s"]), "acts on nginx"),
        "apachectl" | "apache2ctl" | "httpd" => Verdict::reads_if(
            call.has(&["-t", "-S", "-M", "-v", "-V"])
                || matches!(call.verb(&[]), "configtest" | "status" | "fullstatus"),
            "acts on Apache",
        ),
        "haproxy" => Verdict::reads_if(call.has(&["-c", "-v"]), "acts on haproxy"),
        "caddy" => Verdict::reads_if(
            matches!(
                call.verb(&["--config", "--adapter"]),
                "validate" | "version" | "list-modules" | "environ" | "adapt" | "build-info"
            ),
            "acts on Caddy",
        ),
        "certbot" | "letsencrypt" => certbot(call),
        "promtool" => Verdict::reads_if(
            matches!(call.verb(&[]), "check" | "query" | "test" | "tsdb") && !call.has_word("create-blocks-from"),
            "acts on Prometheus",
        ),
        "amtool" => Verdict::reads_if(
            call.has_word("query") || call.has_word("check-config") || call.has_word("show"),
            "acts on Alertmanager",
        ),
        "ssh-keygen" => Verdict::reads_if(call.has(&["-l", "-F", "-y"]), "makes or changes keys")
            .waiting_if(!call.has(&["-l", "-F", "-y", "-R", "-N"])),
        "ssh-add" | "ssh-keyscan" => {
            Verdict::reads_if(call.program == "ssh-keyscan" || call.has(&["-l", "-L"]), "changes the key agent")
        }
        _ => return None,
    })
}

fn curl(call: &Call) -> Verdict {
    let method = call
        .value(&["-X", "--request"])
        .map(|w| w.text.trim_start_matches("-X").trim_start_matches("--request=").to_uppercase());
    let has_body = call.args.iter().any(|w| {
        let text = w.text.as_str();
        text.starts_with("--data")
            || text == "--json"
            || text.starts_with("--json=")
            || text.starts_with("--form")
            || text.starts_with("--upload-file")
            || short_with_value(text, &['d', 'F', 'T'])
    });
    let writes = call.args.iter().any(|w| {
        let text = w.text.as_str();
        text.starts_with("--remote-name")
            || text.starts_with("--cookie-jar")
            || text == "--create-dirs"
            || text.starts_with("--dump-header")
            || text.starts_with("--trace")
            || short_with_value(text, &['O', 'c', 'D'])
    });
    let output = call
        .value(&["-o", "--output"])
        .map(|w| w.text.trim_start_matches("--output=").trim_start_matches("-o").to_owned());
    let keeps = output.is_some_and(|o| !matches!(o.as_str(), "/dev/null" | "-" | "/dev/stdout"));
    let config = call.has(&["-K", "--config"]) || call.has(&["-q"]) && call.has(&["--config"]);
    match method.as_deref() {
        Some("DELETE") => return Verdict::destroys("asks the server to delete"),
        Some("GET" | "HEAD" | "OPTIONS") if !config => {}
        None if !has_body && !config => {}
        Some(_) | None => return Verdict::changes("sends a request that may change something"),
    }
    let verdict = Verdict::reads_if(!writes && !keeps, "writes what it gets into a file");
    // `?action=delete` in a GET is beyond what a command line can tell.
    verdict.waiting_if(call.has(&["-N", "--no-buffer"]))
}

/// A short option anywhere in a cluster whose letter takes a value: `-sXPOST`, `-sd`.
fn short_with_value(word: &str, letters: &[char]) -> bool {
    let Some(cluster) = word.strip_prefix('-').filter(|c| !c.starts_with('-')) else { return false };
    // Letters behind one that takes a value are that value: stop there.
    let takes_value = ['X', 'H', 'u', 'o', 'w', 'A', 'e', 'm', 'b', 'x', 'U', 'r', 'E', 'C', 'y', 'Y', 'z'];
    for c in cluster.chars() {
        if letters.contains(&c) {
            return true;
        }
        if takes_value.contains(&c) {
            return false;
        }
    }
    false
}

fn wget(call: &Call) -> Verdict {
    let posts = call.args.iter().any(|w| {
        w.text.starts_with("--post")
            || w.text.starts_with("--body")
            || (w.text.starts_with("--method") && !w.text.ends_with("GET"))
    });
    let to_stdout = call.has(&["--spider"])
        || call
            .args
            .iter()
            .any(|w| matches!(w.text.as_str(), "-O-" | "-qO-" | "-qO" | "-nvO-" | "--output-document=-"))
            && !call.args.iter().any(|w| w.text.starts_with("-O") && w.text != "-O-" && w.text != "-O")
        || call.value(&["-O", "--output-document"]).is_some_and(|w| matches!(w.text.as_str(), "-" | "/dev/null"));
    if posts {
        return Verdict::changes("sends a request that may change something");
    }
    Verdict::reads_if(to_stdout, "writes what it gets into a file")
}

fn netcat(call: &Call) -> Verdict {
    if call.has(&["-e", "-c", "--exec", "--sh-exec", "-l", "--listen"]) {
        return Verdict::changes("opens a door").waiting();
    }
    let only_looks = call.has(&["-z"]);
    if only_looks { Verdict::READS } else { Verdict::changes("sends what it is fed").waiting_if(!call.has_input()) }
}

fn openssl(call: &Call) -> Verdict {
    let writes = call.has(&["-out", "-writerand", "-signout"]);
    if call.has(&["-engine", "-provider-path"]) {
        return Verdict::changes("loads code");
    }
    let verdict = match call.verb(&[]) {
        "x509" | "version" | "verify" | "ciphers" | "crl" | "req" if !call.has(&["-new", "-x509", "-newkey"]) => {
            Verdict::READS
        }
        "pkey" | "rsa" | "ec" | "pkcs12" | "rand" | "passwd" => Verdict::READS.telling_secrets(),
        "s_client" => Verdict::READS.waiting_if(!call.has_input()),
        "dgst" | "asn1parse" | "ocsp" | "errstr" | "list" => Verdict::READS,
        _ => Verdict::changes("makes keys or certificates"),
    };
    if writes { verdict.and(Verdict::changes("writes into a file")) } else { verdict }
}

fn certbot(call: &Call) -> Verdict {
    let quiet = call.has(&["-n", "--non-interactive", "--noninteractive"]);
    match call
        .verb(&["-d", "--cert-name", "-m", "--email", "-w", "--config-dir", "--work-dir", "--logs-dir", "--server"])
    {
        "certificates" | "plugins" | "show_account" => Verdict::READS,
        "renew" if call.has(&["--dry-run"]) => Verdict::READS,
        "renew" => Verdict::changes("renews certificates"),
        "revoke" | "delete" | "unregister" => Verdict::destroys("removes certificates").waiting_if(!quiet),
        _ => Verdict::changes("asks for certificates").waiting_if(!quiet),
    }
}
