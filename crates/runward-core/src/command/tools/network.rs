//! Programs that speak over the network, and the web servers and certificates behind it.

use super::super::impact::Verdict;
use super::options::{self, Table, Verbs};
use super::{Call, is_nowhere};

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    Some(match call.program {
        "curl" => curl(call),
        "wget" => wget(call),
        "http" | "https" | "xh" => {
            let parsed = call.options("-h -b -v -p: --headers --body --verbose --timeout: --follow -F -j -f");
            if parsed.operand(0) == "DELETE" {
                return Some(Verdict::destroys("asks the server to delete"));
            }
            let gets = parsed.operands.len() == 1 || parsed.operands.len() == 2 && parsed.operand(0) == "GET";
            // What comes in on standard input is posted.
            let sends = call.has_input();
            parsed.verdict.and(Verdict::reads_if(gets && !sends, "sends a request that may change something"))
        }
        "ping" | "ping6" => {
            let parsed = call.options("-c: -w: -W: -i: -s: -t: -I: -M: -Q: -4 -6 -n -q -v -D -A -O -a -f");
            let ends = parsed.has(&["-c", "-w"]);
            parsed.verdict.waiting_if(!ends)
        }
        "traceroute" | "tracepath" | "dig" | "host" | "drill" | "whois" | "getent" | "nslookup" => {
            Verdict::READS.waiting_if(call.program == "nslookup" && call.args.is_empty())
        }
        "mtr" => {
            let parsed = call.options(
                "-r -w -c: -n -b -i: -s: -4 -6 -T -u -P: -z -j -C --report --report-wide --report-cycles: \
                 --no-dns --tcp --udp --port: --show-ips --json",
            );
            let ends = parsed.has(&["-r", "--report", "-w", "--report-wide", "-j", "--json", "-C"]);
            parsed.verdict.waiting_if(!ends)
        }
        "nmap" | "masscan" => {
            let parsed = call.options(
                "* -p: -oN:! -oX:! -oG:! -oA:! --script: -iL: -e: -D: --top-ports: --host-timeout: --max-retries:",
            );
            parsed.verdict
        }
        "fping" | "arping" | "hping3" | "tcptraceroute" | "dnstracer" | "delv" | "dog" | "q" | "ipcalc" | "sipcalc"
        | "geoiplookup" => Verdict::READS.waiting_if(
            matches!(call.program, "arping" | "hping3") && !call.args.iter().any(|w| w.text.starts_with("-c")),
        ),
        "tcpdump" | "tshark" | "ngrep" | "dumpcap" => {
            let parsed = call
                .options("* -i: -c: -s: -w:! -W: -G: -C: -r: -F: -f: -Y: -T: -e: -a: -b: -z:! -A -n -nn -v -q -l -X");
            let ends = parsed.has(&["-c", "-r", "-a"]);
            parsed.verdict.waiting_if(!ends)
        }
        "ethtool" => {
            let parsed = call.options(
                "-i -S -k -a -c -g -l -x -n -m -d -e -T -P -u -w --show-features --statistics --driver --show-ring",
            );
            parsed.verdict
        }
        "iw" | "iwconfig" | "iperf" | "iperf3" | "socat" | "websocat" | "wscat" => {
            Verdict::changes("speaks over the network")
        }
        "grpcurl" => {
            let lists = call.args.iter().any(|w| matches!(w.text.as_str(), "list" | "describe"));
            Verdict::reads_if(lists, "sends a request that may change something")
        }
        "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "OPTIONS" => Verdict::changes("is a request and no command"),
        "DELETE" => Verdict::destroys("is a request to delete and no command"),
        "acme.sh" => {
            let given = |options: &[&str]| call.args.iter().any(|w| options.contains(&w.text.as_str()));
            match () {
                () if given(&["--remove", "--revoke", "--uninstall", "--deactivate"]) => {
                    Verdict::destroys("removes certificates")
                }
                () => Verdict::reads_if(given(&["--list", "--info", "--version"]), "asks for certificates"),
            }
        }
        "keytool" => match call.args.first().map(|w| w.text.as_str()) {
            Some("-list" | "-printcert" | "-printcrl") => Verdict::READS,
            Some("-delete") => Verdict::destroys("removes a key"),
            _ => {
                Verdict::changes("changes keys").waiting_if(!call.args.iter().any(|w| w.text.starts_with("-storepass")))
            }
        },
        "gpg" | "gpg2" => {
            let given = |options: &[&str]| call.args.iter().any(|w| options.contains(&w.text.as_str()));
            match () {
                () if call.args.iter().any(|w| w.text.starts_with("--delete")) => Verdict::destroys("removes keys"),
                () => Verdict::reads_if(
                    given(&[
                        "--list-keys", "-k", "-K", "--list-secret-keys", "--verify", "--fingerprint", "--list-sigs",
                        "--version",
                    ]),
                    "handles keys",
                ),
            }
        }
        "varnishlog" | "varnishstat" | "varnishtop" | "varnishhist" | "varnishncsa" => {
            let parsed = call.options("* -w:! -1 -n: -g: -q: -i: -I: -d -D! -a!");
            let ends = parsed.has(&["-1", "-d"]);
            parsed.verdict.waiting_if(!ends)
        }
        "traefik" | "envoy" | "squid" | "unbound-checkconf" | "named-checkconf" | "named-checkzone" => {
            let looks = call.program.contains("check")
                || call.args.iter().any(|w| matches!(w.text.as_str(), "version" | "healthcheck" | "--version"));
            Verdict::reads_if(looks, "starts a server")
        }
        "nc" | "ncat" | "netcat" => netcat(call),
        "telnet" | "ftp" | "sftp" => Verdict::changes("opens a session").waiting(),
        "scp" => Verdict::changes("copies files"),
        "openssl" => openssl(call),
        "nginx" => only(call, "-t -T -v -V -q -c: -g: -p: -e:", &["-t", "-T", "-v", "-V"], "acts on nginx"),
        "apachectl" | "apache2ctl" | "httpd" => apache(call),
        "haproxy" => only(call, "-c -v -vv -V -f: -q", &["-c", "-v", "-vv"], "acts on haproxy"),
        "caddy" => CADDY.verdict(call.args),
        "certbot" | "letsencrypt" => certbot(call),
        "amtool" => AMTOOL.verdict(call.args),
        "ssh-keygen" => ssh_keygen(call),
        "ssh-add" => only(call, "-l -L -E:", &["-l", "-L"], "changes the key agent"),
        "ssh-keyscan" => call.reads("-4 -6 -H -p: -t: -T: -v -D -c"),
        _ => return None,
    })
}

