//! What a document's page shows beside what the document says, and what it never shows.

use std::collections::{BTreeMap, HashSet};

use runward_core::id::{ProcedureId, RunId};
use runward_core::run::{Kind, Outcome, Run, RunStep, StepState, plan};
use runward_core::setup::Setup;
use runward_core::source::Lines;

use super::*;

const DOCUMENT: &str = "\
# Mill

| Service | Port |
|---------|------|
| mill | 4001 |
| weir | 4002 |

## The mill stands still (P1)

**Symptom:** connection refused

**Diagnose:**

1. Ask the miller
2. Look with `journalctl -u mill -f`
3. Go there:

   ```bash
   ssh pond
   # Look at the pond
   tail -f /var/log/mill/<service>.log
   ```

**Fix:**

```bash
# Turn the wheel
systemctl restart mill

# If that was not enough
rm -rf /var/lib/mill/<dir>
```

```text
mill 4001 LISTEN
```
";

/// The page of a document; what rules find in it is another test's matter.
fn shown(text: &str, history: &History) -> String {
    written(&Runbook { findings: Vec::new(), ..Runbook::read([("ops.md", text)]) }, text, history)
}

fn written(runbook: &Runbook, text: &str, history: &History) -> String {
    let index = Index::of(runbook, &runbook.documents[0]);
    let (article, _) = article::write(text, &index, history);
    judge(&article);
    article
}

/// The part of a page between two words of it.
fn between<'p>(page: &'p str, from: &str, to: &str) -> &'p str {
    let start = page.find(from).unwrap_or_else(|| panic!("no `{from}` in {page}"));
    let end = page[start..].find(to).unwrap_or_else(|| panic!("no `{to}` behind `{from}` in {page}"));
    &page[start..start + end]
}

#[test]
fn each_step_says_what_it_does_and_where_and_how_it_is_run() {
    let page = shown(DOCUMENT, &History::default());
    assert!(page.contains("Ask the miller <span class=\"impact hand\">"), "{page}");
    let looked = between(&page, "<code>journalctl -u mill -f</code>", "</li>");
    assert!(looked.contains("class=\"impact read-only\"") && looked.contains("would wait"), "{looked}");
    assert!(looked.contains("-n 200 --no-pager</code>"), "{looked}");

    let there = between(&page, "# Look at the pond", "</div></div>");
    assert!(page.contains("on pond"), "{page}");
    assert!(there.contains("tail -f /var/log/mill/<mark>&lt;service&gt;</mark>.log"), "{there}");
    assert!(there.contains("Runward runs </span>tail -n 200 /var/log/mill/&lt;service&gt;.log"), "{there}");
    assert!(there.contains("Fill in</span> <code>service</code>, service: mill, weir"), "{there}");

    let fix = between(&page, "<div id=\"L26\"><div class=\"block typed\"", "id=\"L34\"");
    let (first, second) = fix.split_once("conditional").unwrap();
    assert!(first.contains("</span> mutating</span>"), "{first}");
    assert!(first.contains("<span class=\"l mutating\" id=\"L28\">systemctl restart mill\n</span>"), "{first}");
    assert!(second.contains("It removes files.") && second.contains("<span class=\"l destructive"), "{second}");
    assert!(fix.contains("href=\"/procedures/the-mill-stands-still\""), "{fix}");
    assert!(page.contains("<p class=\"block-head\"><span>Output, not to be typed</span>"), "{page}");
    let heading = between(&page, "id=\"h-the-mill-stands-still-p1\"", "<strong>Symptom");
    assert!(heading.contains(">P1</span>") && heading.contains("not run yet"), "{heading}");
}

