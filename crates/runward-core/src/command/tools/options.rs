//! How a program's options are read: a table says which are known, and one that is not known may change anything.

use super::super::impact::Verdict;
use super::super::shell::Word;

/// The options of a program as words: `-n: --lines: --color? -f~ --force! --delete!!`.
///
/// `:` takes a value and `?` may have one joined to it; `~` waits, `!` changes, `!!` destroys.
/// `-#` stands for a number (`head -20`). `*` says that no option of this program changes anything,
/// so that one that is not listed is harmless too.
pub(super) type Table = &'static str;

/// Why a call with an unknown option is no reader.
const UNKNOWN: Verdict = Verdict::changes("has an option that is not known to be harmless");

/// The options and operands of a call.
pub(super) struct Parsed<'w> {
    /// The worst of the options.
    pub(super) verdict: Verdict,
    /// Arguments that are neither options nor their values.
    pub(super) operands: Vec<&'w Word>,
    /// The words from the first operand on, where reading stops there.
    pub(super) rest: &'w [Word],
    given: Vec<Given<'w>>,
}

/// One option that was given.
struct Given<'w> {
    name: &'w str,
    value: &'w str,
    /// The word the value is, or ends.
    holder: &'w Word,
}

/// One word of a table.
#[derive(Clone, Copy)]
struct Known<'w> {
    name: &'w str,
    value: Value,
    effect: Effect,
}

#[derive(Clone, Copy, PartialEq)]
enum Value {
    None,
    Joined,
    Needed,
}

#[derive(Clone, Copy)]
enum Effect {
    Looks,
    Waits,
    Changes,
    Destroys,
}

/// Reads options wherever they stand among the operands, as GNU tools do.
pub(super) fn anywhere<'w>(args: &'w [Word], table: Table) -> Parsed<'w> {
    Reader::new(args, table).read(false)
}

/// Reads the options in front of the first operand.
pub(super) fn in_front<'w>(args: &'w [Word], table: Table) -> Parsed<'w> {
    Reader::new(args, table).read(true)
}

impl<'w> Parsed<'w> {
    /// Whether one of these was given, by the name the table has for it.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        self.given.iter().any(|g| names.contains(&g.name))
    }

    /// Every value of these options, in order.
    pub(super) fn values(&self, names: &[&str]) -> Vec<&'w str> {
        self.given.iter().filter(|g| names.contains(&g.name)).map(|g| g.value).collect()
    }

    /// The same as words.
    pub(super) fn value_words(&self, names: &[&str]) -> Vec<Word> {
        self.given.iter().filter(|g| names.contains(&g.name)).map(|g| g.holder.ending(g.value)).collect()
    }

    /// Whether a value of these options is only known at run time.
    pub(super) fn is_dynamic(&self, names: &[&str]) -> bool {
        self.given.iter().any(|g| g.holder.dynamic && names.contains(&g.name))
    }

    /// The text of an operand; empty where there is none.
    pub(super) fn operand(&self, at: usize) -> &'w str {
        self.operands.get(at).map_or("", |w| w.text.as_str())
    }

    /// The operands as texts.
    pub(super) fn texts(&self) -> Vec<&'w str> {
        self.operands.iter().map(|w| w.text.as_str()).collect()
    }
}

/// The words behind the known options at the front: an option that is not known may be a verb.
pub(super) fn behind_known(args: &[Word], table: Table) -> &[Word] {
    let reader = Reader::new(args, table);
    let mut at = 0;
    while let Some(word) = args.get(at).filter(|w| w.text.starts_with('-') && !w.any) {
        let (name, joined) = word.text.split_once('=').map_or((word.text.as_str(), false), |(name, _)| (name, true));
        let Some(known) = reader.known(name) else { break };
        at += if known.value == Value::Needed && !joined { 2 } else { 1 };
    }
    args.get(at..).unwrap_or_default()
}

/// How many words a verb takes where they begin with it: `kv delete` takes two.
pub(super) fn leads(verb: &str, words: &[Word]) -> Option<usize> {
    let mut length = 0;
    let all = verb.split(' ').all(|part| {
        length += 1;
        words.get(length - 1).is_some_and(|w| w.text == part && !w.dynamic)
    });
    all.then_some(length)
}

struct Reader<'w> {
    args: &'w [Word],
    at: usize,
    table: Table,
    lenient: bool,
    found: Parsed<'w>,
}

impl<'w> Reader<'w> {
    fn new(args: &'w [Word], table: Table) -> Reader<'w> {
        let found = Parsed { verdict: Verdict::READS, operands: Vec::new(), rest: &[], given: Vec::new() };
        Reader { args, at: 0, table, lenient: is_lenient(table), found }
    }

    fn read(mut self, stops: bool) -> Parsed<'w> {
        while let Some(word) = self.args.get(self.at) {
            if word.text == "--" {
                self.at += 1;
                break;
            }
            let option = word.text.len() > 1 && word.text.starts_with('-') && !word.any;
            if !option && stops {
                if word.any {
                    self.unknown();
                }
                break;
            }
            self.at += 1;
            if option {
                self.option(word);
            } else {
                self.operand(word);
            }
        }
        let rest = self.args.get(self.at..).unwrap_or_default();
        rest.iter().for_each(|word| self.found.operands.push(word));
        if stops {
            self.found.rest = rest;
        }
        self.found
    }

    fn operand(&mut self, word: &'w Word) {
        // What `xargs` appends may be an option as well, and so may a variable that is made to hold options.
        if word.any || holds_options(word) {
            self.unknown();
        }
        self.found.operands.push(word);
    }

