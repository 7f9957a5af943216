//! The words runbooks use for their parts, in eight languages, and what each means.

mod de;
mod en;
mod es;
mod fr;
mod it;
mod lexicon;
mod nl;
pub(super) mod often;
mod pt;
pub(super) mod topic;
mod tr;

use lexicon::LEXICON;

use super::columns::Column;
use super::field::Field;

/// What a heading or a bold label announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// How the trouble shows itself.
    Symptom,
    /// How to look closer.
    Diagnose,
    /// What to do.
    Fix,
    /// How to tell that it worked.
    Verify,
    /// How to go back.
    Rollback,
    /// How to keep it from happening again.
    Prevent,
    /// What to know: impact, notes, causes.
    Remark,
    /// The severity of this one procedure.
    Severity,
    /// The alert this procedure answers.
    Alert,
    /// What should come out.
    Expected,
}

/// What a label says, if it is one of the known kind: `Immediate Actions:` is a fix.
pub fn meaning(label: &str) -> Option<Meaning> {
    LEXICON.labels.get(&normal(label))
}

/// Like [`meaning`], but forgiving: a label of up to five words that begins or ends with a known one
/// (`Post-reboot verification`, `Diagnosis steps`).
pub fn loose_meaning(label: &str) -> Option<Meaning> {
    const MOST_WORDS: usize = 5;
    let words = normal(label);
    if let Some(exact) = LEXICON.labels.get(&words) {
        return Some(exact);
    }
    if words.split(' ').count() > MOST_WORDS {
        return None;
    }
    let edge = |word: &str| LEXICON.labels.get(word).filter(|_| LEXICON.weak.get(word).is_none());
    words.rsplit(' ').next().and_then(edge).or_else(|| words.split(' ').next().and_then(edge))
}

/// Like [`meaning`], for words that are not set in bold: only those that begin nothing but a part of a procedure.
/// `Error: …` and `When: …` also begin ordinary sentences, and notes need no label.
pub fn plain_meaning(label: &str) -> Option<Meaning> {
    const LONGEST: usize = 60;
    const ALSO_ORDINARY: &[&str] = &[
        "error", "problem", "condition", "signal", "observed", "when", "action", "actions", "response", "steps",
        "procedure", "after", "do this", "restore", "recover", "output",
    ];
    let capital = label.trim().starts_with(|c: char| c.is_uppercase());
    if !capital || label.len() > LONGEST {
        return None;
    }
    let words = normal(label);
    let known = LEXICON.labels.get(&words).filter(|what| *what != Meaning::Remark)?;
    // A word that says little as part of a longer label says little in running text.
    let ordinary = ALSO_ORDINARY.contains(&words.as_str()) || (!label.is_ascii() && LEXICON.weak.get(&words).is_some());
    (!ordinary).then_some(known)
}

/// What a column of a table holds, by its heading.
pub(super) fn column(heading: &str) -> Option<Column> {
    LEXICON.columns.get(&normal(heading))
}

/// What a label or a column names where other facts are stated.
pub(super) fn field(label: &str) -> Option<Field> {
    LEXICON.fields.get(&normal(label))
}

/// Lower case, no accents, no numbering, no punctuation, single spaces.
pub fn normal(label: &str) -> String {
    let text = unnumbered(label);
    let mut words = String::with_capacity(text.len());
    let mut gap = false;
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        if first.is_ascii() {
            rest = behind;
            if !first.is_ascii_alphanumeric() {
                gap = true;
                continue;
            }
            close(&mut words, &mut gap);
            words.push(first.to_ascii_lowercase() as char);
            continue;
        }
        let Some(c) = text[text.len() - rest.len()..].chars().next() else { break };
        rest = &rest[c.len_utf8()..];
        // A dot or a stroke that stands above or below the letter before it.
        if ('\u{300}'..='\u{36f}').contains(&c) {
            continue;
        }
        if c.is_alphanumeric() {
            close(&mut words, &mut gap);
            c.to_lowercase().for_each(|c| push_bare(&mut words, c));
        } else {
            gap = true;
        }
    }
    words
}

/// One space between words, however much stood there.
fn close(words: &mut String, gap: &mut bool) {
    if *gap && !words.is_empty() {
        words.push(' ');
    }
    *gap = false;
}

/// A letter without its accent.
fn push_bare(words: &mut String, c: char) {
    let bare = match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => "a",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' | 'ı' => "i",
        'ğ' => "g",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => "o",
        'ù' | 'ú' | 'û' | 'ü' => "u",
        'ý' | 'ÿ' => "y",
        'ş' => "s",
        'ß' => "ss",
        'œ' => "oe",
        'æ' => "ae",
        '\u{300}'..='\u{36f}' => "",
        other => return words.push(other),
    };
    words.push_str(bare);
}

