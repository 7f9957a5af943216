//! Who reads a command: the shell, or a client that a command before it opened.

use serde::{Deserialize, Serialize};

use super::impact::{self, Impact, Verdict};
use super::{Command, Parsed, placeholder, tools};

/// What a command is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// A shell reads it.
    Shell,
    /// A client of a database that speaks SQL.
    Sql,
    /// `redis-cli` and its kin.
    Redis,
    /// The Mongo shell.
    Mongo,
    /// A console of a programming language.
    Code,
}

impl Language {
    /// The word the JSON uses.
    pub fn name(self) -> &'static str {
        match self {
            Language::Shell => "bash",
            Language::Sql => "sql",
            Language::Redis => "redis",
            Language::Mongo => "mongo",
            Language::Code => "code",
        }
    }

    /// What a program reads that is opened with nothing to do.
    pub fn of_client(program: &str) -> Option<Language> {
        Some(match program {
            "psql" | "mysql" | "mariadb" | "sqlite3" | "cqlsh" | "clickhouse-client" | "sqlcmd" | "gitlab-psql" => {
                Language::Sql
            }
            "redis-cli" | "valkey-cli" | "keydb-cli" => Language::Redis,
            "mongosh" | "mongo" => Language::Mongo,
            _ => return None,
        })
    }

    /// What text in it does.
    pub fn verdict(self, text: &str) -> Verdict {
        match self {
            Language::Shell => impact::classify(text).unwrap_or_else(|_| impact::unreadable(text)),
            Language::Sql => tools::sql(text),
            Language::Redis => {
                let lines = text.lines().map(|l| tools::redis(&l.split_whitespace().collect::<Vec<_>>()));
                lines.fold(Verdict::READS, Verdict::and)
            }
            Language::Mongo => tools::mongo(text),
            Language::Code => match impact::unreadable(text) {
                verdict if verdict.impact == Impact::Destructive => verdict,
                _ => Verdict::changes("runs code that is not followed"),
            },
        }
    }
}

/// Whether a text begins with a command of Redis.
pub fn is_redis(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().take(3).collect();
    tools::is_redis(&words)
}

impl Command {
    /// Reads what is typed into a client: it is run by none but that client.
    pub fn typed(text: &str, line: u32, language: Language) -> Command {
        if language == Language::Shell {
            return Command::read(text, line);
        }
        let verdict = language.verdict(text);
        let mut params: Vec<String> = Vec::new();
        for placeholder in placeholder::find(text) {
            if !params.contains(&placeholder.name) {
                params.push(placeholder.name);
            }
        }
        Command {
            inside: None,
            text: text.to_owned(),
            line,
            impact: verdict.impact,
            interactive: verdict.interactive,
            host: None,
            directory: None,
            rewrite: None,
            params,
            secrets: verdict.secrets,
            why: verdict.why.into_owned(),
            unparsable: None,
            script: Parsed::default(),
        }
    }
}
