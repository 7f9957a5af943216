//! Who may come in: what strangers see, how a browser signs in, and what another site cannot do through it.

use reqwest::RequestBuilder;
use serde_json::json;

use crate::harness::{FORM, Mill, Server, TEAM, header};

#[tokio::test]
async fn only_health_login_and_styles_are_open_to_strangers() {
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    let over = sign_in(&server, &server.login_link()).await;
    let logout = server.request("POST", "/logout").header("cookie", &over).header("origin", &server.base);
    assert_eq!(logout.send().await.unwrap().status(), 200);
    let alive = sign_in(&server, &new_link(&server).await).await;
    let strangers = [
        ("nobody", "x-none", String::new()),
        ("a wrong token", "authorization", format!("Bearer rw_{}", "0".repeat(64))),
        ("a session as a token", "authorization", format!("Bearer {}", alive.split_once('=').unwrap().1)),
        ("an unknown cookie", "cookie", format!("runward_session={}", "0".repeat(64))),
        ("a token as a cookie", "cookie", format!("runward_session={}", server.token)),
        ("a cookie that was signed out", "cookie", over),
    ];
    let everything = everything(&server).await;
    assert!(everything.len() > 55, "every route is found: {everything:?}");
    for (method, path) in &everything {
        for (who, name, value) in &strangers {
            // What only a browser of ours would say, so that nothing but the missing sign-in stands in the way.
            let asked =
                server.request(method, &filled(path)).header(*name, value).header("sec-fetch-site", "same-origin");
            assert_eq!(asked.send().await.unwrap().status(), 401, "{who} asks {method} {path}");
        }
    }
    for path in ["/health", "/health/live", "/health/ready", "/login", "/assets/app.css"] {
        assert_eq!(server.request("GET", path).send().await.unwrap().status(), 200, "{path}");
    }
    let seen = server.request("GET", "/").header("cookie", &alive).send().await.unwrap();
    assert_eq!(seen.status(), 200, "who is signed in is no stranger");
}

/// Every way to ask for anything: from the API's own description and from the pages' routes.
pub async fn everything(server: &Server) -> Vec<(String, String)> {
    let description = server.get("/openapi.json").await;
    let mut found: Vec<(String, String)> = Vec::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        found.extend(methods.as_object().unwrap().keys().map(|m| (m.to_uppercase(), format!("/api/v1{path}"))));
    }
    for line in include_str!("../../src/web/pages/mod.rs").lines().filter(|l| l.contains(".route(\"")) {
        let path = line.split('"').nth(1).unwrap();
        let methods = ["get", "post"].into_iter().filter(|m| line.contains(&format!("{m}(")));
        found.extend(methods.map(|m| (m.to_uppercase(), path.to_owned())));
    }
    let more = ["/metrics", "/api/v1/live", "/api/v1/openapi.json", "/api/v1/nothing", "/inbox", "/nothing"];
    found.extend(more.map(|path| ("GET".into(), path.into())));
    found.retain(|(_, path)| path != "/login" && !path.starts_with("/assets/"));
    found
}

