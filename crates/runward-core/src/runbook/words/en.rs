//! The words of runbooks in English.

use super::super::columns::Column;
use super::super::duty::Every;
use super::super::field::Field;
use super::Meaning;
use super::lexicon::Language;
use super::topic::Topic;

pub(super) const WORDS: Language = Language {
    labels: LABELS,
    weak: &[
        "check", "checks", "confirm", "when", "response", "steps", "procedure", "recovery", "alert", "alerts", "debug",
        "problem", "error", "condition", "signal", "signals", "observed", "after", "expected", "result", "results",
    ],
    columns: COLUMNS,
    fields: FIELDS,
    topics: TOPICS,
    often: &[
        (Every::Hourly, &["hourly"]),
        (Every::Daily, &["daily", "nightly"]),
        (Every::Weekly, &["weekly"]),
        (Every::Fortnightly, &["fortnightly", "biweekly", "bi weekly"]),
        (Every::Monthly, &["monthly"]),
        (Every::Quarterly, &["quarterly"]),
        (Every::HalfYearly, &["half yearly", "semi annually", "semi annual", "biannual", "biannually", "twice a year"]),
        (Every::Yearly, &["yearly", "annually", "annual"]),
    ],
    each: &["every", "each", "once a", "once per", "once every", "per", "on", "first", "every other"],
    units: &[
        (Every::Hourly, &["hour", "hours"]),
        (Every::Daily, &["day", "days", "night", "nights", "morning", "mornings", "evening", "evenings", "weekday"]),
        (
            Every::Weekly,
            &[
                "week", "weeks", "monday", "mondays", "tuesday", "tuesdays", "wednesday", "wednesdays", "thursday",
                "thursdays", "friday", "fridays", "saturday", "saturdays", "sunday", "sundays", "weekend",
            ],
        ),
        (Every::Fortnightly, &["fortnight"]),
        (Every::Monthly, &["month", "months"]),
        (Every::Quarterly, &["quarter", "quarters"]),
        (Every::HalfYearly, &["half year", "six months"]),
        (Every::Yearly, &["year", "years"]),
    ],
    orders: ORDERS,
    closing: &[],
    asks: &[
        "ask", "assess", "check", "confirm", "decide", "determine", "ensure", "find", "identify", "inspect",
        "investigate", "know", "look", "make", "monitor", "note", "observe", "review", "see", "test", "validate",
        "verify", "watch",
    ],
    conditions: &["if", "only if", "otherwise", "else", "when", "in case", "unless"],
    provisos: &[
        "if needed", "if necessary", "if available", "if recent", "if required", "only if", "if applicable",
        "if possible", "as needed",
    ],
    ifs: &["if", "unless"],
    alternatives: &["or", "alternative", "alternatives", "alternatively"],
    options: &["option", "scenario", "method", "variant", "approach", "case", "alternative", "way", "plan"],
    steps: &["step", "phase", "stage"],
    sections: &["section", "sections", "chapter", "procedure", "runbook", "appendix", "playbook", "part"],
    expects: &["expect", "expected", "expects"],
    shoulds: &[
        "should", "must be", "must return", "must show", "returns", "you should see", "you will see", "should be",
        "should return", "should show", "should see", "will print", "prints",
    ],
    gotos: &[
        "skip to", "go to", "go back to", "jump to", "proceed to", "proceed with", "continue with", "continue to",
        "continue at", "return to", "back to", "see", "see also", "refer to", "follow", "as described in",
        "move on to",
    ],
    tales: &["what it", "what happens", "this", "the", "it", "look for", "key"],
};

