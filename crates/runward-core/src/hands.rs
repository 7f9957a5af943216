//! Work that the cores of the machine share: the same thing done for each of many, with results in their order.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread;

/// Cores that may be used; more than these gain nothing for texts of at most a few MiB.
static HANDS: LazyLock<usize> = LazyLock::new(|| thread::available_parallelism().map_or(1, NonZero::get).min(8));

/// Does the same for each, on several threads where it is `much`: starting one costs about as much as reading 4 KiB.
/// A panic of one is a panic of all.
pub(crate) fn each<T: Sync, R: Send>(all: &[T], much: bool, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let hands = if much { all.len().min(*HANDS) } else { 1 };
    if hands <= 1 {
        return all.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, R)>> = Mutex::new(Vec::with_capacity(all.len()));
    let share = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = all.get(at) else { return };
            let result = work(one);
            done.lock().unwrap_or_else(PoisonError::into_inner).push((at, result));
        }
    };
    thread::scope(|scope| {
        let others: Vec<_> = (1..hands).map(|_| scope.spawn(share)).collect();
        share();
        for other in others {
            other.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::each;

    #[test]
    fn results_stand_in_the_order_of_what_was_asked() {
        let numbers: Vec<u64> = (0..1000).collect();
        let doubled: Vec<u64> = numbers.iter().map(|n| n * 2).collect();
        assert_eq!(each(&numbers, true, |n| n * 2), doubled);
        assert_eq!(each(&numbers, false, |n| n * 2), doubled);
        assert!(each(&Vec::<u64>::new(), true, |n| n * 2).is_empty());
    }

    #[test]
    fn nothing_is_lost_silently_where_one_fails() {
        let failed = std::panic::catch_unwind(|| each(&[1, 2, 3, 4], true, |n| 7 / (n - 3)));
        assert!(failed.is_err());
    }
}
