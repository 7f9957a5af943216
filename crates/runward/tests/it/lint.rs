//! `runward lint` and what the configuration says beside it: every form of output, patches that apply, findings that are
//! allowed, facts that are corrected.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::harness::{Place, Said};

/// A bakery with something wrong in many ways, among others on one line.
const BAKERY: &str = "# Bakery\n\n\
    | Service | Unit | Port |\n|---|---|---|\n| oven | bakery-oven | 7301 |\n\n\
    ## Oven is cold\n\n**Symptom:** the oven does not answer\n\n\
    **Diagnose:**\n```bash\n./ask-oven.sh\n```\n\n\
    **Fix:**\n```bash\n# Relight it\nsystemctl restart bakery-<part>\n\n# Clear the shelf\nrm -rf /srv/shelf/<tray>\n```\n\n\
    ## Dough is flat\n\n**Symptom:** no bubbles\n\nWait\u{7} for it.\n";

const CLEAN: &str = "# Bakery\n\n| Service | Port |\n|---|---|\n| oven | 7301 |\n";

fn json(place: &Place, arguments: &[&str]) -> Value {
    let said = place.runward(arguments);
    serde_json::from_str(&said.out).unwrap_or_else(|e| panic!("{arguments:?}: {e}: {said:?}"))
}

/// `rule line` of every finding, and the levels.
fn found(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap();
    let line = |f: &Value| format!("{} {}", f["rule"].as_str().unwrap(), f["source"]["line"]);
    findings.iter().map(line).collect()
}

/// The step of the first finding of a rule.
fn step_of(report: &Value, rule: &str) -> String {
    let findings = report["findings"].as_array().unwrap();
    let finding = findings.iter().find(|f| f["rule"] == rule).unwrap_or_else(|| panic!("{rule}: {report}"));
    finding["step"].as_str().unwrap().to_owned()
}

fn check_columns(what: &str, text: &str) {
    for line in text.lines() {
        assert!(line.width() <= 80, "{what}: {} columns: {line}", line.width());
    }
}

#[test]
fn a_document_with_nothing_wrong_is_one_line_and_each_form_says_so() {
    let place = Place::new();
    place.write("clean.md", CLEAN);
    // Whatever else is said of a document without an owner or a procedure: nothing of it stops anything.
    let quiet = ["lint", "clean.md", "--allow", "all"];
    let said = place.runward(&quiet);
    assert_eq!((said.code, said.out.as_str()), (0, "1 file: nothing found\n"));
    let report = json(&place, &[&quiet[..], &["--format", "json"]].concat());
    assert_eq!(report["findings"], Value::Array(Vec::new()));
    assert_eq!(report["counts"]["files"], 1);
    assert_eq!(place.runward(&[&quiet[..], &["--format", "github"]].concat()).out, "");
    assert_eq!(place.runward(&[&quiet[..], &["--patch"]].concat()).out, "");
    check_sarif(&json(&place, &[&quiet[..], &["--format", "sarif"]].concat()));
}

#[test]
fn findings_of_one_line_share_a_drawing_with_exact_marks() {
    let place = Place::new();
    place.write("ops.md", BAKERY);
    let said = place.runward(&["lint", "ops.md", "--allow", "all", "--deny", "PH01,SF01"]);
    assert_eq!((said.code, said.err.as_str()), (1, ""), "{said:?}");
    let drawing =
        said.out.split("\n\n").find(|d| d.contains("--> ops.md:22:1")).unwrap_or_else(|| panic!("{}", said.out));
    assert!(drawing.starts_with("error[PH01]: ") && drawing.contains("\nerror[SF01]: "), "{drawing}");
    assert_eq!(drawing.matches("22 | rm -rf /srv/shelf/<tray>\n").count(), 1, "{drawing}");
    assert!(drawing.contains(&format!("   | {}", "^".repeat(10))), "{drawing}");
    assert!(drawing.contains("= help[SF01]: ") && drawing.contains("= note: step oven-is-cold."), "{drawing}");
    let last: Vec<&str> = said.out.lines().rev().take(2).collect();
    assert_eq!(last, ["1 file: 3 errors, 0 warnings, 0 notes", "a rule's page: runward lint --explain RULE"]);
    check_columns("bakery", &said.out);
}

