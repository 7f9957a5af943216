//! The commands that really act: what `sudo`, `ssh host`, `docker exec` and the like start, with where it runs and as whom.

use std::ops::Range;
use std::sync::OnceLock;

use super::shell::{self, Redirect, Script, Simple, Word};
use super::tools::{Change, Found, Runs, unwrapped};

/// How deep wrappers are followed into wrappers.
const MAX_WRAPPING: usize = 6;

/// One simple command that no wrapper stands around, or whose wrapper cannot be followed.
#[derive(Clone, Copy, Debug)]
pub struct Effective<'s> {
    /// The command. Started by words (`sudo x`, `docker exec c x`) it has the input, the output and the pipe of the
    /// command around it; read from a text (`ssh h 'x'`, `bash -c 'x'`) only those that the text gives it.
    /// The spans of its words are bytes of the line that was parsed; empty where a word does not stand there as it is.
    pub command: &'s Simple,
    /// Where it runs and as whom.
    pub around: &'s Around,
    /// Which of `script.commands` it came from.
    pub at: usize,
}

/// Where a command runs and as whom.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Around {
    /// The programs that were unwrapped, the outermost first: `sudo`, `ssh`, `docker`.
    pub wrappers: Vec<String>,
    /// The host, without the user's name: of the innermost `ssh`.
    pub host: Option<Word>,
    /// The container, compose service or pod.
    pub container: Option<Container>,
    /// The user: of `sudo`, `su`, `ssh user@host`, `docker exec -u`; none where that is whoever types.
    pub user: Option<String>,
}

/// What `docker exec` and its kin enter.
#[derive(Clone, Debug, PartialEq)]
pub struct Container {
    /// What it is.
    pub kind: ContainerKind,
    /// Its name.
    pub name: Word,
}

/// What a command is run inside of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContainerKind {
    /// A container by its own name: docker, podman, lxc.
    Container,
    /// A service of a compose file.
    Service,
    /// A pod of a cluster.
    Pod,
}

static NOTHING: Around = Around { wrappers: Vec::new(), host: None, container: None, user: None };

/// A command found behind wrappers; kept with its script, since every rule asks for it.
#[derive(Clone, Debug)]
struct Inner {
    at: usize,
    /// None where the outer command acts itself as well: `find … -exec`.
    command: Option<Simple>,
    around: Around,
}

/// What `effective` found once. It follows from the script, so two scripts never differ by it alone.
#[derive(Clone, Debug, Default)]
pub(super) struct Cache(OnceLock<Vec<Inner>>);

impl PartialEq for Cache {
    fn eq(&self, _: &Cache) -> bool {
        true
    }
}

/// Every simple command of a script that acts, in the order they are written; wrappers give way to what they start.
/// It is worked out once for each script.
pub fn effective(script: &Script) -> Vec<Effective<'_>> {
    let inner = script.inner.0.get_or_init(|| unwrap(script));
    let mut found = Vec::with_capacity(script.commands.len() + inner.len());
    let mut next = inner.iter().peekable();
    for (at, command) in script.commands.iter().enumerate() {
        if next.peek().is_none_or(|inner| inner.at != at) {
            found.push(Effective { command, around: &NOTHING, at });
        }
        while let Some(inner) = next.next_if(|inner| inner.at == at) {
            found.push(Effective { command: inner.command.as_ref().unwrap_or(command), around: &inner.around, at });
        }
    }
    found
}

impl<'s> Effective<'s> {
    /// Its program's name without the folder it lies in; empty where there is none or only the shell knows it.
    pub fn program(&self) -> &'s str {
        match self.command.words.first() {
            Some(word) if !word.dynamic => word.text.rsplit('/').next().unwrap_or_default(),
            _ => "",
        }
    }

    /// The words behind its program.
    pub fn args(&self) -> &'s [Word] {
        self.command.words.get(1..).unwrap_or_default()
    }

    /// The text of an argument; empty where there is none.
    pub fn arg(&self, at: usize) -> &'s str {
        self.args().get(at).map_or("", |word| word.text.as_str())
    }

    /// Whether one of the words behind its program is this one.
    pub fn has(&self, wanted: &str) -> bool {
        self.args().iter().any(|word| word.text == wanted)
    }
}

