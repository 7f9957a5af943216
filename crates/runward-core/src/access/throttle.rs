//! How long somebody waits who tries to come in: twice as long after each failure, for each name and each address.
//!
//! A try counts as failed when it begins, and is taken back when it turns out well: of a hundred tries at once, as many
//! get through as of a hundred in a row.

use std::collections::HashMap;

use crate::time::{Span, Timestamp};

/// How tries are counted.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How many failures cost nothing: people mistype.
    pub free: u32,
    /// The longest that anybody waits.
    pub longest: Span,
}

/// For the name of a user. Short at the most: whoever fails on purpose must not keep the person on call out for long.
pub const NAME: Patience = Patience { free: 3, longest: Span::seconds(60) };
/// For an address, behind which there may be several people.
pub const ADDRESS: Patience = Patience { free: 10, longest: Span::seconds(15 * 60) };

/// After so long without a try nobody is remembered.
const FORGOTTEN_AFTER: Span = Span::seconds(3600);
/// How many are remembered: whoever tries from a million addresses must not fill the memory.
const MOST: usize = 20_000;

#[derive(Clone, Copy, Debug)]
struct Tries {
    count: u32,
    last: Timestamp,
    until: Timestamp,
}

/// Who tried, and how often in a row.
#[derive(Debug)]
pub struct Throttle {
    patience: Patience,
    tries: HashMap<String, Tries>,
}

impl Throttle {
    /// Nobody has tried yet.
    pub fn new(patience: Patience) -> Throttle {
        Throttle { patience, tries: HashMap::new() }
    }

    /// How long somebody has to wait before they may try.
    pub fn wait(&self, who: &str, now: Timestamp) -> Option<Span> {
        let tries = self.tries.get(who)?;
        let left = tries.until.as_millisecond() - now.as_millisecond();
        (left > 0).then(|| Span::seconds(u64::try_from(left).unwrap_or_default().div_ceil(1000)))
    }

    /// Somebody tries: a failure until [`Throttle::succeeded`] says otherwise. The number of failures in a row.
    pub fn tries(&mut self, who: &str, now: Timestamp) -> u32 {
        self.forget(now);
        let patience = self.patience;
        let tries = self.tries.entry(who.to_owned()).or_insert(Tries { count: 0, last: now, until: now });
        if is_forgotten(tries, now) {
            tries.count = 0;
        }
        tries.count = tries.count.saturating_add(1);
        tries.last = now;
        tries.until = now + delay(patience, tries.count).0;
        tries.count
    }

    /// The try turned out well: all failures of this name are forgiven.
    pub fn succeeded(&mut self, who: &str) {
        self.tries.remove(who);
    }

    /// The try turned out well: it alone is taken back. Who can come in as somebody must not thereby try others for ever.
    pub fn taken_back(&mut self, who: &str, now: Timestamp) {
        if let Some(tries) = self.tries.get_mut(who) {
            tries.count = tries.count.saturating_sub(1);
            tries.until = tries.until.min(now);
        }
    }

    fn forget(&mut self, now: Timestamp) {
        if self.tries.len() < MOST {
            return;
        }
        self.tries.retain(|_, tries| !is_forgotten(tries, now));
        // Full of those who tried just now: the ones who tried least are let go, all at once, so that this is rare.
        if self.tries.len() >= MOST {
            let mut counts: Vec<u32> = self.tries.values().map(|t| t.count).collect();
            counts.sort_unstable();
            let middle = counts[counts.len() / 2];
            self.tries.retain(|_, tries| tries.count > middle);
        }
    }
}

fn is_forgotten(tries: &Tries, now: Timestamp) -> bool {
    tries.last + FORGOTTEN_AFTER.0 <= now
}

fn delay(patience: Patience, count: u32) -> Span {
    let Some(beyond) = count.checked_sub(patience.free + 1) else { return Span::seconds(0) };
    let seconds = 1u64.checked_shl(beyond.min(40)).unwrap_or(u64::MAX);
    Span::seconds(seconds).min(patience.longest)
}

/// Whether a number of failures is worth a line in the log: the first that makes somebody wait, then each doubling.
pub fn is_worth_telling(patience: Patience, tries: u32) -> bool {
    let first = patience.free + 1;
    tries >= first && tries.is_multiple_of(first) && (tries / first).is_power_of_two()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_772_000_000 + seconds).unwrap()
    }

    #[test]
    fn each_failure_beyond_the_free_ones_costs_twice_as_long() {
        let mut throttle = Throttle::new(NAME);
        let mut waits = Vec::new();
        for _ in 0..12 {
            throttle.tries("mara", at(0));
            waits.push(throttle.wait("mara", at(0)).map_or(0, |wait| wait.0.as_secs()));
        }
        assert_eq!(waits, [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(throttle.wait("mara", at(59)), Some(Span::seconds(1)));
        assert_eq!(throttle.wait("mara", at(60)), None);
        assert_eq!(throttle.wait("jon", at(0)), None, "another name waits for nothing");
    }

    #[test]
    fn who_comes_in_is_forgiven_and_who_stays_away_is_forgotten() {
        let mut throttle = Throttle::new(NAME);
        for _ in 0..6 {
            throttle.tries("mara", at(0));
        }
        throttle.succeeded("mara");
        assert_eq!(throttle.tries("mara", at(1)), 1);
        for _ in 0..6 {
            throttle.tries("jon", at(1));
        }
        assert_eq!(throttle.tries("jon", at(3602)), 1);
    }

    #[test]
    fn an_address_is_forgiven_only_the_try_that_turned_out_well() {
        let mut throttle = Throttle::new(ADDRESS);
        for _ in 0..30 {
            throttle.tries("192.0.2.1", at(0));
            throttle.tries("192.0.2.1", at(0));
            throttle.taken_back("192.0.2.1", at(0));
        }
        assert_eq!(throttle.tries("192.0.2.1", at(0)), 31);
        assert!(throttle.wait("192.0.2.1", at(0)).is_some());
    }

    #[test]
    fn a_million_addresses_are_not_all_remembered() {
        let mut throttle = Throttle::new(ADDRESS);
        for _ in 0..50 {
            throttle.tries("the worst", at(0));
        }
        for address in 0..40_000 {
            throttle.tries(&address.to_string(), at(0));
        }
        assert!(throttle.tries.len() <= MOST);
        assert!(throttle.wait("the worst", at(0)).is_some(), "who tried most is remembered longest");
    }

    #[test]
    fn the_log_is_told_now_and_then() {
        let told: Vec<u32> = (1..40).filter(|tries| is_worth_telling(NAME, *tries)).collect();
        assert_eq!(told, [4, 8, 16, 32]);
    }
}
