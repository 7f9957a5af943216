//! Database clients and what dumps and restores.

use super::super::impact::Verdict;
use super::mongo::mongo;
use super::options::{Parsed, Table};
use super::statements::{redis, sql};
use super::{ByName, Call, by_name, code};

/// Checkers and the options that keep them looking.
const CHECKERS: &[(&str, Table)] = &[
    ("pg_isready", "-h: -p: -U: -d: -t: -q --host: --port: --username: --dbname: --timeout: --quiet"),
    ("pg_lsclusters", "-h -j -s --no-header --json --start-conf"),
    ("mysqlshow", "-h: -u: -p? -P: -S: --host: --user: --password? --port: --socket: -i -k -t --status --keys --count"),
    ("pg_controldata", "-D: --pgdata:"),
    (
        "pg_verifybackup",
        "-e -i: -m: -n -q -s -w: -P --exit-on-error --quiet --progress --no-parse-wal --skip-checksums",
    ),
    ("redis-check-rdb redis-check-aof", ""),
    ("pg_amcheck", "-h: -p: -U: -d: -a -t: -s: -v -w -P -j: --all --table: --schema: --verbose --progress --jobs:"),
];

static BY_NAME: ByName = ByName::new(|| by_name(CHECKERS));

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    Some(match call.program {
        "psql" => psql(call),
        "mysql" | "mariadb" => mysql(call),
        "sqlite3" => sqlite(call),
        "redis-cli" | "valkey-cli" | "keydb-cli" => redis_cli(call),
        "mongosh" | "mongo" => mongosh(call),
        "mysqladmin" => mysqladmin(call),
        "pg_restore" => pg_restore(call),
        "mongorestore" | "mysqlimport" | "dropdb" | "dropuser" | "pg_resetwal" | "pg_rewind" => {
            Verdict::destroys("overwrites or drops a database")
        }
        "pg_dump" | "pg_dumpall" | "mysqldump" | "mongodump" | "mongoexport" | "pg_basebackup" => {
            let asks = call.args.iter().any(|w| w.text == "-p" || w.text == "--password");
            Verdict::changes("makes a backup").waiting_if(asks && call.program == "mysqldump")
        }
        "clickhouse-client" | "cqlsh" => {
            let parsed = call.options(
                "-q: --query: -e: --execute: -h: --host: --port: -u: --user: --password: -d: --database: -k: --format:",
            );
            given(call, &parsed, &["-q", "--query", "-e", "--execute"], "runs whatever it is fed")
        }
        "sqlcmd" | "usql" | "trino" | "presto" | "hive" | "beeline" | "impala-shell" | "duckdb" | "mysqlsh"
        | "isql" => {
            let parsed = call.options("-Q: -q: -e: -c: --execute: --query: -S: -U: -P: -d: -h: -u: -n: -p: -s: --server: --user: --catalog: --schema: -W -b -C -i:! -f:! -o:! --file:!");
            given(call, &parsed, &["-Q", "-q", "-e", "-c", "--execute", "--query"], "runs whatever it is fed")
        }
        "gitlab-psql" | "gitlab-redis-cli" => match call.program {
            "gitlab-psql" => psql(call),
            _ => redis_cli(call),
        },
        "cockroach" if call.args.first().is_some_and(|w| w.text == "sql") => {
            let parsed = call.options(
                "--url: --host: --insecure --certs-dir: -d: --database: -u: --user: -e: --execute: --format: -f:!",
            );
            given(call, &parsed, &["-e", "--execute"], "runs whatever it is fed")
        }
        "pg_ctl" => {
            let parsed = call.options("-D: --pgdata: -l:! -w -W -t: -s -m: -o: --mode: --silent --timeout:");
            match parsed.operand(0) {
                "status" => parsed.verdict,
                "kill" => Verdict::destroys("kills a process of the database"),
                _ => Verdict::changes("acts on the database server"),
            }
        }
        "pg_ctlcluster" => {
            let parsed = call.options("-m: -s -o: -f --force --stdlog --foreground");
            parsed.verdict.clone().and(Verdict::reads_if(parsed.operand(2) == "status", "acts on the database server"))
        }
        "pg_dropcluster" | "vacuumlo" => Verdict::destroys("removes a database's data"),
        "pg_archivecleanup" => {
            let dry = call.args.iter().any(|w| w.text == "-n" || w.text == "--dry-run");
            if dry { Verdict::READS } else { Verdict::destroys("removes files of the log that restores need") }
        }
        "pg_waldump" | "mysqlbinlog" | "mongotop" | "pg_config" | "pg_test_timing" | "pgmetrics" | "pg_top"
        | "innotop" | "mytop" => {
            Verdict::READS.waiting_if(matches!(call.program, "mongotop" | "pg_top" | "innotop" | "mytop"))
        }
        "mongostat" => {
            let parsed = call.options("-n: --rowcount: -h: --host: --port: -u: -p: --authenticationDatabase: --uri: --discover --json -o: -O: --all --noheaders --ssl");
            let ends = parsed.has(&["-n", "--rowcount"]);
            parsed.verdict.waiting_if(!ends)
        }
        "mysqlcheck" | "mariadb-check" => {
            let parsed = call.options("-u: -p? -h: -P: -S: -c --check -A --all-databases -B --databases -a! --analyze! -o! --optimize! -r! --repair! --auto-repair! -q -e -F -m -C -s -v -g --check-upgrade --user: --host: --password?");
            parsed.verdict.waiting_if(false)
        }
        "createdb" | "createuser" | "vacuumdb" | "reindexdb" | "clusterdb" | "pg_createcluster"
        | "pg_upgradecluster" | "pg_upgrade" | "pgbench" | "pg_repack" | "pg_receivewal" | "initdb"
        | "mysql_upgrade" | "mariadb-upgrade" | "mysql_install_db" => Verdict::changes("acts on the database"),
        "zkCli.sh" | "zookeeper-shell" | "zookeeper-shell.sh" => zookeeper(call),
        "kcat" | "kafkacat" => {
            let parsed =
                call.options("-b: -L -C~ -P! -Q -t: -p: -o: -c: -e -f: -J -u -q -X: -F: -G:! -K: -D: -Z -s: -m: -T");
            let looks = parsed.has(&["-L", "-Q"]) || parsed.has(&["-C"]);
            parsed.verdict.and(Verdict::reads_if(looks, "sends messages"))
        }
        program if program.starts_with("kafka-") => kafka(call, program.trim_end_matches(".sh")),
        program => call.reads(BY_NAME.get(program)?),
    })
}

