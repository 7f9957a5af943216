//! Statements in other languages inside a command: SQL, Redis, the Mongo shell.

use super::super::impact::Verdict;

/// SQL functions that look and do nothing else; a call of any other counts as a change.
const SQL_READERS: &[&str] = &[
    "abs", "age", "array_agg", "array_length", "array_to_string", "avg", "bool_and", "bool_or", "cast", "ceil",
    "char_length", "coalesce", "concat", "count", "current_database", "current_date", "current_schema",
    "current_setting", "current_timestamp", "current_user", "database", "date", "date_part", "date_trunc", "datediff",
    "dense_rank", "extract", "filter", "first_value", "floor", "format", "from_unixtime", "generate_series",
    "greatest", "group_concat", "hour", "ifnull", "in", "inet_server_addr", "information_schema", "interval",
    "json_agg", "json_extract", "jsonb_agg", "jsonb_array_length", "julianday", "lag", "last_value", "lead", "least",
    "left", "length", "log", "lower", "ltrim", "max", "md5", "min", "minute", "month", "now", "ntile", "nullif",
    "numeric", "obj_description", "over", "partition", "percentile_cont", "percentile_disc", "pg_backend_pid",
    "pg_blocking_pids", "pg_column_size", "pg_conf_load_time", "pg_current_wal_lsn", "pg_database_size",
    "pg_get_functiondef", "pg_get_indexdef", "pg_get_viewdef", "pg_indexes_size", "pg_is_in_backup",
    "pg_is_in_recovery", "pg_last_wal_receive_lsn", "pg_last_wal_replay_lsn", "pg_last_xact_replay_timestamp",
    "pg_postmaster_start_time", "pg_relation_filepath", "pg_relation_size", "pg_size_pretty", "pg_stat_file",
    "pg_stat_get_activity", "pg_table_size", "pg_tablespace_size", "pg_total_relation_size", "pg_wal_lsn_diff",
    "pg_walfile_name", "pragma_integrity_check", "quote_ident", "quote_literal", "rank", "regexp_matches",
    "regexp_replace", "regexp_split_to_array", "regexp_split_to_table", "replace", "right", "round", "row_number",
    "row_to_json", "rtrim", "second", "sqlite_version", "split_part", "strftime", "string_agg", "strpos", "substr",
    "substring", "sum", "table_name", "time", "timestampdiff", "to_char", "to_date", "to_json", "to_number",
    "to_timestamp", "total", "trim", "txid_current_snapshot", "unix_timestamp", "unnest", "upper", "user", "values",
    "varchar", "version", "where", "with", "within", "year", "and", "or", "not", "exists", "any", "all", "as", "on",
    "from", "select", "using", "between", "case", "when", "then", "group", "by", "having", "distinct", "lateral",
    "char", "decimal", "text", "int", "integer", "bigint", "union", "except", "intersect", "over", "else", "like",
    "some", "join", "limit", "is", "age_in_years", "width_bucket", "current_time", "localtimestamp", "to_regclass",
    "pg_get_constraintdef",
];

/// SQL functions that end somebody's work or remove something.
const SQL_DESTROYERS: &[&str] = &[
    "pg_terminate_backend", "pg_drop_replication_slot", "pg_logical_emit_message", "lo_unlink", "pg_file_unlink",
    "pg_rotate_logfile",
];

/// What SQL does, statement by statement; also the client's own backslash and dot commands.
pub(crate) fn sql(text: &str) -> Verdict {
    statements(text).iter().map(|s| statement(s)).fold(Verdict::READS, Verdict::and)
}

/// Splits at `;` outside quotes; quotes and comments are dropped from what is returned, so that words in them do not count.
fn statements(text: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut chars = text.chars().peekable();
    let mut quote = None;
    while let Some(c) = chars.next() {
        match quote {
            Some(q) if c == q => {
                quote = None;
                push(&mut found, '?');
            }
            Some(_) => {}
            None if c == '\'' || c == '"' || c == '`' => quote = Some(c),
            None if c == '-' && chars.peek() == Some(&'-') => {
                chars.by_ref().take_while(|c| *c != '\n').for_each(drop);
                push(&mut found, ' ');
            }
            None if c == ';' => found.push(String::new()),
            None if c == '\n' && found.last().is_some_and(|s| s.trim_start().starts_with(['\\', '.'])) => {
                found.push(String::new())
            }
            None => push(&mut found, c),
        }
    }
    if quote.is_some() {
        // An open quote hides the rest: nobody can tell what it does.
        found.push("unclosed".into());
    }
    found.retain(|s| !s.trim().is_empty());
    found
}

fn push(found: &mut [String], c: char) {
    if let Some(last) = found.last_mut() {
        last.push(c);
    }
}

