//! What is approved, and what is another step.

use super::*;
use crate::runbook::Runbook;

const KILN: &str = "# Ops\n\n## Kiln down\n\n1. Restart it\n\n```bash\nsystemctl restart kiln-<name>\n```\n\n2. Open the port\n\n\
                    ```bash\nufw allow <port>\n```\n\n3. Change the settings\n\n```bash\nsed -i s/a/b/ /etc/kiln/<name>.env\n```\n";

fn setup(text: &str) -> Setup {
    let runbook = Runbook::read([("ops.md", text)]);
    Setup { procedures: runbook.procedures, ..Setup::default() }
}

fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
}

fn of(text: &str, words: &str) -> Entry {
    let found = entries(&setup(text), 0);
    found.iter().find(|e| e.script.contains(words)).unwrap_or_else(|| panic!("{words}: {found:#?}")).clone()
}

#[test]
fn a_hash_is_of_the_script_and_its_parameters_and_of_no_value() {
    let service = Params::from([("RUNWARD_P_NAME".into(), BTreeSet::from([ParamKind::Service]))]);
    let text = Params::from([("RUNWARD_P_NAME".into(), BTreeSet::from([ParamKind::Text]))]);
    let script = "systemctl restart \"${RUNWARD_P_NAME}\"\n";
    // Written down: catalogues on disk hold it.
    assert_eq!(hash("bash", script, &service), "c7b6f09ede7ff73630c8b9501defada5aca4afafa12f0599c9690a5b1ee5a48c");
    let others = [
        hash("bash", script, &text),
        hash("sh", script, &service),
        hash("bash", script, &Params::new()),
        hash("bash", "systemctl restart \"${RUNWARD_P_NAME}\" \n", &service),
    ];
    assert!(!others.contains(&hash("bash", script, &service)));
}

#[test]
fn what_a_run_would_carry_out_is_found_with_any_values() {
    let setup = setup(KILN);
    let entries = entries(&setup, 0);
    let params = values(&[("name", "east"), ("port", "8443")]);
    let mut found = 0;
    for step in plan(&setup.procedures[0], &params, &setup) {
        let Work::Command { script, env, .. } = &step.work else { panic!("{step:?}") };
        let entry = find(&entries, script, env).unwrap_or_else(|| panic!("{script}"));
        entry.check().unwrap();
        assert_eq!(entry.kept(env), step.undo.files(), "{script}");
        if let Some((back, kept)) = undo::back(&step, JobId { run: RunId(7), step: 3, attempt: 2 })
            && let Work::Command { script, env, .. } = &back.work
        {
            let entry = find(&entries, script, env).unwrap_or_else(|| panic!("{script}"));
            assert_eq!(entry.puts_back, kept.is_some());
            found += 1;
        }
    }
    assert!(found >= 2, "the port and the file can be taken back");
}

#[test]
fn a_value_that_is_not_of_its_kind_is_refused_again() {
    let entry = of(KILN, "restart");
    for (value, fits) in
        [("east", true), ("east; id", false), ("$(id)", false), ("-x", false), ("", false), ("a\nb", false)]
    {
        assert_eq!(entry.accept(&values(&[("RUNWARD_P_NAME", value)])).is_ok(), fits, "{value}");
    }
    assert!(entry.accept(&values(&[])).unwrap_err().contains("no value"));
    let more = values(&[("RUNWARD_P_NAME", "east"), ("LD_PRELOAD", "/tmp/x.so")]);
    assert!(entry.accept(&more).unwrap_err().contains("no parameter"));
}

#[test]
fn an_entry_that_was_tampered_with_does_not_count() {
    let good = of(KILN, "restart");
    let mut script = good.clone();
    script.script.push_str("id\n");
    let mut kinds = good.clone();
    kinds.params.insert("RUNWARD_P_NAME".into(), BTreeSet::from([ParamKind::Text]));
    let mut loader = good.clone();
    loader.params.insert("LD_PRELOAD".into(), BTreeSet::from([ParamKind::Text]));
    loader.hash = hash(INTERPRETER, &loader.script, &loader.params);
    let host = Entry { host: "web".into(), ..good.clone() };
    for bad in [script, kinds, loader, host] {
        assert!(bad.check().is_err(), "{bad:?}");
    }
    let unknown = serde_json::to_string(&good).unwrap().replacen('{', "{\"gid\":0,", 1);
    assert!(serde_json::from_str::<Entry>(&unknown).is_err());
}

#[test]
fn a_person_sees_what_would_come_change_and_go() {
    let old = entries(&setup(KILN), 0);
    assert_eq!(diff(&old, &old), "");
    let new = entries(&setup(&KILN.replace("restart kiln", "restart\u{202e} kiln")), 0);
    let seen = diff(&old, &new);
    assert!(seen.contains("-systemctl restart kiln-\"${RUNWARD_P_NAME}\"\n"), "{seen}");
    assert!(seen.contains("+systemctl restart\u{2039}U+202E\u{203a} kiln-"), "{seen}");
    assert!(!seen.contains("ufw"), "{seen}");
    let all = diff(&[], &old);
    assert!(
        all.contains("--- /dev/null\n+++ ops.md kiln-down") && all.contains("parameter RUNWARD_P_PORT: port"),
        "{all}"
    );
    let none = diff(&old, &[]);
    assert!(none.contains("+++ /dev/null"), "{none}");
}

#[test]
fn no_secret_is_shown() {
    let entry = of("# Ops\n\n## Kiln\n\n```bash\nexport PASSWORD=<password>\n```\n", "PASSWORD");
    let params = values(&[("RUNWARD_P_PASSWORD", "hunter2")]);
    entry.accept(&params).unwrap();
    assert_eq!(entry.shown(&params)["RUNWARD_P_PASSWORD"], "***");
}
