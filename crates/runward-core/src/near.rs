//! Words that are nearly another: what somebody who misspelt one may have meant.

use std::cell::Cell;

/// No name that people type is longer, and comparing takes the product of both lengths.
const LONGEST: usize = 80;

/// Guesses for the many names of one document, as long as they cost little: a guess is a courtesy, and nobody reads the
/// thousandth of them.
#[derive(Debug)]
pub(crate) struct Guesses(Cell<usize>);

impl Default for Guesses {
    fn default() -> Guesses {
        const MOST_COMPARISONS: usize = 100_000;
        Guesses(Cell::new(MOST_COMPARISONS))
    }
}

impl Guesses {
    /// Whether so many comparisons may still be made; they count as made.
    pub(crate) fn spend(&self, comparisons: usize) -> bool {
        let left = self.0.get().checked_sub(comparisons);
        self.0.set(left.unwrap_or(self.0.get()));
        left.is_some()
    }

    /// The known word that differs least from a misspelt one, if it is near and there was time to look.
    pub(crate) fn closest<'k>(&self, wrong: &str, known: &[&'k str]) -> Option<&'k str> {
        if self.spend(known.len()) { closest(wrong, known) } else { None }
    }
}

/// The known word that differs least from a misspelt one, if it is near.
pub fn closest<'k>(wrong: &str, known: &[&'k str]) -> Option<&'k str> {
    if wrong.len() > LONGEST {
        return None;
    }
    let most = (wrong.len() / 3).max(1);
    let comparable = known.iter().filter(|k| k.len().abs_diff(wrong.len()) <= most);
    let near = comparable.map(|k| (distance(wrong, k), *k)).min()?;
    (near.0 <= most).then_some(near.1)
}

/// What to say to somebody who gave a name that is not known: the one that was meant, or all there are.
pub fn help(wrong: &str, known: &[&str]) -> String {
    const MOST: usize = 12;
    match closest(wrong, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "there is none".into(),
        None if known.len() > MOST => format!("known: {} and {} more", known[..MOST].join(", "), known.len() - MOST),
        None => format!("known: {}", known.join(", ")),
    }
}

/// How many letters must be changed, added, dropped or swapped (optimal string alignment).
pub fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let change = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            rows[i][j] = change.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                rows[i][j] = rows[i][j].min(rows[i - 2][j - 2] + 1);
            }
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_full_of_slips_gets_only_its_first_guesses() {
        let guesses = Guesses::default();
        let known = vec!["listen"; 40_000];
        let found: Vec<_> = (0..3).map(|_| guesses.closest("lisen", &known)).collect();
        assert_eq!(found, [Some("listen"), Some("listen"), None]);
        assert_eq!(guesses.closest("lisen", &["listen"]), Some("listen"), "a short look is still paid for");
        assert_eq!(closest(&"l".repeat(100_000), &[&"l".repeat(99_999)]), None);
    }

    #[test]
    fn what_was_meant_is_the_nearest_word() {
        let known = ["listen", "data", "runbooks"];
        assert_eq!(closest("lisen", &known), Some("listen"));
        assert_eq!(closest("dtaa", &known), Some("data"));
        assert_eq!(closest("colour", &known), None);
        assert_eq!(closest("", &known), None);
    }
}