/// A path with 1 for every part that is open.
pub fn filled(path: &str) -> String {
    let part = |part: &str| if part.starts_with('{') { "1".to_owned() } else { part.to_owned() };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn a_login_link_lets_one_browser_in_once() {
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    let link = server.login_link();
    let path = link.strip_prefix(&server.base).unwrap();
    for _ in 0..2 {
        let page = server.request("GET", path).send().await.unwrap();
        assert!(page.headers().get("set-cookie").is_none(), "looking signs nobody in");
        let page = page.text().await.unwrap();
        assert!(page.contains("method=\"post\"") && page.contains("<button"), "it asks for a click: {page}");
    }
    let foreign = login(&server, &link).header("origin", "http://evil.example").send().await.unwrap();
    assert_eq!(foreign.status(), 403, "another site signs nobody in, and does not use the link up");

    let cookie = login(&server, &link).header("origin", &server.base).send().await.unwrap();
    assert_eq!(cookie.status(), 303);
    let cookie = header(&cookie, "set-cookie");
    for part in ["runward_session=", "HttpOnly", "SameSite=", "Path=/", "Max-Age="] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    let again = login(&server, &link).header("origin", &server.base).send().await.unwrap();
    assert_eq!(again.status(), 403);
    assert!(again.headers().get("set-cookie").is_none());
    let said = again.text().await.unwrap();
    assert!(said.contains("does not work any more") && said.contains("runward login"), "{said}");

    // A session outlives the server; the name it was given is the name it acts under.
    server.stop().await;
    let server = Server::start(&mill.place).await;
    server.alert("mill", "down", "test").await;
    let session = cookie.split(';').next().unwrap();
    let acknowledged = server.request("POST", "/incidents/1/acknowledge").header("cookie", session);
    assert_eq!(acknowledged.header("origin", &server.base).send().await.unwrap().status(), 200);
    assert_eq!(server.get("/incidents/1").await["acknowledged_by"], "Ada");
}

#[tokio::test]
async fn another_site_cannot_act_through_a_browser_that_is_signed_in() {
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    let cookie = sign_in(&server, &server.login_link()).await;
    server.alert("mill", "down", "test").await;
    let own = server.base.clone();
    for (name, value, status) in [
        ("origin", "http://evil.example", 403),
        ("origin", "null", 403),
        ("origin", "http://localhost:1", 403),
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("x-nothing-at-all", "", 403),
        ("sec-fetch-site", "same-origin", 200),
        ("origin", &own, 200),
    ] {
        let text = format!("told by {name} {value}");
        let update = server.request("POST", "/api/v1/incidents/1/updates").header("cookie", &cookie);
        let told = update.header(name, value).json(&json!({ "text": text })).send().await.unwrap();
        assert_eq!(told.status(), status, "{name}: {value}");
        let incident = server.get("/incidents/1").await;
        let kept = incident["timeline"].to_string().contains(&text);
        assert_eq!(kept, status == 200, "{name}: {value}: what is refused changes nothing");
    }
}

#[tokio::test]
async fn a_name_that_is_not_the_servers_own_is_refused() {
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    for (host, status) in [
        ("evil.example", 421),
        ("127.0.0.1.evil.example:7700", 421),
        ("localhost.evil.example", 421),
        ("10.0.0.1", 421),
        ("localhost:7700", 200),
        ("127.0.0.1", 200),
    ] {
        for path in ["/", "/api/v1/status", "/metrics", "/login"] {
            let asked = server.request("GET", path).bearer_auth(&server.token).header("host", host);
            assert_eq!(asked.send().await.unwrap().status(), status, "{path} of {host}");
        }
    }
    let asked = server.request("POST", "/api/v1/login-links").bearer_auth(&server.token).header("host", "evil.example");
    let said = asked.send().await.unwrap().text().await.unwrap();
    assert!(said.contains("does not go by that name") && !said.contains("code="), "{said}");
}

#[tokio::test]
async fn every_answer_tells_browsers_to_be_careful() {
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    for (path, cached) in [
        ("/", "no-store"),
        ("/login?code=x", "no-store"),
        ("/incidents/99", "no-store"),
        ("/nothing", "no-store"),
        ("/api/v1/status", "no-store"),
        ("/api/v1/live", "no-cache"),
        ("/metrics", "no-store"),
        ("/assets/app.js", "private, max-age=3600"),
        ("/health", "max-age=5"),
    ] {
        for token in [server.token.as_str(), "none"] {
            let asked = server.request("GET", path).bearer_auth(token).header("accept", "text/html");
            let response = asked.send().await.unwrap();
            let policy = header(&response, "content-security-policy");
            assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
            assert!(!policy.contains("unsafe"), "{path}: {policy}");
            assert_eq!(header(&response, "x-content-type-options"), "nosniff", "{path}");
            let expected = if response.status() == 401 { "no-store" } else { cached };
            assert_eq!(header(&response, "cache-control"), expected, "{path}");
        }
    }
}

async fn new_link(server: &Server) -> String {
    server.post("/login-links", json!({})).await["url"].as_str().unwrap().to_owned()
}

/// The form that a browser sends from the page behind a link.
fn login(server: &Server, link: &str) -> RequestBuilder {
    let code = link.split_once("code=").unwrap().1;
    server.request("POST", "/login").header("content-type", FORM).body(format!("code={code}&name=Ada"))
}

/// Signs a browser in; its cookie.
async fn sign_in(server: &Server, link: &str) -> String {
    let response = login(server, link).header("sec-fetch-site", "same-origin").send().await.unwrap();
    assert_eq!(response.status(), 303);
    header(&response, "set-cookie").split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn whoever_only_pretends_to_ask_is_shown_out_and_keeps_nobody_else_out() {
    use std::io::{Read, Write};
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    let address = server.base.trim_start_matches("http://").to_owned();
    let mut idle: Vec<std::net::TcpStream> =
        (0..400).map(|_| std::net::TcpStream::connect(&address).unwrap()).collect();
    idle.iter_mut().for_each(|stream| stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n").unwrap());
    assert_eq!(server.request("GET", "/health/live").send().await.unwrap().status(), 200);
    let mut last = idle.pop().unwrap();
    let ended = tokio::task::spawn_blocking(move || {
        last.set_read_timeout(Some(std::time::Duration::from_secs(50))).unwrap();
        let mut said = Vec::new();
        last.read_to_end(&mut said).is_ok()
    });
    assert!(ended.await.unwrap(), "the server ends what never becomes a request");
}
