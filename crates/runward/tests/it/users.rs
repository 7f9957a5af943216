//! Users and programs: who comes in, with what, what they may do, and what the log says of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sqlx::{Connection, Row, SqliteConnection};

use crate::access::{everything, filled};
use crate::harness::{Browser, FORM, Mill, Place, Server, TEAM, form_value, free_port, header, until};
use crate::storage::refuse_writes;

const PASSWORD: &str = "a long walk home";

async fn add(server: &Server, name: &str, role: &str) {
    server.post("/users", json!({ "name": name, "role": role, "password": PASSWORD })).await;
}

async fn signed_in<'s>(server: &'s Server, name: &str) -> Browser<'s> {
    let mut browser = Browser::new(server);
    assert_eq!(browser.sign_in(name, PASSWORD).await, 303, "{name}");
    browser
}

async fn token(server: &Server, body: Value) -> String {
    server.post("/tokens", body).await["token"].as_str().unwrap().to_owned()
}

async fn asked(server: &Server, method: &str, path: &str, token: &str, body: &Value) -> (u16, String) {
    let mut request = server.request(method, path).bearer_auth(token);
    if method == "POST" {
        request = request.json(body);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// The events of a kind, as they are kept.
async fn logged(place: &Place, kind: &str) -> Vec<Value> {
    let url = format!("sqlite://{}", place.path(".runward/runward.db").display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let rows = sqlx::query("SELECT body FROM event WHERE kind = $1 ORDER BY seq").bind(kind);
    let rows = rows.fetch_all(&mut connection).await.unwrap();
    rows.iter().map(|row| serde_json::from_str(row.get("body")).unwrap()).collect()
}

/// The table of routes: method, path, and the least role; `OPEN` and `ALIVE` are for everybody.
fn table() -> BTreeMap<(String, String), String> {
    let text = include_str!("../../src/web/auth/routes.rs");
    let entries = text.lines().filter_map(|line| line.trim().strip_prefix("(\"")?.strip_suffix("),"));
    let parts = entries.filter_map(|entry| {
        let (method, rest) = entry.split_once("\", \"")?;
        let (path, need) = rest.split_once("\", ")?;
        Some(((method.to_owned(), path.to_owned()), need.to_lowercase()))
    });
    parts.collect()
}

#[tokio::test]
async fn every_route_stands_in_the_table_and_every_entry_leads_somewhere() {
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    let served: BTreeSet<(String, String)> = everything(&server).await.into_iter().collect();
    let table = table();
    for route in served.iter().filter(|(_, path)| !path.ends_with("nothing")) {
        assert!(table.contains_key(route), "{route:?} is served and stands in no table: nobody may ask for it");
    }
    for (method, path) in table.keys().filter(|(_, path)| path != "/inbox" && path != "/api/v1/live") {
        let (status, said) = asked(&server, method, &filled(path), &server.token, &json!({})).await;
        assert!(status != 405 && !said.contains("there is no page"), "{method} {path}: {status} {said}");
    }
}

#[tokio::test]
async fn each_role_may_do_what_the_table_says_and_nothing_more() {
    const ROLES: [&str; 4] = ["viewer", "responder", "approver", "admin"];
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    let mut bearers = Vec::new();
    for role in ROLES {
        // Of a program, and of a user who may do more.
        bearers.push((role, token(&server, json!({ "name": format!("of-{role}"), "role": role })).await));
    }
    add(&server, "ada", "admin").await;
    for role in ROLES {
        bearers.push((role, token(&server, json!({ "name": role, "role": role, "user": "ada" })).await));
    }
    let rank = |role: &str| ROLES.iter().position(|r| *r == role).unwrap();
    let table = table();
    assert!(table.len() > 70, "{table:?}");
    for ((method, path), need) in &table {
        let path = filled(path);
        let anonymous = server.request(method, &path).header("sec-fetch-site", "same-origin").send().await.unwrap();
        let is_open = need == "open" || need == "alive";
        assert_eq!(anonymous.status() == 401, !is_open, "nobody asks {method} {path}: {}", anonymous.status());
        for (role, token) in &bearers {
            // The body is none that does anything: only whether they are let through counts here.
            let (status, said) = match path.as_str() {
                // It never ends: only its head is looked at.
                "/api/v1/live" => {
                    let head = server.request(method, &path).bearer_auth(token).send().await.unwrap();
                    (head.status().as_u16(), String::new())
                }
                _ => asked(&server, method, &path, token, &json!({ "nothing": true })).await,
            };
            assert_ne!(status, 401, "{role} asks {method} {path}");
            let refused = status == 403 && said.contains("only somebody with the role");
            let may = is_open || rank(role) >= rank(need);
            assert_eq!(refused, !may, "{role} asks {method} {path}: {status} {said}");
        }
    }
    for (role, token) in &bearers {
        assert_eq!(asked(&server, "DELETE", "/runs", token, &json!({})).await.0, 405, "{role}");
        assert_eq!(asked(&server, "GET", "/nothing", token, &json!({})).await.0, 404, "{role}");
    }
}

#[tokio::test]
async fn the_first_user_comes_by_the_link_and_later_with_a_password() {
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    let link = server.login_link();
    let code = link.split_once("code=").unwrap().1;
    let mut browser = Browser::new(&server);
    let (_, page) = browser.get(&format!("/login?code={code}")).await;
    assert!(page.contains("You become the first user"), "{page}");
    for (name, password, words) in [
        ("two words", PASSWORD, "A name is made of"),
        ("Runward", PASSWORD, "acts under"),
        ("Ada", "short", "10 characters"),
    ] {
        let (status, page) = browser.post("/login", &[("code", code), ("name", name), ("password", password)]).await;
        assert_eq!(status, 422, "{page}");
        assert!(page.contains(words) && page.contains(code), "what is filled in wrongly does not use it up: {page}");
    }
    assert_eq!(browser.post("/login", &[("code", code), ("name", "Ada"), ("password", PASSWORD)]).await.0, 303);
    let (status, page) = browser.get("/account").await;
    assert_eq!(status, 200);
    assert!(page.contains("Role: admin") && page.contains("(this one)"), "{page}");
    assert_eq!(server.get("/users").await[0]["name"], "Ada");

    // Each time another session, and the one before is over.
    let first = browser.cookie.clone();
    assert_eq!(browser.sign_in("ada", PASSWORD).await, 303, "small letters are as good");
    assert_ne!(browser.cookie, first);
    let old = Browser { server: &server, cookie: first };
    assert_eq!(old.get("/").await.0, 401, "whoever put that cookie there is signed out");
    assert_eq!(browser.post("/logout", &[]).await.0, 200);
    assert_eq!(browser.get("/").await.0, 401);

    let (wrong, nobody) = (browser.post("/login", &[("name", "ada"), ("password", "x")]).await, {
        browser.post("/login", &[("name", "nobody"), ("password", PASSWORD)]).await
    });
    assert_eq!(wrong, nobody, "whether there is such a user is not told");
    assert_eq!(wrong.0, 403);
}

#[tokio::test]
async fn a_page_asked_for_by_a_stranger_is_shown_once_they_are_in() {
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    add(&server, "ada", "viewer").await;
    let mut browser = Browser::new(&server);
    let (status, page) = browser.get("/incidents?state=all").await;
    assert_eq!(status, 401);
    assert!(page.contains("name=\"password\"") && page.contains("value=\"&#x2f;incidents?state=all\""), "{page}");
    let fields = [("name", "ada"), ("password", PASSWORD), ("next", "/incidents")];
    let sent = browser.post("/login", &fields).await;
    assert_eq!(sent.0, 303);
    for elsewhere in ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example"] {
        let body = format!("name=ada&password={}&next={}", form_value(PASSWORD), form_value(elsewhere));
        let asked = server.request("POST", "/login").header("content-type", FORM).header("origin", &server.base);
        let answer = asked.body(body).send().await.unwrap();
        assert_eq!(header(&answer, "location"), "/", "{elsewhere}");
    }
}

#[tokio::test]
async fn who_tries_too_often_waits_and_the_log_says_so() {
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    add(&server, "ada", "admin").await;
    add(&server, "mara", "viewer").await;
    let mut thief = Browser::new(&server);
    let mut statuses = Vec::new();
    for guess in 0..5 {
        statuses.push(thief.sign_in("ada", &format!("guess number {guess}")).await);
    }
    assert_eq!(statuses, [403, 403, 403, 403, 429], "three are free, then each costs");
    assert_eq!(thief.sign_in("ada", PASSWORD).await, 429, "the right one has to wait as well");
    assert_eq!(thief.sign_in("mara", PASSWORD).await, 303, "another user does not");
    let waited = thief.server.request("POST", "/login").header("content-type", FORM).header("origin", &server.base);
    let waited = waited.body(format!("name=ada&password={}", form_value(PASSWORD))).send().await.unwrap();
    if waited.status() == 429 {
        assert!(header(&waited, "retry-after").parse::<u64>().unwrap() >= 1);
    }
    until("the wait is over", async || (thief.sign_in("ada", PASSWORD).await == 303).then_some(())).await;

    // Thirty at once are no more than thirty in a row.
    let at_once = (0..30).map(|guess| {
        let server = &server;
        async move { Browser::new(server).sign_in("mara", &format!("guess number {guess}")).await }
    });
    let statuses = futures_util::future::join_all(at_once).await;
    assert!(statuses.iter().filter(|status| **status == 403).count() <= 4, "{statuses:?}");

    // What is no name counts as one as well, and is not written down: it may be a password.
    for _ in 0..6 {
        Browser::new(&server).sign_in("hunter2 hunter2", "x").await;
    }
    let told = logged(&mill.place, "access-changed").await;
    let tries: Vec<_> = told.iter().filter(|event| event["change"] == "too-many-tries").collect();
    assert!(tries.iter().any(|event| event["user"] == "ada" && event["address"] == "127.0.0.1"), "{tries:?}");
    assert!(!format!("{told:?}").contains("hunter2"), "{told:?}");
}

#[tokio::test]
async fn who_may_only_look_changes_nothing_by_any_way() {
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    add(&server, "vic", "viewer").await;
    server.alert("mill", "down", "test").await;
    let mut browser = signed_in(&server, "vic").await;
    assert_eq!(browser.get("/incidents/1").await.0, 200);
    for (path, fields) in [
        ("/incidents/1/acknowledge", &[][..]),
        ("/incidents/1/resolve", &[]),
        ("/runs", &[("procedure", "send-word"), ("param.name", "ada")]),
        ("/users", &[("name", "eve"), ("role", "admin")]),
        ("/users/vic/role", &[("role", "admin")]),
        ("/tokens", &[("name", "eve"), ("role", "admin")]),
    ] {
        assert_eq!(browser.post(path, fields).await.0, 403, "{path}");
    }
    assert_eq!(browser.get("/users").await.0, 403);
    let incident = server.get("/incidents/1").await;
    assert_eq!((&incident["stage"], incident["acknowledged_by"].is_null()), (&json!("open"), true), "{incident}");
    assert_eq!(server.get("/users").await.as_array().unwrap().len(), 1);

    // A token of one's own does no more than oneself, whatever is asked for.
    let (status, page) = browser.post("/account/tokens", &[("name", "mine"), ("role", "admin"), ("lasts", "1h")]).await;
    assert_eq!(status, 201);
    let at = page.find("rw_").expect("the token is shown this once");
    let mine = page[at..at + 67].to_owned();
    assert!(!browser.get("/account").await.1.contains(&mine));
    let (_, me) = asked(&server, "GET", "/api/v1/me", &mine, &json!({})).await;
    assert_eq!(me, r#"{"name":"vic","role":"viewer"}"#);
    server.post("/users/vic/role", json!({ "role": "responder" })).await;
    let (_, me) = asked(&server, "GET", "/api/v1/me", &mine, &json!({})).await;
    assert_eq!(me, r#"{"name":"vic","role":"viewer"}"#, "nor more than it was made for");
    let (status, said) = asked(&server, "POST", "/account/tokens", &mine, &json!({})).await;
    assert_eq!((status, said.contains("a token has no account")), (403, true), "{said}");
}

#[tokio::test]
async fn whoever_is_taken_out_is_out_at_once() {
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    add(&server, "eve", "responder").await;
    let own = token(&server, json!({ "name": "eves", "role": "responder", "user": "eve" })).await;
    let browser = signed_in(&server, "eve").await;
    let live = server.request("GET", "/api/v1/live").header("cookie", &browser.cookie);
    let mut live = live.send().await.unwrap();
    let mut heard = String::new();
    while !heard.contains("hello") {
        heard.push_str(std::str::from_utf8(&live.chunk().await.unwrap().unwrap()).unwrap());
    }

    server.post("/users/eve/role", json!({ "role": "viewer" })).await;
    assert_eq!(browser.get("/").await.0, 401, "another role is another session");
    let (status, _) = asked(&server, "POST", "/api/v1/runs", &own, &json!({ "procedure": "send-word" })).await;
    assert_eq!(status, 403, "the token follows its owner");
    server.alert("weir", "down", "test").await;
    let rest = until("the stream ends", async || match live.chunk().await.unwrap() {
        Some(chunk) => {
            heard.push_str(std::str::from_utf8(&chunk).unwrap());
            None
        }
        None => Some(heard.clone()),
    })
    .await;
    assert!(!rest.contains("incident:"), "who is out hears nothing more: {rest}");

    let (one, two) = (signed_in(&server, "eve").await, signed_in(&server, "eve").await);
    let mut two = two;
    assert_eq!(two.post("/account/sign-out", &[]).await.0, 200);
    assert_eq!((one.get("/").await.0, two.get("/").await.0), (401, 401), "everywhere is everywhere");

    let mut changed = signed_in(&server, "eve").await;
    let other = signed_in(&server, "eve").await;
    let wrong = [("old", "not it at all"), ("new", "another long walk"), ("again", "another long walk")];
    assert_eq!(changed.post("/account/password", &wrong).await.0, 403);
    let right = [("old", PASSWORD), ("new", "another long walk"), ("again", "another long walk")];
    assert_eq!(changed.post("/account/password", &right).await.0, 303);
    assert_eq!((changed.get("/").await.0, other.get("/").await.0), (200, 401), "a new session here, none elsewhere");
    assert_eq!(Browser::new(&server).sign_in("eve", PASSWORD).await, 403);

    let link = server.post("/login-links", json!({ "user": "eve" })).await["url"].as_str().unwrap().to_owned();
    server.post("/users/eve/remove", json!({})).await;
    assert_eq!(changed.get("/").await.0, 401);
    assert_eq!(asked(&server, "GET", "/api/v1/status", &own, &json!({})).await.0, 401);
    let code = link.split_once("code=").unwrap().1;
    assert_eq!(Browser::new(&server).post("/login", &[("code", code)]).await.0, 403, "nor by a link");

    // All of it is true after a restart as well.
    let cookie = changed.cookie.clone();
    server.stop().await;
    let server = Server::start(&mill.place).await;
    assert_eq!(Browser { server: &server, cookie }.get("/").await.0, 401);
    assert_eq!(asked(&server, "GET", "/api/v1/status", &own, &json!({})).await.0, 401);
}

#[tokio::test]
async fn a_token_ends_is_revoked_and_stands_nowhere() {
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    let short = token(&server, json!({ "name": "short", "role": "viewer", "lasts": "1s" })).await;
    let long = server.post("/tokens", json!({ "name": "cron", "role": "responder" })).await;
    let (id, secret) = (long["id"].as_str().unwrap(), long["token"].as_str().unwrap().to_owned());
    assert!(secret.starts_with("rw_") && secret.len() == 67, "256 bit");
    until("it ends", async || {
        (asked(&server, "GET", "/api/v1/status", &short, &json!({})).await.0 == 401).then_some(())
    })
    .await;
    let (status, _) = asked(&server, "GET", "/api/v1/status", &secret, &json!({})).await;
    assert_eq!(status, 200);
    let listed = server.get("/tokens").await;
    let shown = listed.as_array().unwrap().iter().find(|t| t["name"] == "cron").unwrap();
    assert!(shown["used_at"].is_string() && shown["token"].is_null(), "{shown}");
    assert!(!listed.to_string().contains(&secret));

    // What it reports bears its name, and it ends nothing that another one reported.
    server.alert("mill", "down", "probe").await;
    let ended = json!({ "service": "mill", "symptom": "down", "status": "resolved", "source": "probe" });
    assert_eq!(asked(&server, "POST", "/api/v1/alerts", &secret, &ended).await.0, 202);
    assert_eq!(server.get("/incidents/1").await["stage"], "open");

    server.post(&format!("/tokens/{id}/revoke"), json!({})).await;
    assert_eq!(asked(&server, "GET", "/api/v1/status", &secret, &json!({})).await.0, 401);
    for (body, words) in [
        (json!({ "name": "admin", "role": "viewer" }), "the token in the data folder"),
        (json!({ "name": "x", "role": "king" }), "no role"),
        (json!({ "name": "x", "role": "viewer", "user": "nobody" }), "there is no user"),
        (json!({ "name": "x", "role": "viewer", "lasts": "99999999d" }), "no length of time"),
    ] {
        let (_, said) = server.try_post("/tokens", &body).await.unwrap();
        assert!(said.to_string().contains(words), "{said}");
    }
    add(&server, "ada", "admin").await;
    assert_eq!(signed_in(&server, "ada").await.get("/").await.0, 200);
    server.stop().await;
    for file in ["runward.db", "runward.db-wal"] {
        let kept = std::fs::read(mill.place.path(".runward").join(file)).unwrap_or_default();
        let kept = String::from_utf8_lossy(&kept);
        for hidden in [&secret, &secret[3..], &short, PASSWORD] {
            assert!(!kept.contains(hidden), "{file}");
        }
    }
    assert!(!mill.place.read("serve.log").contains(&secret[3..]));
}

#[tokio::test]
async fn only_an_admins_token_acts_under_another_name_and_the_log_says_both() {
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    add(&server, "jon", "responder").await;
    let own = token(&server, json!({ "name": "phone", "role": "responder", "user": "jon" })).await;
    server.alert("mill", "down", "test").await;
    let path = "/api/v1/incidents/1/acknowledge";
    let (status, said) = asked(&server, "POST", path, &own, &json!({ "by": "mara" })).await;
    assert_eq!(status, 403);
    assert!(said.contains("you act as `jon`"), "{said}");
    assert_eq!(asked(&server, "POST", path, &own, &json!({ "by": "Jon" })).await.0, 200, "one's own name is no other");
    server.post("/incidents/1/acknowledge", json!({ "by": "mara" })).await;
    server.post("/incidents/1/updates", json!({ "text": "as nobody" })).await;
    assert_eq!(server.get("/incidents/1").await["acknowledged_by"], "mara");
    let told = logged(&mill.place, "acknowledged").await;
    let (jons, maras) = (&told[0], &told[1]);
    assert_eq!(jons["by"], "jon");
    assert!(
        jons["through"].as_str().unwrap().starts_with("jon by token ")
            && jons["through"].to_string().contains("(phone)")
    );
    assert_eq!(maras["by"], "mara");
    assert!(maras["through"].as_str().unwrap().starts_with("token:admin by token "), "{maras}");
    assert_eq!(logged(&mill.place, "updated").await[0]["by"], "token:admin");
}

const DRAIN: &str = "# Mill\n\n## Drain the pond\n\n```bash\n# Empty it\nrm -rf pond.d\n```\n";

#[tokio::test]
async fn two_people_are_two_users_however_many_sessions_they_have() {
    let place = Place::with(
        DRAIN,
        &format!(
            "runbooks = [\"ops.md\"]\nlisten = \"127.0.0.1:{}\"\n[watch]\nderive = false\n[approval]\ntwo_people = true\n",
            free_port()
        ),
    );
    std::fs::create_dir(place.path("pond.d")).unwrap();
    let server = Server::start(&place).await;
    for (name, role) in [("lena", "admin"), ("mara", "approver"), ("jon", "responder")] {
        add(&server, name, role).await;
    }
    let mut lena = signed_in(&server, "lena").await;
    assert_eq!(lena.post("/runs", &[("procedure", "drain-the-pond")]).await.0, 303);
    let run = server.get("/runs/1").await;
    let (hash, target) = (run["steps"][0]["hash"].as_str().unwrap(), run["target"].as_str().unwrap());
    let fields = [("hash", hash), ("confirm", target)];
    let path = "/runs/1/steps/1/approve";
    let mut again = Browser::new(&server);
    again.sign_in("LENA", PASSWORD).await;
    let hers = token(&server, json!({ "name": "lenas", "role": "admin", "user": "lena" })).await;
    let program = token(&server, json!({ "name": "ci", "role": "approver" })).await;
    let body = json!({ "hash": hash, "confirm": target });
    for (status, page) in [
        lena.post(path, &fields).await,
        again.post(path, &fields).await,
        asked(&server, "POST", &format!("/api/v1{path}"), &hers, &body).await,
        asked(&server, "POST", &format!("/api/v1{path}"), &program, &body).await,
        asked(
            &server,
            "POST",
            &format!("/api/v1{path}"),
            &server.token,
            &json!({ "hash": hash, "confirm": target, "by": "mara" }),
        )
        .await,
    ] {
        assert_eq!(status, 403);
        assert!(page.contains("second person"), "{page}");
    }
    let (status, page) = signed_in(&server, "jon").await.post(path, &fields).await;
    assert_eq!((status, page.contains("only somebody with the role")), (403, true), "{page}");
    assert!(place.path("pond.d").exists());
    assert_eq!(signed_in(&server, "mara").await.post(path, &fields).await.0, 303);
    until("the pond is empty", async || (!place.path("pond.d").exists()).then_some(())).await;
    let told = logged(&place, "step-approved").await;
    assert_eq!((&told[0]["by"], &told[0]["role"]), (&json!("mara"), &json!("approver")));
}

#[tokio::test]
async fn the_command_line_lets_people_in_and_out_and_never_takes_a_password_as_an_argument() {
    let place = Mill::new(TEAM).await.place;
    // Also where no server runs.
    let said = place.run_at_terminal(&["user", "add", "ada", "--role", "admin"], &[PASSWORD, PASSWORD]).await;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("ada may come in now, as admin") && !format!("{said:?}").contains(PASSWORD), "{said:?}");
    let said = place.run_at_terminal(&["user", "add", "jon", "--role", "viewer"], &[PASSWORD, "something else"]).await;
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("differ"), "{said:?}");

    let server = Server::start(&place).await;
    assert_eq!(Browser::new(&server).sign_in("ada", PASSWORD).await, 303);
    let said = place.run(&["user", "add", "mara", "--role", "approver", "--no-password"]).await;
    assert!(said.out.contains("runward login --user mara"), "{said:?}");
    let link = place.run(&["login", "--user", "mara"]).await;
    let code = link.out.trim().split_once("code=").unwrap().1.to_owned();
    let mut mara = Browser::new(&server);
    assert_eq!(mara.post("/login", &[("code", &code), ("name", "ada")]).await.0, 303);
    assert!(mara.get("/account").await.1.contains("Role: approver"), "a link is for whom it was made");
    assert_eq!(place.run(&["user", "role", "mara", "admin"]).await.code, 0);
    assert_eq!(mara.get("/").await.0, 401);
    let several = place.run(&["login"]).await;
    assert!(several.err.contains("ada, mara"), "{several:?}");
    let twice = place.run(&["user", "add", "MARA", "--role", "viewer", "--no-password"]).await;
    assert_eq!((twice.code, twice.err.contains("there is a user `mara`")), (1, true), "{twice:?}");

    let listed = place.run(&["user", "list"]).await;
    assert!(listed.out.contains("mara") && listed.out.contains("no password"), "{listed:?}");
    let made = place.run(&["token", "create", "cron", "--role", "viewer", "--lasts", "90d"]).await;
    let secret = made.out.trim().to_owned();
    assert!(secret.starts_with("rw_"), "nothing but the token stands on standard output: {made:?}");
    let tokens = place.run(&["token", "list", "--format", "json"]).await;
    let tokens: Value = serde_json::from_str(&tokens.out).unwrap();
    let cron = tokens.as_array().unwrap().iter().find(|t| t["name"] == "cron").unwrap();
    assert_eq!(place.run(&["token", "revoke", cron["id"].as_str().unwrap()]).await.code, 0);
    assert_eq!(asked(&server, "GET", "/api/v1/status", &secret, &json!({})).await.0, 401);
    assert_eq!(place.run(&["user", "passwd", "ada"]).await.code, 0, "nothing on standard input: no password");
    assert_eq!(Browser::new(&server).sign_in("ada", PASSWORD).await, 403);
    assert_eq!(place.run(&["user", "remove", "mara"]).await.code, 0);
    assert_eq!(place.run(&["user", "remove", "mara"]).await.code, 1);

    let told: Vec<String> = logged(&place, "access-changed")
        .await
        .iter()
        .map(|event| event["change"].as_str().unwrap().to_owned())
        .collect();
    for change in [
        "user-added", "role-changed", "password-changed", "user-removed", "token-made", "token-revoked", "link-made",
        "signed-in",
    ] {
        assert!(told.iter().any(|t| t == change), "{change} in {told:?}");
    }
    assert_eq!(place.run(&["audit", "verify"]).await.code, 0, "the chain covers all of it");
}

#[tokio::test]
async fn what_could_not_be_written_down_did_not_happen_and_is_not_in_the_log() {
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    add(&server, "ada", "admin").await;
    let browser = signed_in(&server, "ada").await;
    let made = server.post("/tokens", json!({ "name": "cron", "role": "viewer" })).await;
    refuse_writes(&mill.place, true).await;
    let eve = json!({ "name": "eve", "role": "admin", "password": PASSWORD });
    assert_eq!(server.try_post("/users", &eve).await.unwrap().0, 503);
    assert_eq!(Browser::new(&server).sign_in("eve", PASSWORD).await, 403);
    assert_eq!(Browser::new(&server).sign_in("ada", PASSWORD).await, 503, "no session is begun that is not kept");
    assert_eq!(browser.get("/").await.0, 200, "who is in stays in: it is an incident");
    let revoke = format!("/tokens/{}/revoke", made["id"].as_str().unwrap());
    assert_eq!(server.try_post(&revoke, &json!({})).await.unwrap().0, 503);
    let cron = made["token"].as_str().unwrap();
    assert_eq!(asked(&server, "GET", "/api/v1/status", cron, &json!({})).await.0, 401, "out at once all the same");
    refuse_writes(&mill.place, false).await;
    until("it takes writes again", async || (server.try_post("/users", &eve).await.unwrap().0 == 201).then_some(()))
        .await;
    let told = logged(&mill.place, "access-changed").await;
    let eves = told.iter().filter(|event| event["change"] == "user-added" && event["user"] == "eve").count();
    assert_eq!(eves, 1, "{told:?}");
    assert!(!told.iter().any(|event| event["change"] == "token-revoked"), "{told:?}");
    assert_eq!(server.try_post(&revoke, &json!({})).await.unwrap().0, 204, "it can be tried again");
    assert_eq!(mill.place.run(&["audit", "verify"]).await.code, 0);
}

#[tokio::test]
async fn whoever_was_let_in_is_there_after_a_power_cut() {
    let mill = Mill::new(TEAM).await;
    let mut acknowledged = BTreeSet::new();
    for round in 0..4u64 {
        let mut server = Server::start(&mill.place).await;
        let adding =
            (0..20).map(|at| {
                let (server, name) = (&server, format!("user-{round}-{at}"));
                let body = json!({ "name": name, "role": "viewer" });
                async move {
                    (server.try_post("/users", &body).await.is_some_and(|(status, _)| status == 201)).then_some(name)
                }
            });
        let adding = futures_util::future::join_all(adding);
        let pid = rustix::process::Pid::from_raw(i32::try_from(server.pid()).unwrap()).unwrap();
        let cut = async {
            tokio::time::sleep(std::time::Duration::from_millis(3 + round * 9)).await;
            rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
        };
        let (added, ()) = futures_util::future::join(adding, cut).await;
        acknowledged.extend(added.into_iter().flatten());
        server.kill();
    }
    let server = Server::start(&mill.place).await;
    let users = server.get("/users").await;
    let there: BTreeSet<String> =
        users.as_array().unwrap().iter().map(|user| user["name"].as_str().unwrap().to_owned()).collect();
    assert!(acknowledged.is_subset(&there), "acknowledged {acknowledged:?}, there {there:?}");
    let told = logged(&mill.place, "access-changed").await;
    let told = told.iter().filter(|event| event["change"] == "user-added");
    let told: BTreeSet<String> = told.map(|event| event["user"].as_str().unwrap().to_owned()).collect();
    assert_eq!(told, there, "each of them stands in the log, and nobody else");
}

#[tokio::test]
async fn a_browser_that_was_left_open_destroys_nothing() {
    let place = Place::with(DRAIN, &format!("runbooks = [\"ops.md\"]\nlisten = \"127.0.0.1:{}\"\n", free_port()));
    std::fs::create_dir(place.path("pond.d")).unwrap();
    let server = Server::start(&place).await;
    add(&server, "lena", "responder").await;
    let mut lena = signed_in(&server, "lena").await;
    assert_eq!(lena.post("/runs", &[("procedure", "drain-the-pond")]).await.0, 303);
    let cookie = lena.cookie.clone();
    server.stop().await;
    // Six minutes go by.
    let url = format!("sqlite://{}", place.path(".runward/runward.db").display());
    let mut database = SqliteConnection::connect(&url).await.unwrap();
    let aged = "UPDATE access SET created_at = created_at - 360000000 WHERE kind = 'session'";
    sqlx::query(aged).execute(&mut database).await.unwrap();
    database.close().await.unwrap();

    let server = Server::start(&place).await;
    let mut lena = Browser { server: &server, cookie };
    let run = server.get("/runs/1").await;
    let (hash, target) = (run["steps"][0]["hash"].as_str().unwrap(), run["target"].as_str().unwrap());
    let path = "/runs/1/steps/1/approve";
    let (status, page) = lena.post(path, &[("hash", hash), ("confirm", target)]).await;
    assert_eq!((status, page.contains("more than five minutes ago")), (403, true), "{page}");
    let api = server.request("POST", &format!("/api/v1{path}")).header("cookie", &lena.cookie);
    let api = api.header("origin", &server.base).json(&json!({ "hash": hash, "confirm": target }));
    assert_eq!(api.send().await.unwrap().status(), 403, "nor by the API");
    let with = |password| [("hash", hash), ("confirm", target), ("password", password)];
    let (status, page) = lena.post(path, &with("not it at all")).await;
    assert_eq!((status, page.contains("this is not your password")), (403, true), "{page}");
    assert!(place.path("pond.d").exists());
    assert_eq!(lena.post(path, &with(PASSWORD)).await.0, 303);
    until("the pond is empty", async || (!place.path("pond.d").exists()).then_some(())).await;
}