/// A title without its numbering: `5.1 Service down`, `3) Redis`, `1. API`, `Step 2: Check` keep their words.
pub fn unnumbered(title: &str) -> &str {
    let title = title.trim();
    let rest = title.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ')' || c == ':');
    let number = &title[..title.len() - rest.len()];
    // A bare number belongs to the words: `502 Bad Gateway`.
    let numbering = number.starts_with(|c: char| c.is_ascii_digit()) && number.contains(['.', ')', ':']);
    if numbering && rest.starts_with(char::is_whitespace) {
        return rest.trim_start_matches([' ', '-', '–', '—']);
    }
    title
}

/// The numbering of a title: `5.1` of `5.1 Service down`, `3` of `3) Redis`.
pub fn numbering(title: &str) -> Option<&str> {
    let title = title.trim();
    let number = title[..title.len() - unnumbered(title).len()].trim_end_matches(|c: char| !c.is_ascii_digit());
    (!number.is_empty()).then_some(number)
}

/// The number and title of a step heading: `Step 2: Check` is 2, `Phase 1 - Prepare` is 1, `2. Adım` is 2.
pub fn step_number(title: &str) -> Option<(u32, &str)> {
    const MARKS: [char; 7] = [' ', ':', '.', '-', '–', '—', ')'];
    let title = title.trim();
    let is_step = |word: &str| LEXICON.steps.get(&normal(word)).is_some();
    if let Some(number) = numbering(title) {
        let rest = unnumbered(title);
        let end = rest.find([' ', ':']).unwrap_or(rest.len());
        return is_step(&rest[..end]).then(|| Some((number.parse().ok()?, rest[end..].trim_start_matches(MARKS))))?;
    }
    let (word, rest) = title.split_once(' ')?;
    if !is_step(word) {
        return None;
    }
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let number = rest[..digits].parse().ok()?;
    Some((number, rest[digits..].trim_start_matches(MARKS)))
}

/// Whether a text tells somebody to act: it begins with such a verb or, in some languages, ends with one.
pub fn is_imperative(text: &str) -> bool {
    let words = normal(first_words(text));
    let last = words.rsplit(' ').next().unwrap_or_default();
    LEXICON.orders.beginning(&words).is_some() || (words.contains(' ') && LEXICON.closing.get(last).is_some())
}

/// Whether a text tells somebody to look or to ask, rather than to change something.
pub(super) fn is_question(text: &str) -> bool {
    LEXICON.asks.beginning(&normal(first_words(text))).is_some()
}

/// The beginning of a text up to where its first clause ends, as far as it matters.
fn first_words(text: &str) -> &str {
    const LONGEST: usize = 160;
    let text = unnumbered(text);
    let end = text.find(['\n', ':', ';', '(']).or_else(|| text.find(". ")).unwrap_or(text.len());
    // `1: check` and `(optional) restart` begin with their mark.
    let end = if text[..end].trim().is_empty() { text.len() } else { end };
    &text[..floor(text, end.min(LONGEST))]
}

/// The last place at or before a byte where a letter begins.
pub(super) fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// `# If …`, `# Only if …`, `Restart application if needed`, `Dienst neu starten, falls er hängt`.
pub(crate) fn is_condition(text: &str) -> bool {
    const LONGEST: usize = 240;
    let text = unnumbered(text);
    let words = normal(&text[..floor(text, text.len().min(LONGEST))]);
    // `When does it end?` asks; `If it hangs?` sets a condition all the same.
    if text.trim_end().ends_with('?') && !LEXICON.ifs.stand_in(&words) {
        return false;
    }
    if LEXICON.conditions.beginning(&words).is_some() || LEXICON.provisos.stand_in(&words) {
        return true;
    }
    // `Restart it if it hangs` sets a condition, `check if it runs` does not.
    LEXICON.ifs.stand_in(&words)
        && LEXICON.orders.beginning(&words).is_some()
        && LEXICON.asks.beginning(&words).is_none()
        && !words.split(' ').any(|word| LEXICON.asks.get(word).is_some())
}

/// `# Option A: …`, `# Or add to …`, `# Alternatively …`.
pub(crate) fn is_alternative(text: &str) -> bool {
    LEXICON.alternatives.beginning(&normal(first_words(text))).is_some() || option_name(text).is_some()
}

