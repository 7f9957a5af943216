//! What comments in code blocks say that no shell reads: conditions, ways to choose from, work for people, numbers.

use super::super::form::tags;
use super::super::written::Placed;
use super::super::{Context, Place};
use super::{ST02, ST03, ST04};
use crate::runbook::fence::FenceType;
use crate::runbook::words::{is_imperative, step_number, unnumbered};
use crate::runbook::{Finding, Step, is_alternative, is_condition};

/// A block with its commands and comments in the order of its lines.
struct Read<'c> {
    block: &'c Placed<'c>,
    lines: Vec<Line<'c>>,
}

/// One line of a block, or the first of several that are one command.
struct Line<'c> {
    number: u32,
    what: What<'c>,
}

enum What<'c> {
    Blank,
    /// The words of a comment.
    Comment(&'c str),
    /// A command of a step.
    Command(&'c Step, &'c str),
    /// Text that is no command to the reader.
    Other,
}

/// Every block of shell that holds comments.
fn commented<'c>(context: &'c Context<'_>) -> Vec<Read<'c>> {
    let shell = |block: &Placed<'_>| block.kind == FenceType::Shell || block.fence.is_remarks();
    let comments = |block: &Placed<'_>| block.fence.lines.iter().any(|line| line.text.trim_start().starts_with('#'));
    let blocks = context.fences().with_places();
    blocks.filter(|(block, _)| shell(block) && comments(block)).map(|(block, places)| read(block, places)).collect()
}

fn read<'c>(block: &'c Placed<'c>, places: &'c [Place<'c>]) -> Read<'c> {
    let mut commands = places.iter().peekable();
    let mut lines = Vec::new();
    let mut behind = 0;
    for (at, line) in block.fence.lines.iter().enumerate() {
        let number = block.line_of(at);
        if number < behind {
            continue;
        }
        let text = line.text.trim();
        let what = match commands.next_if(|place| place.command.line <= number) {
            Some(place) => {
                let command = place.command.text.as_str();
                behind = number + command.matches('\n').count() as u32 + 1;
                What::Command(place.step, command)
            }
            None if text.is_empty() => What::Blank,
            None => {
                text.strip_prefix('#').map_or(What::Other, |rest| What::Comment(rest.trim_start_matches('#').trim()))
            }
        };
        lines.push(Line { number, what });
    }
    Read { block, lines }
}

impl<'c> Read<'c> {
    fn finding(&self, rule: &super::Kind, line: u32, message: String, help: &str) -> Finding {
        let source = self.block.source(line);
        let finding = Finding::new(rule, source, message, help);
        match self.step_at(line) {
            Some(step) => finding.of_step(step),
            None => finding,
        }
    }

    /// The step of the first command from a line on.
    fn step_at(&self, line: u32) -> Option<&'c Step> {
        let from = self.lines.iter().skip_while(|l| l.number < line);
        from.filter_map(|l| if let What::Command(step, _) = l.what { Some(step) } else { None }).next()
    }

    /// The words of the comments right above a line's position, the last first.
    fn comments_above(&self, at: usize) -> impl Iterator<Item = (u32, &'c str)> {
        self.lines[..at].iter().rev().map_while(|line| match line.what {
            What::Comment(words) => Some((line.number, words)),
            _ => None,
        })
    }
}

/// Conditions and alternatives over some of a block's commands.
pub(super) fn branches(context: &Context<'_>, found: &mut Vec<Finding>) {
    for block in commented(context) {
        let mut branches: Vec<(u32, &str)> = Vec::new();
        let mut always = 0;
        let mut open = false;
        for (at, line) in block.lines.iter().enumerate() {
            let What::Command(..) = line.what else { continue };
            let mut above = block.comments_above(at).peekable();
            // A comment or an empty line ends what the last condition was about.
            let new =
                above.peek().is_some() || at.checked_sub(1).is_some_and(|b| matches!(block.lines[b].what, What::Blank));
            let branch = above.find(|(_, words)| is_branch(unnumbered(words)));
            open = branch.is_some() || open && !new;
            branches.extend(branch);
            always += usize::from(!open);
        }
        let Some((first, words)) = branches.first() else { continue };
        if always == 0 && branches.len() == 1 {
            continue;
        }
        let others = match branches.len() {
            1 => String::new(),
            2 => ", and so does another in this block".to_owned(),
            more => format!(", and so do {} others in this block", more - 1),
        };
        let message = format!("`{}` is a comment: pasted, the block runs this branch too{others}", unnumbered(words));
        let help = "give each branch a block of its own, with the condition as a sentence above it";
        found.push(block.finding(&ST02, *first, message, help));
    }
}

