//! Going back to the release before: folders that nest in each other, links that are gone for a moment, names for values.

use std::collections::HashMap;

use super::acts;
use super::calls::Call;
use super::{Context, Kind, Needs};
use crate::command::shell::Word;
use crate::runbook::{Finding, Level};

pub(super) const KINDS: &[Kind] = &[NESTS, LINK, LITERAL];

const NESTS: Kind = Kind {
    id: "mv-rollback-nests",
    level: Level::Error,
    needs: Needs::Document,
    what: "A rollback moves the broken release aside under a name that is taken when it is done a second time.",
    why: "The second time `mv app app-broken` moves the release into the folder that is already there. No release before is left to move back, and the service starts from nothing.",
    wrong: "# Ops\n\n## Roll back\n\n```bash\ncd /srv\nmv harbour harbour-broken\nmv harbour-previous harbour\npm2 restart harbour\n```\n",
    right: "# Ops\n\n## Roll back\n\n```bash\ncd /srv\nln -s releases/<release> current.new && mv -T current.new current\npm2 restart harbour\n```\n",
    check: Some(nests),
};

fn nests(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut moved: HashMap<(usize, String), Call<'_>> = HashMap::new();
    for call in context.calls.of(&["mv"]) {
        let unit = context.calls.unit_number(context.calls.place(call));
        let operands = call.operands(&["-S", "--suffix"]);
        let [from, to] = operands.as_slice() else { continue };
        if let Some(first) = moved.remove(&(unit, bare(&to.text))) {
            let aside = first.operands(&["-S", "--suffix"])[1];
            let mut source = first.source();
            source.end_line = source.end_line.max(call.source().end_line);
            let message = format!(
                "done a second time, `{}` moves the folder into `{}`, and nothing is left to go back to",
                first.short(3),
                first.written(aside)
            );
            let help = "keep each release in a folder of its own and switch a link: `ln -s NEW link.new && mv -T link.new link`";
            found.push(Finding::new(&NESTS, source, message, help).of_step(first.place.step));
        }
        if may_nest(context, call, from, to) {
            moved.insert((unit, bare(&from.text)), *call);
        }
    }
}

fn bare(path: &str) -> String {
    path.trim_end_matches('/').to_owned()
}

/// Whether a folder is moved to a name that may be taken, and nothing looks whether it is.
fn may_nest(context: &Context<'_>, call: &Call<'_>, from: &Word, to: &Word) -> bool {
    let new_name = to.dynamic
        && (to.text.contains("$(") || to.text.contains('`') || to.text.contains("DATE") || to.text.contains("STAMP"));
    let guarded = call.has(&["-T", "--no-target-directory", "-n", "--no-clobber"])
        || call.texts().any(|text| text.starts_with("--backup") || text == "-b");
    let name = bare(&from.text);
    let last = name.rsplit('/').next().unwrap_or_default();
    let file = last.trim_start_matches('.').contains('.') || name.contains("/bin/") || from.text.contains('*');
    let cleared = |other: &Call<'_>| {
        other.program == "rm" && other.texts().any(|text| bare(text) == bare(&to.text))
            || matches!(other.program, "[" | "test" | "[[") && other.texts().any(|text| text.contains(&*to.text))
    };
    !new_name && !guarded && !file && !context.calls.before(call).iter().any(cleared)
}

const LINK: Kind = Kind {
    id: "symlink-nonatomic",
    level: Level::Warning,
    needs: Needs::Document,
    what: "The link to the release that is live is removed and made anew, instead of being replaced in one move.",
    why: "Between the two there is no release: of readers that looked all the time, tens of thousands found nothing. `ln -sfn` does the same in BusyBox, on BSD and in older GNU versions; without `-n` it puts the new link inside the old release. A link made beside and moved over it with `mv -T` is never missing.",
    wrong: "# Ops\n\n## Roll back\n\n```bash\nrm /srv/harbour/current\nln -s /srv/harbour/releases/<release> /srv/harbour/current\n```\n",
    right: "# Ops\n\n## Roll back\n\n```bash\nln -s /srv/harbour/releases/<release> /srv/harbour/current.new\nmv -T /srv/harbour/current.new /srv/harbour/current\n```\n",
    check: Some(|context, found| found.extend(context.calls.of(&["ln"]).filter_map(|call| switched(context, call)))),
};

fn switched(context: &Context<'_>, call: &Call<'_>) -> Option<Finding> {
    if !call.flag('s', "--symbolic") {
        return None;
    }
    let operands = call.operands(&["-S", "--suffix", "-t", "--target-directory"]);
    let [target, link] = operands.as_slice() else { return None };
    if !is_release_switch(&target.text, &link.text) {
        return None;
    }
    let removes = |other: &&Call<'_>| {
        matches!(other.program, "rm" | "unlink") && other.texts().any(|text| bare(text) == bare(&link.text))
    };
    let help = "make the link beside and move it over: `ln -s NEW link.new && mv -T link.new link`";
    if context.calls.before(call).iter().any(|other| removes(&other)) {
        let message =
            format!("between `rm` and `ln` there is no `{}`: who asks then finds no release", call.written(link));
        return Some(call.finding(&LINK, message, help));
    }
    if !call.flag('f', "--force") {
        return None;
    }
    if !call.flag('n', "--no-dereference") && !call.flag('T', "--no-target-directory") && !call.has(&["-h"]) {
        let message =
            format!("without `-n` this puts the link inside the release that `{}` leads to", call.written(link));
        return Some(call.finding(&LINK, message, help));
    }
    let message = format!("`{}` first removes the link where `ln` is not a newer GNU one", call.short(2));
    Some(Finding { level: Level::Info, ..call.finding(&LINK, message, help) })
}

