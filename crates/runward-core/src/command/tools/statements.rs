//! Statements in other languages inside a command: SQL and Redis.

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
    "pg_get_constraintdef", "explain", "pg_catalog",
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

/// A statement nobody can tell the meaning of.
const UNKNOWN: &str = "unknown";

/// Splits at `;` outside quotes; quotes and comments are dropped from what is returned, so that words in them do not count.
/// Where the clients disagree about what a quote or comment is, the statement is not known.
fn statements(text: &str) -> Vec<String> {
    let mut splitter = Splitter { rest: text.chars().peekable(), found: vec![String::new()] };
    while let Some(c) = splitter.rest.next() {
        splitter.take(c);
    }
    splitter.found.retain(|s| !s.trim().is_empty());
    splitter.found
}

struct Splitter<'t> {
    rest: std::iter::Peekable<std::str::Chars<'t>>,
    found: Vec<String>,
}

impl Splitter<'_> {
    fn take(&mut self, c: char) {
        match c {
            '\'' | '"' | '`' => self.quoted(c),
            '-' if self.rest.next_if_eq(&'-').is_some() => match self.rest.peek() {
                None => {}
                // `5--1` is arithmetic to MySQL and a comment to others.
                Some(next) if !next.is_whitespace() => self.unknown(),
                Some(_) => {
                    while self.rest.next_if(|c| *c != '\n').is_some() {}
                    self.push(' ');
                }
            },
            '/' if self.rest.next_if_eq(&'*').is_some() => self.comment(),
            // A comment to MySQL, an operator to others; `$` begins a quotation of PostgreSQL.
            '#' | '$' => self.unknown(),
            '\\' => self.backslash(),
            ';' => self.found.push(String::new()),
            '\n' if self.last().trim_start().starts_with(['\\', '.']) => self.found.push(String::new()),
            _ => self.push(c),
        }
    }

    fn last(&self) -> &str {
        self.found.last().map_or("", String::as_str)
    }

    fn push(&mut self, c: char) {
        if let Some(last) = self.found.last_mut() {
            last.push(c);
        }
    }

    fn unknown(&mut self) {
        self.found.push(UNKNOWN.into());
    }

    fn quoted(&mut self, quote: char) {
        while let Some(c) = self.rest.next() {
            if c == quote {
                // A quoted name may be a function's: it stays a name, one that nobody knows.
                let stands_for = if quote == '\'' { "?" } else { "quoted" };
                stands_for.chars().for_each(|c| self.push(c));
                return;
            }
            // Whether a backslash escapes the quote depends on the server's settings.
            if c == '\\' && self.rest.peek().is_some_and(|next| matches!(next, '\'' | '"' | '`')) {
                return self.unknown();
            }
        }
        // An open quote hides the rest: nobody can tell what it does.
        self.unknown();
    }

    /// MySQL runs what stands in `/*! … */`, and only some clients nest comments.
    fn comment(&mut self) {
        let mut fine = self.rest.peek() != Some(&'!');
        let mut before = ' ';
        for c in self.rest.by_ref() {
            if before == '*' && c == '/' {
                return if fine { self.push(' ') } else { self.unknown() };
            }
            fine &= !(before == '/' && c == '*');
            before = c;
        }
        self.unknown();
    }

    /// `\dt` begins a line of its own, `\G` ends a statement; anything else may write, run or repeat.
    fn backslash(&mut self) {
        if self.last().trim().is_empty() {
            return self.push('\\');
        }
        let word: String = std::iter::from_fn(|| self.rest.next_if(|c| c.is_alphanumeric())).collect();
        while self.rest.next_if(|c| matches!(c, ' ' | '\t')).is_some() {}
        let ends = matches!(self.rest.peek(), None | Some('\n' | ';'));
        match word.as_str() {
            "G" => self.found.push(String::new()),
            "g" | "gx" if ends => self.found.push(String::new()),
            _ => self.unknown(),
        }
    }
}

fn statement(text: &str) -> Verdict {
    if let Some(meta) = text.trim().strip_prefix('\\') {
        return backslash(meta);
    }
    let lower = text.trim().to_lowercase();
    let text = lower.as_str();
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
        "alter" if has("drop") => return Verdict::destroys("drops part of an object"),
        "purge" => return Verdict::destroys("deletes logs"),
        _ => return Verdict::changes("changes the database"),
    }
    if words.iter().any(|w| SQL_DESTROYERS.contains(w)) || has("delete") || has("truncate") || has("drop") {
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
    let unknown = called(text).find(|name| !SQL_READERS.contains(name));
    Verdict::reads_if(unknown.is_none(), "calls a function that may change the database")
}

