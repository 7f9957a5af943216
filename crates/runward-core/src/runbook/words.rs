//! The words runbooks use for their parts, and what each means.

/// What a heading or a bold label announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// How the trouble shows itself.
    Symptom,
    /// How to look closer.
    Diagnose,
    /// What to do.
    Fix,
    /// How to tell that it worked.
    Verify,
    /// How to go back.
    Rollback,
    /// How to keep it from happening again.
    Prevent,
    /// What to know: impact, notes, causes.
    Remark,
    /// The severity of this one procedure.
    Severity,
    /// The alert this procedure answers.
    Alert,
}

/// Whole labels and first words of labels, lower-cased, by meaning; the longest match wins.
const LABELS: &[(Meaning, &[&str])] = &[
    (
        Meaning::Symptom,
        &[
            "symptom", "symptoms", "signs", "trigger", "triggers", "triggered by", "when this happens", "what you see",
            "detection", "when", "when you see this", "you see", "you will see", "condition", "problem",
            "how you notice", "how to notice", "how it shows", "indicator", "indicators", "observed", "error",
            "error message", "signal", "signals",
        ],
    ),
    (
        Meaning::Diagnose,
        &[
            "diagnose", "diagnosis", "diagnostics", "diagnostic steps", "check", "checks", "investigate",
            "investigation", "triage", "identify", "initial checks", "gather context", "first actions", "how to check",
            "initial assessment", "assess", "confirm the problem", "first look", "look first", "check first",
            "first checks", "quick check", "quick checks", "what to check", "debug", "debugging", "analysis",
        ],
    ),
    (
        Meaning::Fix,
        &[
            "fix", "fixes", "resolution", "resolve", "resolution steps", "action", "actions", "immediate actions",
            "immediate action", "immediate response", "solution", "solutions", "mitigation", "mitigate", "remediation",
            "remediate", "recovery", "recovery steps", "how to fix", "steps", "procedure", "response",
            "response steps", "repair", "workaround", "common causes", "causes and fixes", "remedy", "remedies",
            "what to do", "do this", "recover", "restore", "troubleshooting steps",
        ],
    ),
    (
        Meaning::Verify,
        &[
            "verify", "verification", "validate", "validation", "confirm", "confirm recovery", "post checks",
            "how to verify", "success criteria", "verify recovery", "after", "make sure",
        ],
    ),
    (Meaning::Rollback, &["rollback", "roll back", "rollback steps", "undo", "revert", "back out", "backout"]),
    (
        Meaning::Prevent,
        &["prevention", "prevent", "preventive measures", "follow up", "follow-up", "long-term fix", "permanent fix"],
    ),
    (
        Meaning::Remark,
        &[
            "note", "notes", "impact", "background", "cause", "causes", "root cause", "likely causes",
            "possible causes", "meaning", "context", "escalation", "escalate", "communication", "related", "see also",
            "references", "overview", "summary", "checklist", "questions to answer", "warning", "important",
            "priority notes", "when to use",
        ],
    ),
    (Meaning::Severity, &["severity", "priority"]),
    (Meaning::Alert, &["alert", "alert name", "alertname", "alerts"]),
];

/// What a label says, if it is one of the known kind: `Immediate Actions:` is a fix.
/// A label of more words than the vocabulary holds is no label, unless it begins with one and is short.
pub fn meaning(label: &str) -> Option<Meaning> {
    let words = normal(label);
    if words.is_empty() {
        return None;
    }
    let exact = |known: &&str| **known == words;
    LABELS.iter().find(|(_, known)| known.iter().any(&exact)).map(|(meaning, _)| *meaning)
}

/// Like [`meaning`], but forgiving: a label of up to five words that begins or ends with a known one
/// (`Post-reboot verification`, `Diagnosis steps`).
pub fn loose_meaning(label: &str) -> Option<Meaning> {
    if let Some(exact) = meaning(label) {
        return Some(exact);
    }
    let words = normal(label);
    let parts: Vec<&str> = words.split(' ').collect();
    if parts.len() > 5 {
        return None;
    }
    let edge = |word: &&str| match *word {
        "check" | "checks" | "confirm" | "when" | "response" | "steps" | "procedure" | "recovery" | "alert"
        | "alerts" | "debug" | "problem" | "error" | "condition" | "signal" | "signals" | "observed" | "after" => None,
        known => meaning(known),
    };
    parts.last().and_then(edge).or_else(|| parts.first().and_then(edge))
}