fn is_branch(words: &str) -> bool {
    (is_condition(words) || is_alternative(words)) && !asks_for_nothing(words)
}

/// `Remove old dumps if present`: the command below finds out by itself.
fn asks_for_nothing(words: &str) -> bool {
    const THERE: &[&str] =
        &["if present", "if any", "if it exists", "if they exist", "if existing", "if there are any"];
    let lower = words.trim_end_matches(['.', ':', ')']).to_lowercase();
    THERE.iter().any(|end| lower.ends_with(end))
}

/// Work for people, in comments that no command follows.
pub(super) fn manual(context: &Context<'_>, found: &mut Vec<Finding>) {
    for block in commented(context) {
        let commands = block.lines.iter().filter(|line| matches!(line.what, What::Command(..))).count();
        let others = block.lines.iter().filter(|line| matches!(line.what, What::Other)).count();
        let hidden: Vec<(u32, &str)> =
            if commands + others == 0 { comments(&block).collect() } else { by_hand(&block) };
        let Some((line, words)) = hidden.first() else { continue };
        let message = if commands + others == 0 {
            "this block holds nothing but comments: run, it does nothing and succeeds".to_owned()
        } else if hidden.len() == 1 {
            format!("`{}` is work for a person, but stands only in a comment", unnumbered(words))
        } else {
            let more = hidden.len() - 1;
            let others = if more == 1 { "another thing does".to_owned() } else { format!("{more} other things do") };
            format!(
                "`{}` is work for a person, but stands only in a comment, as {others} in this block",
                unnumbered(words)
            )
        };
        let help = "write it as a sentence or an item of the list, and leave in blocks what is to be run";
        found.push(block.finding(&ST03, *line, message, help));
    }
}

fn comments<'c>(block: &Read<'c>) -> impl Iterator<Item = (u32, &'c str)> {
    block.lines.iter().filter_map(|line| match line.what {
        What::Comment(words) if !words.is_empty() => Some((line.number, words)),
        _ => None,
    })
}

/// Comments that tell somebody to do what no command below does.
fn by_hand<'c>(block: &Read<'c>) -> Vec<(u32, &'c str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < block.lines.len() {
        let start = at;
        while block.lines.get(at).is_some_and(|line| matches!(line.what, What::Comment(_))) {
            at += 1;
        }
        if at == start {
            at += 1;
            continue;
        }
        let words = |line: &Line<'c>| match line.what {
            What::Comment(words) => Some((line.number, unnumbered(words))),
            _ => None,
        };
        let group: Vec<(u32, &str)> = block.lines[start..at].iter().filter_map(words).collect();
        let edited = start.checked_sub(1).is_some_and(|before| match block.lines[before].what {
            What::Command(_, command) => tags::opens_editor(command),
            _ => false,
        });
        match block.lines.get(at).map(|line| &line.what) {
            // What to write stands below the editor.
            _ if edited => found.extend(group.iter().find(|(_, words)| is_imperative(words))),
            Some(What::Command(_, command)) => found.extend(above_a_command(&group, command)),
            Some(What::Other) => {}
            _ => {
                let first = group.iter().find(|(_, words)| !words.is_empty());
                found.extend(
                    first.filter(|(_, words)| is_imperative(words) && !is_condition(words) && !announces(words)),
                );
            }
        }
    }
    found
}