/// Names directly before an opening bracket; one of somebody's own schema is not known by its last part.
fn called(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('(').filter_map(|(at, _)| {
        let before = text[..at].trim_end();
        let part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let name = &before[before.trim_end_matches(part).len()..];
        let name = name.strip_prefix("pg_catalog.").unwrap_or(name);
        (!name.is_empty()).then_some(name)
    })
}

/// Client commands that look; their case counts, `\T` writes a file where `\t` does not.
const BACKSLASHES: &[&str] =
    &["conninfo", "timing", "x", "q", "z", "c", "connect", "h", "?", "pset", "t", "a", "s", "g", "encoding", "echo"];

fn backslash(meta: &str) -> Verdict {
    let (word, rest) = meta.split_once(char::is_whitespace).unwrap_or((meta, ""));
    if word.contains('!') {
        return Verdict::changes("runs a shell command");
    }
    let looks = word.starts_with('d')
        || word.starts_with('l') && !word.starts_with("lo_")
        || BACKSLASHES.contains(&word)
        || word == "set" && (rest.trim().is_empty() || rest.trim_start().starts_with("ON_ERROR_STOP"));
    let writes = matches!(word, "s" | "g") && !rest.trim().is_empty() || meta.contains(['|', '`', '\\']);
    Verdict::reads_if(looks && !writes, "a client command that may write")
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
    // `table_info(users)` names a table, `user_version(5)` sets a version.
    let takes_name =
        matches!(name, "quick_check" | "integrity_check" | "foreign_key_check" | "table_info" | "index_list");
    let shows = looks.contains(&name) && !text.contains('=') && (takes_name || !text.contains('('));
    Verdict::reads_if(shows || reads_setting, "sets a database option")
}

/// Whether words begin a command of Redis.
pub(in crate::command) fn is_redis(words: &[&str]) -> bool {
    let Some(first) = words.first() else { return false };
    REDIS.binary_search(&first.to_ascii_lowercase().as_str()).is_ok()
}

/// What a Redis command does, given its words.
pub(in crate::command) fn redis(words: &[&str]) -> Verdict {
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
            "flushdb" | "flushall" | "del" | "unlink" | "lpop" | "rpop" | "spop" | "zpopmin" | "zpopmax" | "srem"
            | "zrem" | "lrem" | "xdel" | "xtrim" | "shutdown" | "swapdb" | "getdel" | "hdel" | "ltrim" | "migrate"
            | "restore",
            _,
        ) => Verdict::destroys("deletes keys or stops Redis"),
        ("script", "flush") | ("function", "flush" | "delete") | ("debug", _) | ("xgroup", "destroy") => {
            Verdict::destroys("deletes from Redis")
        }
        _ => Verdict::changes("changes Redis"),
    }
}

/// The commands of Redis.
const REDIS: &[&str] = &[
    "acl", "append", "asking", "auth", "bgrewriteaof", "bgsave", "bitcount", "bitfield", "bitop", "bitpos", "blmove",
    "blpop", "brpop", "client", "cluster", "command", "config", "copy", "dbsize", "debug", "decr", "decrby", "del",
    "discard", "dump", "eval", "evalsha", "exec", "exists", "expire", "expireat", "failover", "flushall", "flushdb",
    "function", "geoadd", "geosearch", "get", "getdel", "getex", "getrange", "getset", "hdel", "hexists", "hget",
    "hgetall", "hincrby", "hkeys", "hlen", "hmget", "hmset", "hscan", "hset", "hvals", "incr", "incrby", "info",
    "keys", "lastsave", "latency", "lindex", "linsert", "llen", "lmove", "lolwut", "lpop", "lpush", "lrange", "lrem",
    "lset", "ltrim", "memory", "mget", "migrate", "module", "monitor", "move", "mset", "multi", "object", "persist",
    "pexpire", "ping", "psubscribe", "psync", "pttl", "publish", "pubsub", "randomkey", "rename", "replicaof", "reset",
    "restore", "role", "rpop", "rpush", "sadd", "save", "scan", "scard", "script", "select", "sentinel", "set",
    "setex", "setnx", "shutdown", "sismember", "slaveof", "slowlog", "smembers", "spop", "srem", "sscan", "strlen",
    "subscribe", "swapdb", "time", "touch", "ttl", "type", "unlink", "unwatch", "watch", "xack", "xadd", "xdel",
    "xgroup", "xinfo", "xlen", "xpending", "xrange", "xread", "xtrim", "zadd", "zcard", "zcount", "zrange",
    "zrangebyscore", "zrem", "zscan", "zscore",
];