#[test]
fn findings_stand_at_their_lines_with_the_way_to_the_others() {
    let text = "# A\n\nText.\n\n## B\n\n```bash\nls /a\n```\n";
    let mut runbook = Runbook::read([("ops.md", text)]);
    let lines = Lines::new("ops.md", text);
    let at = |rule: &'static str, level, line| Finding {
        rule: rule.into(),
        level,
        message: format!("`{rule}` <is> wrong"),
        help: "mend `it`".into(),
        step: None,
        edits: Vec::new(),
        source: lines.source(lines.line_span(line)),
    };
    runbook.findings = vec![
        at("XX1", Level::Warning, 3),
        at("XX2", Level::Error, 6),
        at("XX3", Level::Info, 8),
        at("XX4", Level::Error, 8),
        at("XX5", Level::Info, 99),
    ];
    runbook.findings.push(Finding {
        source: runward_core::source::Source { file: "runward.toml".into(), ..lines.source(0..1) },
        ..at("XX6", Level::Info, 1)
    });
    let context = context(&runbook, &runbook.documents[0], text, &History::default());
    let page = context["article"].as_str().unwrap();
    judge(page);
    let beside_text = between(page, "Text.", "id=\"L5\"");
    assert!(beside_text.contains("id=\"f1\"") && !beside_text.contains("id=\"f2\""), "{beside_text}");
    assert!(beside_text.contains("</span> warning</span> <span class=\"rule\">XX1</span> <a href=\"#L3\">"), "{page}");
    assert!(beside_text.contains("<summary><code>XX1</code> &lt;is&gt; wrong</summary><p>mend <code>it</code></p>"));
    let beside_code = between(page, "ls /a", "id=\"f5\"");
    // What stands on a line without a block is told beside the next one.
    assert!(beside_code.contains("id=\"f2\"") && beside_code.contains("id=\"f4\""), "{beside_code}");
    assert!(page.contains("found is-error\" id=\"L8\">ls"), "{page}");
    assert!(beside_code.contains("href=\"#f3\" data-way=\"next\""), "{beside_code}");
    assert_eq!(page.matches("class=\"finding ").count(), 5, "each once, also what stands behind the end: {page}");

    assert_eq!(
        context["levels"],
        json!([
            { "name": "error", "shape": '■', "count": 2, "first": 2 },
            { "name": "warning", "shape": '▲', "count": 1, "first": 1 },
            { "name": "info", "shape": '●', "count": 2, "first": 3 },
        ])
    );
    assert_eq!(context["elsewhere"][0]["rule"], "XX6");
    let contents = context["contents"].as_array().unwrap();
    let counts: Vec<_> = contents.iter().map(|c| (c["title"].as_str().unwrap(), c["findings"].as_u64())).collect();
    assert_eq!(counts, [("A", Some(1)), ("B", Some(4))]);
}

#[test]
fn findings_that_find_no_room_are_folded_up() {
    let text = "# A\n\n```bash\n# Empty it\nrm -rf /srv/a\n```\n";
    let mut runbook = Runbook::read([("ops.md", text)]);
    let source = Lines::new("ops.md", text).source(20..32);
    let finding = |level| Finding {
        rule: "XX1".into(),
        level,
        message: "it is wrong in more words than find room on one line of the margin".into(),
        help: String::new(),
        step: None,
        edits: Vec::new(),
        source: runward_core::source::Source { line: 5, end_line: 5, ..source.clone() },
    };
    runbook.findings = [Level::Info, Level::Info, Level::Warning, Level::Error].map(finding).to_vec();
    let context = context(&runbook, &runbook.documents[0], text, &History::default());
    let page = context["article"].as_str().unwrap();
    judge(page);
    let (shown, folded) = page.split_once("<details class=\"folded\">").unwrap();
    assert!(shown.contains("id=\"f2\"") && !shown.contains("id=\"f3\""), "{page}");
    assert!(folded.contains("error: </span></span> 2 more here</summary>"), "the worst of them is told: {page}");
    assert!(folded.contains("id=\"f3\"") && folded.contains("id=\"f4\""), "{page}");
}

