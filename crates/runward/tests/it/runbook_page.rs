//! The page of the runbook over HTTP: what is in force is shown, with what was run, and lines of it are found.

use std::path::{Path, PathBuf};

use runward_core::runbook::html;
use serde_json::json;

use crate::harness::{Mill, Server, TEAM, header};

#[path = "../../../runward-core/src/runbook/html/oracle.rs"]
mod oracle;

#[test]
fn of_real_documents_nothing_comes_out_but_what_a_page_may_show() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folders = ["docs", "docs/reference", "examples/ferry", "../shared/seeds", "../shared/corpus"];
    let entries = folders.iter().filter_map(|folder| std::fs::read_dir(root.join(folder)).ok()).flatten();
    let is_markdown = |path: &PathBuf| path.extension().is_some_and(|e| e == "md");
    let paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(is_markdown).collect();
    assert!(paths.len() > 10, "{paths:?}");
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        if let Err(why) = oracle::judge(&html::render(&text)) {
            panic!("{}: {why}", path.display());
        }
    }
}

/// A page as a browser is given it.
async fn page(server: &Server, path: &str) -> (u16, String) {
    let asked = server.request("GET", path).bearer_auth(&server.token).header("accept", "text/html");
    let response = asked.send().await.unwrap();
    assert!(header(&response, "content-security-policy").contains("style-src 'self'"), "{path}");
    (response.status().as_u16(), response.text().await.unwrap())
}

async fn shown(server: &Server, path: &str) -> String {
    let (status, text) = page(server, path).await;
    assert_eq!(status, 200, "{path}: {text}");
    for inline in ["<script>", " style=", " onclick=", "<style"] {
        assert!(!text.contains(inline), "{path}: `{inline}`");
    }
    text
}

#[tokio::test]
async fn the_runbook_is_shown_with_its_steps_and_how_they_went() {
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    server.all_well().await;
    let before = shown(&server, "/runbook").await;
    let inside = ["<h1 id=\"h-mill\"", "not run yet", "echo turned &gt;&gt; wheel.txt", "read-only", "mutating"];
    for words in inside
        .into_iter()
        .chain(["destructive", "It removes files.", "<span class=\"rule\">", "Fill in</span> <code>name"])
    {
        assert!(before.contains(words), "`{words}` in {before}");
    }
    let run = server.post("/runs", json!({ "procedure": "the-mill-stands-still", "service": "mill" })).await;
    let run = server.carry_out(run["id"].as_i64().unwrap()).await;
    assert_eq!(run["outcome"], "verified", "{run}");
    let after = shown(&server, "/runbook").await;
    let told = "href=\"/runs/1\"><span aria-hidden=\"true\" class=\"dot\"></span>";
    assert!(after.contains(&format!("{told}fixed it: the service&#39;s checks are well")), "{after}");
    assert!(after.contains(&format!("{told}done")), "{after}");
    assert_eq!(after.matches("not run yet").count() + 1, before.matches("not run yet").count(), "{after}");

    // What was kept is found again, and the text is the one that is in force.
    mill.place.write("ops.md", mill.place.read("ops.md").replace("# Mill", "# Water mill"));
    assert!(!shown(&server, "/runbook").await.contains("Water mill"), "a changed file is not in force yet");
    server.post("/reload", json!({})).await;
    assert!(shown(&server, "/runbook").await.contains("Water mill"), "a reload puts it in force");
    mill.place.write("ops.md", "# Half\n\n```bash\n");
    assert!(server.try_post("/reload", &json!({})).await.unwrap().0 == 422, "half a runbook is refused");
    assert!(shown(&server, "/runbook").await.contains("Water mill"), "what is in force stays");
    server.stop().await;
    let server = Server::start(&mill.place).await;
    let kept = shown(&server, "/runbook").await;
    assert!(kept.contains("Water mill") && kept.contains("/runs/1"), "the last good copy is shown: {kept}");
}

#[tokio::test]
async fn of_several_documents_each_has_its_page_and_lines_are_found_by_name() {
    let mill = Mill::new(TEAM).await;
    mill.place.write("weir ä.md", "# Weir\n\n## Too much water\n\n**Fix:** call the miller\n");
    let configuration = mill.place.read("runward.toml").replace("[\"ops.md\"]", "[\"ops.md\", \"weir ä.md\"]");
    mill.place.write("runward.toml", configuration);
    let server = Server::start(&mill.place).await;
    let list = shown(&server, "/runbook").await;
    assert!(list.contains("href=\"/runbooks/1\"") && list.contains("href=\"/runbooks/2\""), "{list}");
    assert!(shown(&server, "/runbooks/2").await.contains("Too much water"));
    for (path, status) in [("/runbooks/0", 404), ("/runbooks/3", 404), ("/runbooks/x", 404)] {
        assert_eq!(page(&server, path).await.0, status, "{path}");
    }
    for (at, place) in [("ops.md:4", "/runbooks/1#L4"), ("weir%20%C3%A4.md:3", "/runbooks/2#L3")] {
        let asked = server.request("GET", &format!("/runbook?at={at}")).bearer_auth(&server.token);
        let response = asked.send().await.unwrap();
        assert_eq!((response.status().as_u16(), header(&response, "location").as_str()), (303, place), "{at}");
    }
    for at in ["ops.md", "ops.md:x", "nothing.md:1", ""] {
        assert_eq!(page(&server, &format!("/runbook?at={at}")).await.0, 404, "{at}");
    }
    let procedure = shown(&server, "/procedures/the-mill-stands-still").await;
    assert!(procedure.contains("href=\"/runbook?at=ops.md%3A"), "{procedure}");
}