/// `Option 1: Docker rollback`, `A. Container crashed`, `Scenario 2 – …`, `Method B`.
pub(super) fn option_name(text: &str) -> Option<&str> {
    let text = text.trim().trim_end_matches(':');
    let mut words = text.split_whitespace();
    let first = words.next()?;
    let second = words.next();
    let lettered = first.len() == 2
        && first.starts_with(|c: char| c.is_ascii_uppercase())
        && first.ends_with(['.', ')'])
        && second.is_some();
    let short = |word: &str| word.trim_end_matches([':', '.', ')', '-']).len() <= 2;
    let named = || second.is_some_and(short) && LEXICON.options.get(&normal(first)).is_some();
    (lettered || named()).then_some(text)
}

/// What a comment says should come out, if it does: `Expected: PONG`, `should be < 80%`, `ahora <80%`. Empty where it
/// only announces what follows.
pub(super) fn expected(comment: &str) -> Option<String> {
    let comment = comment.trim();
    if let Some((label, rest)) = comment.split_once(':')
        && LEXICON.labels.get(&normal(label)) == Some(Meaning::Expected)
    {
        return Some(rest.trim().to_owned());
    }
    let words = normal(first_words(comment));
    let announces = || comment.ends_with(':') && LEXICON.expects.beginning(&words).is_some();
    if LEXICON.labels.get(&words) == Some(Meaning::Expected) || announces() {
        return Some(String::new());
    }
    let (first, rest) = comment.split_once(char::is_whitespace).unwrap_or((comment, ""));
    if LEXICON.expects.get(&normal(first)).is_some() {
        return Some(rest.trim_start_matches([':', ' ']).to_owned());
    }
    let compared = |word: &str| {
        let value = word.trim_start_matches(['<', '>', '=', '≤', '≥', '~']);
        value.len() < word.len() && value.starts_with(|c: char| c.is_ascii_digit())
    };
    let measured = compared(first) || rest.split_whitespace().next().is_some_and(compared);
    (measured || LEXICON.shoulds.beginning(&words).is_some()).then(|| comment.to_owned())
}

/// The first words in a text of single-spaced ones that send the reader elsewhere: where they begin and where they end.
pub(super) fn gotos(words: &str) -> Option<(usize, usize)> {
    LEXICON.gotos.all(words).next().map(|(span, ())| (span.start, span.end))
}

/// Whether a word stands before the number of a step.
pub(super) fn is_step_word(word: &str) -> bool {
    LEXICON.steps.get(word).is_some()
}

/// Whether a word stands beside the number or the name of a section.
pub(super) fn is_section_word(word: &str) -> bool {
    LEXICON.sections.get(word).is_some()
}

/// Whether the words before a block announce what a program answers.
pub(super) fn announces_outcome(before: &str) -> bool {
    topic::Topics::of(&normal(before)).has(topic::Topic::Outcome)
}

/// Whether what words introduce tells what happens rather than what to do: `What it does:`, `This starts:`.
pub(super) fn is_tale(lead: &str) -> bool {
    LEXICON.tales.beginning(&normal(lead)).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_mean_what_people_mean() {
        for (label, expected) in [
            ("Symptom:", Some(Meaning::Symptom)),
            ("Symptoms", Some(Meaning::Symptom)),
            ("Immediate Actions", Some(Meaning::Fix)),
            ("Diagnosis", Some(Meaning::Diagnose)),
            ("2. Verify", Some(Meaning::Verify)),
            ("Remedy:", Some(Meaning::Fix)),
            ("What to do", Some(Meaning::Fix)),
            ("Look first", Some(Meaning::Diagnose)),
            ("How you notice", Some(Meaning::Symptom)),
            ("After", Some(Meaning::Verify)),
            ("API Service Down", None),
            ("Rollback Procedures for everybody", None),
        ] {
            assert_eq!(meaning(label), expected, "{label}");
        }
        assert_eq!(loose_meaning("Post-reboot verification:"), Some(Meaning::Verify));
        assert_eq!(loose_meaning("Health check"), None);
        assert_eq!(loose_meaning("After the deployment"), None);
        assert_eq!(plain_meaning("Symptoms"), Some(Meaning::Symptom));
        assert_eq!(plain_meaning("Error"), None);
    }

    #[test]
    fn numbering_is_not_part_of_a_title() {
        assert_eq!(unnumbered("5.1 Service won't start"), "Service won't start");
        assert_eq!(unnumbered("3) Redis"), "Redis");
        assert_eq!(unnumbered("502 Bad Gateway"), "502 Bad Gateway");
        assert_eq!(unnumbered("5.2 502 Bad Gateway"), "502 Bad Gateway");
        assert_eq!(unnumbered("2FA broken"), "2FA broken");
        assert_eq!(step_number("Step 2: Check logs"), Some((2, "Check logs")));
    }
}