const PSQL: Table = "-h: -p: -U: -d: -w -W~ -c: -A -t -x -q -X -a -e -E -b -n -H -1 -S -s~ -l -F: -R: -P: -v: -z -0 --host: \
     --port: --username: --dbname: --command: --no-password --password~ --list --no-psqlrc --no-align --tuples-only \
     --expanded --quiet --csv --echo-all --echo-errors --echo-queries --echo-hidden --field-separator: --record-separator: \
     --pset: --html --set: --variable: --single-transaction --version -V --help -f:! --file:! -o:! --output:! -L:! \
     --log-file:!";

fn psql(call: &Call) -> Verdict {
    let parsed = call.options(PSQL);
    if parsed.has(&["-f", "--file"]) {
        let commands = parsed.values(&["-c", "--command"]);
        return commands.iter().map(|s| sql(s)).fold(Verdict::changes("runs a file of SQL"), Verdict::and);
    }
    let commands = ["-c", "--command"];
    if !parsed.has(&commands) && (parsed.has(&["-l", "--list"]) || call.is_help()) {
        return parsed.verdict;
    }
    // A variable may carry a statement into the text it is used in.
    let plain = parsed
        .values(&["-v", "--set", "--variable"])
        .iter()
        .all(|set| ["ON_ERROR_STOP", "VERBOSITY", "QUIET", "FETCH_COUNT"].iter().any(|known| set.starts_with(known)));
    given(call, &parsed, &commands, "restores whatever it is fed")
        .and(Verdict::reads_if(plain, "sets a variable that statements are made of"))
}

/// Statements on the command line, in a here-document, from a pipe, or typed by hand.
fn given(call: &Call, parsed: &Parsed, options: &[&str], fed: &'static str) -> Verdict {
    statements(call, parsed, &parsed.values(options), parsed.is_dynamic(options), fed)
}

fn statements(call: &Call, parsed: &Parsed, given: &[&str], dynamic: bool, fed: &'static str) -> Verdict {
    let verdict = match call.given_text() {
        _ if !given.is_empty() => code(dynamic, given.iter().map(|s| sql(s)).fold(Verdict::READS, Verdict::and)),
        Some(text) => code(text.dynamic, sql(&text.text)),
        None if call.has_input() => Verdict::destroys(fed),
        None => Verdict::changes("opens a database shell").waiting(),
    };
    verdict.and(parsed.verdict.clone())
}

