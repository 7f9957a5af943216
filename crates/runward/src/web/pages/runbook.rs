//! The runbook as it is written, with what was understood of each step, what is wrong, and how it went last.

mod article;
mod code;
mod history;
mod index;
mod notes;
mod steps;

use axum::extract::Query;
use axum::extract::State;
use axum::extract::rejection::QueryRejection;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use runward_core::runbook::{Document, Finding, Level, Runbook};
use serde::Deserialize;
use serde_json::{Value, json};

use super::render;
use crate::web::App;
use crate::web::error::Problem;
use crate::web::path::Path;
use article::Entry;
use history::History;
use index::Index;

/// How many findings the list at the top names; all stand in the margin.
const MOST_LISTED: usize = 300;
/// How many headings the table of contents holds; where there are more, the deepest are left out.
const MOST_HEADINGS: usize = 300;

/// From how many bytes on a browser lays out only the part of a document that is looked at.
const LONG: usize = 200_000;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    /// A place in the runbook, as facts name it: `ops.md:57`.
    at: Option<String>,
}

/// The only document, or all of them to choose from; with `at` the way to a line.
pub(super) async fn index(
    State(app): State<App>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Response, Response> {
    let Query(wanted) = wanted.map_err(|e| Problem::from(e).page())?;
    if let Some(at) = wanted.at {
        return line(&app, &at).map_err(|e| e.page());
    }
    let held = app.in_force();
    if held.runbook.documents.len() == 1 {
        return document(&app, 0).await.map(IntoResponse::into_response).map_err(|e| e.page());
    }
    let documents: Vec<Value> =
        held.runbook.documents.iter().zip(1..).map(|(d, number)| listed(&held.runbook, d, number)).collect();
    let page = render(&app, "runbooks.html", json!({ "title": "Runbook", "documents": documents }));
    page.map(IntoResponse::into_response).map_err(|e| e.page())
}

/// One of several documents, counted from 1.
pub(super) async fn show(State(app): State<App>, Path(number): Path<usize>) -> Result<Html<String>, Response> {
    let at = number.checked_sub(1).ok_or_else(|| Problem::not_found("document 0").page())?;
    document(&app, at).await.map_err(|e| e.page())
}

/// Where a line of a document is shown.
fn line(app: &App, at: &str) -> Result<Response, Problem> {
    let nowhere = || Problem::not_found(format!("place `{at}` in the runbook"));
    let (path, line) = at.rsplit_once(':').ok_or_else(nowhere)?;
    let line: u32 = line.parse().map_err(|_| nowhere())?;
    let number = app.in_force().position(path).ok_or_else(nowhere)? + 1;
    Ok(Redirect::to(&format!("/runbooks/{number}#L{line}")).into_response())
}

async fn document(app: &App, at: usize) -> Result<Html<String>, Problem> {
    let runs = app.engine.reader.latest_runs().await?;
    let held = app.in_force();
    let several = held.runbook.documents.len() > 1;
    // A long document takes longer than other requests should wait.
    let context = tokio::task::spawn_blocking(move || {
        let (document, text) = held.document(at)?;
        Some(context(&held.runbook, document, text, &History::of(&runs)))
    });
    let failed = |e| {
        tracing::error!("a document of the runbook could not be shown: {e}");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "this page could not be made", "the server's log says why")
    };
    let mut context =
        context.await.map_err(failed)?.ok_or_else(|| Problem::not_found(format!("document {}", at + 1)))?;
    context["several"] = several.into();
    render(app, "runbook.html", context)
}

fn context(runbook: &Runbook, document: &Document, text: &str, history: &History) -> Value {
    let index = Index::of(runbook, document);
    let (article, contents) = article::write(text, &index, history);
    let elsewhere: Vec<&Finding> = runbook
        .findings
        .iter()
        .filter(|finding| !runbook.documents.iter().any(|document| *finding.source.file == *document.path))
        .collect();
    let title = if document.title.is_empty() { &document.path } else { &document.title };
    let said = |said: &Option<runward_core::runbook::Said>| {
        said.as_ref().map(|said| json!({ "value": said.value, "line": said.source.line }))
    };
    json!({
        "title": title,
        "path": document.path,
        "owner": said(&document.owner),
        "updated": said(&document.updated),
        "review": said(&document.review),
        "has_heading": !contents.is_empty(),
        "contents": table_of_contents(&contents),
        "levels": levels(&index.findings),
        "findings": listed_findings(&index.findings),
        "unlisted": index.findings.len().saturating_sub(MOST_LISTED),
        "more": index.more,
        "elsewhere": elsewhere.iter().map(|f| finding(f, 0)).collect::<Vec<Value>>(),
        "is_long": text.len() > LONG,
        "article": article,
    })
}

fn listed(runbook: &Runbook, document: &Document, number: usize) -> Value {
    let findings: Vec<&Finding> = runbook.findings.iter().filter(|f| *f.source.file == *document.path).collect();
    let procedures = runbook.procedures.iter().filter(|p| *p.source.file == *document.path).count();
    json!({
        "number": number,
        "title": if document.title.is_empty() { &document.path } else { &document.title },
        "path": document.path,
        "procedures": procedures,
        "levels": levels(&findings),
    })
}

/// How many findings there are of each level, worst first, with the number of the first.
fn levels(findings: &[&Finding]) -> Vec<Value> {
    [Level::Error, Level::Warning, Level::Info]
        .into_iter()
        .filter_map(|level| {
            let first = findings.iter().position(|finding| finding.level == level)? + 1;
            let count = findings.iter().filter(|finding| finding.level == level).count();
            let (name, shape) = notes::level(level);
            Some(json!({ "name": name, "shape": shape, "count": count, "first": first }))
        })
        .collect()
}

fn listed_findings(findings: &[&Finding]) -> Vec<Value> {
    findings.iter().zip(1..).take(MOST_LISTED).map(|(f, number)| finding(f, number)).collect()
}

fn finding(finding: &Finding, number: usize) -> Value {
    let (name, shape) = notes::level(finding.level);
    json!({
        "number": number,
        "level": name,
        "shape": shape,
        "rule": finding.rule,
        "source": finding.source.to_string(),
        "line": finding.source.line,
        "message": finding.message,
        "help": finding.help,
    })
}

fn table_of_contents(headings: &[Entry]) -> Vec<Value> {
    let most = |level: u8| headings.iter().filter(|heading| heading.level <= level).count() <= MOST_HEADINGS;
    let deepest = (1..=3).rev().find(|level| most(*level)).unwrap_or(1);
    let mut shown: Vec<Entry> = Vec::new();
    for heading in headings {
        if heading.level <= deepest {
            shown.push(heading.clone());
        } else if let Some(above) = shown.last_mut() {
            // What is left out still counts.
            above.findings += heading.findings;
            above.worst = above.worst.max(heading.worst);
        }
    }
    shown
        .iter()
        .take(MOST_HEADINGS)
        .map(|entry| {
            let worst = entry.worst.map(notes::level);
            json!({
                "level": entry.level,
                "id": entry.id,
                "title": if entry.title.is_empty() { "(no title)" } else { &entry.title },
                "findings": entry.findings,
                "worst": worst.map(|(name, _)| name),
                "shape": worst.map(|(_, shape)| shape),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests;