#[test]
fn a_step_tells_how_it_went_last() {
    let runbook = Runbook::read([("ops.md", DOCUMENT)]);
    let procedure = runbook.procedures.iter().find(|p| p.title.starts_with("The mill")).unwrap();
    let planned = plan(procedure, &BTreeMap::new(), &Setup::default());
    let run = |id, kind, state: fn(&str) -> StepState, ended: Option<Outcome>| Run {
        id: RunId(id),
        procedure: ProcedureId(procedure.id.0.clone()),
        title: procedure.title.clone(),
        source: procedure.source.to_string(),
        kind,
        incident: None,
        service: None,
        by: "mara".into(),
        params: BTreeMap::new(),
        steps: planned
            .iter()
            .map(|plan| RunStep { state: state(&plan.title), ..RunStep::waiting(plan.clone()) })
            .collect(),
        was_bad: true,
        fixed: false,
        started_at: format!("2026-03-0{id}T03:00:00Z").parse().unwrap(),
        aborting: None,
        closing: None,
        undoes: None,
        ended: ended.map(|outcome| ("2026-03-09T03:00:00Z".parse().unwrap(), outcome)),
    };
    let turned = |title: &str| match title {
        "Turn the wheel" => StepState::Done { verified: Some(true), attempt: 1 },
        _ => StepState::Skipped { reason: "it is well".into() },
    };
    let looked = |title: &str| match title {
        "Look at the pond" => StepState::Done { verified: None, attempt: 1 },
        _ => StepState::Skipped { reason: "a diagnosis changes nothing".into() },
    };
    let history = History::of(&[
        run(1, Kind::Person, |_| StepState::Failed { attempt: 1 }, Some(Outcome::Failed)),
        run(2, Kind::Person, turned, Some(Outcome::Verified)),
        run(3, Kind::Diagnosis, looked, Some(Outcome::Diagnosed)),
    ]);
    let page = shown(DOCUMENT, &history);
    let heading = between(&page, "Run this procedure", "<strong>Symptom");
    let (latest, before) = heading.split_once("diagnosis</span>").unwrap();
    assert!(latest.contains("href=\"/runs/3\"") && latest.contains("2026-03-03 03:00"), "{heading}");
    assert!(before.contains("href=\"/runs/2\"") && before.contains("by mara"), "{heading}");
    assert!(!heading.contains("/runs/1"), "{heading}");
    let wheel = between(&page, "id=\"L26\"", "# Turn the wheel");
    assert!(wheel.contains("state ok\" href=\"/runs/2\"") && wheel.contains("done, checks well"), "{wheel}");
    let emptied = between(&page, "conditional", "# If that");
    assert!(emptied.contains("state critical\" href=\"/runs/1\"") && emptied.contains("failed, "), "{emptied}");
}

#[test]
fn commands_outside_of_procedures_have_their_class_as_well() {
    let text = "# Quick reference\n\n```bash\nrm -rf /tmp/mill\n```\n\n| What | Command |\n|---|---|\n| turn | `pm2 restart mill` |\n";
    let mut runbook = Runbook::read([("ops.md", text)]);
    // A step as the reader makes it, on that line.
    let step = |command: &str, line: usize| {
        let text = format!("# A{}```bash\n{command}\n```\n", "\n".repeat(line - 2));
        Runbook::read([("ops.md", text.as_str())]).procedures[0].steps[0].clone()
    };
    runbook.asides = vec![step("pm2 restart mill", 9), step("rm -rf /tmp/mill", 4)];
    runbook.procedures.clear();
    runbook.findings.clear();
    let page = written(&runbook, text, &History::default());
    let code = between(&page, "block typed", "</pre>");
    assert!(code.contains("class=\"impact destructive\"") && code.contains("<span class=\"l destructive"), "{code}");
    let cell = between(&page, "<code>pm2 restart mill</code>", "</td>");
    assert!(cell.contains("class=\"impact mutating\""), "{cell}");
    assert!(!page.contains("/procedures/"), "{page}");
}

#[test]
fn a_step_that_sends_the_reader_elsewhere_leads_there() {
    let text =
        "# A\n\n## 1. Down\n\n```bash\nls /srv\n\n# If it is full, see section 2\n```\n\n## 2. Up\n\n```bash\nw\n```\n";
    let page = shown(text, &History::default());
    assert!(page.contains("<a href=\"#L11\">on to line 11</a>") && page.contains(" id=\"L11\""), "{page}");
}

