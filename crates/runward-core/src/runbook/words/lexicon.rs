//! One table of all languages' words, built once: looking a word up costs the same however many there are.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::super::columns::Column;
use super::super::duty::Every;
use super::super::field::Field;
use super::topic::{Topic, Topics};
use super::{Meaning, normal};
use super::{de, en, es, fr, it, nl, pt, tr};

/// The words of one language. An entry is a word or a few; `word*` stands for all that begin so, `*word` for all that
/// end so. Accents, capitals and numbering do not count.
pub(super) struct Language {
    /// Labels of a procedure's parts, whole.
    pub labels: &'static [(Meaning, &'static [&'static str])],
    /// Labels that say nothing where they are only the first or last word of a longer one.
    pub weak: &'static [&'static str],
    /// Headings of columns in tables of services, severities, escalation and contacts.
    pub columns: &'static [(Column, &'static [&'static str])],
    /// Labels and headings of columns in what else states facts.
    pub fields: &'static [(Field, &'static [&'static str])],
    /// What headings speak of.
    pub topics: &'static [(Topic, &'static [&'static str])],
    /// Words that say how often by themselves: `daily`.
    pub often: &'static [(Every, &'static [&'static str])],
    /// Words for `every`.
    pub each: &'static [&'static str],
    /// Lengths of time behind `every`: `week`, and days of the week.
    pub units: &'static [(Every, &'static [&'static str])],
    /// Verbs that tell somebody to act where they come first.
    pub orders: &'static [&'static str],
    /// The same where they come last.
    pub closing: &'static [&'static str],
    /// Verbs that look or ask: `check if it runs` sets no condition.
    pub asks: &'static [&'static str],
    /// Words that begin a condition.
    pub conditions: &'static [&'static str],
    /// Words that make a condition wherever they stand.
    pub provisos: &'static [&'static str],
    /// `if`, behind an order.
    pub ifs: &'static [&'static str],
    /// Words that begin another way to do the same.
    pub alternatives: &'static [&'static str],
    /// Words before the letter or number of one of several ways.
    pub options: &'static [&'static str],
    /// Words before the number of a step.
    pub steps: &'static [&'static str],
    /// Words before the number or the name of a section.
    pub sections: &'static [&'static str],
    /// Words that announce what should come out.
    pub expects: &'static [&'static str],
    /// Words that begin what must be true of what comes out.
    pub shoulds: &'static [&'static str],
    /// Words that send the reader elsewhere.
    pub gotos: &'static [&'static str],
    /// Words that announce a tale rather than orders: `what it does`.
    pub tales: &'static [&'static str],
}

const LANGUAGES: &[&Language] =
    &[&en::WORDS, &es::WORDS, &de::WORDS, &fr::WORDS, &pt::WORDS, &tr::WORDS, &it::WORDS, &nl::WORDS];

/// Words with what each means.
pub(super) struct Words<T> {
    /// How those begin that may mean something; most words of a text stop here.
    begins: Sieve,
    /// How those end that may mean something by their end.
    ends: Sieve,
    whole: FxHashMap<String, T>,
    /// By their first four bytes.
    beginnings: FxHashMap<u32, Vec<(String, T)>>,
    /// By their last four bytes.
    endings: FxHashMap<u32, Vec<(String, T)>>,
    /// How many words the longest entry has.
    longest: usize,
}

