//! Crontabs: when is what run by whom.

/// One line of a crontab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CronLine {
    /// The crontab: a file, or `crontab -l`.
    pub from: String,
    /// When: `0 3 * * *`, `@daily`.
    pub schedule: String,
    /// What.
    pub command: String,
}

/// Reads a crontab; those of the system name a user between the time and the command.
pub fn crontab(from: &str, text: &str, names_user: bool) -> Vec<CronLine> {
    let mut found = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((schedule, rest)) = schedule(line) else { continue };
        let command = if names_user { rest.split_once(char::is_whitespace).map_or("", |(_, rest)| rest) } else { rest };
        let command = command.trim();
        if !command.is_empty() {
            found.push(CronLine { from: from.to_owned(), schedule: schedule.to_owned(), command: command.to_owned() });
        }
    }
    found
}

/// The time a line begins with, and the rest: five fields, or `@daily`.
pub(crate) fn schedule(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    if line.starts_with('@') {
        let (word, rest) = line.split_once(char::is_whitespace)?;
        let known = ["@reboot", "@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually"];
        return known.contains(&word).then(|| (word, rest.trim_start()));
    }
    let mut at = 0;
    for number in 0..5 {
        let rest = &line[at..];
        let begin = rest.find(|c: char| !c.is_whitespace())?;
        let field = &rest[begin..];
        let length = field.find(char::is_whitespace)?;
        // Minutes and hours have no names: words of three letters are just words.
        let numeric = number > 1 || field.starts_with(|c: char| c == '*' || c.is_ascii_digit());
        if !numeric || !is_field(&field[..length]) {
            return None;
        }
        at += begin + length;
    }
    Some((line[..at].trim_end(), line[at..].trim_start()))
}

/// `*/5`, `0,30`, `1-5`, `mon-fri`.
fn is_field(word: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit());
    let name = |part: &str| part.len() == 3 && part.bytes().all(|b| b.is_ascii_alphabetic());
    word.split([',', '-', '/']).all(|part| part == "*" || number(part) || name(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_crontabs_are_told_from_settings_and_notes() {
        let user = "# m h\nSHELL=/bin/bash\nMAILTO=a b c d e f\n*/5 * * * * /opt/till/health.sh >> /var/log/h.log 2>&1\n@daily backup.sh\n0 3 * * mon-fri x\n";
        let read = crontab("crontab -l", user, false);
        let said: Vec<String> = read.iter().map(|l| format!("{} | {}", l.schedule, l.command)).collect();
        assert_eq!(
            said,
            ["*/5 * * * * | /opt/till/health.sh >> /var/log/h.log 2>&1", "@daily | backup.sh", "0 3 * * mon-fri | x"]
        );
        let system = crontab("/etc/cron.d/till", "17 *\t* * *\troot    cd / && run-parts /etc/cron.hourly\n", true);
        assert_eq!(
            (system[0].schedule.as_str(), system[0].command.as_str()),
            ("17 *\t* * *", "cd / && run-parts /etc/cron.hourly")
        );
        assert_eq!(schedule("see the old and new one"), None);
    }
}
