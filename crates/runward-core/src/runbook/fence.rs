//! What a code block really holds: its tag is a hint, its lines and the words that lead to it decide.

mod files;
mod programs;
mod prose;
mod shapes;
mod tags;

use serde::Serialize;

use super::markdown::{Block, Fence, Inlines, Kind};
use super::prompt::{is_roots, typed};
use crate::command::Language;
use crate::command::lines::{LineKind, logical_lines};
pub use programs::begins_like_command;
use prose::Lead;
pub use shapes::is_sql;
use tags::Tag;

/// What a code block holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FenceType {
    /// Commands for a shell.
    Shell,
    /// Statements for a database.
    Sql,
    /// Commands behind a prompt, with what they printed.
    Transcript,
    /// What a program prints.
    Output,
    /// The content of a configuration file.
    Config,
    /// A message or document to fill in.
    Template,
    /// Things to tick.
    Checklist,
    /// Boxes and arrows.
    Diagram,
    /// A program in some language.
    Code,
    /// JSON.
    Json,
    /// None of these.
    #[default]
    Other,
}

/// Whether a block's tag says that it is for a shell.
pub(crate) fn is_shell_tag(tag: &str) -> bool {
    matches!(tags::read(tag), Tag::Shell)
}

/// How far back the words that lead to a block may stand.
const REACH: usize = 3;

/// Types every block of a document. `outer` leads to the first of them.
pub(super) fn settle(blocks: &mut [Block], outer: Option<&Inlines>) {
    for at in 0..blocks.len() {
        let (before, rest) = blocks.split_at_mut(at);
        match &mut rest[0].kind {
            Kind::Fence(fence) => fence.kind = of(fence, &Around::new(before, outer)),
            Kind::List(list) => {
                let outer = before.last().and_then(lead_in).or(outer);
                list.items.iter_mut().for_each(|item| settle(&mut item.blocks, outer));
            }
            Kind::Quote(inner) => settle(inner, before.last().and_then(lead_in).or(outer)),
            Kind::Heading(..) | Kind::Paragraph(_) | Kind::Table(_) => {}
        }
    }
}

/// The words of a block that may lead to the next one; of a list those of its last item.
fn lead_in(block: &Block) -> Option<&Inlines> {
    match &block.kind {
        Kind::Paragraph(text) | Kind::Heading(_, text) => Some(text),
        Kind::List(list) => list.items.last()?.blocks.iter().rev().find_map(lead_in),
        Kind::Fence(_) | Kind::Quote(_) | Kind::Table(_) => None,
    }
}

/// What stands in front of a block.
struct Around<'d> {
    /// The words that lead to it.
    words: Option<&'d Inlines>,
    /// The block it follows, with no words between.
    follows: Option<FenceType>,
}

impl<'d> Around<'d> {
    fn new(before: &'d [Block], outer: Option<&'d Inlines>) -> Self {
        let follows = match before.last().map(|b| &b.kind) {
            Some(Kind::Fence(fence)) => Some(fence.kind),
            _ => None,
        };
        let words = before.iter().rev().take(REACH).find_map(lead_in);
        Around { words: words.or(outer.filter(|_| before.len() < REACH)), follows }
    }

    fn lead(&self) -> Lead {
        // What a block before this one used up leads to no second one.
        let used = self.follows == Some(FenceType::Output);
        Lead::new(&self.words.filter(|_| !used).map(Inlines::plain).unwrap_or_default())
    }
}

/// The lines of a block, as far as its type needs them.
struct Seen<'f> {
    /// Every line that is not blank, trimmed.
    filled: Vec<&'f str>,
    /// Those that are no comments of a shell.
    code: Vec<&'f str>,
}

impl<'f> Seen<'f> {
    fn new(fence: &'f Fence) -> Self {
        let filled: Vec<&str> = fence.lines.iter().map(|l| l.text.trim()).filter(|l| !l.is_empty()).collect();
        let code = filled.iter().copied().filter(|l| !l.starts_with('#') || l.starts_with("#!")).collect();
        Seen { filled, code }
    }