/// A program that looks only where one of these options says so.
fn only(call: &Call, table: Table, looking: &[&str], otherwise: &'static str) -> Verdict {
    let parsed = call.options(table);
    let looks = parsed.has(looking) && parsed.operands.is_empty();
    parsed.verdict.and(Verdict::reads_if(looks, otherwise))
}

const CURL: Table = "-s -S -f -L -I -i -k -v -g -N~ -4 -6 -0 -1 -2 -3 -# -j -G -n -q -h -V -: -Z -X: -H: -A: -u: -o: -w: \
     -m: -b: -e: -x: -E: -r: -z: -y: -Y: -U: -d: -F:! -T:! -D: -c: --silent --show-error --fail --fail-with-body --location \
     --head --include --insecure --verbose --get --globoff --compressed --no-buffer~ --no-progress-meter --progress-bar \
     --ipv4 --ipv6 --http1.0 --http1.1 --http2 --http2-prior-knowledge --http3 --tlsv1 --tlsv1.0 --tlsv1.1 --tlsv1.2 \
     --tlsv1.3 --ssl-reqd --path-as-is --retry-all-errors --retry-connrefused --netrc --netrc-optional --anyauth --basic \
     --digest --ntlm --negotiate --next --disable --raw --parallel --location-trusted --no-keepalive --cert-status \
     --version --help --junk-session-cookies --suppress-connect-headers --haproxy-protocol --http0.9 --request: \
     --header: --user-agent: --user: --output: --write-out: --max-time: --connect-timeout: --retry: --retry-delay: \
     --retry-max-time: --resolve: --connect-to: --cookie: --referer: --proxy: --noproxy: --proxy-user: --cacert: \
     --capath: --cert: --cert-type: --key: --key-type: --pass: --max-redirs: --range: --time-cond: --url: --interface: \
     --limit-rate: --speed-limit: --speed-time: --unix-socket: --abstract-unix-socket: --dns-servers: --doh-url: \
     --tls-max: --ciphers: --max-filesize: --keepalive-time: --oauth2-bearer: --aws-sigv4: --proto: --data: --data-raw: \
     --data-binary: --data-urlencode: --data-ascii: --json: --dump-header: --cookie-jar: -K: --config:";

