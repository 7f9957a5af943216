//! A repository as facts: its files, and what some of them name.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;

use super::ignored::Ignored;
use super::manifests::{self, Manifest};

/// Something a file names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: String,
    /// The file, from the root of the repository.
    pub file: String,
    /// The line.
    pub line: u32,
}

impl Named {
    pub(super) fn new(name: &str, file: &str, line: u32) -> Named {
        Named { name: name.to_owned(), file: file.to_owned(), line }
    }
}

impl std::fmt::Display for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A service of a compose file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComposeService {
    /// Its name.
    pub named: Named,
    /// The name its container is given.
    pub container: Option<String>,
}

/// An alert of a Prometheus rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Its name.
    pub named: Named,
    /// The page it sends people to.
    pub runbook: Option<String>,
}

/// What is known of a repository.
#[derive(Clone, Debug, Default)]
pub struct Repo {
    /// Every file, from the root.
    files: Vec<String>,
    /// Files and folders by their last name.
    by_name: HashMap<String, Vec<String>>,
    folders: HashSet<String>,
    /// Scripts of every `package.json`.
    pub scripts: Vec<Named>,
    /// Targets of makefiles.
    pub targets: Vec<Named>,
    /// Recipes of justfiles.
    pub recipes: Vec<Named>,
    /// Tasks of Taskfiles.
    pub tasks: Vec<Named>,
    /// Services of compose files.
    pub services: Vec<ComposeService>,
    /// Alerts of Prometheus rules.
    pub alerts: Vec<Alert>,
    /// Names in examples of environment files.
    pub variables: Vec<Named>,
    /// Names that proxies answer for.
    pub sites: Vec<Named>,
    /// Files that could not be read as what they are.
    pub unread: Vec<String>,
    /// Whether there was more than is looked at: what is not found may still be there.
    pub cut: bool,
    /// Where the documents lie in it, by the names they are shown with.
    pub documents: HashMap<String, String>,
    /// When each file was last changed, where that is known.
    pub changed: HashMap<String, Date>,
    ignored: Ignored,
}

impl Repo {
    /// Takes in a file by its path from the root; true where its text is wanted too.
    pub fn add(&mut self, path: &str) -> bool {
        self.note(path);
        let mut below = path;
        // A folder is met again with each of its files.
        while let Some((folder, _)) = below.rsplit_once('/') {
            if !self.folders.insert(folder.to_owned()) {
                break;
            }
            self.note(folder);
            below = folder;
        }
        self.files.push(path.to_owned());
        manifests::manifest(path).is_some()
    }

    fn note(&mut self, path: &str) {
        let name = path.rsplit('/').next().unwrap_or(path);
        self.by_name.entry(name.to_owned()).or_default().push(path.to_owned());
    }

    /// Takes in the text of a file whose text is wanted.
    pub fn read(&mut self, path: &str, text: &str) {
        match manifests::manifest(path) {
            Some(Manifest::Package) => self.scripts.extend(manifests::scripts(path, text)),
            Some(Manifest::Make) => self.targets.extend(manifests::targets(path, text)),
            Some(Manifest::Just) => self.recipes.extend(manifests::recipes(path, text)),
            Some(Manifest::Task) => self.tasks.extend(manifests::tasks(path, text)),
            Some(Manifest::Compose) => match manifests::services(path, text) {
                Some(services) => self.services.extend(services),
                None => self.unread.push(path.to_owned()),
            },
            Some(Manifest::Alerts) => self.alerts.extend(manifests::alerts(path, text)),
            Some(Manifest::Variables) => self.variables.extend(manifests::variables(path, text)),
            Some(Manifest::Caddy) => self.sites.extend(manifests::caddy_sites(path, text)),
            Some(Manifest::Nginx) => self.sites.extend(manifests::nginx_sites(path, text)),
            Some(Manifest::Ignored) => {
                let folder = path.rfind('/').map_or("", |at| &path[..=at]);
                self.ignored.read(folder, text);
            }
            None => {}
        }
    }

    /// Takes in what `git log --format=%x00%cs --name-only` prints: the newest change comes first.
    pub fn read_log(&mut self, text: &str) {
        for change in text.split('\0').skip(1) {
            let mut lines = change.lines();
            let Some(date) = lines.next().and_then(|first| first.trim().parse().ok()) else { continue };
            for path in lines.filter(|line| !line.is_empty()) {
                self.changed.entry(path.to_owned()).or_insert(date);
            }
        }
    }

    /// Every file.
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// Whether it is kept out of the repository on purpose.
    pub fn ignores(&self, path: &str) -> bool {
        self.ignored.holds(path)
    }

    /// The files and folders whose path is this or ends with it.
    pub fn found<'r>(&'r self, path: &str) -> impl Iterator<Item = &'r str> {
        let path = path.trim_end_matches('/').to_owned();
        let name = path.rsplit('/').next().unwrap_or(&path);
        let known = self.by_name.get(name).map(Vec::as_slice).unwrap_or_default();
        known.iter().map(String::as_str).filter(move |whole| is_tail(whole, &path))
    }

    /// Files and folders of that name, wherever they lie.
    pub fn named(&self, name: &str) -> &[String] {
        self.by_name.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a path from the root is there.
    pub fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        path.is_empty() || self.found(path).any(|whole| whole == path)
    }

    /// The names of unit files in it, without `.service`.
    pub fn units(&self) -> Vec<&str> {
        let name = |path: &'_ String| path.rfind('/').map_or(0, |at| at + 1);
        let names = self.files.iter().map(|path| &path[name(path)..]);
        names.filter_map(|name| name.strip_suffix(".service")).collect()
    }
}

fn is_tail(whole: &str, path: &str) -> bool {
    whole.strip_suffix(path).is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repo() -> Repo {
        let mut repo = Repo::default();
        for path in ["deploy/till/backup.sh", "deploy/till/units/till-web.service", "docs/a.md", "package.json"] {
            repo.add(path);
        }
        repo
    }

    #[test]
    fn files_and_folders_are_found_by_their_end() {
        let repo = repo();
        assert_eq!(repo.found("till/backup.sh").collect::<Vec<_>>(), ["deploy/till/backup.sh"]);
        assert_eq!(repo.found("till/").collect::<Vec<_>>(), ["deploy/till"]);
        assert_eq!(repo.found("ill/backup.sh").count(), 0);
        assert!(repo.has("docs") && repo.has("docs/a.md") && !repo.has("a.md"));
        assert_eq!(repo.units(), ["till-web"]);
    }

    #[test]
    fn the_newest_change_of_a_file_counts() {
        let mut repo = repo();
        repo.read_log("\x002025-03-02\n\ndocs/a.md\n\x002024-01-01\n\ndocs/a.md\npackage.json\n");
        assert_eq!(repo.changed["docs/a.md"], "2025-03-02".parse().unwrap());
        assert_eq!(repo.changed["package.json"], "2024-01-01".parse().unwrap());
    }

    #[test]
    fn manifests_are_read_as_what_they_are() {
        let mut repo = repo();
        assert!(repo.add("compose.yml") && !repo.add("src/main.rs"));
        repo.read("compose.yml", "services:\n  web: {}\n");
        repo.read("broken/compose.yml", "a: [b");
        repo.read(".gitignore", "*.db\n");
        assert_eq!((repo.services.len(), repo.unread.len()), (1, 1));
        assert!(repo.ignores("data/x.db") && !repo.ignores("data/x.sql"));
    }
}