    fn prompted(&self) -> bool {
        self.filled.iter().any(|l| typed(l).is_some())
    }

    fn commands(&self) -> usize {
        self.code.iter().filter(|l| begins_like_command(l)).count()
    }
}

/// Types a block.
fn of(fence: &Fence, around: &Around<'_>) -> FenceType {
    let tag = tags::read(&fence.tag);
    let seen = Seen::new(fence);
    if seen.filled.is_empty() {
        return if let Tag::Sure(kind) = tag { kind } else { FenceType::Other };
    }
    match tag {
        Tag::Sure(FenceType::Template) if shapes::is_checklist(&seen.filled) => FenceType::Checklist,
        Tag::Sure(kind) => kind,
        Tag::Sql if seen.prompted() => FenceType::Transcript,
        Tag::Sql => FenceType::Sql,
        Tag::Language if seen.filled.iter().any(|l| is_console(l)) => FenceType::Transcript,
        Tag::Language if around.lead().announces_output() && !shapes::is_program(&seen.code) => FenceType::Output,
        Tag::Language => FenceType::Code,
        Tag::Shell => tagged_shell(fence, &seen, around),
        Tag::Plain => plain(fence, &seen, around),
    }
}

/// A line behind the prompt of a language's own console.
fn is_console(line: &str) -> bool {
    [">>> ", "irb(", "iex(", "[", "In ["].iter().any(|start| line.starts_with(start))
        && typed(line).is_some_and(|said| said.language == Language::Code)
}

/// A block that its tag says is shell: so it is, unless its lines are plainly something else.
fn tagged_shell(fence: &Fence, seen: &Seen<'_>, around: &Around<'_>) -> FenceType {
    if seen.prompted() || is_roots(&fence.tag, &seen.filled) {
        return FenceType::Transcript;
    }
    if shapes::is_checklist(&seen.filled) {
        return FenceType::Checklist;
    }
    if seen.code.is_empty() {
        return comments_only(&seen.filled);
    }
    // What a command is fed, as in `cat > file <<EOF`, says nothing of the block.
    if begins_like_command(seen.code[0]) && !files::is_setting(seen.code[0]) {
        return FenceType::Shell;
    }
    if let Some(kind) = not_shell(seen) {
        return kind;
    }
    let commands = seen.commands();
    let typed = seen.code.iter().any(|l| begins_like_command(l) && !files::is_setting(l));
    if typed || commands > 0 && seen.code.iter().any(|l| l.contains("$(")) {
        return FenceType::Shell;
    }
    if files::is_environment(&seen.code) || files::is_settings(&seen.code) || files::is_named(&seen.filled) {
        return FenceType::Config;
    }
    let lead = around.lead();
    if prose::is_log(seen.code[0]) || lead.announces_output() && around.follows != Some(FenceType::Output) {
        return FenceType::Output;
    }
    FenceType::Shell
}

/// Comments with no command below them: prose, a query that is looked up elsewhere, or what root types (`# reboot`).
fn comments_only(filled: &[&str]) -> FenceType {
    let said = || filled.iter().map(|l| l.trim_start_matches('#').trim());
    // A query goes on over several lines.
    if said().any(shapes::is_query) {
        return FenceType::Code;
    }
    FenceType::Other
}

/// What is no shell by the shape of its lines.
fn not_shell(seen: &Seen<'_>) -> Option<FenceType> {
    if shapes::are_requests(&seen.code) {
        return Some(FenceType::Other);
    }
    if shapes::is_response(&seen.code) {
        return Some(FenceType::Output);
    }
    if shapes::is_sql_text(&seen.code) {
        return Some(FenceType::Sql);
    }
    if let Some(kind) = shapes::json(&seen.code) {
        return Some(kind);
    }
    if shapes::is_query(seen.code[0]) && seen.commands() == 0 {
        return Some(FenceType::Code);
    }
    if files::are_cron_lines(&seen.code) {
        return Some(FenceType::Config);
    }
    if seen.code[0].ends_with('{') && files::has_blocks(&seen.code) {
        return Some(FenceType::Config);
    }
    if shapes::is_program(&seen.code) {
        return Some(FenceType::Code);
    }
    (shapes::is_diagram(&seen.code) && seen.commands() == 0).then_some(FenceType::Diagram)
}

