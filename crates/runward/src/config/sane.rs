//! Values that can be read but make no sense: refused with their line, before anything is started with them.

use std::time::Duration;

use runward_core::time::Span;

use super::{Source, Wrong};

/// No interval is longer: what looks or waits for longer than this is a slip of the pen.
const LONGEST: Duration = Duration::from_secs(31 * 86_400);

/// Checks the values that stand for themselves.
/// # Errors
/// [`Wrong`] for the first that makes no sense.
pub(super) fn check(source: &Source) -> Result<(), Wrong> {
    let config = &source.config;
    for (at, path) in config.runbooks.iter().enumerate() {
        if config.runbooks[..at].contains(path) {
            let message = format!("`{}` is named twice", path.display());
            return Err(source.wrong_at("", "runbooks", message, "name each file once"));
        }
    }
    if config.data.as_os_str().is_empty() {
        return Err(source.wrong_at("", "data", "`data` is empty", "name a folder, such as \".runward\""));
    }
    let watch = &config.watch;
    length(source, "[watch]", "every", watch.every)?;
    length(source, "[watch]", "timeout", watch.timeout)?;
    count(source, "[watch]", "fail_after", watch.fail_after)?;
    count(source, "[watch]", "recover_after", watch.recover_after)?;
    for (key, span) in [
        ("look_timeout", config.run.look_timeout),
        ("change_timeout", config.run.change_timeout),
        ("verify_within", config.run.verify_within),
    ] {
        length(source, "[run]", key, span)?;
    }
    length(source, "[approval]", "lasts", config.approval.lasts)?;
    for (name, host) in &config.hosts {
        for (key, text) in [("address", &host.address), ("user", &host.user), ("identity", &host.identity)] {
            if text.as_ref().is_some_and(|text| text.is_empty() || text.starts_with('-')) {
                let message = format!("`{key}` is nothing that `ssh` could be given");
                return Err(source.wrong_at(&format!("hosts.{name}"), key, message, "it may not begin with `-`"));
            }
        }
    }
    for (name, service) in &config.services {
        if let Some(automatic) = &service.automatic {
            let section = format!("services.{name}");
            count(source, &section, "max_runs", automatic.max_runs)?;
            length(source, &section, "window", automatic.window)?;
        }
    }
    Ok(())
}

/// Checks the values of one check.
/// # Errors
/// [`Wrong`] for the first that makes no sense.
pub(super) fn check_of(source: &Source, name: &str, common: &super::checks::Common) -> Result<(), Wrong> {
    if name.trim().is_empty() {
        return Err(source.wrong_at("[checks]", "", "a check has no name", "name it like \"service/what\""));
    }
    for (key, span) in [("every", common.every), ("timeout", common.timeout)] {
        span.map_or(Ok(()), |span| length(source, name, key, span))?;
    }
    for (key, number) in [("fail_after", common.fail_after), ("recover_after", common.recover_after)] {
        number.map_or(Ok(()), |number| count(source, name, key, number))?;
    }
    Ok(())
}

fn length(source: &Source, section: &str, key: &str, span: Span) -> Result<(), Wrong> {
    if span.0 >= Duration::from_millis(10) && span.0 <= LONGEST {
        return Ok(());
    }
    Err(source.wrong_at(section, key, format!("`{key}` is {span}"), "give a length between 10ms and 31d"))
}

fn count(source: &Source, section: &str, key: &str, number: u32) -> Result<(), Wrong> {
    if number > 0 {
        return Ok(());
    }
    Err(source.wrong_at(section, key, format!("`{key}` is 0"), "give 1 or more"))
}