/// Right above a command, a comment says what that does, unless it could not, or the next one says it.
fn above_a_command<'c>(group: &[(u32, &'c str)], command: &str) -> Vec<(u32, &'c str)> {
    let last = group.len().saturating_sub(1);
    let told = |at: usize| group.get(at + 1..).unwrap_or_default().iter().any(|(_, words)| is_imperative(words));
    let by_hand = |(at, (_, words)): &(usize, &(u32, &str))| {
        needs_a_person(words) && !does(command, words)
            || *at < last && is_imperative(words) && told(*at) && !is_branch(words) && !is_caption(words)
    };
    group.iter().enumerate().filter(by_hand).map(|(_, line)| *line).collect()
}

/// `Look for: …` tells what to see in what was printed.
fn announces(words: &str) -> bool {
    let lower = words.to_lowercase();
    ["look for", "make sure you see", "record the output", "note:"].iter().any(|start| lower.starts_with(start))
}

/// `ROLL BACK TO THE LAST IMAGE` over what is to be done for it.
fn is_caption(words: &str) -> bool {
    words.contains(' ') && !words.contains(|c: char| c.is_lowercase())
}

/// Words for which there is hardly a command.
fn needs_a_person(words: &str) -> bool {
    const PEOPLE: &[&str] =
        &["edit", "notify", "contact", "wait", "tell", "ask", "call", "announce", "inform", "email"];
    let first = words.split_whitespace().next().unwrap_or_default().to_lowercase();
    PEOPLE.contains(&first.as_str())
}

/// Whether a command may do what it takes a person for, in another case.
fn does(command: &str, words: &str) -> bool {
    const DOERS: &[&str] = &[
        "nano", "vim", "vi", "nvim", "emacs", "sed", "tee", "crontab", "visudo", "curl", "mail", "sleep", "until",
        "while", "wait", "edit", "perl", "patch", "echo", "cat", "yq", "jq", "wall", "logger", "slack", "watch",
        "rollout", "for", "timeout", "code",
    ];
    let first = words.split_whitespace().next().unwrap_or_default().to_lowercase();
    let named = |w: &str| DOERS.contains(&w) || w == first;
    command.split(|c: char| !c.is_ascii_alphanumeric()).any(named)
}

/// Numbers of comments that leave one out or come twice.
pub(super) fn numbers(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut last_of_file: Option<(&str, u32)> = None;
    for block in commented(context) {
        let file = block.block.text.lines.file();
        // A second block may count on from the one before.
        let mut last = last_of_file.filter(|(of, _)| *of == file).map(|(_, number)| number);
        let mut first = true;
        let mut irregular = None;
        for line in &block.lines {
            let Some(number) = number(&line.what) else { continue };
            let before = last.replace(number);
            let begins = number <= 1 && (first || before.is_some_and(|before| before > 1));
            let follows = before.is_some_and(|before| before.checked_add(1) == Some(number));
            if !begins && !follows && irregular.is_none() {
                irregular = Some((line.number, number, before.filter(|_| !first)));
            }
            first = false;
        }
        if !first {
            last_of_file = last.map(|number| (file, number));
        }
        let Some((line, number, before)) = irregular else { continue };
        let message = match before {
            Some(before) if before == number => format!("number {number} stands here for the second time"),
            Some(before) => format!("number {number} follows on number {before}"),
            None => format!("the numbers of this block begin with {number}"),
        };
        let help = "number the steps anew; if one was lost, write it down again";
        found.push(block.finding(&ST04, line, message, help));
    }
}

/// The number a comment begins with: `# 2. Restart`, `# 2) Restart`, `# Step 2: Restart`.
fn number(what: &What<'_>) -> Option<u32> {
    let What::Comment(words) = what else { return None };
    if let Some((number, _)) = step_number(words) {
        return Some(number);
    }
    let digits = words.find(|c: char| !c.is_ascii_digit())?;
    let behind = words[digits..].strip_prefix(['.', ')'])?;
    behind.starts_with(' ').then(|| words[..digits].parse().ok()).flatten()
}