/// Like [`meaning`], for words that are not set in bold: only those that begin nothing but a part of a procedure.
/// `Error: …` and `When: …` also begin ordinary sentences, and notes need no label.
pub fn plain_meaning(label: &str) -> Option<Meaning> {
    const ALSO_ORDINARY: &[&str] = &[
        "error", "problem", "condition", "signal", "observed", "when", "action", "actions", "response", "steps",
        "procedure", "after", "do this", "restore", "recover",
    ];
    let known = meaning(label).filter(|what| *what != Meaning::Remark)?;
    let capital = label.trim().starts_with(|c: char| c.is_uppercase());
    (capital && !ALSO_ORDINARY.contains(&normal(label).as_str())).then_some(known)
}

/// Lower case, no numbering, no punctuation at the ends, single spaces.
pub fn normal(label: &str) -> String {
    let text = unnumbered(label).to_lowercase();
    let kept: String =
        text.chars().map(|c| if c.is_alphanumeric() || c == '-' || c == '/' || c == '\'' { c } else { ' ' }).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A title without its numbering: `5.1 Service down`, `3) Redis`, `1. API`, `Step 2: Check` keep their words.
pub fn unnumbered(title: &str) -> &str {
    let title = title.trim();
    let rest = title.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ')' || c == ':');
    let number = &title[..title.len() - rest.len()];
    // A bare number belongs to the words: `502 Bad Gateway`.
    let numbering = number.starts_with(|c: char| c.is_ascii_digit()) && number.contains(['.', ')', ':']);
    if numbering && rest.starts_with(char::is_whitespace) {
        return rest.trim_start_matches([' ', '-', '–', '—']);
    }
    title
}

/// The number and title of a step heading: `Step 2: Check` is 2, `Phase 1 - Prepare` is 1.
pub fn step_number(title: &str) -> Option<(u32, &str)> {
    let lower = title.trim().to_lowercase();
    let word = ["step ", "phase ", "stage "].into_iter().find(|w| lower.starts_with(w))?;
    let rest = title.trim().get(word.len()..)?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let number = rest[..digits].parse().ok()?;
    Some((number, rest[digits..].trim_start_matches([' ', ':', '.', '-', '–', '—', ')'])))
}

/// Whether a text begins with a verb that tells somebody to act.
pub fn is_imperative(text: &str) -> bool {
    let first = normal(text);
    let first = first.split(' ').next().unwrap_or_default();
    IMPERATIVES.contains(&first)
}

const IMPERATIVES: &[&str] = &[
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
    "upgrade", "upload", "use", "validate", "verify", "wait", "watch", "write",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_mean_what_people_mean() {
        for (label, expected) in [
            ("Symptom:", Some(Meaning::Symptom)),
            ("Symptoms", Some(Meaning::Symptom)),
            ("Immediate Actions", Some(Meaning::Fix)),
            ("Diagnosis", Some(Meaning::Diagnose)),
            ("2. Verify", Some(Meaning::Verify)),
            ("Remedy:", Some(Meaning::Fix)),
            ("What to do", Some(Meaning::Fix)),
            ("Look first", Some(Meaning::Diagnose)),
            ("How you notice", Some(Meaning::Symptom)),
            ("After", Some(Meaning::Verify)),
            ("API Service Down", None),
            ("Rollback Procedures for everybody", None),
        ] {
            assert_eq!(meaning(label), expected, "{label}");
        }
        assert_eq!(loose_meaning("Post-reboot verification:"), Some(Meaning::Verify));
        assert_eq!(loose_meaning("Health check"), None);
        assert_eq!(loose_meaning("After the deployment"), None);
        assert_eq!(plain_meaning("Symptoms"), Some(Meaning::Symptom));
        assert_eq!(plain_meaning("Error"), None);
    }

    #[test]
    fn numbering_is_not_part_of_a_title() {
        assert_eq!(unnumbered("5.1 Service won't start"), "Service won't start");
        assert_eq!(unnumbered("3) Redis"), "Redis");
        assert_eq!(unnumbered("502 Bad Gateway"), "502 Bad Gateway");
        assert_eq!(unnumbered("5.2 502 Bad Gateway"), "502 Bad Gateway");
        assert_eq!(unnumbered("2FA broken"), "2FA broken");
        assert_eq!(step_number("Step 2: Check logs"), Some((2, "Check logs")));
    }
}
