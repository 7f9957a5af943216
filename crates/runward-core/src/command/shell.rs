//! Shell text as data: every simple command in it, wherever it hides, read by a real bash grammar.

use std::ops::Range;
use std::sync::OnceLock;

use brush_parser::ParserOptions;
use brush_parser::ast;
use brush_parser::word::{WordPiece, WordPieceWithSource};

use super::effective::Inner;
use super::impact::steers_programs;

/// Longest text that is parsed; a longer command is not understood.
const MAX_BYTES: usize = 16 * 1024;
/// Deepest nesting of brackets and substitutions that is followed.
const MAX_DEPTH: usize = 24;

/// A shell text, flattened to its simple commands in the order they are written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    /// Every simple command, also inside loops, substitutions and subshells.
    pub commands: Vec<Simple>,
    /// Set where something was met that is not followed: function definitions, co-processes, expansions inside expansions.
    pub opaque: bool,
    /// What stands behind wrappers, once somebody asked.
    pub(super) inner: OnceLock<Vec<Inner>>,
}

/// One simple command.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Simple {
    /// `NAME=value` in front of it.
    pub assigns: Vec<String>,
    /// Its words, the command's name first.
    pub words: Vec<Word>,
    /// Where its input and output go.
    pub redirects: Vec<Redirect>,
    /// Whether it reads another command's output.
    pub piped: bool,
    /// Whether it is part of a command or process substitution.
    pub substituted: bool,
}

/// One word.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Word {
    /// The word without its quotes; expansions stay as written.
    pub text: String,
    /// Whether an expansion decides part of it at run time.
    pub dynamic: bool,
    /// Whether it stands for words nobody knows, options among them: what `xargs` appends.
    pub any: bool,
    /// Its bytes in the text that was parsed; empty inside substitutions.
    pub span: Range<usize>,
    /// Whether any part of it is quoted or escaped.
    pub quoted: bool,
    /// Where its text begins in the text that was parsed, if it stands there exactly so, but for quotes around it.
    pub verbatim: Option<usize>,
}

impl Word {
    /// The last part of the word, which is `end`, as a word of its own.
    pub(super) fn ending(&self, end: &str) -> Word {
        let start = self.text.len().saturating_sub(end.len());
        let verbatim = self.verbatim.map(|at| at + start);
        let span = verbatim.map_or(0..0, |at| at..at + end.len());
        Word { text: end.to_owned(), span, verbatim, ..self.clone() }
    }
}

/// Where input or output goes.
#[derive(Clone, Debug, PartialEq)]
pub enum Redirect {
    /// `< file`
    Read(Word),
    /// `> file` or `>| file`
    Write(Word),
    /// `>> file`
    Append(Word),
    /// `<<` and `<<<`: the text handed in.
    Text(Word),
    /// `2>&1` and the like: moves between what is open.
    Duplicate,
}

impl Redirect {
    /// Its file or text.
    pub(super) fn word_mut(&mut self) -> Option<&mut Word> {
        match self {
            Redirect::Read(word) | Redirect::Write(word) | Redirect::Append(word) | Redirect::Text(word) => Some(word),
            Redirect::Duplicate => None,
        }
    }
}

/// Why a text is not shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unparsable(pub String);

/// Parses a logical line whose placeholders are masked.
/// # Errors
/// Where the text is not bash, is longer than 16 KiB or nests deeper than 24 levels: fail closed.
pub fn parse(text: &str) -> Result<Script, Unparsable> {
    parse_at(text, 0)
}

fn parse_at(text: &str, depth: usize) -> Result<Script, Unparsable> {
    if text.len() > MAX_BYTES {
        return Err(Unparsable("the command is longer than 16 KiB".into()));
    }
    if depth > MAX_DEPTH || nesting(text) > MAX_DEPTH {
        return Err(Unparsable("brackets nest deeper than 24 levels".into()));
    }
    let program = grammar(text)?;
    let mut walk = Walk { text, depth, script: Script::default() };
    for list in &program.complete_commands {
        walk.list(list);
    }
    Ok(walk.script)
}

