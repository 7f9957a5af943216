//! Database clients and what dumps and restores.

use super::super::impact::Verdict;
use super::Call;
use super::statements::{mongo, redis, sql};

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    Some(match call.program {
        "psql" => psql(call),
        "mysql" | "mariadb" => mysql(call),
        "sqlite3" => sqlite(call),
        "redis-cli" | "valkey-cli" | "keydb-cli" => redis_cli(call),
        "mongosh" | "mongo" => mongosh(call),
        "pg_isready" | "pg_lsclusters" | "mysqlshow" | "pg_controldata" | "pg_verifybackup" | "redis-check-rdb"
        | "redis-check-aof" | "pg_amcheck" => {
            Verdict::reads_if(!call.has(&["--fix", "--install-missing"]), "repairs files")
        }
        "mysqladmin" => mysqladmin(call),
        "pg_restore" if call.has(&["-l", "--list"]) => Verdict::READS,
        "pg_restore" => Verdict::destroys("restores over what is there"),
        "mongorestore" | "mysqlimport" | "dropdb" | "dropuser" | "pg_resetwal" | "pg_rewind" => {
            Verdict::destroys("overwrites or drops a database")
        }
        "pg_dump" | "pg_dumpall" | "mysqldump" | "mongodump" | "mongoexport" | "pg_basebackup" => {
            Verdict::changes("makes a backup").waiting_if(asks_password(call))
        }
        "clickhouse-client" | "cqlsh" => client(call, &["-q", "--query", "-e", "--execute"]),
        "rabbitmqctl" => Verdict::reads_if(
            call.verb(&["-n", "-q", "-p"]).starts_with("list_")
                || matches!(call.verb(&["-n", "-q", "-p"]), "status" | "cluster_status" | "ping" | "environment"),
            "acts on the broker",
        ),
        _ => return None,
    })
}

/// `-p` without a value makes MySQL's tools ask.
fn asks_password(call: &Call) -> bool {
    call.program.starts_with("mysql") && call.args.iter().any(|w| w.text == "-p" || w.text == "--password")
}

fn psql(call: &Call) -> Verdict {
    if call.has(&["-l", "--list"]) || call.is_help() {
        return Verdict::READS;
    }
    if call.value(&["-f", "--file"]).is_some() {
        return Verdict::changes("runs a file of SQL");
    }
    let statements = call.values(&["-c", "--command"]);
    let written: Vec<&str> = statements
        .into_iter()
        .chain(call.args.iter().filter_map(|w| w.text.strip_prefix("-c").filter(|s| !s.is_empty())))
        .collect();
    let writes_file = call.has(&["-o", "--output", "-L", "--log-file"]);
    let verdict = given(call, &written, "restores whatever it is fed");
    if writes_file { verdict.and(Verdict::changes("writes into a file")) } else { verdict }
}

/// Statements on the command line, in a here-document, from a pipe, or typed by hand.
fn given(call: &Call, statements: &[&str], fed: &'static str) -> Verdict {
    if !statements.is_empty() {
        return statements.iter().map(|s| sql(s)).fold(Verdict::READS, Verdict::and);
    }
    match call.given_text() {
        Some(text) => sql(text),
        None if call.has_input() => Verdict::destroys(fed),
        None => Verdict::changes("opens a database shell").waiting(),
    }
}

fn client(call: &Call, options: &[&str]) -> Verdict {
    given(call, &call.values(options), "runs whatever it is fed")
}

fn mysql(call: &Call) -> Verdict {
    let joined: Vec<&str> =
        call.args.iter().filter_map(|w| w.text.strip_prefix("-e").filter(|s| !s.is_empty())).collect();
    let statements: Vec<&str> = call.values(&["-e", "--execute"]).into_iter().chain(joined).collect();
    given(call, &statements, "restores whatever it is fed").waiting_if(asks_password(call))
}

fn sqlite(call: &Call) -> Verdict {
    let operands = call.operands(&["-separator", "-cmd", "-newline", "-nullvalue", "-init", "--cmd"]);
    let statements: Vec<&str> =
        operands.iter().skip(1).map(|w| w.text.as_str()).chain(call.values(&["-cmd", "--cmd"])).collect();
    if call.has(&["-init", "--init"]) {
        return Verdict::changes("runs a file of SQL");
    }
    given(call, &statements, "runs whatever it is fed")
}

const REDIS_VALUES: &[&str] =
    &["-h", "-p", "-a", "-n", "-u", "-s", "-r", "-i", "-d", "--user", "--pass", "--cacert", "--cert", "--key", "-t"];

fn redis_cli(call: &Call) -> Verdict {
    if call.has(&["--stat", "--latency", "--latency-history", "--latency-dist"]) {
        return Verdict::READS.waiting();
    }
    if call.has(&["--bigkeys", "--memkeys", "--hotkeys", "--scan", "--version"]) {
        return Verdict::READS;
    }
    if call.has(&["--eval", "--pipe", "--cluster", "--rdb", "--functions-rdb"]) {
        return Verdict::changes("does more than one command");
    }
    let words: Vec<&str> = call.operands(REDIS_VALUES).iter().map(|w| w.text.as_str()).collect();
    if !words.is_empty() {
        return redis(&words);
    }
    match call.given_text() {
        Some(text) => {
            text.lines().map(|l| redis(&l.split_whitespace().collect::<Vec<_>>())).fold(Verdict::READS, Verdict::and)
        }
        None if call.has_input() => Verdict::destroys("runs whatever it is fed"),
        None => Verdict::changes("opens a Redis shell").waiting(),
    }
}

fn mongosh(call: &Call) -> Verdict {
    if call.value(&["-f", "--file"]).is_some() || call.args.iter().any(|w| w.text.ends_with(".js")) {
        return Verdict::changes("runs a script");
    }
    let scripts = call.values(&["--eval"]);
    if !scripts.is_empty() {
        return scripts.iter().map(|s| mongo(s)).fold(Verdict::READS, Verdict::and);
    }
    match call.given_text() {
        Some(text) => mongo(text),
        None if call.has_input() => Verdict::destroys("runs whatever it is fed"),
        None => Verdict::changes("opens a Mongo shell").waiting(),
    }
}

fn mysqladmin(call: &Call) -> Verdict {
    let verb = call.operands(&["-u", "-h", "-P", "-S"]).last().map_or("", |w| w.text.as_str());
    let verdict = match verb {
        "ping" | "status" | "processlist" | "version" | "variables" | "extended-status" => Verdict::READS,
        "drop" | "shutdown" | "kill" => Verdict::destroys("stops the server or drops a database"),
        _ => Verdict::changes("acts on the server"),
    };
    verdict.waiting_if(asks_password(call))
}
