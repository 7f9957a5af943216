//! Statements in other languages inside a command: SQL and Redis.

use super::super::impact::{Impact, Verdict};

/// SQL functions that look and do nothing else; a call of any other counts as a change.
const SQL_READERS: &[&str] = &[
    "abs", "age", "all", "and", "any", "any_value", "approx_count_distinct", "argmax", "argmin", "array", "array_agg",
    "array_cat", "array_dims", "array_length", "array_lower", "array_position", "array_positions", "array_remove",
    "array_to_string", "array_upper", "arrayjoin", "arraymap", "as", "asc", "avg", "avgif", "between", "bigint",
    "bit_and", "bit_length", "bit_or", "bool", "bool_and", "bool_or", "boolean", "btrim", "by", "bytea", "byteabs",
    "cardinality", "case", "cast", "ceil", "ceiling", "changes", "char", "char_length", "charindex", "chr",
    "chunks_detailed_size", "cidr", "clock_timestamp", "coalesce", "col_description", "collation", "concat",
    "concat_ws", "connection_id", "convert", "convert_tz", "corr", "cos", "count", "count_if", "countif", "cross",
    "cume_dist", "curdate", "current_catalog", "current_database", "current_date", "current_role", "current_schema",
    "current_schemas", "current_setting", "current_time", "current_timestamp", "current_user", "curtime", "database",
    "datalength", "date", "date_add", "date_bin", "date_format", "date_part", "date_sub", "date_trunc", "dateadd",
    "datediff", "datename", "datepart", "day", "dayname", "dayofmonth", "dayofweek", "dayofyear", "db_name", "decimal",
    "decode", "degrees", "dense_rank", "desc", "distinct", "div", "double", "earth_distance", "else", "elt", "encode",
    "enum_range", "eomonth", "error_message", "every", "except", "exists", "exp", "explain", "extract", "fetch",
    "field", "filter", "find_in_set", "first", "first_value", "firstvalue", "float", "floor", "format", "format_type",
    "formatdatetime", "formatreadablequantity", "formatreadablesize", "from", "from_base64", "from_unixtime", "full",
    "generate_series", "get_byte", "getdate", "glob", "greatest", "group", "group_concat", "group_concat_distinct",
    "grouparray", "grouping", "has_database_privilege", "has_schema_privilege", "has_table_privilege", "having", "hex",
    "host_name", "hour", "hypertable_size", "ifnull", "iif", "in", "inet", "inet6_ntoa", "inet_aton",
    "inet_client_addr", "inet_client_port", "inet_ntoa", "inet_server_addr", "inet_server_port", "information_schema",
    "initcap", "inner", "instr", "int", "int2", "int4", "int8", "integer", "intersect", "interval", "interval_bin",
    "is", "is_uuid", "isnull", "join", "json", "json_agg", "json_array", "json_array_elements", "json_array_length",
    "json_build_object", "json_contains", "json_each", "json_each_text", "json_each_value", "json_extract",
    "json_extract_path", "json_extract_path_text", "json_keys", "json_length", "json_object", "json_object_agg",
    "json_type", "json_unquote", "json_valid", "jsonb", "jsonb_agg", "jsonb_array_elements",
    "jsonb_array_elements_text", "jsonb_array_length", "jsonb_build_object", "jsonb_each", "jsonb_each_text",
    "jsonb_extract_path_text", "jsonb_object_keys", "jsonb_path_query", "jsonb_pretty", "jsonb_set", "jsonb_typeof",
    "julianday", "justify_hours", "justify_interval", "lag", "last", "last_day", "last_insert_rowid", "last_value",
    "lateral", "lcase", "lead", "least", "left", "len", "length", "like", "likelihood", "limit", "ln",
    "localtimestamp", "locate", "log", "log10", "log2", "lower", "lpad", "ltrim", "make_date", "make_interval",
    "make_timestamp", "materialized", "max", "maxif", "md5", "mid", "min", "minif", "minute", "mod", "mode", "month",
    "monthname", "multiif", "name", "natural", "newid", "not", "now", "nowinterval", "nth_value", "ntile", "nullif",
    "nulls", "numeric", "nvl", "obj_description", "object_id", "object_name", "oct", "octet_length", "offset", "oid",
    "on", "only", "or", "outer", "over", "partition", "patindex", "percent_rank", "percentile_cont", "percentile_disc",
    "pg_backend_pid", "pg_blocking_pids", "pg_buffercache_summary", "pg_catalog", "pg_client_encoding",
    "pg_column_size", "pg_conf_load_time", "pg_current_wal_lsn", "pg_current_xact_id", "pg_database_size",
    "pg_encoding_to_char", "pg_freespace", "pg_function_is_visible", "pg_get_constraintdef", "pg_get_expr",
    "pg_get_functiondef", "pg_get_indexdef", "pg_get_keywords", "pg_get_serial_sequence", "pg_get_triggerdef",
    "pg_get_userbyid", "pg_get_viewdef", "pg_has_role", "pg_indexes_size", "pg_is_in_backup", "pg_is_in_recovery",
    "pg_is_wal_replay_paused", "pg_last_committed_xact", "pg_last_wal_receive_lsn", "pg_last_wal_replay_lsn",
    "pg_last_xact_replay_timestamp", "pg_lock_status", "pg_ls_dir", "pg_ls_logdir", "pg_ls_waldir",
    "pg_my_temp_schema", "pg_postmaster_start_time", "pg_relation_filenode", "pg_relation_filepath",
    "pg_relation_size", "pg_safe_snapshot_blocking_pids", "pg_size_pretty", "pg_stat_file", "pg_stat_get_activity",
    "pg_stat_get_backend_idset", "pg_stat_get_wal_senders", "pg_stat_statements_info", "pg_statistics_obj_is_visible",
    "pg_table_is_visible", "pg_table_size", "pg_tablespace_databases", "pg_tablespace_location", "pg_tablespace_size",
    "pg_total_relation_size", "pg_type_is_visible", "pg_typeof", "pg_wal_lsn_diff", "pg_walfile_name",
    "pg_walfile_name_offset", "pg_xact_commit_timestamp", "pgstatindex", "pgstattuple", "pi", "plainto_tsquery",
    "position", "pow", "power", "pragma_integrity_check", "printf", "quantile", "quantiles", "quarter", "quote",
    "quote_ident", "quote_literal", "radians", "random", "range", "rank", "real", "recursive", "regclass", "regexp",
    "regexp_count", "regexp_instr", "regexp_like", "regexp_match", "regexp_matches", "regexp_replace",
    "regexp_split_to_array", "regexp_split_to_table", "regexp_substr", "repeat", "replace", "returning", "reverse",
    "right", "round", "row", "row_number", "row_to_json", "rows", "rpad", "rtrim", "schema_name", "sec_to_time",
    "second", "select", "serverproperty", "session_user", "sessionproperty", "shobj_description", "sign", "similarity",
    "sin", "smallint", "some", "split_part", "sqlite_version", "sqrt", "st_astext", "st_distance", "st_geomfromtext",
    "st_within", "st_x", "st_y", "statement_timestamp", "stddev", "stddev_pop", "stddev_samp", "str_to_date",
    "strftime", "string_agg", "string_to_array", "string_to_table", "strpos", "stuff", "substr", "substr_count",
    "substring", "substring_index", "sum", "sumif", "suser_sname", "sysdate", "system_user", "table", "table_name",
    "tan", "text", "then", "time", "time_format", "time_to_sec", "timediff", "timeofday", "timestamp", "timestampadd",
    "timestampdiff", "timestamptz", "to_ascii", "to_base64", "to_char", "to_date", "to_days", "to_hex", "to_json",
    "to_jsonb", "to_number", "to_regclass", "to_regtype", "to_timestamp", "to_tsquery", "to_tsvector", "tochar",
    "todate", "todatetime", "tofloat64", "toint32", "tostartofday", "tostartoffiveminutes", "tostartofhour",
    "tostartofminute", "tostring", "total", "total_changes", "touint64", "transaction_timestamp", "translate", "trim",
    "trunc", "truncate_date", "try_cast", "try_convert", "ts_rank", "tsquery", "tsvector", "tuple",
    "txid_current_if_assigned", "txid_current_snapshot", "type_name", "typeof", "ucase", "unhex", "unicode", "union",
    "uniq", "uniq_exact", "uniqexact", "unix_timestamp", "unixepoch", "unnest", "upper", "user", "user_name", "using",
    "utc_date", "utc_time", "utc_timestamp", "uuid", "values", "var_pop", "var_samp", "varchar", "variance", "version",
    "week", "weekday", "when", "where", "width_bucket", "window", "with", "within", "word_similarity", "xml", "xmlagg",
    "year", "yearweek", "zeroblob",
];