#[test]
fn a_terminal_of_80_columns_shows_any_line_and_any_path() {
    let place = Place::new();
    let wide = "窯".repeat(60);
    let long = "x".repeat(300);
    let text = format!(
        "# Bakery\n\n## {wide} is cold\n\n**Symptom:** {wide}\n\n**Fix:**\n```bash\n\
         echo {wide} && rm -rf /srv/{wide}/<tray>\n\
         rm -rf /srv/{long}\n\
         echo {long} '🥖🥨' && rm -rf <{long}>\n\
         \trm -rf \"/srv/🥖 <tray>\"\n\
         rm -rf /srv/\u{200d}\u{202e}<tray>\n```\n"
    );
    let deep = format!("{}/{}/{wide}", "a folder with a long name".repeat(2), "and another one in it".repeat(3));
    std::fs::create_dir_all(place.path(&deep)).unwrap();
    for name in ["ops.md", &format!("{deep}/ops.md")] {
        place.write(name, &text);
        let said = place.runward(&["lint", name, "--deny", "all"]);
        assert_eq!((said.code, said.err.as_str()), (1, ""));
        assert!(said.out.contains("error[SF01]") && said.out.contains("ops.md:10:"), "{}", said.out);
        check_columns(name, &said.out);
        assert!(!said.out.contains(['\u{202e}', '\t']), "nothing moves the cursor");
    }
}

#[test]
fn what_is_only_good_to_know_is_drawn_once() {
    let place = Place::new();
    place.write("ops.md", BAKERY);
    let report = json(&place, &["lint", "ops.md", "--format", "json"]);
    let said = place.runward(&["lint", "ops.md"]).out;
    let infos = report["findings"].as_array().unwrap().iter().filter(|f| f["level"] == "info");
    let rules: BTreeSet<&str> = infos.map(|f| f["rule"].as_str().unwrap()).collect();
    for rule in rules {
        assert_eq!(said.matches(&format!("note[{rule}]")).count(), 1, "{rule}: {said}");
    }
}

