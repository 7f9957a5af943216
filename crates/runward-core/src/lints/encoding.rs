//! Text that was saved or copied in the wrong encoding.

use std::ops::Range;

use super::{Context, Kind, Needs};
use crate::runbook::{Finding, Level};
use crate::source::Lines;

pub(super) const KINDS: &[Kind] = &[ENC01];

const ENC01: Kind = Kind {
    id: "ENC01",
    level: Level::Warning,
    needs: Needs::Document,
    what: "Characters were damaged by a wrong encoding: `â€™` for `’`, a byte order mark, line ends that are none.",
    why: "UTF-8 that was read as Windows-1252 and saved again shows as a run of odd letters. It is posted to chats with the \
          templates, and breaks names and patterns that are compared. The damage can be undone exactly, also where it \
          happened twice. A carriage return alone ends a line in some programs and not in others.",
    wrong: "# Ops\n\nMenu â†’ Resize, then tell the team: ðŸš¨ resized\n",
    right: "# Ops\n\nMenu → Resize, then tell the team: 🚨 resized\n",
    check: Some(check),
};

/// With more damaged lines than this, they are told in one finding.
const MOST_LINES: usize = 10;

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    for text in context.texts {
        let lines = &text.lines;
        found.extend(lone_returns(lines));
        if !lines.text().is_ascii() {
            found.extend(marks(lines));
            found.extend(lost(lines));
            found.extend(misread(lines));
        }
    }
}

/// Carriage returns that no line feed follows.
fn lone_returns(lines: &Lines<'_>) -> Option<Finding> {
    let text = lines.text().as_bytes();
    let mut lone = lines.text().match_indices('\r').map(|(at, _)| at).filter(|at| text.get(at + 1) != Some(&b'\n'));
    let first = lone.next()?;
    let rest: Vec<usize> = lone.collect();
    let message = format!("a carriage return stands here without a line feed{}", more(rest.len()));
    let help = "end lines with a line feed: most tools take what follows for the same line";
    let finding = Finding::new(&ENC01, lines.source(first..first + 1), message, help);
    let all = std::iter::once(first).chain(rest);
    Some(all.fold(finding, |finding, at| finding.mended_by(at..at + 1, "\n")))
}

/// Byte order marks: at the beginning, and where files were put together.
fn marks(lines: &Lines<'_>) -> Option<Finding> {
    let mut marks = lines.text().match_indices('\u{feff}').map(|(at, mark)| at..at + mark.len());
    let first = marks.next()?;
    let rest: Vec<Range<usize>> = marks.collect();
    let message = format!("a byte order mark (U+FEFF) stands here{}", more(rest.len()));
    let help = "remove it, and save the file as UTF-8 without one: it hides what it stands before, as a heading";
    let finding = Finding::new(&ENC01, lines.source(first.clone()), message, help);
    let all = std::iter::once(first).chain(rest);
    Some(all.fold(finding, |finding, mark| finding.mended_by(mark, "")))
}

/// What a program wrote in the place of a character that it could not read.
fn lost(lines: &Lines<'_>) -> Option<Finding> {
    let mut lost = lines.text().match_indices('\u{fffd}').map(|(at, mark)| at..at + mark.len());
    let first = lost.next()?;
    let message = format!("a character was lost here: `\u{fffd}` stands in its place{}", more(lost.count()));
    let help = "type it anew, or take it from an older version of the file: what was lost cannot be computed";
    Some(Finding::new(&ENC01, lines.source(first), message, help))
}

fn more(others: usize) -> String {
    if others == 0 { String::new() } else { format!(", and {others} more in this document") }
}

/// A stretch that was misread, and what it was.
struct Misread<'t> {
    span: Range<usize>,
    written: &'t str,
    meant: String,
}

