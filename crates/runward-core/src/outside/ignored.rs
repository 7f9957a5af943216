//! What a repository keeps out of itself on purpose: the lines of `.gitignore`.

/// Patterns of `.gitignore` files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ignored(Vec<Pattern>);

#[derive(Clone, Debug, PartialEq)]
struct Pattern {
    /// The folder of its file, with a slash at the end; empty at the root.
    folder: String,
    text: String,
    /// `!pattern`: kept after all.
    keeps: bool,
    /// Whether it holds for the folder of its file only, not for all below.
    anchored: bool,
}

impl Ignored {
    /// Takes in a `.gitignore` that stands in `folder` (empty, or with a slash at its end).
    pub fn read(&mut self, folder: &str, text: &str) {
        const MOST_PATTERNS: usize = 2000;
        for line in text.lines().map(str::trim_end) {
            let (line, keeps) = line.strip_prefix('!').map_or((line, false), |rest| (rest, true));
            let bare = line.trim_end_matches('/');
            if bare.is_empty() || line.starts_with('#') || self.0.len() >= MOST_PATTERNS {
                continue;
            }
            let anchored = bare.contains('/') && !bare.starts_with("**/");
            let text = bare.trim_start_matches("**/").trim_start_matches('/').to_owned();
            self.0.push(Pattern { folder: folder.to_owned(), text, keeps, anchored });
        }
    }

    /// Whether a path, or a folder it lies in, is kept out.
    pub fn holds(&self, path: &str) -> bool {
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        let mut out = false;
        for end in ends {
            let part = &path[..end];
            let last = self.0.iter().rev().find(|pattern| pattern.fits(part));
            match last {
                Some(pattern) if pattern.keeps => out = false,
                Some(_) => return true,
                None => {}
            }
        }
        out
    }
}

impl Pattern {
    fn fits(&self, path: &str) -> bool {
        let Some(below) = path.strip_prefix(self.folder.as_str()) else { return false };
        if self.anchored {
            return like(&self.text, below);
        }
        let name = below.rsplit('/').next().unwrap_or(below);
        like(&self.text, name)
    }
}

/// Whether a text fits a pattern: `*` stands for anything but a slash, `**` for anything, `?` for one character.
/// Linear for one star, and never more than the product of both lengths.
fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    // Where to go on if the last star must take one character more: behind it, and what it has taken up to.
    let mut again: Option<(usize, usize, bool)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                let deep = pattern.get(p + 1) == Some(&b'*');
                p += if deep { 2 } else { 1 };
                if deep && pattern.get(p) == Some(&b'/') {
                    p += 1;
                }
                again = Some((p, t, deep));
                continue;
            }
            Some(b'?') if text[t] != b'/' => {}
            Some(c) if *c == text[t] => {}
            _ => match again {
                Some((behind, taken, deep)) if deep || text[taken] != b'/' => {
                    (p, t) = (behind, taken + 1);
                    again = Some((behind, taken + 1, deep));
                    continue;
                }
                _ => return false,
            },
        }
        p += 1;
        t += 1;
    }
    pattern[p..].iter().all(|c| *c == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_out_is_known_by_name_folder_and_star() {
        let mut ignored = Ignored::default();
        ignored.read("", "# made\n*.log\n/dist/\nconfig/local.*\n.env\n!keep.log\nbuild\n");
        ignored.read("web/", "out\n");
        for (path, expected) in [
            ("a/b.log", true),
            ("keep.log", false),
            ("dist/x/y.js", true),
            ("web/dist/x", false),
            ("config/local.json", true),
            ("config/other.json", false),
            ("api/.env", true),
            ("api/.env.example", false),
            ("x/build/y", true),
            ("web/out/z", true),
            ("out/z", false),
        ] {
            assert_eq!(ignored.holds(path), expected, "{path}");
        }
    }

    #[test]
    fn stars_stop_at_slashes_unless_there_are_two() {
        assert!(like("a*c", "abbc") && like("**/x", "p/q/x") && like("a/**", "a/b/c") && like("?b", "ab"));
        assert!(!like("a*c", "ab/c") && !like("a", "ab") && !like("*b", "a"));
    }
}
