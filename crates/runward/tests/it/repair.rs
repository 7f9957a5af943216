//! What goes on without a person: repairs that are allowed and their limits, alerts that belong together, and who is
//! told when, again and again until it arrives.

use serde_json::{Value, json};

use crate::harness::{Fleet, Hook, Mill, Page, Place, Server, TEAM, free_port, until};

const RUNBOOK: &str = "# Mill\n\n| Service | Port |\n|---|---|\n| mill | {port} |\n\n\
    | Severity | Criteria |\n|---|---|\n| P1 | mill down |\n| P2 | mill slow |\n\n## The mill stands still\n\n\
    **Symptom:** mill down, connection refused\n\n**Diagnose:**\n```bash\ncat fleet/logs/mill.log\n```\n\n\
    **Fix:**\n```bash\n# Do what helps\n{fix}\n```\n\n**Verify:**\n```bash\ncat fleet/logs/mill.log\n```\n";

/// A service that is a real process, and the fix its runbook names for it.
struct Yard {
    fleet: Fleet,
    place: Place,
    hook: Hook,
}

impl Yard {
    async fn new(fix: &str, sections: &str) -> Yard {
        let hook = Hook::start().await;
        let port = free_port();
        let place = Place::with(
            &RUNBOOK.replace("{port}", &port.to_string()).replace("{fix}", fix),
            &format!(
                "runbooks = [\"ops.md\"]\nlisten = \"127.0.0.1:{}\"\n\n[watch]\nevery = \"100ms\"\nfail_after = 2\n\
                 recover_after = 1\n\n[run]\nverify_within = \"1s\"\n\n[notify.team]\nurl = \"{}\"\n\n{sections}",
                free_port(),
                hook.url
            ),
        );
        let restart = format!("{} __fleet restart mill --folder fleet", env!("CARGO_BIN_EXE_runward"));
        place.write("mend.sh", format!("echo tried >> tries\n{restart}\n"));
        place.write("hope.sh", "echo tried >> tries\n");
        place.write("fall.sh", "echo tried >> tries\nexit 3\n");
        let mut fleet = Fleet::of(&place);
        fleet.start(&place, "mill", "mill", port).await;
        Yard { fleet, place, hook }
    }

    fn tries(&self) -> usize {
        self.place.read("tries").lines().count()
    }

    /// The page that says that the repair was given up.
    async fn given_up(&self) -> Page {
        until("somebody is told that the repair was given up", async || {
            self.hook.pages().into_iter().find(|p| p.body["headline"].as_str().unwrap().contains("gave up"))
        })
        .await
    }
}

#[tokio::test]
async fn nothing_is_repaired_where_nobody_allowed_it() {
    let yard = Yard::new("sh mend.sh", "").await;
    let server = Server::start(&yard.place).await;
    server.all_well().await;
    yard.fleet.kill("mill");
    server.incident("mill").await;
    let incident = until("the diagnosis is over", async || {
        let incident = server.get("/incidents/1").await;
        (incident["runs"][0]["outcome"] == "diagnosed").then_some(incident)
    })
    .await;
    // A repair would have begun in the same moment as the diagnosis ended.
    assert_eq!(kinds(&incident), ["diagnosis"], "{incident}");
    assert_eq!(yard.tries(), 0);
}

#[tokio::test]
async fn an_allowed_repair_is_made_verified_and_told_and_not_made_again_beyond_its_limit() {
    let allowed = "[services.mill]\nautomatic = { max_runs = 1, window = \"1h\" }\n";
    let yard = Yard::new("sh mend.sh", allowed).await;
    let server = Server::start(&yard.place).await;
    server.all_well().await;
    yard.fleet.kill("mill");
    server.incident("mill").await;
    let over = server.reviewed(1).await;
    assert_eq!(kinds(&over), ["diagnosis", "automatic"], "{over}");
    assert_eq!((&over["runs"][1]["outcome"], &over["runs"][1]["by"]), (&json!("verified"), &json!("runward")));
    assert_eq!(over["acknowledged_by"], Value::Null);
    assert_eq!(yard.tries(), 1);
    let review = yard.place.read(over["review"].as_str().unwrap());
    for words in ["Automatic remediation runs `The mill stands still`", "sh mend.sh", "the service's checks are well"] {
        assert!(review.contains(words), "`{words}` in {review}");
    }
    until("the end is told", async || (statuses(&yard.hook) == ["firing", "resolved"]).then_some(())).await;

    // The limit holds across a restart.
    server.stop().await;
    let server = Server::start(&yard.place).await;
    server.all_well().await;
    yard.fleet.kill("mill");
    let page = yard.given_up().await;
    check_stopped(&yard, &server, &page, 2, "it ran once in 1h, which is all it may").await;
    assert_eq!(yard.tries(), 1, "not once more");
}