/// UTF-8 that was read as Windows-1252: one finding for each line.
fn misread(lines: &Lines<'_>) -> Vec<Finding> {
    let mut by_line: Vec<(u32, Vec<Misread<'_>>)> = Vec::new();
    for found in stretches(lines.text()) {
        let line = lines.line_of(found.span.start);
        match by_line.last_mut() {
            Some((last, of_line)) if *last == line => of_line.push(found),
            _ => by_line.push((line, vec![found])),
        }
    }
    if by_line.len() > MOST_LINES {
        let others = by_line.len() - 1;
        let all: Vec<Misread<'_>> = by_line.into_iter().flat_map(|(_, of_line)| of_line).collect();
        return vec![told(lines, all, &format!("; {others} more lines of this document are damaged in the same way"))];
    }
    by_line.into_iter().map(|(_, of_line)| told(lines, of_line, "")).collect()
}

fn told(lines: &Lines<'_>, all: Vec<Misread<'_>>, behind: &str) -> Finding {
    let mut shown: Vec<String> = Vec::new();
    for one in &all {
        let pair = format!("`{}` should be `{}`", one.written.escape_debug(), one.meant);
        if shown.len() < 3 && !shown.contains(&pair) {
            shown.push(pair);
        }
    }
    let span = all.first().map_or(0..0, |first| first.span.clone());
    let message = format!("{}: UTF-8 was read as Windows-1252 here{behind}", shown.join(", "));
    let help = "put the right characters in and save the file as UTF-8";
    let finding = Finding::new(&ENC01, lines.source(span), message, help);
    all.into_iter().fold(finding, |finding, one| finding.mended_by(one.span, one.meant))
}

/// Every misread stretch of a text.
fn stretches(text: &str) -> Vec<Misread<'_>> {
    let mut found = Vec::new();
    let mut chars = text.char_indices().peekable();
    let mut before = None;
    while let Some((start, c)) = chars.next() {
        if byte_of(c).is_none() {
            before = Some(c);
            continue;
        }
        while chars.next_if(|(_, c)| byte_of(*c).is_some()).is_some() {}
        let end = chars.peek().map_or(text.len(), |(at, _)| *at);
        let run = &text[start..end];
        if let Some(meant) = repaired(run, before, chars.peek().map(|(_, c)| *c)) {
            found.push(trimmed(start, run, &meant));
        }
        before = run.chars().next_back();
    }
    found
}

/// Without the characters that were right at both ends.
fn trimmed<'t>(start: usize, run: &'t str, meant: &str) -> Misread<'t> {
    let same = |(a, b): &(char, char)| a == b;
    let front: usize = run.chars().zip(meant.chars()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let (run, meant) = (&run[front..], &meant[front..]);
    let back: usize = run.chars().rev().zip(meant.chars().rev()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let written = &run[..run.len() - back];
    let start = start + front;
    Misread { span: start..start + written.len(), written, meant: meant[..meant.len() - back].to_owned() }
}

/// What a run of characters was before it was misread, once or several times; `None` where it was not.
fn repaired(run: &str, before: Option<char>, behind: Option<char>) -> Option<String> {
    const MOST_TIMES: usize = 4;
    let mut meant = once(run, before, behind)?;
    for _ in 1..MOST_TIMES {
        match once(&meant, before, behind) {
            Some(further) => meant = further,
            None => break,
        }
    }
    Some(meant)
}

/// One misreading undone.
fn once(run: &str, before: Option<char>, behind: Option<char>) -> Option<String> {
    let chars: Vec<char> = run.chars().collect();
    let bytes: Vec<u8> = chars.iter().map(|c| byte_of(*c).unwrap_or(b'?')).collect();
    let mut meant = String::with_capacity(run.len());
    let mut at = 0;
    let mut joined = false;
    let mut changed = false;
    while at < chars.len() {
        let next = |ahead: usize| chars.get(at + ahead).copied().or(behind);
        let sequence = decoded(&bytes[at..]).filter(|(length, c)| {
            let beside = joined || decoded(&bytes[at + length..]).is_some();
            let around = (at.checked_sub(1).map_or(before, |p| chars.get(p).copied()), next(*length));
            beside && !is_private(*c) || is_misread(&chars[at..at + length], *c, around)
        });
        joined = sequence.is_some();
        changed |= joined;
        let (length, c) = sequence.unwrap_or((1, chars[at]));
        meant.push(c);
        at += length;
    }
    changed.then_some(meant)
}

/// The character whose UTF-8 begins here, if it has more than one byte, and how many it has.
fn decoded(bytes: &[u8]) -> Option<(usize, char)> {
    let length = match bytes.first()? {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let c = std::str::from_utf8(bytes.get(..length)?).ok()?.chars().next()?;
    Some((length, c))
}

/// Whether characters that could be one misread character are one: `É»` at the end of a quotation is none.
fn is_misread(written: &[char], meant: char, (before, behind): (Option<char>, Option<char>)) -> bool {
    /// What may follow a letter with an accent in a text that is whole.
    const FOLLOWS: &[char] = &[
        '’', '‘', '”', '“', '‚', '„', '»', '«', '›', '‹', '…', '–', '—', '\u{a0}', '€', '™', '®', '©', '°', 'º', 'ª',
        '·', '¹', '²', '³', '£', '†', '‡', '•',
    ];
    let ordinary = written[1..].iter().all(|c| FOLLOWS.contains(c));
    let lower = |c: Option<char>| c.is_some_and(char::is_lowercase);
    let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    match written[0] {
        _ if is_private(meant) => false,
        'Â' | 'Ã' => !(ordinary && before.is_some_and(char::is_uppercase)),
        // Letters of other alphabets come in words.
        'Ä'..='ß' => lower(before) || lower(behind) && letter(Some(meant)),
        // `â€™`, `â†’`, `â”‚`: signs. A word may end in `â` before a closing quote.
        'â' => !(ordinary && letter(before) && written[1] != '€'),
        'ï' | 'ð' => true,
        _ => !ordinary,
    }
}

fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..)
}