const MYSQL: Table = "-h: -u: -p? -P: -D: -e: -S: -N -B -s -t -v -E -A -H -X -f -r -n -q -C -w -b -c -j --host: --user: \
     --password? --port: --database: --execute: --socket: --skip-column-names --batch --silent --table --vertical --raw \
     --no-auto-rehash --defaults-file: --defaults-extra-file: --defaults-group-suffix: --protocol: --ssl-mode: --ssl \
     --ssl-ca: --connect-timeout: --login-path: --default-character-set: --html --xml --column-names --skip-ssl --verbose \
     --version -V --help";

fn mysql(call: &Call) -> Verdict {
    let parsed = call.options(MYSQL);
    let verdict = if call.is_help() {
        Verdict::READS
    } else {
        given(call, &parsed, &["-e", "--execute"], "restores whatever it is fed")
    };
    verdict.waiting_if(asks_password(&parsed))
}

/// `-p` without a value makes MySQL's tools ask.
fn asks_password(parsed: &Parsed) -> bool {
    parsed.values(&["-p", "--password"]).iter().any(|value| value.is_empty())
}

fn sqlite(call: &Call) -> Verdict {
    let parsed = call.options(
        "-separator: -cmd: --cmd: -newline: -nullvalue: -header -headers -noheader -column -csv -json -line -list -html -box \
         -table -markdown -tabs -quote -bail -batch -readonly -safe --readonly --json --header --csv --box --batch -version \
         --version -mode: -echo -stats",
    );
    if call.is_help() || parsed.has(&["-version"]) {
        return parsed.verdict;
    }
    let operands = parsed.operands.get(1..).unwrap_or_default();
    let given: Vec<&str> = operands.iter().map(|w| w.text.as_str()).chain(parsed.values(&["-cmd", "--cmd"])).collect();
    let dynamic = operands.iter().any(|w| w.dynamic) || parsed.is_dynamic(&["-cmd", "--cmd"]);
    statements(call, &parsed, &given, dynamic, "runs whatever it is fed")
}

const REDIS: Table = "-h: -p: -a: -n: -u: -s: -r: -i: -d: -t: -2 -3 -c -e --user: --pass: --askpass~ --cacert: --cert: --key: \
     --tls --sni: --insecure --raw --no-raw --csv --json --no-auth-warning --stat~ --latency~ --latency-history~ \
     --latency-dist~ --bigkeys --memkeys --hotkeys --scan --pattern: --count: --version --help --verbose \
     --intrinsic-latency: --cluster: --rdb: --functions-rdb: --eval: --pipe --cluster-yes --quoted-input --lru-test:!";

const REDIS_LOOKS: &[&str] = &[
    "--stat", "--latency", "--latency-history", "--latency-dist", "--bigkeys", "--memkeys", "--hotkeys", "--scan",
    "--version", "--help", "--intrinsic-latency",
];

fn redis_cli(call: &Call) -> Verdict {
    let front = call.front(REDIS);
    let words: Vec<&str> = front.rest.iter().map(|w| w.text.as_str()).collect();
    // The first words are the verb; behind them stand keys.
    let dynamic = front.rest.iter().take(2).any(|w| w.any);
    let verdict = match call.given_text() {
        // `--cluster check HOST:PORT`, `--rdb FILE`, `--eval FILE`
        _ if front.has(&["--cluster"]) => cluster(&front),
        _ if front.has(&["--rdb", "--functions-rdb", "--eval", "--pipe"]) => Verdict::changes("acts on Redis"),
        _ if !words.is_empty() => code(dynamic, redis(&words)),
        _ if front.has(REDIS_LOOKS) => Verdict::READS,
        Some(text) => {
            let lines = text.text.lines().map(|l| redis(&l.split_whitespace().collect::<Vec<_>>()));
            code(text.dynamic, lines.fold(Verdict::READS, Verdict::and))
        }
        None if call.has_input() => Verdict::destroys("runs whatever it is fed"),
        None => Verdict::changes("opens a Redis shell").waiting(),
    };
    verdict.and(front.verdict)
}

/// `redis-cli --cluster call HOST:PORT COMMAND`.
fn cluster(front: &Parsed) -> Verdict {
    let rest: Vec<&str> = front.rest.iter().map(|w| w.text.as_str()).collect();
    match front.values(&["--cluster"]).last().copied() {
        Some("check" | "info" | "help") => Verdict::READS,
        Some("call") => redis(rest.get(1..).unwrap_or_default()),
        Some("del-node") => Verdict::destroys("takes a node out of the cluster"),
        _ => Verdict::changes("acts on the cluster"),
    }
}

