//! Every command that is run on the machine itself to learn how it is. All of them only look: a test has the
//! project's own classifier say so.

/// What a look is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// Units that systemd has loaded.
    Units,
    /// Units that lie on the disk.
    UnitFiles,
    /// Where the units' files lie.
    Fragments,
    /// Containers.
    Containers,
    /// Compose projects.
    Projects,
    /// Applications of pm2.
    Apps,
    /// Ports that are listened on.
    Listening,
    /// The crontab of this user.
    Crontab,
    /// Until when the certificate in a file is good.
    Certificate,
    /// Until when the certificate that this machine serves for a name is good.
    Served,
    /// The databases of PostgreSQL.
    Postgres,
    /// Whether Redis answers.
    Redis,
    /// Whether MongoDB answers.
    Mongo,
}

/// One command.
#[derive(Debug)]
pub struct Look {
    /// What it is for.
    pub about: About,
    /// The program.
    pub program: &'static str,
    /// Its arguments; `{}` stands for what the document names: a file, a domain.
    pub arguments: &'static [&'static str],
    /// What it tells, in words for people.
    pub tells: &'static str,
}

/// Every command, in the order they are run.
pub const LOOKS: &[Look] = &[
    Look {
        about: About::Units,
        program: "systemctl",
        arguments: &["list-units", "--all", "--plain", "--full", "--no-legend", "--no-pager"],
        tells: "units",
    },
    Look {
        about: About::UnitFiles,
        program: "systemctl",
        arguments: &["list-unit-files", "--full", "--no-legend", "--no-pager"],
        tells: "unit files",
    },
    Look {
        about: About::Fragments,
        program: "systemctl",
        arguments: &["show", "--property=Id,ActiveState,FragmentPath", "--no-pager", "*.service"],
        tells: "where unit files lie",
    },
    Look {
        about: About::Containers,
        program: "docker",
        arguments: &["ps", "--all", "--no-trunc", "--format", "{{json .}}"],
        tells: "containers",
    },
    Look {
        about: About::Projects,
        program: "docker",
        arguments: &["compose", "ls", "--all", "--format", "json"],
        tells: "compose projects",
    },
    Look { about: About::Apps, program: "pm2", arguments: &["jlist"], tells: "pm2 applications" },
    Look { about: About::Listening, program: "ss", arguments: &["-Hltnp"], tells: "listening ports" },
    Look { about: About::Crontab, program: "crontab", arguments: &["-l"], tells: "cron lines" },
    Look {
        about: About::Certificate,
        program: "openssl",
        arguments: &["x509", "-noout", "-enddate", "-in", "{}"],
        tells: "certificates",
    },
    Look {
        about: About::Served,
        program: "openssl",
        arguments: &["s_client", "-connect", "localhost:443", "-servername", "{}"],
        tells: "served certificates",
    },
    Look {
        about: About::Postgres,
        program: "psql",
        arguments: &["--no-password", "--no-psqlrc", "--list", "--quiet", "--tuples-only", "--no-align"],
        tells: "PostgreSQL databases",
    },
    Look { about: About::Redis, program: "redis-cli", arguments: &["ping"], tells: "Redis" },
    Look {
        about: About::Mongo,
        program: "mongosh",
        arguments: &["--quiet", "--norc", "--eval", "db.runCommand({ping: 1}).ok"],
        tells: "MongoDB",
    },
];

/// The look for something.
pub fn look(about: About) -> Option<&'static Look> {
    LOOKS.iter().find(|look| look.about == about)
}

impl Look {
    /// Its arguments with what the document names in them; `None` where that could be taken for an option.
    pub fn filled(&self, named: &str) -> Option<Vec<String>> {
        if named.starts_with('-') || named.contains(char::is_control) {
            return None;
        }
        let fill = |argument: &&str| if *argument == "{}" { named } else { argument }.to_owned();
        Some(self.arguments.iter().map(fill).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::impact::{Impact, classify};

    #[test]
    fn every_look_only_looks() {
        for look in LOOKS {
            let named = if look.about == About::Served { "shop.example" } else { "/etc/ssl/shop.pem" };
            let arguments = look.filled(named).unwrap();
            let quoted: Vec<String> = arguments.iter().map(|a| format!("'{a}'")).collect();
            let typed = format!("{} {}", look.program, quoted.join(" "));
            let verdict = classify(&typed).unwrap();
            assert_eq!(verdict.impact, Impact::ReadOnly, "{typed}: {}", verdict.why);
        }
    }

    #[test]
    fn what_a_document_names_is_never_an_option() {
        let certificate = look(About::Certificate).unwrap();
        assert_eq!(certificate.filled("-out"), None);
        assert_eq!(certificate.filled("/a.pem").unwrap().last().map(String::as_str), Some("/a.pem"));
        let served = look(About::Served).unwrap().filled("shop.example").unwrap();
        assert_eq!(served, ["s_client", "-connect", "localhost:443", "-servername", "shop.example"]);
    }
}