/// Options from the standard input, where they stand in a here-string and only say who asks.
fn configured(call: &Call, parsed: &options::Parsed) -> bool {
    const HARMLESS: &[&str] = &["user = \"", "header = \"", "oauth2-bearer = \""];
    let files = parsed.values(&["-K", "--config"]);
    let known = |text: &str| text.lines().all(|line| HARMLESS.iter().any(|start| line.starts_with(start)));
    files.is_empty() || files == ["-"] && call.given_text().is_some_and(|given| known(&given.text))
}

const CURL_BODIES: &[&str] =
    &["-d", "--data", "--data-raw", "--data-binary", "--data-urlencode", "--data-ascii", "--json"];

fn curl(call: &Call) -> Verdict {
    let parsed = call.options(CURL);
    if !configured(call, &parsed) {
        return Verdict::changes("reads its options from a file");
    }
    let methods: Vec<String> = parsed.values(&["-X", "--request"]).iter().map(|m| m.to_uppercase()).collect();
    if methods.iter().any(|m| m == "DELETE") {
        return Verdict::destroys("asks the server to delete");
    }
    let several = parsed.has(&["--next", "-:"]);
    let addressed: Vec<&str> = parsed.texts().into_iter().chain(parsed.values(&["--url"])).collect();
    let changing = methods.iter().any(|m| matches!(m.as_str(), "POST" | "PUT" | "PATCH")) || parsed.has(CURL_BODIES);
    if changing && addressed.iter().any(|a| is_severe_path(a)) {
        return Verdict::destroys("asks the server to take something away");
    }
    let asking = !methods.is_empty() || parsed.has(CURL_BODIES);
    // Searches are posted, and change nothing.
    if asking
        && methods.iter().all(|m| matches!(m.as_str(), "POST" | "GET"))
        && addressed.len() == 1
        && is_search(addressed[0])
    {
        let files = parsed.values(&["-o", "--output", "-D", "--dump-header", "-c", "--cookie-jar"]);
        return parsed
            .verdict
            .clone()
            .and(Verdict::reads_if(files.iter().all(|f| is_nowhere(f)), "writes what it gets into a file"));
    }
    let told = !methods.is_empty() && !several;
    // With `--next` a method counts for its own request only: the others have the one their body gives them.
    let posts = parsed.has(CURL_BODIES) && !told && (several || !parsed.has(&["-G", "--get"]));
    let asks = methods.iter().all(|m| matches!(m.as_str(), "GET" | "HEAD" | "OPTIONS")) && !posts;
    let files = parsed.values(&["-o", "--output", "-D", "--dump-header", "-c", "--cookie-jar"]);
    let written = parsed.values(&["-w", "--write-out"]);
    // `%output{file}` writes; a format from a file may hold it.
    let formats = written.iter().all(|w| !w.contains("%output") && !w.starts_with('@'));
    let addresses = parsed.texts().into_iter().chain(parsed.values(&["--url"]));
    let plain = addresses.filter_map(|a| a.split_once("://")).all(|(scheme, _)| {
        matches!(scheme.to_lowercase().as_str(), "http" | "https" | "ftp" | "ftps") || scheme.contains('$')
    });
    parsed
        .verdict
        .clone()
        .and(Verdict::reads_if(asks && plain, "sends a request that may change something"))
        .and(Verdict::reads_if(files.iter().all(|f| is_nowhere(f)) && formats, "writes what it gets into a file"))
}

/// The parts of an address behind the host.
fn path_of(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    rest.split_once('/').map_or("", |(_, path)| path)
}