fn unwrap(script: &Script) -> Vec<Inner> {
    let mut found = Vec::new();
    for (at, command) in script.commands.iter().enumerate() {
        let before = found.len();
        follow(command, &NOTHING, at, 0, &mut found);
        // A command without wrappers needs no place here.
        if found.len() == before + 1 && found[before].around == NOTHING {
            found.truncate(before);
        }
    }
    found
}

/// Adds what a command comes to.
fn follow(command: &Simple, around: &Around, at: usize, depth: usize, found: &mut Vec<Inner>) {
    let keep = |found: &mut Vec<Inner>| {
        let own = (depth > 0).then(|| command.clone());
        found.push(Inner { at, command: own, around: around.clone() });
    };
    let runs = if depth < MAX_WRAPPING { unwrapped(command) } else { Vec::new() };
    if runs.is_empty() {
        return keep(found);
    }
    let before = found.len();
    let mut followed = false;
    for Found { runs, change, acts } in runs {
        if acts {
            keep(found);
        }
        let around = around.changed(command, change);
        match runs {
            Runs::Words(words) => {
                let inner = Simple {
                    assigns: Vec::new(),
                    words,
                    redirects: command.redirects.clone(),
                    piped: command.piped,
                    substituted: command.substituted,
                };
                follow(&inner, &around, at, depth + 1, found);
                followed = true;
            }
            Runs::Text(words) => followed |= text(command, &words, &around, at, depth + 1, found),
        }
    }
    if !followed {
        found.truncate(before);
        keep(found);
    }
}

/// Follows words that a shell reads as its text; false where that is no shell.
fn text(outer: &Simple, words: &[Word], around: &Around, at: usize, depth: usize, found: &mut Vec<Inner>) -> bool {
    let joined = Joined::new(words);
    let Ok(mut script) = shell::parse(&joined.text) else { return false };
    if script.commands.is_empty() {
        return false;
    }
    for (nth, command) in script.commands.iter_mut().enumerate() {
        joined.place(command);
        command.substituted |= outer.substituted;
        command.piped |= nth == 0 && outer.piped;
        follow(command, around, at, depth, found);
    }
    true
}

/// Words with a blank between them, and where each stands in the line.
struct Joined {
    text: String,
    /// Where a word begins in the text, where in the line, and how long it is.
    pieces: Vec<(usize, usize, usize)>,
}

impl Joined {
    fn new(words: &[Word]) -> Joined {
        let mut joined = Joined { text: String::new(), pieces: Vec::new() };
        for word in words {
            if !joined.text.is_empty() {
                joined.text.push(' ');
            }
            if let Some(at) = word.verbatim {
                joined.pieces.push((joined.text.len(), at, word.text.len()));
            }
            joined.text.push_str(&word.text);
        }
        joined
    }

    /// Turns the spans of a command from bytes of the text into bytes of the line.
    fn place(&self, command: &mut Simple) {
        let redirected = command.redirects.iter_mut().filter_map(Redirect::word_mut);
        for word in command.words.iter_mut().chain(redirected) {
            word.span = self.in_line(&word.span).unwrap_or(0..0);
            word.verbatim = word.verbatim.and_then(|at| Some(self.in_line(&(at..at + word.text.len()))?.start));
        }
    }

    fn in_line(&self, span: &Range<usize>) -> Option<Range<usize>> {
        let (start, line, _) = self
            .pieces
            .iter()
            .find(|(start, _, length)| !span.is_empty() && *start <= span.start && span.end <= start + length)?;
        Some(line + span.start - start..line + span.end - start)
    }
}