#[tokio::test]
async fn a_repair_that_does_not_help_stops_at_its_limit_and_pages() {
    let allowed = "automatic = { max_runs = 2, window = \"1h\" }";
    check_gives_up("sh hope.sh", allowed, 2, "it ran 2 times in 1h, which is all it may").await;
}

#[tokio::test]
async fn a_repair_that_cannot_go_on_pages_at_once() {
    let allowed = "automatic = { max_runs = 5, window = \"1h\" }";
    check_gives_up("sh fall.sh", allowed, 1, "a step failed").await;
    check_gives_up(
        "sh hope.sh\n\n# Make room\nrm -rf fleet/logs", allowed, 1, "the next step is destructive and needs a person",
    )
    .await;
    check_gives_up("sh hope.sh <grain>", allowed, 0, "no value for `grain`").await;
}

/// A dead service and a fix that does not bring it back: tried so often, then a person is told why it goes no further.
async fn check_gives_up(fix: &str, allowed: &str, tries: usize, why: &str) {
    // Whoever is to be paged only after an hour is told at once that nothing will be repaired until then.
    let late = "[[escalation]]\nafter = \"1h\"\ntarget = \"Ines\"\n";
    let yard = Yard::new(fix, &format!("{late}\n[services.mill]\n{allowed}\n")).await;
    let server = Server::start(&yard.place).await;
    server.all_well().await;
    yard.fleet.kill("mill");
    let page = yard.given_up().await;
    check_stopped(&yard, &server, &page, 1, why).await;
    assert_eq!(yard.tries(), tries, "{fix}");
    assert_eq!(yard.hook.pages().len(), 1, "{:?}", yard.hook.pages());
    assert!(yard.place.path("fleet/logs").exists(), "what destroys is for people");
}

async fn check_stopped(yard: &Yard, server: &Server, page: &Page, incident: i64, why: &str) {
    assert_eq!(page.body["headline"], "P1 mill down: automatic remediation gave up");
    assert_eq!((&page.body["status"], &page.body["severity"]), (&json!("firing"), &json!("P1")), "{page:?}");
    assert_eq!(page.body["details"][0], format!("Why: {why}"), "{page:?}");
    let text = page.body["text"].as_str().unwrap();
    for words in ["🟠", why, "First symptom: ", "Procedure: The mill stands still (ops.md:12)", &server.base] {
        assert!(text.contains(words), "`{words}` in {text}");
    }
    let incident = server.get(&format!("/incidents/{incident}")).await;
    assert_eq!(incident["stage"], "open", "{incident}");
    assert!(incident["timeline"].to_string().contains(&format!("Automatic remediation gave up: {why}")), "{incident}");
    let runs = server.get("/runs").await;
    let wanted_by_itself = runs.as_array().unwrap().iter().filter(|r| r["kind"] == "automatic");
    assert!(wanted_by_itself.clone().all(|r| r["active"] == false), "{runs}");
    assert_eq!(wanted_by_itself.count(), yard.tries(), "{runs}");
}

fn kinds(incident: &Value) -> Vec<&str> {
    incident["runs"].as_array().unwrap().iter().map(|r| r["kind"].as_str().unwrap()).collect()
}

fn statuses(hook: &Hook) -> Vec<String> {
    hook.pages().iter().map(|p| p.body["status"].as_str().unwrap().to_owned()).collect()
}

const NEEDS: &str = "\n[services.weir]\ndepends_on = [\"mill\"]\n";

