//! Who runs what: logins as root, and root running what others can write.

use std::sync::LazyLock;

use regex::Regex;

use super::calls::Call;
use super::near::{Page, has_word};
use super::{Context, Kind, Needs};
use crate::pattern::any_of;
use crate::runbook::{Finding, Level};

pub(super) const KINDS: &[Kind] = &[LOGIN, OWNED];

const LOGIN: Kind = Kind {
    id: "ssh-as-root",
    level: Level::Warning,
    needs: Needs::Document,
    what: "People log in as root.",
    why: "Nobody can tell afterwards who did what, every misprint has the whole machine, and a key that gets lost opens all of it.",
    wrong: "# Ops\n\n## Web down\n\n**Diagnose:**\n```bash\nssh root@quay-1\nsystemctl status harbour\n```\n",
    right: "# Ops\n\n## Web down\n\n**Diagnose:**\n```bash\nssh quay-1\nsystemctl status harbour\n```\n",
    check: Some(logins),
};

/// So many mentions are looked at: what is said more often is said there as well.
const MANY: usize = 200;

static ROOT: LazyLock<Regex> = LazyLock::new(|| any_of(&["root@"]));
static OWNED_BY: LazyLock<Regex> = LazyLock::new(|| any_of(&["owned by"]));
static CHOWN: LazyLock<Regex> = LazyLock::new(|| any_of(&["chown -r "]));

/// One finding for each document: it is a habit, not a mistake of one line.
fn logins(context: &Context<'_>, found: &mut Vec<Finding>) {
    for page in context.near.pages() {
        let Some(at) = login(page.lower()) else { continue };
        let source = page.lines.source(at..at + 9);
        let message = "this logs in as root: nobody can tell who did what";
        found.push(Finding::new(&LOGIN, source, message, "log in as a person and take `sudo` for the single command"));
    }
}

/// Where `ssh root@HOST` or `ssh -l root` stands.
fn login(small: &str) -> Option<usize> {
    ROOT.find_iter(small).take(MANY).map(|found| found.start()).find_map(|at| {
        let start = small[..at].rfind('\n').map_or(0, |end| end + 1);
        let before = &small[start..at];
        // A mail address, a prompt (`root@host:~#`), an address of git are no logins.
        let whole = before.chars().next_back().is_none_or(|c| c.is_whitespace() || "\"'`".contains(c));
        let line_end = small[at..].find('\n').map_or(small.len(), |end| at + end);
        let prompt = small[at..line_end].contains('#') && before.trim().is_empty();
        let ssh = before.rfind("ssh ").filter(|ssh| !before[ssh + 4..].contains(['|', ';', '&']));
        (whole && !prompt && ssh.is_some()).then(|| start + ssh.unwrap_or(0))
    })
}

const OWNED: Kind = Kind {
    id: "root-runs-owned-file",
    level: Level::Warning,
    needs: Needs::Document,
    what: "Root runs a script from a folder that belongs to the service's own user.",
    why: "Whoever breaks into the service can write there, and the next cron run or deployment carries out what was written, as root.",
    wrong: "# Ops\n\nThe code lies in `/srv/harbour` (owned by `harbour`).\n\n## Deploy\n\n```bash\nsudo bash /srv/harbour/deploy.sh\n```\n",
    right: "# Ops\n\nThe code lies in `/srv/harbour` (owned by `harbour`), the scripts in `/usr/local/sbin` (owned by root).\n\n## Deploy\n\n```bash\nsudo /usr/local/sbin/deploy-harbour\n```\n",
    check: Some(root_runs),
};

fn root_runs(context: &Context<'_>, found: &mut Vec<Finding>) {
    for page in context.near.pages() {
        let small = page.lower();
        if !small.contains("owned by") && !small.contains("chown -r ") {
            continue;
        }
        for (at, folder, user) in owned(page) {
            let Some((line, script)) = run_by_root(context, page, &folder) else { continue };
            let source = page.lines.source(at..at + 1);
            let message = format!("`{folder}` belongs to `{user}`, and root runs `{script}` out of it (line {line})");
            let help = "keep what root runs in a folder that only root can write, such as /usr/local/sbin";
            found.push(Finding::new(&OWNED, source, message, help));
        }
    }
}