const LABELS: &[(Meaning, &[&str])] = &[
    (
        Meaning::Symptom,
        &[
            "symptom", "symptoms", "signs", "trigger", "triggers", "triggered by", "when this happens", "what you see",
            "detection", "when", "when you see this", "you see", "you will see", "condition", "problem",
            "how you notice", "how to notice", "how it shows", "indicator", "indicators", "observed", "error",
            "error message", "signal", "signals", "detection signals", "how to detect", "how to recognise",
            "how to recognize", "what users see", "impact and symptoms",
        ],
    ),
    (
        Meaning::Diagnose,
        &[
            "diagnose", "diagnosis", "diagnostics", "diagnostic", "diagnostic steps", "check", "checks", "investigate",
            "investigation", "triage", "identify", "initial checks", "gather context", "first actions", "how to check",
            "initial assessment", "assess", "confirm the problem", "first look", "look first", "check first",
            "first checks", "quick check", "quick checks", "what to check", "debug", "debugging", "analysis",
            "initial triage", "diagnostic commands", "troubleshoot", "assessment",
        ],
    ),
    (
        Meaning::Fix,
        &[
            "fix", "fixes", "resolution", "resolve", "resolution steps", "action", "actions", "immediate actions",
            "immediate action", "immediate response", "solution", "solutions", "mitigation", "mitigate", "remediation",
            "remediate", "recovery", "recovery steps", "how to fix", "steps", "procedure", "response",
            "response steps", "repair", "workaround", "common causes", "causes and fixes", "remedy", "remedies",
            "what to do", "do this", "recover", "restore", "troubleshooting steps", "immediate steps", "containment",
            "immediate containment", "immediate mitigation", "quick fix", "mitigation steps", "fix steps",
        ],
    ),
    (
        Meaning::Verify,
        &[
            "verify", "verification", "validate", "validation", "confirm", "confirm recovery", "post checks",
            "how to verify", "success criteria", "verify recovery", "after", "make sure", "verification steps",
            "how to confirm", "post fix verification",
        ],
    ),
    (
        Meaning::Rollback,
        &[
            "rollback", "roll back", "rollback steps", "undo", "revert", "back out", "backout", "rollback plan",
            "rollback procedure", "how to roll back", "if it goes wrong",
        ],
    ),
    (
        Meaning::Prevent,
        &[
            "prevention", "prevent", "preventive measures", "follow up", "long term fix", "permanent fix",
            "follow up actions", "prevention measures", "preventive actions", "long term prevention",
        ],
    ),
    (
        Meaning::Remark,
        &[
            "note", "notes", "impact", "background", "cause", "causes", "root cause", "likely causes",
            "possible causes", "meaning", "context", "escalation", "escalate", "communication", "related", "see also",
            "references", "overview", "summary", "checklist", "questions to answer", "warning", "important",
            "priority notes", "when to use", "likely cause", "probable causes", "root causes", "caution", "tip",
        ],
    ),
    (Meaning::Severity, &["severity", "priority"]),
    (Meaning::Alert, &["alert", "alert name", "alertname", "alerts"]),
    (
        Meaning::Expected,
        &[
            "expected", "expected output", "expected result", "expected results", "expected response", "expect",
            "output",
        ],
    ),
];

