//! How often: `Daily checks`, `every Monday`, `alle zwei Wochen`, `cada 90 días`.

use super::super::duty::Every;
use super::lexicon::LEXICON;
use super::normal;

/// How often something is done, and what else the text says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::runbook) struct Often {
    pub every: Every,
    /// The other words, in their normal form.
    pub rest: String,
}

/// How often, where a text says so.
pub(in crate::runbook) fn often(text: &str) -> Option<Often> {
    let words = normal(text);
    let adverb = LEXICON.often.all(&words).next();
    let each = LEXICON.each.all(&words).find_map(|(span, ())| {
        let (length, every) = behind_each(&words[span.end..])?;
        Some((span.start..span.end + length, every))
    });
    let (span, every) = match (adverb, each) {
        (Some(adverb), Some(each)) => {
            if adverb.0.start <= each.0.start {
                adverb
            } else {
                each
            }
        }
        (adverb, each) => adverb.or(each)?,
    };
    let rest = format!("{} {}", &words[..span.start], &words[span.end..]);
    Some(Often { every, rest: rest.split_whitespace().collect::<Vec<_>>().join(" ") })
}

/// The same for a cell that is about nothing else: `90 days` and `Monday` mean as much as with `every` before them.
pub(in crate::runbook) fn often_in_cell(text: &str) -> Option<Every> {
    let words = normal(text);
    often(text).map(|often| often.every).or_else(|| behind_each(&format!(" {words}")).map(|(_, every)| every))
}

/// What stands behind `every`: its length in bytes, and how often that is. `every first Monday of the month` is monthly.
fn behind_each(words: &str) -> Option<(usize, Every)> {
    const MOST_WORDS: usize = 6;
    let mut number = None;
    let mut found: Option<(usize, Every)> = None;
    let mut at = 0;
    for _ in 0..MOST_WORDS {
        let rest = words.get(at..)?.trim_start();
        at = words.len() - rest.len();
        if rest.is_empty() {
            break;
        }
        let end = rest.find(' ').unwrap_or(rest.len());
        let word = &rest[..end];
        if let Some((length, unit)) = LEXICON.units.beginning(rest) {
            let every = match number.take() {
                Some(number) => times(number, unit)?,
                None => unit,
            };
            let longest = found.map_or(every, |(_, known)| known.max(every));
            found = Some((at + length, longest));
            at += length;
            continue;
        }
        match counted(word) {
            Some(count) if found.is_none() => number = Some(count),
            // Words in between are few: `of the`, `im`, `del`.
            _ if found.is_none() && number.is_some() => return None,
            _ => {}
        }
        at += end;
    }
    found
}

/// A number in digits, or one of the few that are written out.
fn counted(word: &str) -> Option<u32> {
    let written = match word {
        "two" | "second" | "other" | "dos" | "zwei" | "deux" | "dois" | "due" | "twee" | "iki" => 2,
        "three" | "tres" | "drei" | "trois" | "tre" | "drie" | "uc" => 3,
        "six" | "seis" | "sechs" | "sei" | "zes" | "alti" => 6,
        "twelve" | "doce" | "zwolf" | "douze" | "doze" | "dodici" | "twaalf" => 12,
        _ => return word.parse().ok(),
    };
    Some(written)
}

/// So many days, weeks or months as one of the lengths that have a name.
fn times(number: u32, unit: Every) -> Option<Every> {
    let hours: u32 = match unit {
        Every::Hourly => 1,
        Every::Daily => 24,
        Every::Weekly => 7 * 24,
        Every::Fortnightly => 14 * 24,
        Every::Monthly => 30 * 24,
        Every::Quarterly => 91 * 24,
        Every::HalfYearly => 182 * 24,
        Every::Yearly => 365 * 24,
    };
    let hours = hours.checked_mul(number)?;
    Some(match hours / 24 {
        0 if hours == 1 => Every::Hourly,
        1 => Every::Daily,
        5..=10 => Every::Weekly,
        12..=18 => Every::Fortnightly,
        25..=35 => Every::Monthly,
        80..=100 => Every::Quarterly,
        170..=190 => Every::HalfYearly,
        350..=380 => Every::Yearly,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, every: Option<Every>, rest: &str) {
        let found = often(text);
        assert_eq!(found.as_ref().map(|o| o.every), every, "{text}");
        assert_eq!(found.map(|o| o.rest).unwrap_or_default(), rest, "{text}");
    }

    #[test]
    fn people_say_how_often_in_many_ways() {
        check("Daily", Some(Every::Daily), "");
        check("Weekly Checks", Some(Every::Weekly), "checks");
        check("Checks (every Monday morning)", Some(Every::Weekly), "checks");
        check("Every first Monday of the month", Some(Every::Monthly), "");
        check("rotate the keys every 90 days", Some(Every::Quarterly), "rotate the keys");
        check("Every two weeks", Some(Every::Fortnightly), "");
        check("Once a year", Some(Every::Yearly), "");
        check("Tareas diarias", Some(Every::Daily), "tareas");
        check("Wöchentliche Aufgaben", Some(Every::Weekly), "aufgaben");
        check("Jeden Montag", Some(Every::Weekly), "");
        check("Tous les jours", Some(Every::Daily), "");
        check("Contrôles mensuels", Some(Every::Monthly), "controles");
        check("Trimestral", Some(Every::Quarterly), "");
        check("Günlük kontroller", Some(Every::Daily), "kontroller");
        check("Ogni mese", Some(Every::Monthly), "");
        check("Elk kwartaal", Some(Every::Quarterly), "");
        check("every 5 minutes", None, "");
        check("on the host", None, "");
        check("Website down", None, "");
    }

    #[test]
    fn a_cell_needs_no_word_for_every() {
        for (cell, every) in [("90 days", Some(Every::Quarterly)), ("Monday", Some(Every::Weekly)), ("5 min", None)] {
            assert_eq!(often_in_cell(cell), every, "{cell}");
        }
    }
}