/// Folders that are said to belong to a user who is not root: where, which, and whose.
fn owned(page: &Page<'_>) -> Vec<(usize, String, String)> {
    let small = page.lower();
    let mut found: Vec<(usize, String, String)> = Vec::new();
    for (at, words) in OWNED_BY.find_iter(small).take(MANY).map(|found| (found.start(), found.as_str())) {
        let start = small[..at].rfind('\n').map_or(0, |end| end + 1);
        let path = small[start..at]
            .split(['`', ' ', '|', '(', '"'])
            .rev()
            .find(|word| word.starts_with('/') && word.len() > 4);
        let behind = small[at + words.len()..].trim_start_matches([' ', '`', '*', ':', '"']);
        let user: String = behind.chars().take_while(|c| c.is_ascii_alphanumeric() || "_-".contains(*c)).collect();
        let named = !["", "root", "the", "a", "this", "our", "and", "team"].contains(&user.as_str());
        if let Some(path) = path.filter(|_| named) {
            found.push((at, path.trim_end_matches('/').to_owned(), user));
        }
    }
    for (at, words) in CHOWN.find_iter(small).take(MANY).map(|found| (found.start(), found.as_str())) {
        let line = small[at + words.len()..].lines().next().unwrap_or_default();
        let mut parts = line.split_whitespace();
        let user = parts.next().unwrap_or_default().split(':').next().unwrap_or_default();
        let path = parts.next().unwrap_or_default();
        if path.starts_with('/')
            && path.len() > 4
            && !user.is_empty()
            && user != "root"
            && !user.starts_with(['$', '<'])
        {
            found.push((at, path.trim_end_matches('/').to_owned(), user.to_owned()));
        }
    }
    found.sort_by(|a, b| a.1.cmp(&b.1).then(a.0.cmp(&b.0)));
    found.dedup_by(|a, b| a.1 == b.1);
    // A page of nothing else than folders is not looked through for each of them.
    found.truncate(16);
    found
}

/// A script below a folder that root runs: by `sudo`, after a login as root, or by root's cron.
fn run_by_root(context: &Context<'_>, page: &Page<'_>, folder: &str) -> Option<(u32, String)> {
    let logs_in = login(page.lower()).is_some();
    let below = |text: &str| {
        text.get(..folder.len()).is_some_and(|start| start.eq_ignore_ascii_case(folder))
            && text[folder.len()..].starts_with('/')
    };
    let script = |call: &Call<'_>| {
        let own = call.command.words.first().filter(|word| below(&word.text));
        let handed = call
            .args()
            .iter()
            .find(|word| below(&word.text))
            .filter(|_| matches!(call.program, "bash" | "sh" | "zsh" | "python3" | "python"));
        own.or(handed).map(|word| word.text.clone())
    };
    let as_root = |call: &Call<'_>| match call.around.user.as_deref() {
        Some(user) => user == "root",
        None => logs_in,
    };
    let in_page = |call: &&Call<'_>| &*call.place.step.source.file == page.lines.file();
    let by_hand = context.calls.all().iter().filter(in_page).find_map(|call| {
        let script = script(call).filter(|_| as_root(call))?;
        Some((call.source().line, script))
    });
    by_hand.or_else(|| by_cron(page, folder))
}

/// `root crontab` in a line that names a script there.
fn by_cron(page: &Page<'_>, folder: &str) -> Option<(u32, String)> {
    let small = page.lower();
    small.match_indices(&format!("{folder}/")).take(MANY).find_map(|(at, _)| {
        let start = small[..at].rfind('\n').map_or(0, |end| end + 1);
        let line = small[start..].lines().next().unwrap_or_default();
        let cron = has_word(line, "cron") || has_word(line, "crontab");
        let script: String = small[at..].chars().take_while(|c| !c.is_whitespace() && !"`|,)\"".contains(*c)).collect();
        let root = has_word(line, "root");
        (cron && root && script.ends_with(".sh")).then(|| (page.lines.line_of(at), script))
    })
}
