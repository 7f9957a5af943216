//! The runbook as one HTML file that needs nothing else: no script, no picture, no style from elsewhere.

use std::fmt::Write;

use minijinja::HtmlEscape;
use runward_core::runbook::{Phase, Procedure, Step, html};

use super::{Sheet, contact, escalation, is_done, notes, parameter, severity, symptoms, title_of};

const STYLE: &str = include_str!("print.css");
/// Whatever a document holds, a browser that opens the file fetches nothing and runs nothing.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

pub(super) fn page(sheet: &Sheet<'_>) -> String {
    let runbook = &sheet.reading.runbook;
    let title = runbook.documents.first().map_or("Runbook", |d| d.title.as_str());
    let mut page = String::new();
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"generator\" content=\"{}\">\n<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{}</h1>\n",
        HtmlEscape(&sheet.printed),
        HtmlEscape(title),
        HtmlEscape(title)
    );
    let _ = writeln!(page, "<p class=\"muted\">{}</p>", HtmlEscape(&sheet.printed));
    for version in sheet.versions() {
        let _ = writeln!(page, "<p class=\"muted\">{}</p>", HtmlEscape(&version));
    }
    index(&mut page, &runbook.procedures);
    table(&mut page, "Severities", ["Severity", "When", "Respond"], runbook.severities.iter().map(severity));
    table(&mut page, "Contacts", ["Role", "Name", "How to reach"], runbook.contacts.iter().map(contact));
    table(&mut page, "Escalation", ["When", "Who", "For"], runbook.escalation.iter().map(escalation));
    table(&mut page, "Parameters", ["Written as", "Kind", "Values"], runbook.parameters.iter().map(parameter));
    for (at, procedure) in runbook.procedures.iter().enumerate() {
        self::procedure(&mut page, at + 1, procedure);
    }
    for (at, (document, text)) in sheet.documents().enumerate() {
        let _ = writeln!(
            page,
            "<section class=\"document\">\n<h2>As written: {}</h2>\n{}</section>",
            HtmlEscape(&document.path),
            apart(&html::render(&text.text), at)
        );
    }
    page.push_str("</body>\n</html>\n");
    page
}

/// Names of headings are unique in a document; here several stand in one page.
fn apart(document: &str, at: usize) -> String {
    let (name, link) = (format!("id=\"{}", html::HEADING), format!("href=\"#{}", html::HEADING));
    document.replace(&name, &format!("{name}{at}-")).replace(&link, &format!("{link}{at}-"))
}

fn index(page: &mut String, procedures: &[Procedure]) {
    if procedures.is_empty() {
        return;
    }
    page.push_str("<h2>Procedures</h2>\n<ol class=\"index\">\n");
    for (at, procedure) in procedures.iter().enumerate() {
        let severity = procedure.severity.as_ref().map(|s| format!(" ({s})")).unwrap_or_default();
        let title = format!("{}{severity}", procedure.title);
        let symptoms = symptoms(procedure).join("; ");
        let _ = write!(page, "<li><a href=\"#p{}\">{}</a>", at + 1, HtmlEscape(&title));
        if !symptoms.is_empty() {
            let _ = write!(page, "<p class=\"muted\">{}</p>", HtmlEscape(&symptoms));
        }
        page.push_str("</li>\n");
    }
    page.push_str("</ol>\n");
}

fn table(page: &mut String, title: &str, heads: [&str; 3], rows: impl Iterator<Item = [String; 3]>) {
    let rows: Vec<[String; 3]> = rows.collect();
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(page, "<h2>{title}</h2>\n<table>\n<tr><th>{}</th></tr>", heads.join("</th><th>"));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| HtmlEscape(cell).to_string()).collect();
        let _ = writeln!(page, "<tr><td>{}</td></tr>", cells.join("</td><td>"));
    }
    page.push_str("</table>\n");
}

fn procedure(page: &mut String, number: usize, procedure: &Procedure) {
    let severity = procedure.severity.as_ref().map(|s| format!(" ({s})")).unwrap_or_default();
    let title = format!("{number}. {}{severity}", procedure.title);
    let _ = writeln!(page, "<section class=\"procedure\">\n<h2 id=\"p{number}\">{}</h2>", HtmlEscape(&title));
    let _ = writeln!(page, "<p class=\"muted\">{}</p>", HtmlEscape(&procedure.source.to_string()));
    for symptom in symptoms(procedure) {
        let _ = writeln!(page, "<p>{}</p>", HtmlEscape(symptom));
    }
    let mut phase: Option<Phase> = None;
    let mut ticks = 0;
    for step in &procedure.steps {
        if phase != Some(step.phase) {
            if phase.replace(step.phase).is_some() {
                page.push_str("</ol>\n");
            }
            let _ = writeln!(page, "<h4>{}</h4>\n<ol class=\"steps\" start=\"{}\">", step.phase.name(), ticks + 1);
        }
        ticks += 1;
        self::step(page, &format!("p{number}s{ticks}"), step);
    }
    page.push_str(if phase.is_some() { "</ol>\n</section>\n" } else { "</section>\n" });
}

fn step(page: &mut String, name: &str, step: &Step) {
    let title = HtmlEscape(title_of(step)).to_string();
    if is_done(step) {
        let class = step.commands.iter().map(|c| c.impact).max().map_or("by hand", |impact| impact.name());
        let _ = writeln!(
            page,
            "<li><input type=\"checkbox\" id=\"{name}\"><label for=\"{name}\">{title}</label> <span class=\"class\">{class}</span>"
        );
    } else {
        let _ = writeln!(page, "<li>{title}");
    }
    for note in notes(step) {
        let class = if note.starts_with("DESTROYS") { "warn" } else { "muted" };
        let _ = writeln!(page, "<p class=\"{class}\">{}</p>", HtmlEscape(&note));
    }
    if !step.commands.is_empty() {
        let lines: Vec<&str> = step.commands.iter().map(|c| c.text.as_str()).collect();
        let _ = writeln!(page, "<pre>{}</pre>", HtmlEscape(&lines.join("\n")));
    }
    if let Some(expected) = &step.expected {
        let _ = writeln!(page, "<p class=\"muted\">Expected: {}</p>", HtmlEscape(expected));
    }
    page.push_str("</li>\n");
}