impl Around {
    /// The same one wrapper further in.
    fn changed(&self, wrapper: &Simple, change: Change) -> Around {
        let mut around = self.clone();
        let name = wrapper.words.first().map_or("", |word| word.text.as_str());
        around.wrappers.push(name.rsplit('/').next().unwrap_or_default().to_owned());
        match change {
            Change::Nothing => {}
            Change::User(user) => around.user = Some(user),
            Change::Host { host, user } => {
                around.host = Some(host);
                around.container = None;
                around.user = user;
            }
            Change::Container { container, user } => {
                around.container = Some(container);
                around.user = user;
            }
        }
        around
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each command as `user@host[container] words`.
    fn check(text: &str, expected: &str) {
        let script = shell::parse(text).unwrap();
        let shown: Vec<String> = effective(&script).iter().map(|found| shown(found, text)).collect();
        assert_eq!(shown.join("; "), expected, "{text}");
    }

    fn shown(found: &Effective, line: &str) -> String {
        let around = found.around;
        let mut shown = String::new();
        if let Some(user) = &around.user {
            shown += &format!("{user}@");
        }
        if let Some(host) = &around.host {
            shown += &host.text;
            assert!(host.span.is_empty() || line[host.span.clone()] == host.text, "{line}");
        }
        if let Some(container) = &around.container {
            shown += &format!("[{}]", container.name.text);
        }
        if !shown.is_empty() {
            shown.push(' ');
        }
        let words: Vec<&str> = found.command.words.iter().map(|word| word.text.as_str()).collect();
        for word in found.command.words.iter().filter(|word| !word.span.is_empty() && !word.dynamic && !word.quoted) {
            assert_eq!(line[word.span.clone()], word.text, "{line}");
        }
        shown + &words.join(" ")
    }

    #[test]
    fn wrappers_give_way_to_what_they_start() {
        check("ls -l", "ls -l");
        check("sudo systemctl restart web", "root@ systemctl restart web");
        check("sudo -u postgres psql -c 'select 1' | cat", "postgres@ psql -c select 1; cat");
        check("sudo -iu postgres A=1 psql", "postgres@ psql");
        check("doas -u www ls", "www@ ls");
        check("env -u A B=1 nohup nice -n5 timeout -k 5 10 ./release", "./release");
        check("/usr/bin/time -p exec -a x ls", "ls");
        check("xargs -0 -n1 rm -f", "rm -f $@");
        check("ls | xargs -I{} mv {} /srv", "ls; mv {} /srv");
        check(
            "find /srv -name x -exec rm -f {} \\; -execdir ls {} +",
            "find /srv -name x -exec rm -f {} ; -execdir ls {} +; rm -f {}; ls {}",
        );
        check("watch -n 5 'docker ps | head'", "docker ps; head");
        check("bash -euc 'cd /srv && make' x; sh <<< 'rm y'", "cd /srv; make; rm y");
        check("su - app -c 'pm2 list'; su -c ls", "app@ pm2 list; root@ ls");
        check("runuser -u app -- ls; runuser -l app -c 'df -h'", "app@ ls; app@ df -h");
        check("flock -n /run/lock rm x; flock /run/lock -c 'ls -l'", "rm x; ls -l");
        check("eval ls -l; trap 'rm x' EXIT", "ls -l; rm x");
        check("sshpass -p x ssh h1 uptime", "h1 uptime");
    }

    #[test]
    fn where_and_as_whom_is_known() {
        check("ssh deploy@h1 'df -h; sudo reboot'", "deploy@h1 df -h; root@h1 reboot");
        check("ssh -p 22 -l anna h1 -t docker exec -it -u www web ls -l", "www@h1[web] ls -l");
        check("docker compose -f a.yml exec -T db psql -l", "[db] psql -l");
        check("docker-compose exec --user=postgres db sh -c 'psql -l'", "postgres@[db] psql -l");
        check("docker container exec web ls", "[web] ls");
        check("kubectl -n shop exec -it pod/web -c app -- ls /", "[pod/web] ls /");
        check("sudo docker exec web ls", "[web] ls");
        check("ssh h1 <<'E'\nls\ndf\nE", "h1 ls; h1 df");
        check("ssh h1 ssh h2 ls", "h2 ls");
        check("podman exec web ls && lxc exec box -- df", "[web] ls; [box] df");
    }

    #[test]
    fn what_cannot_be_followed_stays_as_it_is() {
        for text in [
            "sudo -l", "ssh h1", "bash release.sh", "docker ps", "su - app", "kubectl exec pod ls", "xargs",
            "command -v ls", "ssh h1 'echo \"open'", "flock -n 9", "timeout 5", "env", "watch",
        ] {
            let script = shell::parse(text).unwrap();
            let found = effective(&script);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!((found[0].command, found[0].around), (&script.commands[0], &NOTHING), "{text}");
        }
        check(&format!("{}ls", "sudo ".repeat(9)), &format!("root@ {}ls", "sudo ".repeat(3)));
    }
}
