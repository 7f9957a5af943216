//! `runward print`: a runbook on paper holds all that is needed and needs nothing else.

use crate::harness::Place;

const HOSTILE: &str = "# Bells <script>alert(1)</script>\n\n## Severities\n\n| Severity | Criteria | Response time |\n|---|---|---|\n\
    | P1 | all silent | 5 min |\n| P2 | one silent | 1 h |\n\n## Contacts\n\n| Role | Name | Phone |\n|---|---|---|\n| On-call | Ada | +49 30 1234 |\n\n\
    ## The bell <img src=http://x/y onerror=z> is stuck\n\n**Symptom:** no sound & no light\n\n\
    ![picture](https://example.org/a.png) [link](javascript:x)\n\n**Fix:**\n```bash\n# Oil <it> \"well\"\n\
    oil --bell <bell-name> > /tmp/x && echo '</pre><script>'\n\n# Melt it\nrm -rf /srv/bell\n```\nExpected: ding\n";

#[test]
fn a_sheet_holds_everything_and_asks_nobody_for_anything() {
    let place = Place::new();
    place.write("bells.md", HOSTILE);
    let said = place.runward(&["print", "-o", "paper", "bells.md"]);
    assert_eq!(said.code, 0, "{said:?}");
    let files: Vec<&str> = said.out.lines().collect();
    let (html, text) = (place.read(files[0]), place.read(files[1]));
    for wanted in ["P1", "all silent", "within 5m", "Ada", "+49 30 1234", "no light", "The bell", "rm -rf /srv/bell"] {
        let in_html = html.replace("&#x2b;", "+");
        assert!(in_html.contains(wanted) || in_html.contains(&wanted.replace('/', "&#x2f;")), "{wanted}: {html}");
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    assert!(text.contains("[ ]  1. ") && text.contains("DESTROYS SOMETHING: it removes"), "{text}");
    assert!(
        text.contains("          $ oil --bell <bell-name> > /tmp/x && echo '</pre><script>'"),
        "typed as it is: {text}"
    );
    assert_eq!(html.matches("<input type=\"checkbox\"").count(), 2, "{html}");
    for foreign in ["<script", "<img", "<link", "<iframe", " src=\"", "url(", "@import", "href=\"javascript"] {
        let body = html.split("</style>").nth(1).unwrap();
        assert!(!body.contains(foreign), "`{foreign}` in {body}");
    }
    assert!(html.contains("default-src 'none'"), "{html}");
}

#[test]
fn only_what_was_printed_before_is_written_over() {
    let place = Place::new();
    place.write("bells.md", HOSTILE);
    let first = place.runward(&["print", "bells.md"]);
    let again = place.runward(&["print", "bells.md"]);
    assert_eq!((first.code, &first.out), (0, &again.out), "{again:?}");
    let html = first.out.lines().next().unwrap().to_owned();
    place.write(&html, "the team's own page");
    let said = place.runward(&["print", "bells.md"]);
    assert!(said.code == 1 && said.err.contains("was not printed by Runward"), "{said:?}");
    assert_eq!(place.read(&html), "the team's own page");
    place.write("half.md", "# Half\n\n```bash\nrm -rf /srv\n");
    let said = place.runward(&["print", "-o", "half", "half.md"]);
    assert!(said.code == 2 && !place.path("half").exists(), "half a runbook is not printed: {said:?}");
}

#[test]
fn every_runbook_can_be_printed_in_80_columns_but_for_what_is_typed() {
    let place = Place::new();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut runbooks = vec![root.join("../../examples/ferry/RUNBOOK.md"), root.join("src/cli/demo/shop.md")];
    for seed in ["bunty", "plugspace", "prim", "sip-protocol", "x402-facilitator"] {
        runbooks.push(root.join(format!("../../../shared/seeds/{seed}.md")));
    }
    for runbook in runbooks.iter().filter(|r| r.exists()) {
        let name = runbook.file_name().unwrap().to_str().unwrap();
        std::fs::copy(runbook, place.path(name)).unwrap();
        let said = place.runward(&["print", "-o", "paper", name]);
        assert_eq!(said.code, 0, "{said:?}");
        let files: Vec<&str> = said.out.lines().collect();
        let (html, text) = (place.read(files[0]), place.read(files[1]));
        assert!(html.contains("<input type=\"checkbox\"") && html.contains("As written: "), "{name}");
        let ours = text.split("As written: ").next().unwrap();
        for line in ours.lines().filter(|line| !line.starts_with("          ")) {
            assert!(line.chars().count() <= 80, "{name}: {line}");
        }
    }
}
