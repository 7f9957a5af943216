//! Words of words: what `web-{a,b}` and `log.{1..3}` stand for.

use std::ops::Range;

use super::Word;

/// Most words that one word is made into.
const MOST: usize = 256;
/// Longest word that is looked into, and deepest braces in braces.
const LONGEST: usize = 1024;
const DEEPEST: usize = 8;

/// Whether it is plain what a word's braces make of it: not too much, not nothing between quotes, and none of those
/// braces of which bash takes an end for the text of a longer one, as in `{a},b}`.
pub(super) fn is_plain(word: &Word) -> bool {
    let holes = word.quoted && ["{,", ",,", ",}"].iter().any(|hole| word.text.contains(hole));
    !holes && expand(&word.text).is_some()
}

/// The words that a word's braces make of it; `None` where that are more than anybody wants to read, or unclear.
pub(super) fn expand(text: &str) -> Option<Vec<String>> {
    if text.len() > LONGEST { None } else { words(text, 0) }
}

fn words(text: &str, depth: usize) -> Option<Vec<String>> {
    if depth > DEEPEST {
        return None;
    }
    let mut made = vec![String::new()];
    let mut at = 0;
    while at < text.len() {
        let skipped = plain(&text[at..]);
        made.iter_mut().for_each(|word| word.push_str(&text[at..at + skipped]));
        at += skipped;
        if at == text.len() {
            break;
        }
        let Some((alternatives, length)) = group(&text[at..], depth)? else {
            if text[at..].contains('}') && text[at..].contains([',', '.']) && !text[at..].starts_with("{}") {
                return None;
            }
            made.iter_mut().for_each(|word| word.push('{'));
            at += 1;
            continue;
        };
        if made.len() * alternatives.len() > MOST {
            return None;
        }
        made = made.iter().flat_map(|word| alternatives.iter().map(move |a| format!("{word}{a}"))).collect();
        at += length;
    }
    Some(made)
}

/// How many bytes stand before the next `{` that may be a brace: `${x}` and `$(…)` are none.
fn plain(text: &str) -> usize {
    let mut at = 0;
    while let Some(found) = text[at..].find(['{', '$']) {
        at += found;
        if text[at..].starts_with('{') {
            return at;
        }
        at += expansion(&text[at..]);
    }
    text.len()
}

/// The bytes of the expansion at the front, as far as brackets tell; at least one.
fn expansion(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (open, close) = match bytes.get(1) {
        Some(b'{') => (b'{', b'}'),
        Some(b'(') => (b'(', b')'),
        _ => return 1,
    };
    let mut depth = 0_usize;
    for (at, byte) in bytes.iter().enumerate().skip(1) {
        if *byte == open {
            depth += 1;
        } else if *byte == close {
            depth -= 1;
            if depth == 0 {
                return at + 1;
            }
        }
    }
    1
}

/// What the braces at the front stand for, and their length; the inner `None` where they mean nothing.
fn group(text: &str, depth: usize) -> Option<Option<(Vec<String>, usize)>> {
    let Some((items, end)) = items(text) else { return Some(None) };
    if let [only] = items.as_slice() {
        let made = sequence(&text[only.clone()]);
        return Some(made.map(|made| (made, end)));
    }
    let mut made = Vec::new();
    for item in items {
        made.extend(words(&text[item], depth + 1)?);
        if made.len() > MOST {
            return None;
        }
    }
    Some(Some((made, end)))
}

/// What stands between the commas of the braces at the front, and where they end.
fn items(text: &str) -> Option<(Vec<Range<usize>>, usize)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let (mut depth, mut start, mut at) = (0_usize, 1, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'$' => {
                at += expansion(&text[at..]);
                continue;
            }
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    found.push(start..at);
                    return Some((found, at + 1));
                }
            }
            b',' if depth == 1 => {
                found.push(start..at);
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// `1..10`, `01..10..2`, `a..e`.
fn sequence(text: &str) -> Option<Vec<String>> {
    let mut parts = text.split("..");
    let (from, to, step) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() {
        return None;
    }
    let step = step.map_or(Some(1), |step| step.parse::<i32>().ok().map(|step| step.unsigned_abs().max(1)))?;
    let letter = |text: &str| match text.as_bytes() {
        [letter] if letter.is_ascii_alphabetic() => Some(i64::from(*letter)),
        _ => None,
    };
    if let (Some(first), Some(last)) = (letter(from), letter(to)) {
        let shown = |n: i64| u8::try_from(n).map_or_else(|_| String::new(), |byte| char::from(byte).to_string());
        return Some(numbers(first, last, step)?.into_iter().map(shown).collect());
    }
    let (first, last) = (from.parse::<i32>().ok()?, to.parse::<i32>().ok()?);
    let padded = |text: &str| text.trim_start_matches('-').starts_with('0') && text.len() > 1;
    let width = if padded(from) || padded(to) { from.len().max(to.len()) } else { 0 };
    let made = numbers(i64::from(first), i64::from(last), step)?;
    Some(made.into_iter().map(|n| format!("{n:0width$}")).collect())
}

fn numbers(first: i64, last: i64, step: u32) -> Option<Vec<i64>> {
    let count = first.abs_diff(last) / u64::from(step) + 1;
    let step = if first <= last { i64::from(step) } else { -i64::from(step) };
    let count = usize::try_from(count).ok().filter(|count| *count <= MOST)?;
    Some((0..count).map(|n| first + step * n as i64).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(expand(text).map(|words| words.join(" ")).unwrap_or_default(), expected, "{text}");
    }

    #[test]
    fn braces_make_words() {
        check("web-{api,worker}", "web-api web-worker");
        check("{a,b{1,2}}.log", "a.log b1.log b2.log");
        check("x{1..3}y{a..c}", "x1ya x1yb x1yc x2ya x2yb x2yc x3ya x3yb x3yc");
        check("{08..10} {5..1..2}", "08 5 08 3 08 1 09 5 09 3 09 1 10 5 10 3 10 1");
        check("a{,.bak}", "a a.bak");
        check("${x,,}{1,2}", "${x,,}1 ${x,,}2");
        check("{$(a,b),c}", "$(a,b) c");
    }

    #[test]
    fn what_makes_none_stays() {
        for text in ["{}", "{a}", "a{b", "}{", "ä{ö", "${x", "{}.log"] {
            check(text, text);
        }
        check(&"{a,".repeat(40), &"{a,".repeat(40));
    }

    #[test]
    fn what_is_too_much_or_unclear_is_left_alone() {
        for text in ["{1..100000}", &"{a,b}".repeat(20), "{a},b}", "{1..}", "{a..3}", "{{.Names}},{{.Ports}}"] {
            assert_eq!(expand(text), None, "{text}");
        }
    }
}