#[test]
fn a_heading_never_leaves_a_level_out_and_a_document_without_one_has_a_title_all_the_same() {
    let page = shown("### A\n\n###### B\n\n# C\n\n### D\n", &History::default());
    let levels: Vec<&str> = page.match_indices("<h").map(|(at, _)| &page[at + 1..at + 3]).collect();
    assert_eq!(levels, ["h1", "h2", "h1", "h2"]);
    let runbook = Runbook::read([("notes.md", "nothing but text")]);
    let context = context(&runbook, &runbook.documents[0], "nothing but text", &History::default());
    assert_eq!((&context["title"], &context["has_heading"]), (&json!("notes.md"), &json!(false)));
}

#[test]
fn the_contents_of_a_long_document_leave_the_deepest_headings_out() {
    let text: String = (0..200).map(|n| format!("# {n}\n## {n} a\n### {n} b\n")).collect();
    let runbook = Runbook::read([("ops.md", text.as_str())]);
    let context = context(&runbook, &runbook.documents[0], &text, &History::default());
    assert_eq!(context["contents"].as_array().unwrap().len(), 200);
}

/// Only tags and attributes that a page has, no address but those that are allowed, each name once.
fn judge(html: &str) {
    const TAGS: &[&str] = &[
        "a", "blockquote", "br", "code", "del", "details", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li",
        "mark", "ol", "p", "pre", "span", "strong", "summary", "table", "tbody", "td", "th", "thead", "time", "tr",
        "ul",
    ];
    const ATTRIBUTES: &[&str] = &[
        "aria-hidden", "aria-label", "class", "data-way", "datetime", "href", "id", "rel", "role", "scope", "start",
        "tabindex",
    ];
    let mut names = HashSet::new();
    for tag in html.split('<').skip(1) {
        let (tag, text) = tag.split_once('>').unwrap_or_else(|| panic!("no end of {tag:?}"));
        assert!(!text.contains('>'), "{text:?}");
        let mut rest = tag.strip_prefix('/').unwrap_or(tag);
        let name = rest.split(' ').next().unwrap();
        assert!(TAGS.contains(&name), "the tag {tag:?}");
        rest = &rest[name.len()..];
        while let Some((attribute, after)) = rest.split_once("=\"") {
            let (value, after) = after.split_once('"').unwrap();
            let attribute = attribute.trim();
            assert!(ATTRIBUTES.contains(&attribute), "the attribute {attribute:?} of {tag:?}");
            let followed = ["#", "/procedures/", "/runs/", "http://", "https://", "mailto:"];
            assert!(attribute != "href" || followed.iter().any(|begin| value.starts_with(begin)), "{tag:?}");
            assert!(attribute != "id" || names.insert(value.to_owned()), "{value:?} is there twice");
            rest = after;
        }
        assert!(rest.trim().is_empty(), "{tag:?}");
    }
}

#[test]
fn a_hostile_document_gets_nothing_out() {
    let attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>`</code>`[x](javascript:alert(1))";
    let typed = "echo '</code></pre><script>alert(1)</script>' \"<img src=x>\" <a onclick=x> <name>";
    let text = format!(
        "# {attack} {{#L3}}\n\n{attack}\n\n- **Fix:** {attack}\n\n## Broken \"><script> (P1)\n\n**Symptom:** {attack}\n\n\
         **Fix:**\n\n1. Call {attack}\n2. Run `{typed}`\n\n```bash \"onload=x\n# If {attack}\nssh \"><script>\n{typed}\n\
         rm -rf <\"><script>>\n$(tail -f '<script>')\n```\n\n| Symptom | Fix |\n|---|---|\n| {attack} | `{typed}` |\n\n\
         ```\"><script>\n{attack}\n```\n\n| Service | Port |\n|---|---|\n| \"><script>x | 4001 |\n"
    );
    for text in [text.clone(), text.replace('\n', "\n> "), text.replace('\n', "\n   ")] {
        let page = written(&Runbook::read([("ops.md", text.as_str())]), &text, &History::default());
        assert!(!page.contains("<script") && !page.contains("<img"), "{page}");
    }
}
