//! Every route and the least role that may ask for it. What does not stand here nobody may ask for.

use axum::http::Method;
use runward_core::id::Role;

/// What somebody needs who asks for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing, and by any name of the server: whoever looks at its health may know it by another one.
    NothingAtAll,
    /// Nothing: it is how people come in.
    Nothing,
    /// This role.
    Role(Role),
    /// It is asked for with another method.
    AnotherMethod,
    /// It stands in no table, so nobody may.
    MoreThanAnybodyHas,
}

const ALIVE: Needs = Needs::NothingAtAll;
const OPEN: Needs = Needs::Nothing;
const VIEWER: Needs = Needs::Role(Role::Viewer);
const RESPONDER: Needs = Needs::Role(Role::Responder);
const ADMIN: Needs = Needs::Role(Role::Admin);

/// Method, path, need. That what destroys may need an approver is decided with the approval: it depends on the step.
pub const TABLE: &[(&str, &str, Needs)] = &[
    ("GET", "/health", ALIVE),
    ("GET", "/health/live", ALIVE),
    ("GET", "/health/ready", ALIVE),
    ("GET", "/login", OPEN),
    ("POST", "/login", OPEN),
    // Styles and the script of every installation: the page to sign in at needs them too.
    ("GET", "/assets/{name}", OPEN),
    ("POST", "/logout", VIEWER),
    ("GET", "/", VIEWER),
    ("GET", "/inbox", VIEWER),
    ("GET", "/metrics", VIEWER),
    ("GET", "/incidents", VIEWER),
    ("GET", "/incidents/{id}", VIEWER),
    ("GET", "/procedures", VIEWER),
    ("GET", "/procedures/{id}", VIEWER),
    ("GET", "/runbook", VIEWER),
    ("GET", "/runbooks", VIEWER),
    ("GET", "/runbooks/{number}", VIEWER),
    ("GET", "/runs/{id}", VIEWER),
    ("GET", "/account", VIEWER),
    ("POST", "/account/password", VIEWER),
    ("POST", "/account/sign-out", VIEWER),
    ("POST", "/account/tokens", VIEWER),
    ("POST", "/account/tokens/{id}/revoke", VIEWER),
    ("GET", "/api/v1/openapi.json", VIEWER),
    ("GET", "/api/v1/live", VIEWER),
    ("GET", "/api/v1/me", VIEWER),
    ("GET", "/api/v1/status", VIEWER),
    ("GET", "/api/v1/incidents", VIEWER),
    ("GET", "/api/v1/incidents/{id}", VIEWER),
    ("GET", "/api/v1/procedures", VIEWER),
    ("GET", "/api/v1/procedures/{id}", VIEWER),
    ("GET", "/api/v1/runbook", VIEWER),
    ("GET", "/api/v1/runs", VIEWER),
    ("GET", "/api/v1/runs/{id}", VIEWER),
    ("GET", "/api/v1/runs/{id}/steps/{step}/output", VIEWER),
    // Shows what would be done, and does nothing.
    ("POST", "/api/v1/procedures/{id}/plan", VIEWER),
    ("POST", "/incidents/{id}/acknowledge", RESPONDER),
    ("POST", "/incidents/{id}/updates", RESPONDER),
    ("POST", "/incidents/{id}/resolve", RESPONDER),
    ("POST", "/runs", RESPONDER),
    ("POST", "/runs/{id}/abort", RESPONDER),
    ("POST", "/runs/{id}/undo", RESPONDER),
    ("POST", "/runs/{id}/steps/{step}/{act}", RESPONDER),
    ("POST", "/api/v1/alerts", RESPONDER),
    ("POST", "/api/v1/incidents/{id}/acknowledge", RESPONDER),
    ("POST", "/api/v1/incidents/{id}/updates", RESPONDER),
    ("POST", "/api/v1/incidents/{id}/resolve", RESPONDER),
    ("POST", "/api/v1/runs", RESPONDER),
    ("POST", "/api/v1/runs/{id}/abort", RESPONDER),
    ("POST", "/api/v1/runs/{id}/undo", RESPONDER),
    ("POST", "/api/v1/runs/{id}/steps/{step}/approve", RESPONDER),
    ("POST", "/api/v1/runs/{id}/steps/{step}/tick", RESPONDER),
    ("POST", "/api/v1/runs/{id}/steps/{step}/skip", RESPONDER),
    ("POST", "/api/v1/runs/{id}/steps/{step}/settle", RESPONDER),
    ("POST", "/api/v1/runs/{id}/steps/{step}/edit", RESPONDER),
    ("POST", "/api/v1/runs/{id}/steps/{step}/back", RESPONDER),
    ("GET", "/users", ADMIN),
    ("POST", "/users", ADMIN),
    ("POST", "/users/{name}/role", ADMIN),
    ("POST", "/users/{name}/link", ADMIN),
    ("POST", "/users/{name}/sign-out", ADMIN),
    ("POST", "/users/{name}/remove", ADMIN),
    ("POST", "/tokens", ADMIN),
    ("POST", "/tokens/{id}/revoke", ADMIN),
    ("POST", "/api/v1/reload", ADMIN),
    ("POST", "/api/v1/login-links", ADMIN),
    ("GET", "/api/v1/users", ADMIN),
    ("POST", "/api/v1/users", ADMIN),
    ("POST", "/api/v1/users/{name}/role", ADMIN),
    ("POST", "/api/v1/users/{name}/password", ADMIN),
    ("POST", "/api/v1/users/{name}/sign-out", ADMIN),
    ("POST", "/api/v1/users/{name}/remove", ADMIN),
    ("GET", "/api/v1/tokens", ADMIN),
    ("POST", "/api/v1/tokens", ADMIN),
    ("POST", "/api/v1/tokens/{id}/revoke", ADMIN),
];

/// What this needs. A path is the one a router knows it by, with its parts still open.
pub fn needs(method: &Method, path: &str) -> Needs {
    let method = if method == Method::HEAD { &Method::GET } else { method };
    let mut known = TABLE.iter().filter(|(_, known, _)| *known == path).peekable();
    if known.peek().is_none() {
        return Needs::MoreThanAnybodyHas;
    }
    known.find(|(m, _, _)| *m == method.as_str()).map_or(Needs::AnotherMethod, |(_, _, needs)| *needs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_no_table_is_for_nobody() {
        assert_eq!(needs(&Method::GET, "/backdoor"), Needs::MoreThanAnybodyHas);
        assert_eq!(needs(&Method::DELETE, "/runs"), Needs::AnotherMethod);
        assert_eq!(needs(&Method::HEAD, "/users"), ADMIN);
        assert_eq!(needs(&Method::POST, "/runs"), RESPONDER);
    }

    #[test]
    fn nothing_stands_there_twice() {
        let mut seen: Vec<_> = TABLE.iter().map(|(method, path, _)| (method, path)).collect();
        seen.sort();
        let all = seen.len();
        seen.dedup();
        assert_eq!(seen.len(), all);
    }
}
