//! JavaScript for the Mongo shell: whether it only looks.

use super::super::impact::Verdict;

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
    "getBalancerState", "auth",
];

/// Words in a Mongo script that take something away.
const MONGO_DESTROYERS: &[&str] = &[
    "drop", "dropDatabase", "dropIndex", "dropIndexes", "dropUser", "deleteMany", "deleteOne", "remove",
    "findOneAndDelete", "initiate", "reconfig", "shutdownServer", "killOp", "killSessions", "removeShard",
    "dropAllUsers", "dropRole", "dropAllRoles", "dropRolesFromUser", "deleteIndex", "killAllSessions", "bulkDelete",
];

/// Commands of `runCommand` and `adminCommand` that only look.
const MONGO_COMMANDS: &[&str] = &[
    "ping", "serverStatus", "replSetGetStatus", "isMaster", "hello", "buildInfo", "dbStats", "collStats",
    "listDatabases", "currentOp", "getParameter", "getCmdLineOpts", "connPoolStats", "hostInfo", "top", "getLog",
    "listCollections", "features", "dbstats", "collstats", "connectionStatus", "replSetGetConfig",
    "getReplicationInfo",
];

/// How the names of methods begin that write: `updateOne`, `createIndex`; `updatedAt` is none of them.
const MONGO_WRITERS: &[&str] = &[
    "insert", "update", "replace", "create", "rename", "save", "bulk", "add", "set", "grant", "revoke", "change",
    "kill", "enable", "disable", "move", "split", "drop", "delete", "remove", "findAnd", "fsync", "shutdown", "load",
    "eval", "exec", "require", "process", "Function", "constructor", "import", "repair", "write", "mapReduce", "clone",
    "copy", "flush", "reset", "stop", "start",
];

/// What JavaScript for the Mongo shell does.
pub(in crate::command) fn mongo(script: &str) -> Verdict {
    // A variable of the environment is no more than a value.
    let script = script.replace("process.env.", "env_");
    let names = || script.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'));
    if names().any(|n| MONGO_DESTROYERS.contains(&n) || matches!(n, "$out" | "$merge")) {
        return Verdict::destroys("removes data or reshapes the replica set");
    }
    let packed: String = script.chars().filter(|c| !c.is_whitespace()).collect();
    if hides_names(&packed) || names().any(writes) {
        return Verdict::changes("changes the database");
    }
    let calls: Vec<&str> = packed
        .match_indices('(')
        .map(|(at, _)| {
            let before = &packed[..at];
            let start = before.rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'));
            &before[start.map_or(0, |s| s + before[s..].chars().next().map_or(1, char::len_utf8))..]
        })
        .filter(|name| !name.is_empty())
        .collect();
    let shows = calls.is_empty()
        && (script.trim_start().starts_with("show ")
            || script.trim_start().starts_with("use ")
            || script.trim().chars().all(|c| c.is_alphanumeric() || c == '.' || c == '_'));
    let known = !calls.is_empty() && calls.iter().all(|c| MONGO_READERS.contains(c));
    Verdict::reads_if((shows || known) && commands_look(&packed), "changes the database")
}

/// Whether a method's name begins with a word that writes.
fn writes(name: &str) -> bool {
    MONGO_WRITERS
        .iter()
        .any(|word| name.strip_prefix(word).is_some_and(|rest| !rest.starts_with(|c: char| c.is_lowercase())))
}

/// Names put together at run time: `db["dele" + "teMany"]`, escapes, templates.
fn hides_names(packed: &str) -> bool {
    let joined = ["\"+", "'+", "+\"", "+'", "\\", "`"].iter().any(|sign| packed.contains(sign));
    let indexed = packed.match_indices('[').any(|(at, _)| {
        let named = packed[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | ')' | ']'));
        named && !packed[at + 1..].starts_with(|c: char| c.is_ascii_digit())
    });
    joined || indexed || packed.contains("](")
}

/// Whether every `runCommand` and `adminCommand` names a command that looks.
fn commands_look(packed: &str) -> bool {
    packed.match_indices("Command(").all(|(at, found)| {
        let argument = packed[at + found.len()..].trim_start_matches(['{', '"', '\'']);
        let name = argument.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        MONGO_COMMANDS.contains(&name)
    })
}