const COLUMNS: &[(Column, &[&str])] = &[
    (
        Column::EnvFile,
        &[
            "env file", "env", "environment file", "envfile", "env path", "config file", "environmentfile", "settings",
            "secrets file",
        ],
    ),
    (Column::Database, &["db", "database", "databases", "data store", "datastore", "storage", "data"]),
    (
        Column::Unit,
        &["unit", "systemd unit", "systemd", "unit name", "systemd service", "service unit", "unit file", "unit files"],
    ),
    (
        Column::Manager,
        &[
            "started by", "managed by", "process manager", "manager", "runs under", "supervisor", "supervised by",
            "run by",
        ],
    ),
    (
        Column::Container,
        &["container", "container name", "docker container", "docker", "compose service", "container service"],
    ),
    (Column::Pm2, &["pm2", "pm2 name", "pm2 app", "pm2 process"]),
    (Column::Process, &["process", "process name", "runs as", "command line"]),
    (Column::Port, &["port", "ports", "port s", "local port", "listen", "listens on", "internal port", "tcp port"]),
    (
        Column::Place,
        &["address", "bind", "bind address", "binds to", "listen address", "where", "location", "listening on"],
    ),
    (Column::Host, &["host", "hosts", "hostname", "host name", "server", "machine", "node", "vm", "runs on", "box"]),
    (
        Column::Health,
        &[
            "health", "healthcheck", "health check", "health check path", "health path", "health endpoint",
            "health url", "healthcheck url", "health check url", "how to check", "check command", "status check",
            "probe",
        ],
    ),
    (
        Column::Endpoint,
        &["endpoint", "url", "domain", "public url", "public endpoint", "fqdn", "public", "public address", "site"],
    ),
    (Column::DependsOn, &["depends on", "depends", "dependencies", "requires", "needs", "upstream", "dependency"]),
    (Column::Situation, &["situation", "scenario", "condition", "if"]),
    (Column::Target, &["escalate to", "escalation contact", "escalation target"]),
    (Column::After, &["escalate after", "after", "when", "time elapsed", "elapsed", "timing", "wait"]),
    (Column::Chain, &["escalation", "escalation path", "escalation chain", "chain", "escalates to", "notify"]),
    (Column::Severity, &["severity", "level", "priority", "sev", "severity level", "p", "incident level"]),
    (
        Column::Respond,
        &[
            "response time", "response", "respond within", "target ttr", "ttr", "sla", "response sla",
            "target response", "ack time", "response target", "respond", "react within", "reaction", "first response",
            "acknowledge within", "answer within", "answer", "target response time", "time to respond",
        ],
    ),
    (
        Column::Update,
        &[
            "update frequency", "update cadence", "updates", "update every", "communication frequency",
            "keep people posted", "status updates", "next update", "post updates", "update interval", "cadence",
        ],
    ),
    (
        Column::Criteria,
        &["criteria", "definition", "description", "meaning", "impact", "when to use", "condition criteria"],
    ),
    (Column::Role, &["role", "team", "level role", "contact role", "responsibility"]),
    (
        Column::Channel,
        &[
            "contact", "contact method", "contacts", "phone", "email", "e mail", "slack", "pager", "pagerduty",
            "how to reach", "reach", "channel", "contact info", "telegram", "mobile", "method", "handle",
        ],
    ),
    (Column::Person, &["person", "owner", "who"]),
    (
        Column::Name,
        &[
            "service", "services", "app", "application", "component", "name", "service name", "system", "module",
            "part", "daemon", "worker",
        ],
    ),
];

