//! A small team: one service that is well, a runbook with every kind of step, and somebody to page.

use std::net::TcpListener;

use super::{Hook, Place, free_port};

/// The section of a configuration that pages the mill's receiver.
pub const TEAM: &str = "[notify.team]\nurl = \"{hook}\"\n\n[[escalation]]\nafter = \"0s\"\n";

/// The mill; its service is well for as long as this lives.
pub struct Mill {
    pub place: Place,
    pub hook: Hook,
    /// What the service's check finds.
    _port: TcpListener,
}

impl Mill {
    /// A mill with these sections in its configuration.
    pub async fn new(sections: &str) -> Mill {
        let hook = Hook::start().await;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port().to_string();
        let sections = sections.replace("{hook}", &hook.url).replace("{port}", &port);
        let place = Place::with(
            &include_str!("../fakes/mill.md").replace("{port}", &port),
            &format!(
                "runbooks = [\"ops.md\"]\nlisten = \"127.0.0.1:{}\"\n\n[watch]\nevery = \"100ms\"\nfail_after = 2\n\
                 recover_after = 1\n\n{sections}",
                free_port()
            ),
        );
        place.write("pond.txt", "deep and still\n");
        std::fs::create_dir(place.path("pond")).unwrap();
        Mill { place, hook, _port: listener }
    }
}