fn mongosh(call: &Call) -> Verdict {
    let parsed = call.options(
        "--quiet --eval: --norc --host: --port: -u: -p: --username: --password? --authenticationDatabase: --tls --ssl --json? \
         --nodb --apiVersion: --tlsCAFile: --tlsAllowInvalidCertificates --version --help --verbose",
    );
    if call.is_help() {
        return Verdict::READS;
    }
    if parsed.operands.iter().any(|w| w.text.ends_with(".js") || w.text.ends_with(".mongodb")) {
        return Verdict::changes("runs a script");
    }
    let scripts = parsed.values(&["--eval"]);
    let verdict = match call.given_text() {
        _ if !scripts.is_empty() => {
            code(parsed.is_dynamic(&["--eval"]), scripts.iter().map(|s| mongo(s)).fold(Verdict::READS, Verdict::and))
        }
        Some(text) => code(text.dynamic, mongo(&text.text)),
        None if call.has_input() => Verdict::destroys("runs whatever it is fed"),
        None => Verdict::changes("opens a Mongo shell").waiting(),
    };
    verdict.and(parsed.verdict)
}

fn mysqladmin(call: &Call) -> Verdict {
    let parsed = call
        .options("-u: -h: -P: -S: -p? --user: --host: --port: --socket: --password? --defaults-file: -s -v -i:~ -c:");
    let one = |verb: &str| match verb {
        "ping" | "status" | "processlist" | "version" | "variables" | "extended-status" => Verdict::READS,
        "drop" | "shutdown" | "kill" => Verdict::destroys("stops the server or drops a database"),
        _ => Verdict::changes("acts on the server"),
    };
    let worst = parsed.texts().into_iter().map(one).fold(Verdict::READS, Verdict::and);
    worst.and(parsed.verdict.clone()).waiting_if(asks_password(&parsed))
}

fn pg_restore(call: &Call) -> Verdict {
    let parsed = call.options("-l --list -F: --format: -v --verbose");
    let lists = parsed.has(&["-l", "--list"]) && parsed.verdict == Verdict::READS;
    if lists { Verdict::READS } else { Verdict::destroys("restores over what is there") }
}

/// Kafka's own scripts: `--describe` looks, `--delete` does not, and offsets are moved only with `--execute`.
fn kafka(call: &Call, program: &str) -> Verdict {
    let given = |options: &[&str]| call.args.iter().any(|w| options.contains(&w.text.as_str()));
    let removes = given(&["--delete", "--remove", "--delete-offsets"])
        || program == "kafka-delete-records"
        || program == "kafka-streams-application-reset";
    match program {
        _ if given(&["--help", "--version"]) => Verdict::READS,
        _ if removes => Verdict::destroys("deletes topics, groups or records"),
        "kafka-consumer-groups" if given(&["--reset-offsets"]) => {
            if given(&["--execute"]) {
                Verdict::destroys("moves a group's offsets")
            } else {
                Verdict::READS
            }
        }
        "kafka-console-consumer" => {
            let joins = given(&["--group", "--consumer-property", "--consumer.config"]);
            Verdict::reads_if(!joins, "reads messages for a group")
                .waiting_if(!given(&["--max-messages", "--timeout-ms"]))
        }
        "kafka-broker-api-versions"
        | "kafka-get-offsets"
        | "kafka-log-dirs"
        | "kafka-dump-log"
        | "kafka-metadata-quorum" => Verdict::READS,
        _ => Verdict::reads_if(
            given(&["--list", "--describe", "--verify", "--state", "--members"])
                && !given(&["--alter", "--create", "--execute", "--add", "--generate"]),
            "acts on Kafka",
        ),
    }
}

/// `zkCli.sh -server host ls /`.
fn zookeeper(call: &Call) -> Verdict {
    let front = call.front("-server: -timeout: -r");
    let mut words = front.rest;
    // The other script takes the address as an operand.
    if call.program != "zkCli.sh" {
        words = words.get(1..).unwrap_or_default();
    }
    match words.first().map(|w| w.text.as_str()) {
        None => Verdict::changes("opens a shell on ZooKeeper").waiting_if(!call.has_input()),
        Some("ls" | "ls2" | "get" | "stat" | "getAcl" | "version" | "config") => front.verdict,
        Some("delete" | "deleteall" | "rmr" | "delquota") => Verdict::destroys("deletes from ZooKeeper"),
        Some(_) => Verdict::changes("acts on ZooKeeper"),
    }
}