const FIELDS: &[(Field, &[&str])] = &[
    (
        Field::What,
        &[
            "what", "item", "data", "dataset", "data set", "asset", "component", "service", "system", "name", "app",
            "application", "db", "database", "databases", "volume", "volumes", "scope", "databases backed up",
            "what is backed up", "includes", "contents", "data store", "store", "subject",
        ],
    ),
    (
        Field::How,
        &[
            "how", "method", "tool", "tools", "script", "type", "backup type", "backup method", "backup script",
            "mechanism", "backup tool", "using", "job",
        ],
    ),
    (Field::Command, &["command", "commands", "cmd", "run", "how to view", "how to read", "backup command"]),
    (
        Field::Where,
        &[
            "where", "destination", "location", "target", "storage", "stored", "stored in", "stored at", "bucket",
            "remote", "offsite", "to", "backup location", "backup destination", "goes to", "kept in", "kept at",
            "storage location", "lands in", "backups live in",
        ],
    ),
    (Field::Path, &["path", "file", "file path", "directory", "folder", "filename", "file name"]),
    (
        Field::Log,
        &[
            "log", "logs", "log location", "log locations", "log path", "log file", "log files", "command path",
            "command or path", "path command", "where to look", "logs to", "log source", "log directory",
        ],
    ),
    (
        Field::When,
        &[
            "when", "schedule", "scheduled", "frequency", "how often", "every", "interval", "cadence", "cron", "time",
            "runs", "backup schedule", "timing", "recurrence", "runs at", "backup frequency",
        ],
    ),
    (
        Field::Keep,
        &[
            "keep", "kept", "kept for", "retention", "retention period", "retain", "how long", "keeps",
            "retention policy", "retained for", "history",
        ],
    ),
    (Field::Task, &["task", "tasks", "duty", "duties", "activity", "action", "check", "to do", "what to do", "chore"]),
    (
        Field::Metric,
        &[
            "metric", "metrics", "measure", "indicator", "alert", "signal", "kpi", "resource", "parameter", "alarm",
            "rule",
        ],
    ),
    (
        Field::Limit,
        &[
            "threshold", "thresholds", "limit", "limits", "alert threshold", "alert when", "alert if", "alert at",
            "trigger", "slo", "objective", "alerts at", "bad", "bad when", "maximum", "max",
        ],
    ),
    (Field::Warning, &["warning", "warn", "warning threshold", "yellow", "warning at", "warn at"]),
    (Field::Critical, &["critical", "crit", "critical threshold", "red", "page at", "critical at"]),
    (Field::State, &["status", "state", "health", "response", "answer", "result", "health status", "health state"]),
    (Field::Http, &["http", "http code", "code", "status code", "http status", "response code", "http status code"]),
    (Field::Meaning, &["meaning", "description", "means", "when it happens"]),
    (
        Field::Address,
        &["ip", "ip address", "address", "public ip", "private ip", "internal ip", "external ip", "dns", "dns name"],
    ),
    (
        Field::Host,
        &[
            "alias", "ssh alias", "host", "server", "machine", "node", "vm", "instance", "droplet", "hosts", "box",
            "ssh", "hostname",
        ],
    ),
    (Field::User, &["user", "username", "login", "ssh user", "account"]),
    (
        Field::Week,
        &["week", "weeks", "dates", "shift", "week of", "days", "week starting", "from", "period", "rotation"],
    ),
    (
        Field::Primary,
        &["primary", "primary on call", "on call", "oncall", "on call engineer", "first line", "first", "on duty"],
    ),
    (Field::Secondary, &["secondary", "secondary on call", "second line", "second", "stand in", "deputy"]),
    (Field::Backup, &["backup", "backups", "backed up"]),
    (
        Field::Owner,
        &[
            "owner", "owners", "owned by", "maintainer", "maintained by", "maintainers", "team", "responsible team",
            "runbook owner", "document owner", "owning team", "author", "authors", "dri",
        ],
    ),
    (
        Field::Updated,
        &[
            "last updated", "last update", "updated", "last modified", "updated on", "date updated", "last changed",
            "last edited", "revised", "last revision", "last revised",
        ],
    ),
    (
        Field::Reviewed,
        &["reviewed", "last reviewed", "last review", "reviewed on", "last verified", "last tested", "verified on"],
    ),
    (
        Field::NextReview,
        &[
            "next review", "review by", "review due", "next review date", "review date", "due for review",
            "valid until", "next review due", "review",
        ],
    ),
];