fn statement(text: &str) -> Verdict {
    let text = text.trim().to_lowercase();
    let comment_free = without_block_comments(&text);
    let text = comment_free.trim();
    if let Some(meta) = text.strip_prefix('\\') {
        return backslash(meta);
    }
    if text.starts_with('.') {
        return dot(text);
    }
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty()).collect();
    let has = |word: &str| words.contains(&word);
    let first = words.first().copied().unwrap_or_default();
    match first {
        "drop" | "truncate" | "delete" => return Verdict::destroys("deletes rows or objects"),
        "select" | "with" | "values" | "table" | "explain" => {}
        "show" | "describe" | "desc" | "use" | "help" | "status" => return Verdict::READS,
        "pragma" => return pragma(text),
        _ => return Verdict::changes("changes the database"),
    }
    if words.iter().any(|w| SQL_DESTROYERS.contains(w))
        || ((first == "with" || first == "explain") && (has("delete") || has("truncate") || has("drop")))
    {
        return Verdict::destroys("ends sessions or deletes rows");
    }
    let locks = text.matches("for update").count() + text.matches("for no key update").count();
    let updates = words.iter().filter(|w| **w == "update").count() > locks;
    if has("into")
        || has("insert")
        || updates
        || has("merge")
        || has("call")
        || has("execute")
        || has("copy")
        || has("create")
        || has("alter")
    {
        return Verdict::changes("changes the database");
    }
    let unknown = called(text).find(|name| !SQL_READERS.contains(&name.as_str()));
    Verdict::reads_if(unknown.is_none(), "calls a function that may change the database")
}

fn without_block_comments(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        kept.push(' ');
        // MySQL runs what stands in `/*! … */`.
        if after.starts_with('!') {
            return "unknown".into();
        }
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    kept + rest
}

/// Names directly before an opening bracket.
fn called(text: &str) -> impl Iterator<Item = String> + '_ {
    text.match_indices('(').filter_map(|(at, _)| {
        let before = text[..at].trim_end();
        let name: String = before.chars().rev().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        (!name.is_empty()).then(|| name.chars().rev().collect())
    })
}

fn backslash(meta: &str) -> Verdict {
    let word = meta.split_whitespace().next().unwrap_or_default();
    let looks = word.starts_with('d')
        || word.starts_with('l') && !word.starts_with("lo_")
        || matches!(
            word,
            "conninfo"
                | "timing"
                | "x"
                | "q"
                | "z"
                | "c"
                | "connect"
                | "h"
                | "?"
                | "pset"
                | "t"
                | "a"
                | "s"
                | "g"
                | "encoding"
                | "echo"
                | "set"
        );
    if word.contains('!') {
        return Verdict::changes("runs a shell command");
    }
    Verdict::reads_if(looks && !meta.contains('|') && !meta.contains('`'), "a client command that may write")
}

fn dot(text: &str) -> Verdict {
    let word = text.split_whitespace().next().unwrap_or_default();
    let looks = matches!(
        word,
        ".tables"
            | ".schema"
            | ".indexes"
            | ".databases"
            | ".dbinfo"
            | ".mode"
            | ".headers"
            | ".header"
            | ".dump"
            | ".quit"
            | ".exit"
            | ".width"
            | ".timeout"
            | ".timer"
            | ".stats"
            | ".fullschema"
            | ".show"
            | ".sha3sum"
    );
    if word == ".restore" {
        return Verdict::destroys("overwrites the database");
    }
    Verdict::reads_if(looks, "a client command that may write")
}

fn pragma(text: &str) -> Verdict {
    let looks = [
        "quick_check", "integrity_check", "foreign_key_check", "table_info", "index_list", "page_count", "page_size",
        "freelist_count", "user_version", "database_list", "compile_options",
    ];
    let name = text.trim_start_matches("pragma").trim().split(['(', '=', ' ']).next().unwrap_or_default();
    let reads_setting = !text.contains('=')
        && !text.contains('(')
        && matches!(name, "journal_mode" | "synchronous" | "busy_timeout" | "foreign_keys" | "wal_autocheckpoint");
    Verdict::reads_if((looks.contains(&name) && !text.contains('=')) || reads_setting, "sets a database option")
}