/// SQL functions that end somebody's work or remove something.
const SQL_DESTROYERS: &[&str] = &[
    "pg_terminate_backend", "pg_drop_replication_slot", "pg_logical_emit_message", "lo_unlink", "pg_file_unlink",
    "pg_rotate_logfile",
];

/// What SQL does, statement by statement; also the client's own backslash and dot commands.
pub(crate) fn sql(text: &str) -> Verdict {
    let statements = statements(text);
    let verdict = statements.iter().map(|s| statement(s)).fold(Verdict::READS, Verdict::and);
    // Where the clients disagree about what is quoted, any word may count.
    let doubtful = statements.iter().any(|s| s.starts_with(UNKNOWN));
    if doubtful
        && verdict.impact < Impact::Destructive
        && words(text).any(|w| DELETING.contains(&w.to_ascii_lowercase().as_str()))
    {
        return verdict.and(Verdict::destroys("is not understood, and says that it deletes"));
    }
    verdict
}

/// Words of SQL that delete.
const DELETING: &[&str] = &["delete", "drop", "truncate", "purge", "pg_terminate_backend"];

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty())
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
    let words: Vec<&str> = words(text).collect();
    let has = |word: &str| words.contains(&word);
    let first = words.first().copied().unwrap_or_default();
    match first {
        "drop" | "truncate" | "delete" => return Verdict::destroys("deletes rows or objects"),
        "select" | "with" | "values" | "table" | "explain" => {}
        "show" | "describe" | "desc" | "use" | "help" | "status" => return Verdict::READS,
        "pragma" => return pragma(text),
        "alter" if has("drop") => return Verdict::destroys("drops part of an object"),
        "purge" => return Verdict::destroys("deletes logs"),
        // MySQL: all logs of changes, or all that a replica knows of its source.
        "reset" if words.get(1).is_some_and(|w| matches!(*w, "master" | "binary")) || has("all") && has("replica") => {
            return Verdict::destroys("deletes logs");
        }
        "kill" | "shutdown" => return Verdict::destroys("ends sessions or the server"),
        "optimize" if has("final") && has("cleanup") => return Verdict::destroys("deletes rows or objects"),
        // What comes out of a session comes back; `ON DELETE`, `GRANT DELETE` and rules about deleting do not delete.
        "create" | "grant" | "revoke" | "comment" | "insert" | "update" => {
            return Verdict::changes("changes the database");
        }
        "alter" if has("delete") && !text.contains("on delete") => return Verdict::destroys("deletes rows or objects"),
        _ if has("delete") && !text.contains("on delete") || has("drop") || has("truncate") && first != "pragma" => {
            return Verdict::destroys("deletes rows or objects");
        }
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
    let unknown = called(text).find(|name| SQL_READERS.binary_search(name).is_err());
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
            | ".recover"
            | ".version"
            | ".eqp"
            | ".explain"
            | ".nullvalue"
            | ".separator"
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
        // A script in Lua: its words tell whether it removes keys.
        ("eval" | "eval_ro" | "evalsha" | "fcall", _) if scripted(&lower) => {
            Verdict::destroys("runs a script that removes keys")
        }
        ("eval_ro", _) => Verdict::READS,
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
            | "restore" | "zremrangebyrank" | "zremrangebyscore" | "zremrangebylex" | "lmpop" | "zmpop" | "blpop"
            | "brpop" | "bzpopmin" | "bzpopmax" | "blmpop" | "bzmpop" | "psync" | "sync",
            _,
        ) => Verdict::destroys("deletes keys or stops Redis"),
        // All it holds gives way to what the other one has.
        ("replicaof" | "slaveof", host) if host != "no" => Verdict::destroys("replaces its data by another's"),
        ("client", "kill") => Verdict::destroys("ends connections"),
        ("cluster", "reset" | "forget" | "flushslots" | "delslots")
        | ("sentinel", "reset" | "remove")
        | ("acl", "deluser") => Verdict::destroys("takes something away from Redis"),
        ("script", "flush") | ("function", "flush" | "delete") | ("debug", _) | ("xgroup", "destroy") => {
            Verdict::destroys("deletes from Redis")
        }
        _ => Verdict::changes("changes Redis"),
    }
}

/// Whether a script in Lua names a command that removes.
fn scripted(words: &[String]) -> bool {
    const REMOVES: &[&str] =
        &["del", "unlink", "flushall", "flushdb", "lpop", "rpop", "spop", "hdel", "srem", "zrem", "xtrim", "ltrim"];
    words.iter().any(|w| w.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| REMOVES.contains(&part)))
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