impl<T: Copy> Words<T> {
    fn of<'e>(entries: impl IntoIterator<Item = (T, &'e str)>) -> Words<T> {
        let mut words = Words {
            begins: Sieve::default(),
            ends: Sieve::default(),
            whole: FxHashMap::default(),
            beginnings: FxHashMap::default(),
            endings: FxHashMap::default(),
            longest: 1,
        };
        for (meaning, entry) in entries {
            words.add(meaning, entry);
        }
        words
    }

    fn add(&mut self, meaning: T, entry: &str) {
        let text = normal(entry);
        self.longest = self.longest.max(text.split(' ').count());
        if entry.ends_with('*') {
            let key = first_bytes(&text);
            self.begins.add(key);
            self.beginnings.entry(key).or_default().push((text, meaning));
        } else if entry.starts_with('*') {
            let key = last_bytes(&text);
            self.ends.add(key);
            self.endings.entry(key).or_default().push((text, meaning));
        } else {
            self.begins.add(first_bytes(&text));
            self.whole.entry(text).or_insert(meaning);
        }
    }

    /// What a text of single-spaced words means as a whole.
    pub fn get(&self, text: &str) -> Option<T> {
        self.begins.may_hold(first_bytes(text)).then(|| self.whole.get(text).copied())?
    }

    /// All that begin as this word does, and all that end so.
    fn alike<'t>(&'t self, word: &'t str) -> impl Iterator<Item = T> + 't {
        let (first, last) = (first_bytes(word), last_bytes(word));
        let first = self.begins.may_hold(first).then(|| self.beginnings.get(&first)).flatten();
        let last = self.ends.may_hold(last).then(|| self.endings.get(&last)).flatten();
        let begins = first.into_iter().flatten().filter(|(text, _)| word.starts_with(text.as_str()));
        let ends = last.into_iter().flatten().filter(|(text, _)| word.ends_with(text.as_str()));
        begins.chain(ends).map(|(_, meaning)| *meaning)
    }

    /// All that a single word means: itself, by its beginning, and by its end.
    pub fn all_of_word<'t>(&'t self, word: &'t str) -> impl Iterator<Item = T> + 't {
        self.get(word).into_iter().chain(self.alike(word))
    }

    /// The words that a text of single-spaced words begins with, if they mean something: the longest that do.
    pub fn beginning(&self, text: &str) -> Option<(usize, T)> {
        let first = text.bytes().position(|byte| byte == b' ').unwrap_or(text.len());
        if self.begins.may_hold(first_bytes(text)) {
            let mut longest = None;
            let mut end = first;
            for _ in 0..self.longest {
                longest = self.whole.get(&text[..end]).map(|meaning| (end, *meaning)).or(longest);
                match text.get(end + 1..) {
                    Some(rest) => end += 1 + rest.find(' ').unwrap_or(rest.len()),
                    None => break,
                }
            }
            if longest.is_some() {
                return longest;
            }
        }
        self.alike(&text[..first]).next().map(|meaning| (first, meaning))
    }

    /// Every run of words in a text of single-spaced words that means something, the longest at each place.
    pub fn all<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (Range<usize>, T)> + 't {
        let mut at = 0;
        std::iter::from_fn(move || {
            while at < text.len() {
                let start = at;
                match self.beginning(&text[start..]) {
                    Some((length, meaning)) => {
                        at = start + length + 1;
                        return Some((start..start + length, meaning));
                    }
                    None => at = text[start..].find(' ').map_or(text.len(), |space| start + space + 1),
                }
            }
            None
        })
    }

    /// Whether any of them stands in a text of single-spaced words.
    pub fn stand_in(&self, text: &str) -> bool {
        self.all(text).next().is_some()
    }
}

/// Four bytes of a word as a number: the first, up to its end.
fn first_bytes(text: &str) -> u32 {
    four(text.bytes().take_while(|byte| *byte != b' '))
}

/// The last four, from behind.
fn last_bytes(word: &str) -> u32 {
    four(word.bytes().rev())
}

fn four(bytes: impl Iterator<Item = u8>) -> u32 {
    bytes.take(4).fold(0, |all, byte| all << 8 | u32::from(byte))
}

/// A set that may hold more than was put in, and says so in a few instructions.
struct Sieve([u64; 64]);

impl Default for Sieve {
    fn default() -> Self {
        Sieve([0; 64])
    }
}

impl Sieve {
    /// The bit of a key: twelve bits of its product with the golden ratio, as Fibonacci hashing takes them.
    fn bit(key: u32) -> (usize, u64) {
        let slot = key.wrapping_mul(0x9E37_79B1) >> 20;
        ((slot >> 6) as usize, 1 << (slot & 63))
    }

    fn add(&mut self, key: u32) {
        let (word, bit) = Sieve::bit(key);
        self.0[word] |= bit;
    }

    fn may_hold(&self, key: u32) -> bool {
        let (word, bit) = Sieve::bit(key);
        self.0[word] & bit != 0
    }
}