/// What a Redis command does, given its words.
pub(super) fn redis(words: &[&str]) -> Verdict {
    let lower: Vec<String> = words.iter().map(|w| w.to_lowercase()).collect();
    let at = |n: usize| lower.get(n).map_or("", String::as_str);
    match (at(0), at(1)) {
        ("", _) => Verdict::READS,
        (
            "ping" | "info" | "get" | "mget" | "exists" | "ttl" | "pttl" | "type" | "keys" | "scan" | "hscan" | "sscan"
            | "zscan" | "dbsize" | "lrange" | "llen" | "lindex" | "hget" | "hgetall" | "hlen" | "hkeys" | "hmget"
            | "smembers" | "scard" | "sismember" | "zrange" | "zcard" | "zcount" | "zscore" | "zrangebyscore" | "xlen"
            | "xinfo" | "xrange" | "xpending" | "lastsave" | "time" | "role" | "strlen" | "echo" | "randomkey"
            | "bitcount" | "getrange" | "lolwut" | "command",
            _,
        ) => Verdict::READS,
        ("slowlog", "get" | "len")
        | ("config", "get")
        | ("client", "list" | "info" | "id" | "getname")
        | ("memory", "usage" | "stats" | "doctor" | "malloc-stats") => Verdict::READS,
        ("latency", "latest" | "history" | "doctor" | "graph" | "histogram")
        | ("cluster", "info" | "nodes" | "slots" | "shards" | "keyslot")
        | ("object", _)
        | ("pubsub", _) => Verdict::READS,
        (
            "sentinel",
            "masters" | "master" | "replicas" | "slaves" | "sentinels" | "get-master-addr-by-name" | "ckquorum",
        ) => Verdict::READS,
        ("acl", "whoami" | "list" | "getuser" | "users") => Verdict::READS.telling_secrets(),
        ("monitor" | "subscribe" | "psubscribe" | "ssubscribe", _) => Verdict::READS.waiting(),
        (
            "flushdb" | "flushall" | "del" | "unlink" | "shutdown" | "swapdb" | "getdel" | "hdel" | "ltrim" | "migrate"
            | "restore",
            _,
        ) => Verdict::destroys("deletes keys or stops Redis"),
        ("script", "flush") | ("function", "flush" | "delete") | ("debug", _) | ("xgroup", "destroy") => {
            Verdict::destroys("deletes from Redis")
        }
        _ => Verdict::changes("changes Redis"),
    }
}

/// Methods of the Mongo shell that only look.
const MONGO_READERS: &[&str] = &[
    "status", "conf", "config", "hello", "isMaster", "stats", "currentOp", "serverStatus", "find", "findOne", "count",
    "countDocuments", "estimatedDocumentCount", "getIndexes", "explain", "limit", "sort", "pretty", "toArray",
    "printjson", "print", "tojson", "forEach", "getCollectionNames", "getCollection", "getSiblingDB", "listDatabases",
    "version", "buildInfo", "printReplicationInfo", "printSecondaryReplicationInfo", "printSlaveReplicationInfo",
    "getReplicationInfo", "hostInfo", "getName", "size", "dataSize", "storageSize", "totalIndexSize", "totalSize",
    "getProfilingStatus", "top", "map", "filter", "stringify", "getUsers", "getMongo", "distinct", "projection",
    "skip", "hint", "ping", "length", "keys", "aggregate", "Date", "ISODate", "ObjectId", "quit", "getLogComponents",
    "validate", "latencyStats", "getDB", "adminCommand", "runCommand", "getShardDistribution", "isBalancerRunning",
    "getBalancerState",
];

/// Words in a Mongo script that take something away.
const MONGO_DESTROYERS: &[&str] = &[
    "drop", "dropDatabase", "dropIndex", "dropIndexes", "dropUser", "deleteMany", "deleteOne", "remove",
    "findOneAndDelete", "initiate", "reconfig", "shutdownServer", "killOp", "killSessions", "removeShard",
    "dropAllUsers", "dropRole", "stepDown", "freeze", "compact",
];

/// Commands of `runCommand` and `adminCommand` that only look.
const MONGO_COMMANDS: &[&str] = &[
    "ping", "serverStatus", "replSetGetStatus", "isMaster", "hello", "buildInfo", "dbStats", "collStats",
    "listDatabases", "currentOp", "getParameter", "getCmdLineOpts", "connPoolStats", "hostInfo", "top", "getLog",
    "listCollections", "features",
];

/// What JavaScript for the Mongo shell does.
pub(super) fn mongo(script: &str) -> Verdict {
    let calls: Vec<String> = script
        .match_indices('(')
        .filter_map(|(at, _)| {
            let name: String = script[..at]
                .trim_end()
                .chars()
                .rev()
                .take_while(|c| c.is_alphanumeric() || *c == '_' || *c == '$')
                .collect();
            (!name.is_empty()).then(|| name.chars().rev().collect())
        })
        .collect();
    if calls.iter().any(|c| MONGO_DESTROYERS.contains(&c.as_str()))
        || script.contains("$out")
        || script.contains("$merge")
    {
        return Verdict::destroys("removes data or reshapes the replica set");
    }
    let runs_command = calls.iter().any(|c| c == "runCommand" || c == "adminCommand");
    let named = MONGO_COMMANDS.iter().any(|c| script.contains(c));
    if runs_command
        && (script.to_lowercase().contains("drop") || script.contains("shutdown") || script.contains("delete"))
    {
        return Verdict::destroys("runs a removing command");
    }
    let shows = calls.is_empty()
        && (script.trim_start().starts_with("show ")
            || script.trim_start().starts_with("use ")
            || script.trim().chars().all(|c| c.is_alphanumeric() || c == '.' || c == '_'));
    let known = !calls.is_empty() && calls.iter().all(|c| MONGO_READERS.contains(&c.as_str()));
    let indirect = script.contains("load(") || script.contains("eval") || script.contains('[') && script.contains("](");
    Verdict::reads_if((shows || known) && !indirect && (!runs_command || named), "changes the database")
}
