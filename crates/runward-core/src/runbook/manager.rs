//! What starts a service and keeps it up, and the name by which that knows it.

use super::columns::is_nothing;

/// A kind of process manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manager {
    Systemd,
    Pm2,
    Docker,
}

impl Manager {
    /// The manager a cell names: `systemd`, `docker compose: web`.
    pub fn of(cell: &str) -> Option<Manager> {
        let first = cell.split(|c: char| !c.is_alphanumeric()).find(|w| !w.is_empty())?.to_lowercase();
        Some(match first.as_str() {
            "systemd" | "systemctl" => Manager::Systemd,
            "pm2" => Manager::Pm2,
            "docker" | "compose" | "podman" => Manager::Docker,
            _ => return None,
        })
    }

    /// The name a cell gives behind the manager: `systemd: till.service`, `pm2 (till)`, `docker compose till`.
    pub fn name(cell: &str) -> Option<&str> {
        let known = ["systemd", "systemctl", "pm2", "docker", "compose", "podman", "unit", "service", "container"];
        let words = cell.split(|c: char| c.is_whitespace() || ":()`,/".contains(c)).filter(|w| !w.is_empty());
        let mut names = words.skip_while(|w| known.contains(&w.to_lowercase().trim_end_matches("-compose")));
        names.next().filter(|name| !is_nothing(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_names_the_manager_and_what_it_starts() {
        for (cell, manager, name) in [
            ("systemd: till.service", Some(Manager::Systemd), Some("till.service")),
            ("pm2", Some(Manager::Pm2), None),
            ("docker compose (bar)", Some(Manager::Docker), Some("bar")),
            ("Ada", None, Some("Ada")),
        ] {
            assert_eq!((Manager::of(cell), Manager::name(cell)), (manager, name), "{cell}");
        }
    }
}