/// All languages' words, by what they are looked up for.
pub(super) struct Lexicon {
    pub labels: Words<Meaning>,
    pub weak: Words<()>,
    pub columns: Words<Column>,
    pub fields: Words<Field>,
    pub topics: Words<Topics>,
    pub often: Words<Every>,
    pub each: Words<()>,
    pub units: Words<Every>,
    pub orders: Words<()>,
    pub closing: Words<()>,
    pub asks: Words<()>,
    pub conditions: Words<()>,
    pub provisos: Words<()>,
    pub ifs: Words<()>,
    pub alternatives: Words<()>,
    pub options: Words<()>,
    pub steps: Words<()>,
    pub sections: Words<()>,
    pub expects: Words<()>,
    pub shoulds: Words<()>,
    pub gotos: Words<()>,
    pub tales: Words<()>,
}

pub(super) static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon {
    labels: told(|language| language.labels),
    weak: plain(|language| language.weak),
    columns: told(|language| language.columns),
    fields: told(|language| language.fields),
    topics: topics(),
    often: told(|language| language.often),
    each: plain(|language| language.each),
    units: told(|language| language.units),
    orders: plain(|language| language.orders),
    closing: plain(|language| language.closing),
    asks: plain(|language| language.asks),
    conditions: plain(|language| language.conditions),
    provisos: plain(|language| language.provisos),
    ifs: plain(|language| language.ifs),
    alternatives: plain(|language| language.alternatives),
    options: plain(|language| language.options),
    steps: plain(|language| language.steps),
    sections: plain(|language| language.sections),
    expects: plain(|language| language.expects),
    shoulds: plain(|language| language.shoulds),
    gotos: plain(|language| language.gotos),
    tales: plain(|language| language.tales),
});

type Told<T> = &'static [(T, &'static [&'static str])];

fn told<T: Copy + 'static>(of: fn(&Language) -> Told<T>) -> Words<T> {
    let rows = LANGUAGES.iter().flat_map(|language| of(language));
    Words::of(rows.flat_map(|(meaning, entries)| entries.iter().map(|entry| (*meaning, *entry))))
}

fn plain(of: fn(&Language) -> &'static [&'static str]) -> Words<()> {
    Words::of(LANGUAGES.iter().flat_map(|language| of(language)).map(|entry| ((), *entry)))
}

/// A word may speak of several things: its topics are put together.
fn topics() -> Words<Topics> {
    let mut together: BTreeMap<String, Topics> = BTreeMap::new();
    for (topic, entries) in LANGUAGES.iter().flat_map(|language| language.topics) {
        for entry in *entries {
            let known = together.entry(key(entry)).or_default();
            *known = known.with(*topic);
        }
    }
    Words::of(together.iter().map(|(entry, topics)| (*topics, entry.as_str())))
}

/// An entry as it is compared: its stars, and its words in their normal form.
fn key(entry: &str) -> String {
    let star = |is: bool| if is { "*" } else { "" };
    format!("{}{}{}", star(entry.starts_with('*')), normal(entry), star(entry.ends_with('*')))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// What means one thing in one language and another thing in the next.
    fn torn<T: Copy + PartialEq + std::fmt::Debug + 'static>(of: fn(&Language) -> Told<T>) -> Vec<String> {
        let mut known: HashMap<String, T> = HashMap::new();
        let mut torn = Vec::new();
        for (meaning, entry) in LANGUAGES
            .iter()
            .flat_map(|language| of(language))
            .flat_map(|(m, entries)| entries.iter().map(move |e| (*m, *e)))
        {
            let before = *known.entry(key(entry)).or_insert(meaning);
            if before != meaning {
                torn.push(format!("`{entry}` is {before:?} and {meaning:?}"));
            }
        }
        torn
    }

    #[test]
    fn a_word_means_one_thing_in_all_languages() {
        let all = [torn(|l| l.labels), torn(|l| l.columns), torn(|l| l.fields), torn(|l| l.often), torn(|l| l.units)];
        assert_eq!(all.concat(), [""; 0]);
    }

    #[test]
    fn words_are_found_whole_by_their_beginning_and_by_their_end() {
        let words: Words<u8> = Words::of([(1, "on-call"), (2, "who to call"), (3, "schwere*"), (4, "*sicherung")]);
        let found = |text: &str| words.all(text).map(|(_, meaning)| meaning).collect::<Vec<_>>();
        assert_eq!(found("ask who to call on call"), [2, 1]);
        assert_eq!(found("schweregrade und datensicherung"), [3, 4]);
        assert_eq!(found("who calls"), [0_u8; 0]);
        assert_eq!(words.beginning("who to call now"), Some((11, 2)));
    }
}
