//! What a terminal shows: which lines stand behind a prompt, and so are commands, and which were printed.

use super::markdown::{Fence, FenceLine};

/// Whether a line stands behind a prompt of a shell or of a database client.
pub(super) fn is_prompted(line: &str) -> bool {
    typed(line).is_some()
        || line.starts_with("mysql> ")
        || line.contains("=# ")
        || line.starts_with("postgres=> ")
        || line.starts_with("redis> ")
}

/// What was typed behind the prompt of a shell: `$ `, `root@shop:~# `, `[ann@shop ~]$ `, `deploy@web:/srv$ `.
fn typed(line: &str) -> Option<&str> {
    let rest = match line.strip_prefix("$ ") {
        Some(rest) => rest,
        None => {
            let end = line.find(['#', '$']).filter(|at| is_place(&line[..*at]))?;
            line[end + 1..].strip_prefix(' ')?
        }
    };
    let rest = rest.trim_start();
    (!rest.is_empty()).then_some(rest)
}

/// `root@shop:~`, `[root@shop ~]`: who and where, as a shell says it before each command.
fn is_place(text: &str) -> bool {
    let text = text.trim_end();
    let bracketed = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    let Some((user, rest)) = bracketed.unwrap_or(text).split_once('@') else { return false };
    let (host, folder) = match rest.split_once(if bracketed.is_some() { ' ' } else { ':' }) {
        Some((host, folder)) => (host, folder),
        None => (rest, ""),
    };
    let name = |t: &str| !t.is_empty() && t.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    name(user) && name(host) && !folder.contains(char::is_whitespace)
}

/// The commands of a transcript, without their prompts and without what they printed.
pub(super) fn commands(fence: &Fence) -> Fence {
    let mut continued = false;
    let mut kept = Vec::new();
    for line in &fence.lines {
        let trimmed = line.text.trim_start();
        let command = typed(trimmed);
        if let Some(command) = command {
            let start = line.start + (line.text.len() - command.len());
            kept.push(FenceLine { text: command.to_owned(), start });
        } else if continued || trimmed.starts_with('#') {
            kept.push(line.clone());
        }
        continued = (command.is_some() || continued) && trimmed.ends_with('\\');
    }
    Fence { tag: fence.tag.clone(), lines: kept, closed: fence.closed }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let lines = text.lines().map(|l| FenceLine { text: l.into(), start: 0 }).collect();
        let kept = commands(&Fence { tag: String::new(), lines, closed: true });
        let kept: Vec<&str> = kept.lines.iter().map(|l| l.text.as_str()).collect();
        assert_eq!(kept.join(" / "), expected, "{text}");
    }

    #[test]
    fn only_what_stands_behind_a_prompt_was_typed() {
        check("$ uptime\n 12:00 up 3 days", "uptime");
        check(
            "root@till:~# systemctl status till\n● till.service - Till\nroot@till:~# reboot",
            "systemctl status till / reboot",
        );
        check("[ann@till ~]$ df -h\n/dev/sda1 90%", "df -h");
        check("deploy@web-1:/srv/app$ make \\\n  deploy", "make \\ /   deploy");
        check("mail ann@till.example # now", "");
        check("git@github.com: Permission denied", "");
    }
}
