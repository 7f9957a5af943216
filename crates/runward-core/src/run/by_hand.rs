//! Steps for a person to carry out: what is to be pasted into a shell, its values filled in so that none of them
//! can become anything but a value.

use std::collections::BTreeMap;

use super::{PlannedStep, Work};

/// What stands in values that mean nothing to any shell, wherever they stand.
const HARMLESS: &str = "_./:@%+,-";

impl PlannedStep {
    /// The text to paste, or the instruction to follow.
    pub fn to_paste(&self) -> String {
        match &self.work {
            Work::Manual { text, .. } => text.clone(),
            Work::Command { script, env, shown } if reads_the_same(script, env) => shown.clone(),
            Work::Command { script, env, .. } => in_a_shell_of_its_own(script, env),
        }
    }
}

/// Whether the text with its values in place does what the script does: nothing is entered or seen to around it.
fn reads_the_same(script: &str, env: &BTreeMap<String, String>) -> bool {
    let harmless = |value: &String| value.chars().all(|c| c.is_ascii_alphanumeric() || HARMLESS.contains(c));
    let around = script.lines().any(|line| line.ends_with("|| exit") || line.starts_with("runward_"));
    env.values().all(harmless) && !around
}

/// What ends early or changes directory must not do so to the person's own shell.
fn in_a_shell_of_its_own(script: &str, env: &BTreeMap<String, String>) -> String {
    let values: String = env.iter().map(|(name, value)| format!("export {name}={}\n", quoted(value))).collect();
    format!("(\n{values}{}\n)", script.trim_end())
}

/// A value between single quotes, in which a shell sees nothing but the next single quote.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::plan;
    use crate::runbook::Runbook;
    use crate::setup::Setup;

    fn check(commands: &str, values: &[(&str, &str)], expected: &[&str]) {
        let text = format!("# Shop\n\n## Mend it\n\n**Fix:**\n```bash\n{commands}\n```\n");
        let runbook = Runbook::read([("ops.md", text.as_str())]);
        let values = values.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let steps = plan(&runbook.procedures[0], &values, &Setup::default());
        let pasted: Vec<String> = steps.iter().map(PlannedStep::to_paste).collect();
        assert_eq!(pasted, expected);
    }

    #[test]
    fn harmless_values_stand_in_their_places_and_others_in_variables() {
        check("echo <what> > a.txt", &[("what", "web-1")], &["echo web-1 > a.txt"]);
        check(
            "echo <what> > a.txt",
            &[("what", "it's $(id)")],
            &["(\nexport RUNWARD_P_WHAT='it'\\''s $(id)'\nset -euo pipefail\necho \"${RUNWARD_P_WHAT}\" > a.txt\n)"],
        );
        check("cd /srv/shop\n\nmake it", &[], &["(\nset -euo pipefail\ncd /srv/shop || exit\nmake it\n)"]);
    }
}