/// `/backups/17/restore`, `/cache/purge`, `/orders/_delete_by_query`: what a server is asked to do stands in the path.
fn is_severe_path(address: &str) -> bool {
    const SEVERE: &[&str] = &[
        "restore", "delete", "destroy", "drop", "purge", "wipe", "truncate", "remove", "terminate", "shutdown",
        "reset", "flush", "kill", "erase", "prune", "_delete_by_query", "delete-all", "reboot",
    ];
    path_of(address).split('/').any(|part| SEVERE.contains(&part.to_ascii_lowercase().as_str()))
}

/// Searches of Elasticsearch and queries of Prometheus and Loki.
fn is_search(address: &str) -> bool {
    let last = path_of(address).trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    matches!(last, "_search" | "_count" | "_msearch" | "_analyze" | "_explain" | "_field_caps" | "_validate")
        || ["api/v1/query", "api/v1/query_range", "api/v1/series", "loki/api/v1/query", "loki/api/v1/query_range"]
            .iter()
            .any(|path| path_of(address).ends_with(path))
}

fn wget(call: &Call) -> Verdict {
    let parsed = call.options(
        "-q -nv -v -d -S -4 -6 -O: -T: -t: -U: --quiet --no-verbose --verbose --debug --spider --server-response \
         --output-document: --timeout: --tries: --no-check-certificate --header: --user: --password: --user-agent: \
         --max-redirect: --no-proxy --content-on-error --connect-timeout: --read-timeout: --dns-timeout: --method: \
         --waitretry: --retry-connrefused --no-cache --ca-certificate: --show-progress --no-hsts",
    );
    let outputs = parsed.values(&["-O", "--output-document"]);
    let asks = parsed.values(&["--method"]).iter().all(|m| matches!(m.to_uppercase().as_str(), "GET" | "HEAD"));
    let nowhere = outputs.iter().all(|o| is_nowhere(o)) && (!outputs.is_empty() || parsed.has(&["--spider"]));
    parsed
        .verdict
        .clone()
        .and(Verdict::reads_if(asks, "sends a request that may change something"))
        .and(Verdict::reads_if(nowhere, "writes what it gets into a file"))
}

fn netcat(call: &Call) -> Verdict {
    let parsed =
        call.options("-z -v -w: -n -u -4 -6 -i: -q: -N -t -s: -p: -X: -x: -l -k -e: -c: --exec: --sh-exec: --listen");
    if parsed.has(&["-e", "-c", "--exec", "--sh-exec", "-l", "--listen"]) {
        return Verdict::changes("opens a door").waiting();
    }
    if parsed.has(&["-z"]) {
        return parsed.verdict;
    }
    Verdict::changes("sends what it is fed").waiting_if(!call.has_input())
}

/// Subcommands of openssl and the options that keep them looking.
const OPENSSL: &[(&str, Table)] = &[
    (
        "x509",
        "-in: -noout -text -dates -subject -issuer -enddate -startdate -fingerprint -serial -sha256 -sha1 -md5 -modulus \
         -pubkey -checkend: -ext: -nameopt: -inform: -outform: -ocsp_uri -email -purpose -hash -subject_hash -issuer_hash \
         -checkhost: -certopt: -sha512",
    ),
    ("version", "-a -d -v -b -p"),
    ("verify", "-CAfile: -CApath: -untrusted: -verbose -show_chain -partial_chain -purpose: -trusted: -no-CAfile"),
    ("ciphers", "-v -V -s -tls1_2 -tls1_3"),
    ("crl", "-in: -noout -text -inform: -CAfile: -lastupdate -nextupdate -issuer"),
    ("req", "-in: -noout -text -verify -subject -pubkey -inform: -modulus"),
    ("pkey rsa ec", "-in: -noout -text -check -pubin -pubout -modulus -passin: -inform: -outform: -text_pub"),
    (
        "pkcs12",
        "-in: -info -noout -nokeys -nocerts -nodes -noenc -clcerts -cacerts -passin: -passout: -password: -legacy",
    ),
    ("rand", "-hex -base64"),
    ("passwd", "-1 -5 -6 -apr1 -salt: -stdin"),
    ("dgst", "-sha256 -sha1 -sha512 -sha384 -md5 -hex -r -hmac: -verify: -signature: -c"),
    ("asn1parse", "-in: -inform: -i -strparse: -offset: -length: -dump"),
    ("errstr list", "-commands -digest-commands -cipher-commands -disabled -providers"),
    (
        "s_client",
        "-connect: -servername: -showcerts -brief -starttls: -CAfile: -CApath: -verify: -verify_return_error \
         -verify_hostname: -verify_quiet -tls1 -tls1_1 -tls1_2 -tls1_3 -no_tls1 -no_tls1_1 -no_tls1_2 -no_tls1_3 -cipher: -ciphersuites: -alpn: -status -state -debug -msg \
         -quiet -cert: -key: -4 -6 -prexit -ign_eof -reconnect -no_ign_eof -proxy: -noservername -crlf -partial_chain \
         -security_debug -curves: -groups: -sigalgs: -nocommands",
    ),
];

