//! Shell text as data: every simple command in it, wherever it hides, read by a bash grammar of our own.
//!
//! It fails closed. What it does not follow makes the script `opaque`; what it does not understand, or what bash reads
//! in two ways, is `Unparsable`. Bash takes a few things that are refused here: a here-document without its end or
//! begun inside `$(…)` and read behind it, `${ command; }`, a `\` at the very end, operators and expansions cut in two
//! by a `\` and a line end, quotes inside `"${…}"` that count in some expansions only, and names of functions and
//! loop variables that are no plain names.

mod brace;
mod compound;
mod expansion;
mod list;
mod quote;
mod redirect;
mod simple;
mod test;
mod token;
mod word;

use std::ops::Range;

use super::effective::Cache;
use redirect::Announced;

/// Longest text that is parsed; a longer command is not understood.
const MAX_BYTES: usize = 16 * 1024;
/// Deepest nesting of compounds, groups, and substitutions that is followed.
const MAX_DEPTH: usize = 24;

/// A shell text, flattened to its simple commands in the order they are written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    /// Every simple command, also inside loops, substitutions and subshells; those of a word stand before its command,
    /// those of a here-document behind it.
    pub commands: Vec<Simple>,
    /// Set where something was met that is not followed: function definitions, co-processes, expansions inside expansions.
    pub opaque: bool,
    /// What stands behind wrappers, once somebody asked.
    pub(super) inner: Cache,
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
    /// Its bytes in the text that was parsed, quotes and all; empty where it does not stand there itself:
    /// in backquotes with backslashes between them.
    pub span: Range<usize>,
    /// Whether any part of it is quoted or escaped.
    pub quoted: bool,
    /// Whether it is several words: `web-{1,2}`. See [`Word::expanded`].
    pub braces: bool,
    /// Where its text begins in the text that was parsed, if it stands there exactly so, but for quotes around it.
    pub verbatim: Option<usize>,
}

impl Word {
    /// The words that its braces make of it, itself where it has none: `web-{1..3}` is three.
    /// A word of more than 256, or of which nobody knows what bash makes, is `dynamic` and stays one.
    pub fn expanded(&self) -> Vec<String> {
        let Some(mut made) = self.braces.then(|| brace::expand(&self.text)).flatten() else {
            return vec![self.text.clone()];
        };
        // Nothing is no word where no quotes say so.
        made.retain(|word| self.quoted || !word.is_empty());
        made
    }

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

/// What a part of the grammar comes to.
type Parse<T> = Result<T, Unparsable>;

/// Parses a logical line whose placeholders are masked.
/// # Errors
/// Where the text is not bash, is longer than 16 KiB or nests deeper than 24 levels: fail closed.
pub fn parse(text: &str) -> Result<Script, Unparsable> {
    if text.len() > MAX_BYTES {
        return wrong("the command is longer than 16 KiB");
    }
    if text.as_bytes().contains(&0) {
        return wrong("there is a NUL character in it");
    }
    let mut parser = Parser { text, ..Parser::default() };
    parser.program()?;
    Ok(parser.script)
}

/// Where the reading of a text stands. The fields are the grammar's whole memory: every rule is a method that leaves
/// `at` behind what it took, and pushes the commands it met.
#[derive(Default)]
struct Parser<'t> {
    /// The text, up to where this part of it ends.
    text: &'t str,
    /// The byte that is looked at; always where a character begins.
    at: usize,
    /// How many compounds and substitutions are open.
    depth: usize,
    /// What was found.
    script: Script,
    /// Here-documents whose lines have not come yet.
    announced: Vec<Announced>,
    /// How many of them were announced outside the innermost substitution.
    outside: usize,
    /// Set while it is tried whether `((` begins a sum.
    trying: bool,
    /// Whether the text is a copy, so that its positions mean nothing.
    copied: bool,
    /// Whether something quoted in this word looks like a part of braces.
    mixed: bool,
}

fn wrong<T>(why: &str) -> Parse<T> {
    Err(Unparsable(why.into()))
}

/// Whether a text holds a subscript with a substitution in it, `a[$(rm x)]`: quoted though it is,
/// arithmetic and builtins that take a variable's name run it.
pub(super) fn hides_code(text: &str) -> bool {
    let Some(code) = text.rfind("$(").max(text.rfind('`')) else { return false };
    text[..code].match_indices('[').any(|(at, _)| text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
}

#[cfg(test)]
mod tests;
