//! A browser without a window: it keeps its cookie, and asks from our own pages.

use super::{Server, header};

/// What a form is sent as.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// A browser: what it asks for is asked from our own pages.
pub struct Browser<'s> {
    pub server: &'s Server,
    pub cookie: String,
}

impl<'s> Browser<'s> {
    pub fn new(server: &'s Server) -> Browser<'s> {
        Browser { server, cookie: String::new() }
    }

    pub async fn get(&self, path: &str) -> (u16, String) {
        let asked = self.server.request("GET", path).header("accept", "text/html").header("cookie", &self.cookie);
        let answer = asked.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Sends a form, and keeps the cookie that comes back.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", form_value(value))).collect();
        let asked = self.server.request("POST", path).header("content-type", FORM).header("accept", "text/html");
        let asked = asked.header("cookie", &self.cookie).header("origin", &self.server.base).body(body.join("&"));
        let answer = asked.send().await.unwrap();
        let cookie = header(&answer, "set-cookie");
        if !cookie.is_empty() {
            self.cookie = cookie.split(';').next().unwrap().to_owned();
        }
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Signs in with a password; the status.
    pub async fn sign_in(&mut self, name: &str, password: &str) -> u16 {
        self.post("/login", &[("name", name), ("password", password)]).await.0
    }
}

/// A value as a form sends it.
pub fn form_value(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}