fn openssl(call: &Call) -> Verdict {
    let [verb, rest @ ..] = call.args else { return Verdict::changes("opens a shell of its own").waiting() };
    let row = OPENSSL.iter().find(|(verbs, _)| verbs.split(' ').any(|v| v == verb.text));
    let Some((_, table)) = row else { return Verdict::changes("makes keys or certificates") };
    let verdict = options::anywhere(rest, table).verdict;
    match verb.text.as_str() {
        "s_client" => verdict.waiting_if(!call.has_input()),
        "pkey" | "rsa" | "ec" | "pkcs12" | "rand" | "passwd" => verdict.telling_secrets(),
        _ => verdict,
    }
}

fn apache(call: &Call) -> Verdict {
    let parsed = call.options("-t -S -M -v -V -L -l -D:");
    let looks = if parsed.operands.is_empty() {
        parsed.has(&["-t", "-S", "-M", "-v", "-V", "-L", "-l"])
    } else {
        parsed.operands.len() == 1 && matches!(parsed.operand(0), "configtest" | "status" | "fullstatus")
    };
    parsed.verdict.and(Verdict::reads_if(looks, "acts on Apache"))
}

const CADDY: Verbs = Verbs {
    globals: "",
    looks: &[(
        "validate|version|list-modules|environ|adapt|build-info",
        "--config: -c: --adapter: -a: --pretty -p --validate --envfile: --versions --packages",
    )],
    destroys: "",
    loses: "",
    otherwise: "acts on Caddy",
};

const AMTOOL: Verbs = Verbs {
    globals: "--alertmanager.url: --timeout: -o: --output: --config.file:",
    looks: &[(
        "alert query|silence query|check-config|config show|config routes show|cluster show|alert|template render",
        "\
          --alertmanager.url: -o: --output: -q -a --active --silenced --inhibited --unprocessed --expired --within: -r:",
    )],
    destroys: "",
    loses: "",
    otherwise: "acts on Alertmanager",
};

fn ssh_keygen(call: &Call) -> Verdict {
    let parsed = call.options("-l -F: -y -f: -E: -v -H -B -L -R: -N: -t: -b: -C: -q -P:");
    let looks = parsed.has(&["-l", "-F", "-y", "-L", "-B"]) && !parsed.has(&["-R", "-H"]);
    parsed
        .verdict
        .clone()
        .and(Verdict::reads_if(looks, "makes or changes keys"))
        .waiting_if(!looks && !parsed.has(&["-R", "-N"]))
}

fn certbot(call: &Call) -> Verdict {
    let parsed = call.options(
        "-d: --cert-name: -m: --email: -w: --server: -n --non-interactive --noninteractive --dry-run -q --quiet -v \
         --agree-tos --nginx --apache --standalone --webroot --force-renewal --no-random-sleep-on-renew --staging",
    );
    let quiet = parsed.has(&["-n", "--non-interactive", "--noninteractive"]);
    let verdict = match parsed.operand(0) {
        "certificates" | "plugins" | "show_account" => Verdict::READS,
        "renew" if parsed.has(&["--dry-run"]) => Verdict::READS,
        "renew" => Verdict::changes("renews certificates"),
        "revoke" | "delete" | "unregister" => Verdict::destroys("removes certificates").waiting_if(!quiet),
        _ => Verdict::changes("asks for certificates").waiting_if(!quiet),
    };
    verdict.and(parsed.verdict)
}
