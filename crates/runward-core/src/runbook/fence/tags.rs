//! What the word behind an opening fence says of the block.

use super::FenceType;

/// How far a tag is believed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Tag {
    /// It says shell; the lines may say otherwise.
    Shell,
    /// It says statements of a database; the lines may be a dialog.
    Sql,
    /// It names a language; below "this prints" it is what a program prints.
    Language,
    /// It says nothing.
    Plain,
    /// It is what it says.
    Sure(FenceType),
}

const SHELLS: &[&str] = &[
    "bash", "sh", "shell", "zsh", "console", "terminal", "shellscript", "shell-session", "shellsession",
    "bash-session", "sh-session", "ksh", "ash", "dash", "fish", "csh", "tcsh", "cli", "command", "commands", "cmdline",
    "term", "tty", "sh-console",
];

const STATEMENTS: &[&str] = &[
    "sql", "psql", "mysql", "mariadb", "postgresql", "postgres", "pgsql", "plpgsql", "sqlite", "sqlite3", "tsql",
    "plsql", "redis", "cql", "clickhouse",
];

const FILES: &[&str] = &[
    "yaml", "yml", "toml", "ini", "conf", "config", "cfg", "cnf", "nginx", "nginxconf", "caddyfile", "caddy", "dotenv",
    "env", "environment", "properties", "hcl", "terraform", "tf", "tfvars", "dockerfile", "docker", "containerfile",
    "docker-compose", "compose", "systemd", "service", "unit", "desktop", "cron", "crontab", "xml", "apache",
    "apacheconf", "haproxy", "varnish", "vcl", "sshconfig", "ssh-config", "ssh_config", "gitconfig", "gitignore",
    "editorconfig", "logrotate", "fstab", "hosts", "zone", "bind", "vim", "helm", "kustomize", "k8s", "kubernetes",
    "ansible", "jinja-yaml", "puppet", "lighttpd", "sysctl", "udev", "netplan", "squid", "monit", "supervisor",
];

const LANGUAGES: &[&str] = &[
    "python", "py", "python3", "js", "javascript", "jsx", "ts", "typescript", "tsx", "mjs", "node", "php", "go",
    "golang", "rust", "rs", "ruby", "rb", "erb", "java", "kotlin", "scala", "groovy", "jenkinsfile", "c", "h", "cpp",
    "c++", "csharp", "cs", "c#", "fsharp", "swift", "dart", "lua", "perl", "pl", "r", "elixir", "ex", "exs", "iex",
    "erlang", "erl", "haskell", "hs", "clojure", "clj", "powershell", "ps1", "pwsh", "ps", "batch", "bat", "cmd",
    "dos", "promql", "prometheus", "logql", "loki", "kql", "kusto", "spl", "splunk", "lucene", "esql", "influxql",
    "flux", "cypher", "graphql", "gql", "jinja", "jinja2", "j2", "django", "gotemplate", "go-template", "html", "css",
    "scss", "vue", "svelte", "make", "makefile", "cmake", "nix", "awk", "sed", "jq", "regex", "mongodb", "mongo",
    "mongosh", "mongo-js", "tcl", "proto", "protobuf", "solidity", "sol", "zig", "ocaml", "julia", "matlab", "vb",
    "asm", "rego", "sentinel", "starlark", "bicep", "typoscript", "irb", "pycon", "insights", "cloudwatch",
];

/// What a tag says, given in lower case.
pub(super) fn read(tag: &str) -> Tag {
    if tag.is_empty() || matches!(tag, "text" | "txt" | "plaintext" | "plain" | "none" | "raw" | "nohighlight") {
        return Tag::Plain;
    }
    let among = |list: &[&str]| list.contains(&tag);
    if among(SHELLS) {
        return Tag::Shell;
    }
    if among(STATEMENTS) {
        return Tag::Sql;
    }
    if among(FILES) {
        return Tag::Sure(FenceType::Config);
    }
    if among(LANGUAGES) {
        return Tag::Language;
    }
    match tag {
        "json" | "jsonc" | "json5" | "jsonl" | "ndjson" => Tag::Sure(FenceType::Json),
        "mermaid" | "dot" | "graphviz" | "plantuml" | "puml" | "ascii" | "asciiart" | "tree" | "ditaa" | "d2"
        | "diagram" | "flow" | "flowchart" | "sequence" => Tag::Sure(FenceType::Diagram),
        "markdown" | "md" | "mdx" | "template" | "email" | "mail" | "eml" | "slack" | "message" | "rst" => {
            Tag::Sure(FenceType::Template)
        }
        "log" | "logs" | "output" | "stdout" | "stderr" | "out" | "result" | "results" | "syslog" | "logfile"
        | "accesslog" | "error" | "errors" | "traceback" | "stacktrace" | "csv" | "tsv" => Tag::Sure(FenceType::Output),
        "http" | "https" | "rest" | "url" | "uri" | "urls" | "math" | "latex" | "tex" => Tag::Sure(FenceType::Other),
        "checklist" | "todo" | "tasks" => Tag::Sure(FenceType::Checklist),
        _ => Tag::Plain,
    }
}