#[tokio::test]
async fn trouble_of_what_needs_a_service_belongs_to_that_services_incident() {
    for (first, second, folded_into) in [("mill", "weir", 1), ("weir", "mill", 2)] {
        let mill = Mill::new(&format!("{TEAM}{NEEDS}")).await;
        let server = Server::start(&mill.place).await;
        server.all_well().await;
        server.alert(first, "down", "probe").await;
        server.alert(second, "down", "probe").await;
        let open = server.get("/incidents").await;
        assert_eq!(open.as_array().unwrap().len(), 1, "{first} first: {open}");
        let incident = server.get(&format!("/incidents/{folded_into}")).await;
        assert_eq!((&incident["service"], &incident["folded"]), (&json!("mill"), &json!(["weir"])), "{incident}");
        assert_eq!((&incident["severity"], &incident["stage"]), (&json!("P1"), &json!("open")), "{incident}");
        let told = "weir depends on this service: its trouble belongs here";
        assert!(incident["timeline"].to_string().contains(told), "{incident}");
        if folded_into == 2 {
            assert_eq!(server.get("/incidents/1").await["stage"], "merged");
        }
        for service in ["weir", "mill"] {
            assert_eq!(server.get(&format!("/incidents/{folded_into}")).await["stage"], "open", "{service} is left");
            let over = json!({ "service": service, "symptom": "down", "source": "probe", "status": "resolved" });
            server.post("/alerts", over).await;
        }
        server.reviewed(folded_into).await;
        until("the end is told once", async || statuses(&mill.hook).contains(&"resolved".into()).then_some(())).await;
        assert_eq!(mill.hook.pages().len() as i64, folded_into + 1, "one page an incident: {:?}", mill.hook.pages());
    }
}

#[tokio::test]
async fn the_next_is_paged_in_time_until_somebody_acknowledges() {
    let levels = "[notify.team]\nurl = \"{hook}\"\n\n[[escalation]]\nafter = \"0s\"\ntarget = \"the phone\"\n\n\
                  [[escalation]]\nafter = \"2s\"\ntarget = \"Ines\"\n\n[[escalation]]\nafter = \"3s\"\n\
                  target = \"the owner\"\n";
    let mill = Mill::new(levels).await;
    let server = Server::start(&mill.place).await;
    server.all_well().await;
    server.alert("mill", "down", "probe").await;
    server.post("/incidents/1/acknowledge", json!({ "by": "mara" })).await;
    // Begun later, so that all that was due for the first is past when the last of this one's levels is paged.
    server.alert("weir", "down", "probe").await;
    let pages_of = |service: &str| {
        let pages = mill.hook.pages();
        let pages = pages.iter().filter(|p| p.body["service"] == service);
        pages.map(|p| format!("{} {}", p.body["level"], p.body["target"].as_str().unwrap())).collect::<Vec<_>>()
    };
    until("the owner is paged", async || pages_of("weir").contains(&"2 the owner".to_owned()).then_some(())).await;
    assert_eq!(pages_of("weir"), ["0 the phone", "1 Ines", "2 the owner"]);
    assert_eq!(pages_of("mill"), ["0 the phone"], "who acknowledged stops the rest");
    let pages = mill.hook.pages();
    let second = pages.iter().find(|p| p.body["level"] == 1).unwrap();
    assert!(second.body["text"].as_str().unwrap().contains("Escalated to: Ines"), "{second:?}");
    let keys: std::collections::BTreeSet<&str> = pages.iter().map(|p| p.key.as_str()).collect();
    assert_eq!(keys.len(), pages.len(), "each page is one of its own");
}

#[tokio::test]
async fn a_page_that_was_not_taken_is_sent_again_under_the_same_key() {
    let mill = Mill::new(TEAM).await;
    mill.hook.answer(500);
    let server = Server::start(&mill.place).await;
    server.alert("mill", "down", "probe").await;
    let refused = "`team` was not reached and will be tried again: the provider answered 500";
    until("the page is refused", async || {
        server.get("/incidents/1").await["timeline"].to_string().contains(refused).then_some(())
    })
    .await;
    mill.hook.answer(200);
    let incident = until("the page arrives", async || {
        let incident = server.get("/incidents/1").await;
        incident["timeline"].to_string().contains("`team` was paged").then_some(incident)
    })
    .await;
    let pages = mill.hook.pages();
    assert!(pages.len() >= 2, "{pages:?}");
    assert!(!pages[0].key.is_empty());
    for page in &pages {
        assert_eq!((&page.key, &page.body), (&pages[0].key, &pages[0].body), "the same page under the same key");
        assert_eq!(
            page.body["details"],
            json!(["Procedure: The mill stands still (ops.md:15)"]),
            "nothing empty is said"
        );
        assert_eq!(page.body["key"], page.key, "who reads no headers finds it in the body");
    }
    assert_eq!(incident["unreached"], false);

    server.post("/incidents/1/resolve", json!({})).await;
    until("the end is told", async || statuses(&mill.hook).contains(&"resolved".into()).then_some(())).await;
    assert_eq!(mill.hook.pages().len(), pages.len() + 1, "what arrived is not sent again");
}
