//! Printing: 80 columns, colours only where they are wanted, no complaint when the reader goes away.

use std::io::{IsTerminal, Write};
use std::sync::OnceLock;

use anstyle::{AnsiColor, Style};

use super::Failure;
use super::columns::{self, width};

/// The widest a line of text may be.
pub(super) const WIDTH: usize = 80;

pub(super) const BOLD: Style = Style::new().bold();
pub(super) const FAINT: Style = Style::new().dimmed();
pub(super) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(super) const DOUBTFUL: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const MARKED: Style = AnsiColor::Cyan.on_default();

/// A text in a style.
pub(super) fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// The style for a state by its word.
pub(super) fn of_state(word: &str) -> Style {
    match word {
        "ok" | "verified" | "resolved" | "done" => GOOD,
        "critical" | "open" | "failed" | "not-verified" | "unsure" | "destructive" => BAD,
        "warn" | "acknowledged" | "mutating" | "asking" => DOUBTFUL,
        _ => FAINT,
    }
}

/// Why something that was printed did not arrive.
static LOST: OnceLock<String> = OnceLock::new();

/// Prints text to standard output. A reader that went away (`| head`) is no failure; a full disk is, and is told at the end.
pub(super) fn print(text: &str) {
    let out = std::io::stdout().lock();
    // Stripped before it is written: the stream that strips writes every piece by itself.
    match anstream::AutoStream::choice(&out) {
        anstream::ColorChoice::Never => told(out, &anstream::adapter::strip_str(text).to_string()),
        _ => told(out, text),
    }
}

fn told(mut out: impl Write, text: &str) {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => drop(LOST.set(e.to_string())),
        _ => {}
    }
}

/// What became of a command, when all that it printed arrived.
pub(super) fn arrived(ended: super::Ended) -> super::Ended {
    match LOST.get() {
        Some(why) if ended.is_ok() => Err(Failure::Failed(format!("the output could not be written: {why}"))),
        _ => ended,
    }
}

/// Prints a file's own text to standard output: no character of it is taken for a colour and left out.
pub(super) fn raw(text: &str) {
    told(std::io::stdout().lock(), text);
}

/// Prints a line to standard output.
pub(super) fn say(text: &str) {
    print(&format!("{text}\n"));
}

/// Prints a line to standard error.
pub(super) fn complain(text: &str) {
    let mut err = anstream::stderr().lock();
    let _ = writeln!(err, "{text}");
}

/// Prints a value as JSON.
pub(super) fn json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|e| Failure::Failed(e.to_string()))?;
    print(&format!("{text}\n"));
    Ok(())
}

/// Whether a person is there to be asked.
pub(super) fn somebody_is_there() -> bool {
    std::io::stdin().is_terminal()
}

/// Asks a person one question; `None` where nobody is there to answer.
pub(super) fn ask(question: &str) -> Option<String> {
    if !somebody_is_there() {
        return None;
    }
    print(&format!("{question} "));
    let mut answer = String::new();
    match std::io::stdin().read_line(&mut answer) {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(answer.trim().to_owned()),
    }
}

/// Breaks a text into lines of at most `room` columns, at spaces where there are any.
pub(super) fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            let mut word = word;
            if !line.is_empty() && width(&line) + 1 + width(word) > room {
                lines.push(std::mem::take(&mut line));
            }
            // A word longer than a line is broken where it must be.
            while let Some(end) = columns::end(word, room).filter(|_| line.is_empty()) {
                lines.push(word[..end].to_owned());
                word = &word[end..];
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

/// So many of something, in words.
pub(super) fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// Says why a command failed and with which code to exit.
pub fn report(failure: &Failure) -> u8 {
    match failure {
        Failure::Usage(text) => {
            complain(&format!("{} {text}", styled(BAD, "error:")));
            2
        }
        Failure::Failed(text) => {
            complain(&format!("{} {text}", styled(BAD, "error:")));
            1
        }
        Failure::Quiet(code) => *code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_broken_at_spaces_and_never_lost() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij k", 4), ["abcd", "efgh", "ij k"]);
        assert_eq!(wrap("a\n\nb", 10), ["a", "", "b"]);
        assert_eq!(wrap("窯窯窯 x", 4), ["窯窯", "窯 x"]);
    }
}
