//! Writing the draft of a review: never over what somebody else wrote.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail};
use runward_core::id::IncidentId;
use runward_core::incident::review::{BUILT_IN, draft, file_name, marker};
use runward_core::incident::timeline;

use super::Engine;

/// How many incidents of the same name and day there may be.
const MOST_NUMBERS: u32 = 1000;

/// Writes the review of an incident and returns where it lies.
pub(super) async fn write(
    engine: &Engine,
    id: IncidentId,
    folder: &Path,
    template: Option<&str>,
) -> anyhow::Result<String> {
    let incident =
        engine.reader.incident(id).await?.with_context(|| format!("incident {id} is not in the database"))?;
    let records = engine.reader.events_of_incident(id).await?;
    let runs = engine.reader.runs_of(id).await?;
    let entries = timeline::of_incident(&records, id);
    let text = draft(template.unwrap_or(BUILT_IN), &incident, &entries, &runs);
    std::fs::create_dir_all(folder).with_context(|| format!("make the folder {}", folder.display()))?;
    for number in 1..=MOST_NUMBERS {
        let path = folder.join(file_name(&incident, number));
        match std::fs::read_to_string(&path) {
            // Written before a crash that lost the news of it.
            Ok(there) if there.contains(&marker(&incident)) => return Ok(path.display().to_string()),
            Ok(_) => continue,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(e).with_context(|| format!("look at {}", path.display())),
        }
        place(&path, &text).with_context(|| format!("write {}", path.display()))?;
        return Ok(path.display().to_string());
    }
    bail!("there are {MOST_NUMBERS} reviews of that name already")
}

/// Puts the whole file in its place at once; what is there already, or came there meanwhile, is not written over.
fn place(path: &Path, text: &str) -> std::io::Result<()> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    let part = path.with_extension(format!("{}.part", runward_core::runbook::hex(&bytes)));
    // A name nobody could foresee, and only if nothing bears it: the folder may be open to others.
    let mut file = std::fs::File::options().write(true).create_new(true).open(&part)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    let placed = written.and_then(|()| std::fs::hard_link(&part, path));
    let _ = std::fs::remove_file(&part);
    placed
}