#[test]
fn rules_are_denied_and_allowed_by_name_and_by_family() {
    let place = Place::new();
    place.write("ops.md", BAKERY);
    let rules =
        |arguments: &[&str]| found(&json(&place, &[&["lint", "ops.md", "--format", "json"], arguments].concat()));
    assert!(rules(&["--allow", "SF"]).iter().all(|f| !f.starts_with("SF")));
    assert!(rules(&["--allow", "sf,ph01"]).iter().all(|f| !f.starts_with("SF") && !f.starts_with("PH01")));
    assert_eq!(rules(&["--allow", "all", "--deny", "PH01"]), ["PH01 19", "PH01 22"]);
    assert_eq!(rules(&["--allow", "all"]), Vec::<String>::new());
    assert_eq!(place.runward(&["lint", "ops.md", "--allow", "all"]).code, 0);

    let report = json(&place, &["lint", "ops.md", "--deny", "MD09", "--format", "json"]);
    let denied = report["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "MD09").unwrap();
    assert_eq!(denied["level"], "error");
    let Said { code, err, .. } = place.runward(&["lint", "ops.md", "--deny", "SF10"]);
    assert_eq!((code, err.as_str()), (2, "error: --deny: there is no rule `SF10`\n  help: did you mean `SF01`?\n"));
    assert_eq!(place.runward(&["lint", "ops.md", "--allow", "nonsense"]).code, 2);
    assert_eq!(place.runward(&["lint", "gone.md"]).code, 2);
}

#[test]
fn the_page_of_a_rule_is_the_books() {
    let place = Place::new();
    let said = place.runward(&["lint", "--explain", "sf01"]);
    let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/lints/SF01.md");
    let page = std::fs::read_to_string(book).unwrap();
    assert_eq!(said.code, 0);
    assert!(page.ends_with(&said.out) && said.out.starts_with("# SF01 (error)"), "{}", said.out);
    let unknown = place.runward(&["lint", "--explain", "SF0"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("did you mean `SF01`?"), "{unknown:?}");
}

#[test]
fn annotations_for_github_are_one_line_each() {
    let place = Place::new();
    place.write("ops, too.md", BAKERY);
    let report = json(&place, &["lint", "ops, too.md", "--format", "json"]);
    let said = place.runward(&["lint", "ops, too.md", "--format", "github"]);
    assert_eq!(said.code, 1);
    assert_eq!(said.out.lines().count(), report["findings"].as_array().unwrap().len());
    for line in said.out.lines() {
        let (command, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        assert!(["error", "warning", "notice"].iter().any(|level| command.starts_with(level)), "{line}");
        assert!(command.contains(" file=ops%2C too.md,line=") && command.contains(",title="), "{line}");
        assert!(!message.is_empty(), "{line}");
    }
}

/// Holds a log against the schema of SARIF 2.1.0, formats included.
fn check_sarif(log: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sarif-2.1.0.json");
    let schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let mut compiler = boon::Compiler::new();
    compiler.enable_format_assertions();
    compiler.add_resource("http://sarif/schema.json", schema).unwrap();
    let mut schemas = boon::Schemas::new();
    let index = compiler.compile("http://sarif/schema.json", &mut schemas).unwrap();
    if let Err(e) = schemas.validate(log, index) {
        panic!("{e:#}");
    }
}

#[test]
fn sarif_is_valid_and_its_places_are_those_of_the_text() {
    let place = Place::new();
    let text = format!("\u{feff}{}", BAKERY.replace("Clear the shelf", "Clär the shelf"));
    place.write("my ops.md", &text);
    let report = json(&place, &["lint", "my ops.md", "--format", "json"]);
    let step = step_of(&report, "SF01");
    let allow =
        format!("[[lint.allow]]\nrule = 'SF01'\nstep = '{step}'\nreason = 'the shelf is filled anew each night'\n");
    place.write("runward.toml", format!("runbooks = ['my ops.md']\n{allow}"));
    let log = json(&place, &["lint", "my ops.md", "--format", "sarif"]);
    check_sarif(&log);

    let run = &log["runs"][0];
    assert_eq!(run["artifacts"][0]["location"]["uri"], "my%20ops.md");
    assert_eq!(run["artifacts"][0]["length"], text.len());
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    let mut prints = BTreeSet::new();
    for result in results {
        assert_eq!(rules[result["ruleIndex"].as_u64().unwrap() as usize]["id"], result["ruleId"]);
        assert!(prints.insert(result["partialFingerprints"].to_string()), "{result}");
    }
    let of = |rule: &str| results.iter().find(|r| r["ruleId"] == rule).unwrap_or_else(|| panic!("{rule}: {results:?}"));
    let stretch = |region: &Value| {
        let start = region["byteOffset"].as_u64().unwrap() as usize;
        &text[start..start + region["byteLength"].as_u64().unwrap() as usize]
    };
    let destroys = of("SF01");
    let region = &destroys["locations"][0]["physicalLocation"]["region"];
    assert_eq!((stretch(region), &region["startLine"]), ("rm -rf /srv/shelf/<tray>", &Value::from(22)));
    assert_eq!(destroys["suppressions"][0]["kind"], "external");
    assert_eq!(destroys["suppressions"][0]["justification"], "the shelf is filled anew each night");
    assert_eq!(of("PH01").get("suppressions"), None);
    let hidden = of("MD09");
    let replacement = &hidden["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(
        (stretch(&replacement["deletedRegion"]), &replacement["insertedContent"]["text"]),
        ("\u{7}", &"".into())
    );
}

fn run(place: &Place, program: &str, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(program).args(arguments).current_dir(place.path(".")).output().unwrap();
    (
        output.status.success(),
        String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout),
    )
}

#[test]
fn a_patch_is_taken_by_git_and_by_patch_and_the_file_stays_as_it_is() {
    let place = Place::new();
    let shapes = [
        ("plain.md", BAKERY.to_owned()),
        ("no end.md", BAKERY.trim_end().to_owned()),
        ("marked.md", format!("\u{feff}{}", BAKERY.replace("# Bakery", "# Bak\u{0}ery"))),
        ("crlf.md", BAKERY.replace('\n', "\r\n")),
        ("deep/er.md", format!("{BAKERY}\n{}Again\u{1b}[0m.", "A line.\n\n".repeat(20))),
    ];
    std::fs::create_dir(place.path("deep")).unwrap();
    for (name, text) in &shapes {
        place.write(name, text);
        let before = found(&json(&place, &["lint", name, "--format", "json"]));
        assert!(before.iter().any(|f| f.starts_with("MD09")), "{name}: {before:?}");
    }
    let names: Vec<&str> = shapes.iter().map(|(name, _)| *name).collect();
    let said = place.runward(&[&["lint", "--patch"], &names[..]].concat());
    assert_eq!(said.code, 1, "there are errors all the same: {}", said.err);
    for (name, text) in &shapes {
        assert_eq!(place.read(name), *text, "{name} is not written");
    }
    place.write("mend.patch", &said.out);

    let (taken, told) = run(&place, "git", &["apply", "--check", "--verbose", "mend.patch"]);
    assert!(taken, "{told}\n{}", said.out);
    let (taken, told) = run(&place, "patch", &["-p1", "--dry-run", "-i", "mend.patch"]);
    assert!(taken, "{told}\n{}", said.out);
    let (taken, told) = run(&place, "git", &["apply", "mend.patch"]);
    assert!(taken, "{told}");
    for (name, text) in &shapes {
        let mended = place.read(name);
        assert!(!mended.contains(['\u{7}', '\u{0}', '\u{1b}']), "{name}");
        assert_eq!(mended.contains("\r\n"), text.contains("\r\n"), "{name}");
        assert_eq!(mended.ends_with('\n'), text.ends_with('\n'), "{name}");
        assert_eq!(mended.starts_with('\u{feff}'), text.starts_with('\u{feff}'), "{name}");
    }
    assert_eq!(place.read("plain.md"), BAKERY.replace('\u{7}', ""));
}

#[test]
fn a_finding_is_allowed_by_its_step_until_the_step_changes() {
    let place = Place::new();
    place.write("ops.md", BAKERY);
    let before = json(&place, &["lint", "ops.md", "--format", "json"]);
    let step = step_of(&before, "SF01");
    place.write(
        "runward.toml",
        format!("runbooks = ['ops.md']\n\n[[lint.allow]]\nrule = 'SF01'\nstep = '{step}'\nreason = 'filled anew each night'\n"),
    );
    let after = json(&place, &["lint", "ops.md", "--format", "json"]);
    assert!(!found(&after).iter().any(|f| f.starts_with("SF01") || f.starts_with("CF01")), "{:?}", found(&after));
    assert_eq!(after["suppressed"][0]["finding"]["rule"], "SF01");
    assert_eq!(
        (&after["suppressed"][0]["reason"], &after["counts"]["suppressed"]),
        (&"filled anew each night".into(), &1.into())
    );
    assert!(place.runward(&["lint", "ops.md"]).out.ends_with(", 1 allowed\n"));
    let explained = json(&place, &["explain", "ops.md", "--format", "json"]);
    assert!(!found(&explained).iter().any(|f| f.starts_with("SF01")), "explain knows of it");

    // Elsewhere in the document, an edit changes nothing of it; in the step it does.
    place.write("ops.md", BAKERY.replace("# Bakery\n", "# Bakery\n\nWe bake.\n"));
    assert_eq!(json(&place, &["lint", "ops.md", "--format", "json"])["counts"]["suppressed"], 1);
    place.write("ops.md", BAKERY.replace("/srv/shelf/", "/srv/shelves/"));
    let report = json(&place, &["lint", "ops.md", "--format", "json"]);
    let unused = report["findings"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&unused["rule"], &unused["source"]["file"], &unused["source"]["line"]),
        (&"CF01".into(), &"runward.toml".into(), &3.into())
    );
    assert!(place.runward(&["lint", "ops.md"]).out.contains("--> runward.toml:3:"));

    for (entry, said) in [
        ("rule = 'SF10'\nreason = 'x'", "runward.toml:4: there is no rule `SF10`\n  help: did you mean `SF01`?"),
        ("rule = 'SF01'\nreason = ''", "runward.toml:5: a finding is allowed without a reason"),
        ("rule = 'SF01'\nreasn = ''", "runward.toml:5: unknown key `reasn`\n  help: did you mean `reason`?"),
        ("rule = 'SF01'", "runward.toml:3: `reason` is missing"),
    ] {
        place.write("runward.toml", format!("runbooks = ['ops.md']\n\n[[lint.allow]]\n{entry}\n"));
        let refused = place.runward(&["lint", "ops.md"]);
        assert_eq!(refused.code, 2, "{refused:?}");
        assert!(refused.err.contains(said), "{entry}: {}", refused.err);
    }
}

#[test]
fn a_configuration_counts_where_it_is_named_or_is_about_the_file() {
    let place = Place::new();
    place.write("ops.md", BAKERY);
    place.write("other.md", CLEAN);
    std::fs::create_dir(place.path("conf")).unwrap();
    let allow = "[[lint.allow]]\nrule = 'SF01'\nreason = 'we know'\n\n[[lint.allow]]\nrule = 'MD00'\nreason = 'nothing of it'\n";
    place.write("conf/runward.toml", format!("runbooks = ['../ops.md', '../other.md']\n{allow}"));
    let has = |arguments: &[&str], rule: &str| {
        let report = json(&place, &[&["lint", "--format", "json"], arguments].concat());
        found(&report).iter().any(|f| f.starts_with(rule))
    };
    assert!(has(&["ops.md"], "SF01"), "it lies elsewhere");
    assert!(!has(&["ops.md", "--config", "conf/runward.toml"], "SF01"));
    assert!(!has(&["ops.md", "--config", "conf/runward.toml"], "CF01"), "the other document may hold what is allowed");
    assert!(has(&["ops.md", "other.md", "--config", "conf/runward.toml"], "CF01"));

    place.write("runward.toml", format!("runbooks = ['other.md']\n{allow}"));
    assert!(has(&["ops.md"], "SF01"), "it is about another document");
    place.write("runward.toml", allow);
    assert!(!has(&["ops.md"], "SF01"), "it names no documents: it is about those that are given");
    place.write("runward.toml", "runbooks = ['ops.md']\n[lnit]\n");
    let refused = place.runward(&["lint", "ops.md"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("runward.toml:2: unknown key `lnit`\n  help: did you mean `lint`?"), "{refused:?}");
    assert_eq!(place.runward(&["explain", "ops.md", "--config", "gone.toml"]).code, 2);
}

#[test]
fn explain_says_which_facts_come_from_where() {
    let place = Place::new();
    place.write("ops.md", BAKERY);
    let model = json(&place, &["explain", "ops.md", "--format", "json"]);
    let steps = model["procedures"][0]["steps"].as_array().unwrap();
    let asks = steps[0]["id"].as_str().unwrap();
    let relights = steps[1]["id"].as_str().unwrap();
    place.write(
        "runward.toml",
        format!(
            "runbooks = ['ops.md']\n\n[services.oven]\nport = 7302\ndatabase = 'heat.db'\n\n[services.scale]\nport = 7303\n\n\
             [severities.P1]\ncriteria = 'no bread'\nrespond_within = '10m'\n\n[contacts.Baker]\nname = 'Ole'\nchannels = ['+49 40 1']\n\n\
             [procedures.oven-is-cold]\nseverity = 'P1'\nalerts = ['OvenCold']\n\n\
             [[procedures.oven-is-cold.add]]\nphase = 'verify'\ntitle = 'It glows'\ncommands = ['curl -fsS http://localhost:7302/glow']\n\n\
             [steps.'{asks}']\nimpact = 'read-only'\nreason = 'it only asks'\nphase = 'diagnose'\n\n\
             [steps.'{relights}']\nguard = 'If the shelf is empty'\nhost = 'cellar'\n\n\
             [parameters.part]\nvalues = ['door', 'fan']\n\n[backups.recipes]\nkeep = 'for ever'\n\n\
             [documents.'ops.md']\nowner = 'Ole'\n\n[[duties]]\nevery = 'daily'\ntext = 'sweep'\n\n\
             [checks.'scale/port']\nkind = 'http'\nurl = 'http://localhost:7303/up'\n"
        ),
    );
    let model = json(&place, &["explain", "ops.md", "--format", "json"]);
    let origin = |fact: &Value| {
        format!("{} {}:{}", fact["origin"].as_str().unwrap(), fact["file"].as_str().unwrap(), fact["line"])
    };
    let named = |list: &str, key: &str, name: &str| -> Value {
        let list = model[list].as_array().unwrap();
        list.iter().find(|fact| fact[key] == name).unwrap_or_else(|| panic!("{name}: {list:?}")).clone()
    };
    for (list, key, name, expected) in [
        ("services", "name", "oven", "override runward.toml:3"),
        ("services", "name", "scale", "override runward.toml:7"),
        ("checks", "name", "oven/port", "derived runward.toml:3"),
        ("checks", "name", "scale/port", "override runward.toml:"),
        ("severities", "name", "P1", "override runward.toml:10"),
        ("contacts", "role", "Baker", "override runward.toml:14"),
        ("procedures", "id", "oven-is-cold", "override ops.md:7"),
        ("procedures", "id", "dough-is-flat", "document ops.md:"),
        ("parameters", "name", "part", "override runward.toml:"),
        ("backups", "dataset", "recipes", "override runward.toml:"),
        ("duties", "text", "sweep", "override runward.toml:"),
    ] {
        let said = origin(&named(list, key, name)["source"]);
        assert!(said.starts_with(expected), "{list} {name}: {said}");
    }
    assert_eq!(named("checks", "name", "scale/port")["target"], "http://localhost:7303/up");
    assert_eq!(model["documents"][0]["owner"]["value"], "Ole");
    let procedure = named("procedures", "id", "oven-is-cold");
    assert_eq!((&procedure["severity"], &procedure["corrected"]["line"]), (&"P1".into(), &18.into()));
    let steps = procedure["steps"].as_array().unwrap();
    assert_eq!((&steps[0]["phase"], &steps[0]["commands"][0]["impact"]), (&"diagnose".into(), &"read-only".into()));
    assert_eq!(
        (&steps[1]["guard"], &steps[1]["commands"][0]["host"]),
        (&"If the shelf is empty".into(), &"cellar".into())
    );
    assert_eq!(origin(&steps[1]["source"]), "override ops.md:18");
    assert_eq!(origin(&steps.last().unwrap()["source"]), "override runward.toml:22");

    let text = place.runward(&["explain", "ops.md"]).out;
    for line in [
        "+ runward.toml:3    oven: ", "~ runward.toml:3    oven/port: tcp localhost:7302",
        "corrects this step; only: If the shelf is empty",
    ] {
        assert!(text.contains(line), "`{line}` in {text}");
    }
    assert!(text.contains("+ said or corrected by the configuration   ~ concluded by Runward"), "{text}");
    check_columns("explain", &text);
}

#[test]
fn a_correction_that_makes_no_sense_is_refused_with_its_line() {
    let place = Place::new();
    place.write("ops.md", BAKERY);
    let asks = json(&place, &["explain", "ops.md", "--format", "json"]);
    let restart = asks["procedures"][0]["steps"][1]["id"].as_str().unwrap().to_owned();
    for (config, said) in [
        (
            "[services.ovne]\nseverity = 'P1'\n",
            ":2: the runbook has no service `ovne`\n  help: did you mean `oven`?".to_owned(),
        ),
        ("[procedures.oven-is-hot]\nseverity = 'P1'\n", ":2: the runbook has no procedure `oven-is-hot`".to_owned()),
        ("[steps.'oven-is-cold.00000000']\nhost = 'x'\n", ":2: the runbook has no step".to_owned()),
        (
            &format!("[steps.'{restart}']\nimpact = 'read-only'\nreason = 'x'\n"),
            ":3: what is known to change".to_owned(),
        ),
        ("[steps.'x.1']\nimpct = 'mutating'\n", ":3: unknown key `impct`\n  help: did you mean `impact`?".to_owned()),
        (
            "[[duties]]\nevery = 'dayly'\ntext = 'sweep'\n",
            ":3: `dayly` is not known here\n  help: did you mean `daily`?".to_owned(),
        ),
        (
            "[parameters.prat]\nvalues = []\n",
            ":2: no command asks for a value `prat`\n  help: did you mean `part`?".to_owned(),
        ),
        (
            "[documents.'osp.md']\nowner = 'Ole'\n",
            ":2: there is no document `osp.md`\n  help: did you mean `ops.md`?".to_owned(),
        ),
        (
            "[[thresholds]]\nsubject = 'heat'\ncomparison = 'over'\nvalue = 9\n",
            ":4: `over` compares nothing".to_owned(),
        ),
    ] {
        place.write("runward.toml", format!("runbooks = ['ops.md']\n{config}"));
        for command in ["explain", "lint"] {
            let refused = place.runward(&[command, "ops.md"]);
            assert_eq!(refused.code, 2, "{config}: {refused:?}");
            assert!(refused.err.contains(&format!("runward.toml{said}")), "{config}: {}", refused.err);
        }
    }
}