/// A block whose tag says nothing.
fn plain(fence: &Fence, seen: &Seen<'_>, around: &Around<'_>) -> FenceType {
    if files::is_difference(&seen.filled) {
        return FenceType::Config;
    }
    if seen.prompted() || is_roots(&fence.tag, &seen.filled) {
        return FenceType::Transcript;
    }
    if shapes::is_checklist(&seen.filled) {
        return FenceType::Checklist;
    }
    if prose::is_stamped(seen.filled[0]) {
        return FenceType::Output;
    }
    let lead = around.lead();
    let commands = share_of_commands(fence);
    if lead.titles_output()
        || lead.announces_output() && commands < 1.0
        || lead.announces_output() && seen.filled.iter().any(|l| prose::is_log(l))
    {
        return shapes::json(&seen.filled).unwrap_or(FenceType::Output);
    }
    let logged = seen.filled.iter().filter(|l| prose::is_log(l)).count();
    if (prose::is_log(seen.filled[0]) || logged * 3 >= seen.filled.len())
        && commands < 0.5
        && !prose::is_template(&seen.filled, lead.wants_message())
    {
        return FenceType::Output;
    }
    if seen.code.is_empty() {
        return if prose::is_template(&seen.filled, lead.wants_message()) {
            FenceType::Template
        } else {
            comments_only(&seen.filled)
        };
    }
    if shapes::is_diagram(&seen.filled) {
        return FenceType::Diagram;
    }
    let typed = seen.code.iter().any(|l| begins_like_command(l) && !files::is_setting(l));
    if files::is_named(&seen.filled) && (!typed || seen.code[0].starts_with("#!")) {
        return FenceType::Config;
    }
    if let Some(kind) = not_shell(seen) {
        return kind;
    }
    if files::is_environment(&seen.code) {
        return FenceType::Config;
    }
    if commands >= 0.6 {
        return FenceType::Shell;
    }
    if begins_like_command(seen.code[0]) && commands > 0.0 && !prose::is_prose(&seen.filled) {
        return FenceType::Transcript;
    }
    if shapes::is_search(&seen.code) {
        return FenceType::Code;
    }
    words(seen, &lead)
}

/// What neither shape nor commands tell: settings, a message, or what a program prints.
fn words(seen: &Seen<'_>, lead: &Lead) -> FenceType {
    if prose::is_addresses(&seen.filled) {
        return FenceType::Other;
    }
    let template = prose::is_template(&seen.filled, lead.wants_message());
    if files::is_settings(&seen.code) && !template {
        return FenceType::Config;
    }
    if template {
        return FenceType::Template;
    }
    if shapes::is_numbered_list(&seen.filled) {
        return FenceType::Checklist;
    }
    if lead.names_file() && !prose::is_prose(&seen.filled) {
        return FenceType::Config;
    }
    if lead.mentions_output() || !prose::is_prose(&seen.filled) { FenceType::Output } else { FenceType::Other }
}

/// How many of the commands that an untagged block would have begin like one.
fn share_of_commands(fence: &Fence) -> f32 {
    let lines: Vec<&str> = fence.lines.iter().map(|l| l.text.as_str()).collect();
    let logical = logical_lines(&lines);
    let mut all = 0.0;
    let mut like = 0.0;
    for line in logical.iter().filter(|l| matches!(l.kind, LineKind::Command | LineKind::Broken)) {
        all += 1.0;
        like += f32::from(u8::from(begins_like_command(&line.text)));
    }
    if all > 0.0 { like / all } else { 0.0 }
}

#[cfg(test)]
mod tests;