fn is_release_switch(target: &str, link: &str) -> bool {
    let link = bare(link);
    let name = link.rsplit('/').next().unwrap_or_default();
    let live = matches!(
        name,
        "current"
            | "live"
            | "active"
            | "latest"
            | "production"
            | "prod"
            | "stable"
            | "release"
            | "app"
            | "www"
            | "html"
    );
    let of_releases =
        ["releases/", "release-", "versions/", "deploys/", "builds/"].iter().any(|word| target.contains(word));
    (live || of_releases) && !link.starts_with("/etc/") && !link.starts_with("/usr/")
}

const LITERAL: Kind = Kind {
    id: "sed-literal-var",
    level: Level::Error,
    needs: Needs::Document,
    what: "`sed` searches for the name of a variable where its value is meant.",
    why: "`sed \"s/OLD_PASSWORD/$NEW_PASSWORD/\"` looks for the letters OLD_PASSWORD. The file holds the value, so nothing is replaced, `sed` ends with 0, and the service starts with a password that no longer counts.",
    wrong: "# Ops\n\n## Rotate the password\n\n```bash\ncp -p /srv/harbour/.env /srv/harbour/.env.$(date +%s)\nsed -i \"s/OLD_PASSWORD/$NEW_PASSWORD/\" /srv/harbour/.env\n```\n",
    right: "# Ops\n\n## Rotate the password\n\n```bash\ncp -p /srv/harbour/.env /srv/harbour/.env.$(date +%s)\nsed -i \"s|^DB_PASSWORD=.*|DB_PASSWORD=$NEW_PASSWORD|\" /srv/harbour/.env\ngrep -q \"^DB_PASSWORD=$NEW_PASSWORD$\" /srv/harbour/.env\n```\n",
    check: Some(|context, found| {
        found.extend(context.calls.of(&["sed", "gsed", "perl"]).filter_map(|call| literal(context, call)));
    }),
};

fn literal(context: &Context<'_>, call: &Call<'_>) -> Option<Finding> {
    if !acts::edits_in_place(call) {
        return None;
    }
    let (name, quoted) = call.args().iter().find_map(|word| named_variable(call, word))?;
    let file = call.operands(&["-e", "-f"]).last().map_or("", |word| word.text.as_str());
    let template = ["template", ".tpl", ".tmpl", ".example", ".dist", ".sample", ".in", ".j2"]
        .iter()
        .any(|end| file.contains(end) && (file.ends_with(end) || *end != ".in"));
    let used = || {
        let dollar = [format!("${}", name.to_ascii_lowercase()), format!("${{{}}}", name.to_ascii_lowercase())];
        dollar.iter().any(|form| context.near.holds(form))
    };
    let old = ["OLD_", "CURRENT_", "PREV_", "PREVIOUS_", "FORMER_"].iter().any(|start| name.starts_with(start))
        || name.ends_with("_OLD");
    if template || !(old || used() || quoted) {
        return None;
    }
    let message = if quoted {
        format!("in single quotes `${name}` is not replaced by its value: sed looks for these very letters")
    } else {
        format!(
            "sed looks for the letters `{name}`, not for the value of `${name}`: nothing is replaced, and sed ends with 0"
        )
    };
    Some(call.finding(
        &LITERAL,
        message,
        "replace by the key: `sed \"s|^KEY=.*|KEY=$NEW|\" FILE`, and look afterwards whether it is there",
    ))
}

/// The variable whose name is searched for, and whether quotes keep it from being replaced by its value:
/// `s/OLD_KEY/$NEW_KEY/`, `'s/$OLD_KEY/$NEW_KEY/'`.
fn named_variable(call: &Call<'_>, word: &Word) -> Option<(String, bool)> {
    let rest = word.text.trim_start().strip_prefix('s')?;
    let mark = rest.chars().next().filter(|c| !c.is_alphanumeric() && !c.is_whitespace())?;
    let mut parts = rest[mark.len_utf8()..].split(mark);
    let (searched, new) = (parts.next()?, parts.next()?);
    let plain = |text: &str| text.trim_start_matches(['$', '{']).trim_end_matches('}').to_owned();
    let name = plain(searched);
    let is_name = name.len() > 3
        && name.contains('_')
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    // `s/DB_HOST/$DB_HOST/` fills in a template.
    if !is_name || !new.contains('$') || plain(new) == searched {
        return None;
    }
    // In a text for another shell the quotes around all of it decide.
    let quoted = searched.starts_with('$') && !word.dynamic && call.around.wrappers.is_empty();
    let literal = !searched.contains('$') && (word.dynamic || !call.around.wrappers.is_empty());
    (quoted || literal).then_some((name, quoted))
}