/// The byte that Windows-1252 has for a character, if it is above 127. The five that it leaves open are taken as they
/// are, as browsers do.
fn byte_of(c: char) -> Option<u8> {
    Some(match c {
        '\u{80}'..='\u{ff}' => c as u32 as u8,
        '€' => 0x80,
        '‚' => 0x82,
        'ƒ' => 0x83,
        '„' => 0x84,
        '…' => 0x85,
        '†' => 0x86,
        '‡' => 0x87,
        'ˆ' => 0x88,
        '‰' => 0x89,
        'Š' => 0x8a,
        '‹' => 0x8b,
        'Œ' => 0x8c,
        'Ž' => 0x8e,
        '‘' => 0x91,
        '’' => 0x92,
        '“' => 0x93,
        '”' => 0x94,
        '•' => 0x95,
        '–' => 0x96,
        '—' => 0x97,
        '˜' => 0x98,
        '™' => 0x99,
        'š' => 0x9a,
        '›' => 0x9b,
        'œ' => 0x9c,
        'ž' => 0x9e,
        'Ÿ' => 0x9f,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, mended: &str) {
        let mut result = text.to_owned();
        for found in stretches(text).into_iter().rev() {
            result.replace_range(found.span, &found.meant);
        }
        assert_eq!(result, mended, "{text}");
    }

    /// A text as it looks after UTF-8 was read as Windows-1252.
    fn damaged(text: &str) -> String {
        let character = |byte: u8| match byte {
            0..0x80 => byte as char,
            _ => (0x80..=0x2122).filter_map(char::from_u32).rfind(|c| byte_of(*c) == Some(byte)).unwrap(),
        };
        text.bytes().map(character).collect()
    }

    #[test]
    fn what_was_misread_is_repaired() {
        check("droplet â†’ Resize", "droplet → Resize");
        check("ðŸš¨ OPEN, donâ€™t wait", "🚨 OPEN, don’t wait");
        check("cafÃ©, 5Â°C", "café, 5°C");
        check("byÅ‚", "był");
        for text in [
            "→ ✅ ⚠️ 🔴 — ’ “quoted” … •", "Größe, naïve, garçon, señor", "Привет, дежурный", "łódź zażółć",
            "日本語の手順", "│ ├─ └─", "é", "Ελληνικά",
        ] {
            check(&damaged(text), text);
            check(&damaged(&damaged(text)), text);
            check(&damaged(&damaged(&damaged(text))), text);
        }
    }

    #[test]
    fn text_that_is_whole_stays_as_it_is() {
        for text in [
            "naïve café — “quoted” … ‘single’ ™ © 2024, 20 °C ±2 §3 ¿Qué? ¡Sí!",
            "« café\u{a0}» et « résumé\u{a0}: prêt »",
            "„Größe“ und „ÄÖÜ“, ß",
            "NÃO, AMANHÃ, IRMÃ’, «À»",
            "ЗДРАВСТВУЙТЕ → да",
            "日本語",
            "voilà…”, café”…",
            "Ångström, Øre, þorn, ðat",
            "→ ✅ 🚨",
            "à\u{a0}propos, là\u{a0}«",
        ] {
            check(text, text);
        }
    }
}