const TOPICS: &[(Topic, &[&str])] = &[
    (Topic::Causes, &["cause", "causes"]),
    (
        Topic::Home,
        &[
            "in local", "locally", "local development", "local machine", "local environment", "from local", "on your",
            "from your", "your laptop", "workstation", "on the laptop",
        ],
    ),
    (
        Topic::Reference,
        &[
            "quick reference", "cheat sheet", "cheatsheet", "key commands", "useful commands", "common commands",
            "ssh access", "key ssh", "emergency commands", "table of contents", "status commands", "log locations",
            "reference card", "command reference", "quick commands", "handy commands", "at a glance", "quick links",
        ],
    ),
    (
        Topic::Services,
        &[
            "services", "components", "inventory", "architecture", "what runs", "what we run", "applications", "apps",
            "service list", "service map", "processes", "daemons", "containers", "stack",
        ],
    ),
    (
        Topic::Troubled,
        &["external*", "third*", "restart*", "starting", "down*", "fail*", "stop*", "log*", "dependent*"],
    ),
    (
        Topic::People,
        &[
            "contact", "contacts", "support", "vendor", "vendors", "link", "links", "escalation", "dashboards",
            "references", "resources", "people", "on call", "who to call", "who to wake", "see also", "related",
            "documentation", "providers",
        ],
    ),
    (
        Topic::Severity,
        &[
            "severit*", "priorit*", "incident level", "incident levels", "incident class", "incident classes",
            "incident classification", "how bad",
        ],
    ),
    (Topic::Promises, &["response time", "response times"]),
    (Topic::Cadence, &["update frequency", "update cadence", "cadence", "update every", "update interval"]),
    (
        Topic::Escalation,
        &[
            "escalat*", "on call", "oncall", "who to call", "who to wake", "who to page", "who to notify",
            "whom to call", "paging order",
        ],
    ),
    (Topic::Rota, &["on call", "oncall", "rota", "rotation", "rotations", "shift", "shifts", "duty roster", "roster"]),
    (Topic::Contacts, &["contact*"]),
    (Topic::Backup, &["backup*", "back up", "backed up", "dump", "dumps", "snapshot", "snapshots"]),
    (
        Topic::Restore,
        &[
            "restor*", "recover*", "disaster recovery", "backup verification", "restore test", "verify backup",
            "verify backups",
        ],
    ),
    (Topic::Health, &["health*", "monitoring", "readiness", "liveness", "probes", "uptime"]),
    (Topic::Logs, &["log", "logs", "logging", "logfiles", "journal"]),
    (
        Topic::Duties,
        &[
            "maintenance", "duties", "duty", "routine", "routines", "recurring", "housekeeping", "chores",
            "regular tasks", "scheduled tasks", "maintenance schedule", "calendar", "upkeep", "responsibilities",
            "periodic", "regular checks",
        ],
    ),
    (
        Topic::Work,
        &[
            "tasks", "task", "checks", "check", "checklist", "operations", "schedule", "to do", "rotation", "jobs",
            "work", "review", "reviews", "activities", "items", "actions", "procedures", "health", "the", "and", "for",
        ],
    ),
    (
        Topic::Review,
        &[
            "post mortem", "post mortems", "postmortem*", "post incident", "pir", "retrospective*", "incident review",
            "incident reviews", "incident report", "incident reports",
        ],
    ),
    (
        Topic::Afterwards,
        &[
            "afterwards", "after an incident", "after the incident", "when it is over", "lessons learned", "follow up",
            "aftermath",
        ],
    ),
    (Topic::Template, &["template*"]),
    (Topic::Updates, &["status update", "status updates", "communication", "communications"]),
    (Topic::Rollback, &["rollback*", "roll back", "rolling back", "revert", "reverting", "back out"]),
    (
        Topic::Outcome,
        &[
            "expected", "output", "response", "returns", "should see", "looks like", "should show", "will print",
            "prints",
        ],
    ),
];

const ORDERS: &[&str] = &[
    "acknowledge", "add", "adjust", "announce", "apply", "ask", "assess", "backup", "build", "call", "change", "check",
    "choose", "clean", "clear", "commit", "communicate", "compare", "configure", "confirm", "connect", "contact",
    "copy", "correct", "create", "decide", "delete", "deploy", "determine", "disable", "document", "download", "drain",
    "edit", "email", "enable", "ensure", "escalate", "execute", "export", "extend", "file", "find", "flush",
    "generate", "give", "go", "hand", "identify", "implement", "increase", "inform", "inspect", "install",
    "investigate", "isolate", "kill", "log", "login", "look", "make", "mark", "merge", "mitigate", "monitor", "move",
    "notify", "open", "page", "pause", "perform", "post", "prepare", "promote", "pull", "purge", "push", "put",
    "rebuild", "record", "recreate", "reduce", "reload", "remove", "rename", "repeat", "replace", "report", "request",
    "rerun", "reset", "resize", "resolve", "restart", "restore", "resume", "retry", "revert", "review", "roll",
    "rollback", "rotate", "run", "scale", "schedule", "select", "send", "set", "share", "shut", "silence", "ssh",
    "start", "stop", "submit", "switch", "tell", "temporarily", "test", "trigger", "turn", "undo", "unlock", "update",
    "upgrade", "upload", "use", "validate", "verify", "wait", "watch", "write", "abort", "allow", "archive", "attach",
    "block", "close", "collect", "cordon", "detach", "fetch", "fix", "force", "gather", "invalidate", "keep",
    "migrate", "observe", "provision", "publish", "reboot", "reconnect", "redeploy", "refresh", "reindex", "rejoin",
    "renew", "reproduce", "reprovision", "revoke", "save", "terminate", "tune", "unblock", "uncordon", "vacuum",
];