    fn option(&mut self, word: &'w Word) {
        let (name, joined) = word.text.split_once('=').map_or((word.text.as_str(), None), |(n, v)| (n, Some(v)));
        match self.known(name) {
            Some(known) if joined.is_none() || known.value != Value::None => self.take(known, joined, word),
            None if !name.starts_with("--") => self.cluster(word),
            _ => self.unknown(),
        }
    }

    /// `-xzf file`, `-hlocalhost`: letter by letter, until one takes the rest as its value.
    fn cluster(&mut self, word: &'w Word) {
        let letters = &word.text[1..];
        if letters.bytes().all(|b| b.is_ascii_digit()) && self.known("-#").is_some() {
            return;
        }
        for (at, letter) in letters.char_indices() {
            let Some(known) = self.known(&format!("-{letter}")) else {
                self.unknown();
                if self.lenient {
                    continue;
                }
                return;
            };
            let rest = &letters[at + letter.len_utf8()..];
            let joined = (known.value != Value::None && !rest.is_empty()).then_some(rest);
            self.take(known, joined, word);
            if known.value != Value::None {
                return;
            }
        }
    }

    fn take(&mut self, known: Known<'static>, joined: Option<&'w str>, word: &'w Word) {
        let (value, holder) = match (known.value, joined) {
            (Value::Needed, None) => {
                let next = self.args.get(self.at);
                self.at += 1;
                (next.map_or("", |w| w.text.as_str()), next.unwrap_or(word))
            }
            (_, joined) => (joined.unwrap_or_default(), word),
        };
        self.effect(match known.effect {
            Effect::Looks => Verdict::READS,
            Effect::Waits => Verdict::READS.waiting(),
            Effect::Changes => Verdict::changes("has an option that changes or runs something"),
            Effect::Destroys => Verdict::destroys("has an option that deletes something"),
        });
        self.found.given.push(Given { name: known.name, value, holder });
    }

    fn unknown(&mut self) {
        if !self.lenient {
            self.effect(UNKNOWN);
        }
    }

    fn effect(&mut self, verdict: Verdict) {
        let so_far = std::mem::replace(&mut self.found.verdict, Verdict::READS);
        self.found.verdict = so_far.and(verdict);
    }

    /// Looks an option up: tables are long and calls are many, so the name is searched and only its word is read.
    fn known(&self, name: &str) -> Option<Known<'static>> {
        let table = self.table;
        let word = |at: usize| {
            let begins = at == 0 || table.as_bytes()[at - 1].is_ascii_whitespace();
            let end = table[at..].find(|c: char| c.is_ascii_whitespace()).map_or(table.len(), |end| at + end);
            begins.then(|| known(&table[at..end])).filter(|k| k.name == name)
        };
        table.match_indices(name).find_map(|(at, _)| word(at))
    }
}

/// Whether a table says `*`: tables are long, so the star is searched, and only then its neighbours are looked at.
fn is_lenient(table: Table) -> bool {
    let blank = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_whitespace);
    let bytes = table.as_bytes();
    memchr::memchr_iter(b'*', bytes).any(|at| blank(bytes[..at].last()) && blank(bytes.get(at + 1)))
}

/// `$OPTS`, `"$@"`, `${ARGS[*]}`.
fn holds_options(word: &Word) -> bool {
    let Some(name) = word.text.strip_prefix('$').filter(|_| word.dynamic) else { return false };
    let upper = name.to_ascii_uppercase();
    !name.starts_with('(') && (name.contains(['@', '*']) || ["OPT", "ARG", "FLAG"].iter().any(|o| upper.contains(o)))
}

fn known(word: &'static str) -> Known<'static> {
    let (word, effect) = if let Some(word) = word.strip_suffix("!!") {
        (word, Effect::Destroys)
    } else if let Some(word) = word.strip_suffix('!') {
        (word, Effect::Changes)
    } else if let Some(word) = word.strip_suffix('~') {
        (word, Effect::Waits)
    } else {
        (word, Effect::Looks)
    };
    let (name, value) = match (word.strip_suffix(':'), word.strip_suffix('?')) {
        (Some(name), _) => (name, Value::Needed),
        (_, Some(name)) => (name, Value::Joined),
        _ => (word, Value::None),
    };
    Known { name, value, effect }
}

/// What a program with verbs does: `docker volume ls`, `kubectl get`.
pub(super) struct Verbs {
    /// Options in front of the verb.
    pub(super) globals: Table,
    /// Verbs that look, `|` between them, and the options each may have.
    pub(super) looks: &'static [(&'static str, Table)],
    /// Verbs that take something away.
    pub(super) destroys: &'static str,
    /// What they take away.
    pub(super) loses: &'static str,
    /// What every other verb does.
    pub(super) otherwise: &'static str,
}

impl Verbs {
    /// The verdict over a call's arguments.
    pub(super) fn verdict(&self, args: &[Word]) -> Verdict {
        let front = in_front(args, self.globals);
        let verdict = self.of(front.rest);
        front.verdict.and(verdict)
    }

    /// The verdict over the words from the verb on.
    pub(super) fn of(&self, words: &[Word]) -> Verdict {
        if self.destroys.split('|').any(|verb| leads(verb, words).is_some()) {
            return Verdict::destroys(self.loses);
        }
        let find = |verbs: &'static str| verbs.split('|').find_map(|verb| leads(verb, words));
        let row = self.looks.iter().find_map(|(verbs, table)| Some((find(verbs)?, table)));
        match row {
            Some((length, table)) => anywhere(&words[length..], table).verdict,
            None => Verdict::changes(self.otherwise),
        }
    }
}
