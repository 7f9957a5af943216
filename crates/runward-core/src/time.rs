//! Time as people write it: `15m`, `Within 15 min`, `<1 hour`, `Every 30 minutes`.

use std::time::Duration;

pub use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A length of time in configuration and documents, written like `90s`, `15m`, `1h30m` or `2d`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(pub Duration);

impl Span {
    /// A span of whole seconds.
    pub const fn seconds(seconds: u64) -> Span {
        Span(Duration::from_secs(seconds))
    }

    /// Reads the strict form `1h30m`: numbers with a unit, nothing else.
    pub fn parse(text: &str) -> Option<Span> {
        let mut rest = text.trim();
        let mut total = Duration::ZERO;
        if rest.is_empty() {
            return None;
        }
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
            let number: f64 = rest[..digits].parse().ok()?;
            rest = rest[digits..].trim_start();
            let letters = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
            total += unit(&rest[..letters])?.checked_mul_f64(number)?;
            rest = rest[letters..].trim_start();
        }
        Some(Span(total))
    }
}

/// `checked_mul` for the fractions people write (`1.5h`).
trait CheckedMul {
    fn checked_mul_f64(self, by: f64) -> Option<Duration>;
}

impl CheckedMul for Duration {
    fn checked_mul_f64(self, by: f64) -> Option<Duration> {
        Duration::try_from_secs_f64(self.as_secs_f64() * by).ok()
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let millis = self.0.as_millis();
        if millis == 0 {
            return f.write_str("0s");
        }
        if !millis.is_multiple_of(1000) {
            return write!(f, "{millis}ms");
        }
        let mut seconds = self.0.as_secs();
        for (name, length) in [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)] {
            if seconds >= length {
                write!(f, "{}{name}", seconds / length)?;
                seconds %= length;
            }
        }
        Ok(())
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
        let text = String::deserialize(deserializer)?;
        Span::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!("`{text}` is not a length of time; write it like 30s, 15m, 1h30m or 2d"))
        })
    }
}

impl schemars::JsonSchema for Span {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "description": "a length of time such as 30s, 15m, 1h30m or 2d" })
    }
}

fn unit(word: &str) -> Option<Duration> {
    let seconds = match word.to_lowercase().as_str() {
        "ms" => return Some(Duration::from_millis(1)),
        "s" | "sec" | "secs" | "second" | "seconds" | "sek" | "sekunde" | "sekunden" | "segundo" | "segundos"
        | "seconde" | "secondes" | "saniye" | "secondo" | "secondi" | "seconden" => 1,
        "m" | "min" | "mins" | "minute" | "minutes" | "minuten" | "minuto" | "minutos" | "minuti" | "minuut"
        | "dakika" | "dk" => 60,
        "h" | "hr" | "hrs" | "hour" | "hours" | "std" | "stunde" | "stunden" | "hora" | "horas" | "heure"
        | "heures" | "saat" | "ora" | "ore" | "uur" | "uren" => 3_600,
        "d" | "day" | "days" | "tag" | "tage" | "tagen" | "día" | "días" | "dia" | "dias" | "jour" | "jours"
        | "gün" | "giorno" | "giorni" | "dag" | "dagen" => 86_400,
        "w" | "week" | "weeks" | "woche" | "wochen" | "semana" | "semanas" | "semaine" | "semaines" | "hafta"
        | "settimana" | "settimane" | "weken" => 604_800,
        _ => return None,
    };
    Some(Duration::from_secs(seconds))
}

/// Words for `at once`, without what stands behind their stem.
const AT_ONCE: &[&str] = &[
    "immediate", "immediately", "asap", "instantly", "now", "sofort", "umgehend", "unverzüglich", "inmediato",
    "inmediata", "inmediatamente", "immédiat", "immédiate", "immédiatement", "imediato", "imediata", "imediatamente",
    "derhal", "hemen", "anında", "immediato", "immediata", "immediatamente", "subito", "onmiddellijk", "direct",
    "meteen",
];

/// Words that say how often by themselves, with the length of time they mean.
const OFTEN: &[(&str, &str)] =
    &[("hourly", "hour"), ("daily", "day"), ("stündlich", "hour"), ("täglich", "day"), ("saatlik", "hour")];

/// The length of time a phrase promises: `Immediate (<5 min)` is 5 minutes, `Immediate` is zero,
/// `Every hour` is one hour. `None` where no length can be told (`Next business day`).
pub fn promised(text: &str) -> Option<Duration> {
    let lower = text.to_lowercase();
    first_length(&lower).or_else(|| {
        let word = |w: &str| lower.split(|c: char| !c.is_alphanumeric()).any(|x| x == w);
        let at_once = ["at once", "right away", "straight away", "without delay"].iter().any(|w| lower.contains(w));
        if at_once || AT_ONCE.iter().any(|w| word(w)) {
            return Some(Duration::ZERO);
        }
        if let Some(known) = OFTEN.iter().find(|(often, _)| word(often)) {
            return unit(known.1);
        }
        let every = ["every ", "within an ", "cada ", "jede ", "chaque ", "toutes les ", "ogni ", "her ", "elk "]
            .iter()
            .find_map(|each| lower.split(each).nth(1))?;
        unit(every.split(|c: char| !c.is_alphabetic()).next()?)
    })
}

/// The first `number unit` in a phrase; of a range (`15-30 min`) the first number counts.
fn first_length(lower: &str) -> Option<Duration> {
    let bytes = lower.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let digits = lower[at..].find(|c: char| !c.is_ascii_digit()).map_or(bytes.len(), |n| at + n);
        let number: u32 = lower[at..digits].parse().ok()?;
        let after = lower[digits..]
            .trim_start_matches(|c: char| c.is_whitespace() || c == '-' || c == '–' || c.is_ascii_digit());
        let letters = after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
        if let Some(unit) = unit(&after[..letters]) {
            return unit.checked_mul(number);
        }
        at = digits;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, seconds: Option<u64>) {
        assert_eq!(promised(text), seconds.map(Duration::from_secs), "{text}");
    }

    #[test]
    fn a_promise_is_read_as_people_write_it() {
        check("Immediate", Some(0));
        check("at once", Some(0));
        check("Immediate (<5 min)", Some(300));
        check("Within 15 min", Some(900));
        check("<1 hour", Some(3600));
        check("Every 30 minutes", Some(1800));
        check("Every hour", Some(3600));
        check("hourly", Some(3600));
        check("innerhalb von 15 Minuten", Some(900));
        check("Inmediato (<5 min)", Some(300));
        check("jede Stunde", Some(3600));
        check("toutes les 2 heures", Some(7200));
        check("derhal", Some(0));
        check("15-30 min", Some(900));
        check("1 hour or security breach", Some(3600));
        check("Next business day", None);
        check("P0 when resolved", None);
    }

    #[test]
    fn a_span_survives_the_way_there_and_back() {
        for text in ["0s", "250ms", "30s", "15m", "1h30m", "2d"] {
            assert_eq!(Span::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Span::parse("1.5h"), Some(Span::seconds(5400)));
        for text in ["", "5", "m", "5 parsecs", "-5m", "5m and more"] {
            assert_eq!(Span::parse(text), None, "{text}");
        }
    }
}