/// Runs the grammar. It is somebody else's code on hostile input: a panic in it is one more way to be unparsable.
fn grammar(text: &str) -> Result<ast::Program, Unparsable> {
    let options = ParserOptions::default();
    let parsed = std::panic::catch_unwind(|| {
        let tokens =
            brush_parser::uncached_tokenize_str(text, &options.tokenizer_options()).map_err(|e| e.to_string())?;
        brush_parser::parse_tokens(&tokens, &options).map_err(|e| e.to_string())
    });
    match parsed {
        Ok(Ok(program)) => Ok(program),
        Ok(Err(why)) => Err(Unparsable(why)),
        Err(_) => Err(Unparsable("the grammar gave up on it".into())),
    }
}

/// Deepest nesting of opening brackets, quoted ones counted too: an upper bound that guards the stack.
fn nesting(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut deepest = 0;
    for c in text.bytes() {
        match c {
            b'(' | b'{' | b'[' => depth += 1,
            b')' | b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

struct Walk<'t> {
    text: &'t str,
    depth: usize,
    script: Script,
}

impl Walk<'_> {
    fn list(&mut self, list: &ast::CompoundList) {
        for ast::CompoundListItem(and_or, _) in &list.0 {
            self.pipeline(&and_or.first);
            for next in &and_or.additional {
                let (ast::AndOr::And(pipeline) | ast::AndOr::Or(pipeline)) = next;
                self.pipeline(pipeline);
            }
        }
    }

    fn pipeline(&mut self, pipeline: &ast::Pipeline) {
        for (stage, command) in pipeline.seq.iter().enumerate() {
            let first = self.script.commands.len();
            self.command(command);
            if stage > 0 {
                for simple in &mut self.script.commands[first..] {
                    simple.piped = true;
                }
            }
        }
    }

    fn command(&mut self, command: &ast::Command) {
        match command {
            ast::Command::Simple(simple) => self.simple(simple),
            ast::Command::Compound(compound, redirects) => {
                self.compound(compound);
                self.outer_redirects(redirects.as_ref());
            }
            ast::Command::Function(_) => self.script.opaque = true,
            ast::Command::ExtendedTest(test, redirects) => {
                self.test(&test.expr);
                self.outer_redirects(redirects.as_ref());
            }
        }
    }

    fn compound(&mut self, compound: &ast::CompoundCommand) {
        use ast::CompoundCommand as C;
        match compound {
            C::BraceGroup(group) => self.list(&group.list),
            C::Subshell(shell) => self.list(&shell.list),
            C::ForClause(clause) => {
                self.script.opaque |= steers_programs(&clause.variable_name);
                for value in clause.values.iter().flatten() {
                    self.nested_only(value);
                }
                self.list(&clause.body.list);
            }
            C::CaseClause(clause) => {
                self.nested_only(&clause.value);
                for case in &clause.cases {
                    case.patterns.iter().for_each(|pattern| self.nested_only(pattern));
                    if let Some(list) = &case.cmd {
                        self.list(list);
                    }
                }
            }
            C::IfClause(clause) => {
                self.list(&clause.condition);
                self.list(&clause.then);
                for branch in clause.elses.iter().flatten() {
                    if let Some(condition) = &branch.condition {
                        self.list(condition);
                    }
                    self.list(&branch.body);
                }
            }
            C::WhileClause(clause) | C::UntilClause(clause) => {
                self.list(&clause.0);
                self.list(&clause.1.list);
            }
            C::ArithmeticForClause(clause) => {
                for expression in [&clause.initializer, &clause.condition, &clause.updater].into_iter().flatten() {
                    self.arithmetic(&expression.value);
                }
                self.list(&clause.body.list);
            }
            C::Arithmetic(arithmetic) => self.arithmetic(&arithmetic.expr.value),
            C::Coprocess(_) => self.script.opaque = true,
        }
    }

    /// Redirections behind `done` or `}` stand for the whole compound: keep them as a command of their own.
    fn outer_redirects(&mut self, redirects: Option<&ast::RedirectList>) {
        let Some(redirects) = redirects else { return };
        let mut simple = Simple { words: vec![literal(":")], ..Simple::default() };
        for redirect in &redirects.0 {
            self.redirect(redirect, &mut simple);
        }
        self.script.commands.push(simple);
    }

    /// Arithmetic expands what it is given, subscripts too; only plain names and numbers are followed.
    fn arithmetic(&mut self, expression: &str) {
        self.script.opaque |= expression.contains(['$', '`']);
    }

    fn test(&mut self, expression: &ast::ExtendedTestExpr) {
        use ast::ExtendedTestExpr as T;
        match expression {
            T::And(a, b) | T::Or(a, b) => {
                self.test(a);
                self.test(b);
            }
            T::Not(inner) | T::Parenthesized(inner) => self.test(inner),
            T::UnaryTest(_, word) => self.nested_only(word),
            T::BinaryTest(_, a, b) => {
                self.nested_only(a);
                self.nested_only(b);
            }
        }
    }

    fn simple(&mut self, command: &ast::SimpleCommand) {
        let mut simple = Simple::default();
        for item in command.prefix.iter().flat_map(|p| &p.0) {
            self.item(item, &mut simple);
        }
        if let Some(name) = &command.word_or_name {
            let word = self.word(name);
            simple.words.push(word);
        }
        for item in command.suffix.iter().flat_map(|s| &s.0) {
            self.item(item, &mut simple);
        }
        self.script.commands.push(simple);
    }

    fn item(&mut self, item: &ast::CommandPrefixOrSuffixItem, simple: &mut Simple) {
        use ast::CommandPrefixOrSuffixItem as I;
        match item {
            I::IoRedirect(redirect) => self.redirect(redirect, simple),
            I::Word(word) => {
                let word = self.word(word);
                simple.words.push(word);
            }
            I::AssignmentWord(_, whole) => {
                let word = self.word(whole);
                // Behind the name (`export X=1`, `dd if=x`) it is an argument like any other.
                if simple.words.is_empty() {
                    simple.assigns.push(word.text);
                } else {
                    simple.words.push(word);
                }
            }
            I::ProcessSubstitution(_, shell) => {
                self.substitution(|walk| walk.list(&shell.list));
                simple.words.push(Word { dynamic: true, ..literal("/dev/fd/63") });
            }
        }
    }

    fn redirect(&mut self, redirect: &ast::IoRedirect, simple: &mut Simple) {
        let found = match redirect {
            ast::IoRedirect::File(_, kind, target) => self.file_redirect(kind, target),
            ast::IoRedirect::HereDocument(descriptor, document) => {
                let text =
                    if document.requires_expansion { self.word(&document.doc) } else { literal(&document.doc.value) };
                if is_input(descriptor) { Redirect::Text(text) } else { Redirect::Duplicate }
            }
            ast::IoRedirect::HereString(descriptor, word) => {
                let text = self.word(word);
                if is_input(descriptor) { Redirect::Text(text) } else { Redirect::Duplicate }
            }
            ast::IoRedirect::OutputAndError(word, append) => {
                let word = self.word(word);
                if *append { Redirect::Append(word) } else { Redirect::Write(word) }
            }
        };
        simple.redirects.push(found);
    }

    fn file_redirect(&mut self, kind: &ast::IoFileRedirectKind, target: &ast::IoFileRedirectTarget) -> Redirect {
        use ast::{IoFileRedirectKind as K, IoFileRedirectTarget as T};
        let word = match target {
            T::Filename(word) => self.word(word),
            // Input from a descriptor somebody opened before: what comes in is not known.
            T::Fd(_) if matches!(kind, K::DuplicateInput) => literal("&"),
            T::Fd(_) => return Redirect::Duplicate,
            T::Duplicate(word) => {
                let word = self.word(word);
                let moves = word.text.chars().all(|c| c.is_ascii_digit() || c == '-');
                if moves && !word.dynamic && !matches!(kind, K::DuplicateInput) {
                    return Redirect::Duplicate;
                }
                word
            }
            T::ProcessSubstitution(_, shell) => {
                self.substitution(|walk| walk.list(&shell.list));
                if !matches!(kind, K::Read) {
                    return Redirect::Duplicate;
                }
                Word { dynamic: true, ..literal("/dev/fd/63") }
            }
        };
        match kind {
            K::Read | K::DuplicateInput => Redirect::Read(word),
            K::Append => Redirect::Append(word),
            K::Write | K::Clobber | K::ReadAndWrite | K::DuplicateOutput => Redirect::Write(word),
        }
    }

    fn substitution(&mut self, walk: impl FnOnce(&mut Self)) {
        let first = self.script.commands.len();
        walk(self);
        for simple in &mut self.script.commands[first..] {
            simple.substituted = true;
        }
    }

    fn nested_only(&mut self, word: &ast::Word) {
        let word = self.word(word);
        self.script.opaque |= hides_code(&word.text);
    }

    fn word(&mut self, word: &ast::Word) -> Word {
        let span = word.loc.as_ref().map_or(0..0, |loc| bytes(self.text, loc.start.index, loc.end.index));
        let mut read = Word { span, ..Word::default() };
        let options = ParserOptions::default();
        match std::panic::catch_unwind(|| brush_parser::word::parse(&word.value, &options)) {
            Ok(Ok(pieces)) => self.pieces(&pieces, &word.value, &mut read),
            _ => {
                self.script.opaque = true;
                read.text.push_str(&word.value);
                read.dynamic = true;
            }
        }
        let written = self.text.get(read.span.clone()).unwrap_or_default();
        read.quoted = written.contains(['\'', '"', '\\']);
        let inside = written.strip_prefix(['\'', '"']).unwrap_or(written);
        let ends = inside.len() == read.text.len() || written.len() == read.text.len() + 2;
        read.verbatim = (ends && !read.text.is_empty() && inside.starts_with(&read.text))
            .then_some(read.span.start + written.len() - inside.len());
        read
    }

    fn pieces(&mut self, pieces: &[WordPieceWithSource], raw: &str, word: &mut Word) {
        for piece in pieces {
            let written = raw.get(piece.start_index..piece.end_index).unwrap_or_default();
            match &piece.piece {
                WordPiece::Text(text) | WordPiece::SingleQuotedText(text) => word.text.push_str(text),
                WordPiece::EscapeSequence(text) => word.text.push_str(text.strip_prefix('\\').unwrap_or(text)),
                WordPiece::DoubleQuotedSequence(inner) | WordPiece::GettextDoubleQuotedSequence(inner) => {
                    self.pieces(inner, raw, word)
                }
                WordPiece::TildeExpansion(_) => word.text.push_str(written),
                WordPiece::AnsiCQuotedText(text) => {
                    word.text.push_str(text);
                    word.dynamic |= text.contains('\\');
                }
                WordPiece::CommandSubstitution(inner) => {
                    self.nested(inner);
                    word.dynamic = true;
                    word.text.push_str(written);
                }
                WordPiece::BackquotedCommandSubstitution(inner) => {
                    self.nested(&inner.replace("\\`", "`").replace("\\$", "$").replace("\\\\", "\\"));
                    word.dynamic = true;
                    word.text.push_str(written);
                }
                WordPiece::ParameterExpansion(_) | WordPiece::ArithmeticExpression(_) => {
                    // `${X:-$(rm x)}`: what hides inside an expansion is not followed; `${X@P}` runs what X holds.
                    self.script.opaque |= written.contains("$(") || written.contains('`') || written.is_empty();
                    self.script.opaque |= written.contains("@P");
                    word.dynamic = true;
                    word.text.push_str(written);
                }
            }
        }
    }

    fn nested(&mut self, inner: &str) {
        match parse_at(inner, self.depth + 1) {
            Ok(script) => {
                self.script.opaque |= script.opaque;
                self.script.commands.extend(script.commands.into_iter().map(|simple| Simple {
                    substituted: true,
                    words: simple.words.into_iter().map(|w| Word { span: 0..0, verbatim: None, ..w }).collect(),
                    ..simple
                }));
            }
            Err(_) => self.script.opaque = true,
        }
    }
}

/// Whether a here-document or here-string is what the command reads as its standard input.
fn is_input(descriptor: &Option<ast::IoFd>) -> bool {
    descriptor.is_none_or(|number| number == 0)
}

fn literal(text: &str) -> Word {
    Word { text: text.into(), ..Word::default() }
}

/// Whether a text holds a subscript with a substitution in it, `a[$(rm x)]`: quoted though it is,
/// arithmetic and builtins that take a variable's name run it.
pub(super) fn hides_code(text: &str) -> bool {
    let Some(code) = text.rfind("$(").max(text.rfind('`')) else { return false };
    text[..code].match_indices('[').any(|(at, _)| text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
}

/// Character positions to bytes.
fn bytes(text: &str, start: usize, end: usize) -> Range<usize> {
    if text.is_ascii() {
        return start.min(text.len())..end.min(text.len());
    }
    let at = |n: usize| text.char_indices().nth(n).map_or(text.len(), |(byte, _)| byte);
    at(start)..at(end)
}

#[cfg(test)]
mod tests;
