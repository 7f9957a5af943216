//! One document read for itself, whatever the others say: several are read side by side, and named one after the other.

use std::collections::HashMap;

use super::markdown::{self, Block, Kind};
use super::procedure::Found;
use super::step::Step;
use super::typing::Typing;
use super::{
    CodeBlock, Document, Finding, Runbook, Text, about, asides, backup, checklist, database, derive, duty, health,
    hidden, host, log, matter, procedure, rotation, section, tables, template, threshold,
};
use crate::lints;
use crate::service::Service;
use crate::source::{Lines, Source};

/// Names that are given in documents already read: each is given once.
#[derive(Default)]
pub(super) struct Names {
    procedures: HashMap<String, usize>,
    asides: HashMap<String, usize>,
}

/// What one document says.
pub(super) struct Reading<'t> {
    /// All of it but its procedures and asides.
    facts: Runbook,
    found: Found,
    asides: Vec<Step>,
    /// The services it implies where no inventory names any.
    implied: Vec<Service>,
    /// `None` where it could not be read at all.
    text: Option<Text<'t>>,
}

/// Reads one document; its procedures and asides are named when it is [joined](Reading::join) with the others.
pub(super) fn read<'t>(path: &str, text: &'t str, sha256: &str) -> Reading<'t> {
    let mut facts = Runbook::default();
    let lines = Lines::new(path, text);
    // Somebody else's parser on any input at all: a panic in it must not take the reader down.
    let Ok(blocks) = std::panic::catch_unwind(|| markdown::blocks(text)) else {
        let help = "this is a defect of Runward: please report it with the document";
        let said = "this document could not be read as Markdown";
        facts.findings.push(Finding::new(&lints::MD00, lines.source(0..0), said, help));
        return Reading { facts, found: Found::default(), asides: Vec::new(), implied: Vec::new(), text: None };
    };
    facts.findings.extend(hidden::characters(&lines));
    let root = section::tree(&blocks);
    let title = blocks.iter().find_map(|b| match &b.kind {
        Kind::Heading(_, text) => Some(text.plain()),
        _ => None,
    });
    let mut document = Document {
        path: path.to_owned(),
        title: title.unwrap_or_default(),
        bytes: text.len(),
        sha256: sha256.to_owned(),
        owner: None,
        updated: None,
        reviewed: None,
        review: None,
    };
    about::complete(&mut document, &root, &lines);
    facts.documents.push(document);
    code_blocks(&blocks, &lines, &mut facts);
    let told = tables::read(&root, &lines);
    facts.severities = told.severities;
    facts.escalation = told.escalation;
    facts.contacts = told.contacts;
    facts.findings.extend(told.findings);
    facts.templates = template::read(&root, &lines);
    facts.duties = duty::read(&root, &lines);
    facts.thresholds = threshold::read(&root, &lines);
    facts.rotations = rotation::read(&root, &lines);
    facts.checklists = checklist::read(&root, &lines);
    let mut found = procedure::read(&root, &lines);
    let first_heading = blocks.iter().find(|b| matches!(b.kind, Kind::Heading(..)));
    matter::complete(&mut found.procedures, first_heading.map_or(0, |h| lines.line_of(h.span.start)), &lines);
    let asides = asides::read(&root, &lines, &found);
    let typing = Typing::of(found.procedures.iter().flat_map(|p| &p.steps).chain(&asides));
    facts.backups = backup::read(&root, &lines, &typing);
    facts.databases = database::read(&root, &lines, &told.services, &facts.backups, &typing);
    facts.logs = log::read(&root, &lines, &typing);
    facts.health = health::read(&root, &lines, &typing);
    facts.hosts = host::read(&root, &lines, &typing);
    facts.services = told.services;
    let implied = derive::services(&root, &lines);
    Reading { facts, found, asides, implied, text: Some(Text { lines, blocks }) }
}

impl<'t> Reading<'t> {
    /// Adds it to what was read before; returns the services it implies, and the document.
    pub(super) fn join(self, runbook: &mut Runbook, names: &mut Names) -> (Vec<Service>, Option<Text<'t>>) {
        let Reading { facts, mut found, mut asides, implied, text } = self;
        if let Some(text) = &text {
            procedure::name(&mut found, &text.blocks, &text.lines, &mut names.procedures);
            asides::count(&mut asides, &mut names.asides);
        }
        runbook.documents.extend(facts.documents);
        runbook.blocks.extend(facts.blocks);
        runbook.services.extend(facts.services);
        runbook.severities.extend(facts.severities);
        runbook.escalation.extend(facts.escalation);
        runbook.contacts.extend(facts.contacts);
        runbook.rotations.extend(facts.rotations);
        runbook.procedures.extend(found.procedures);
        runbook.templates.extend(facts.templates);
        runbook.checklists.extend(facts.checklists);
        runbook.duties.extend(facts.duties);
        runbook.backups.extend(facts.backups);
        runbook.health.extend(facts.health);
        runbook.hosts.extend(facts.hosts);
        runbook.logs.extend(facts.logs);
        runbook.databases.extend(facts.databases);
        runbook.thresholds.extend(facts.thresholds);
        runbook.asides.extend(asides);
        runbook.findings.extend(facts.findings);
        (implied, text)
    }
}

/// Notes every code block, also those inside lists and quotations.
fn code_blocks(blocks: &[Block], lines: &Lines<'_>, facts: &mut Runbook) {
    for block in blocks {
        match &block.kind {
            Kind::Fence(fence) => {
                let source = lines.source(block.span.clone());
                facts.blocks.push(CodeBlock {
                    file: source.file.clone(),
                    line: source.line,
                    end_line: source.end_line,
                    tag: fence.tag.clone(),
                    kind: fence.kind,
                });
                if !fence.closed {
                    facts.findings.push(unclosed(&source));
                }
            }
            Kind::List(list) => list.items.iter().for_each(|item| code_blocks(&item.blocks, lines, facts)),
            Kind::Quote(inner) => code_blocks(inner, lines, facts),
            Kind::Paragraph(_) | Kind::Heading(..) | Kind::Table(_) => {}
        }
    }
}

fn unclosed(source: &Source) -> Finding {
    let message = "the code block opened here is never closed: the file looks half-written";
    Finding::new(&lints::MD04, source.clone(), message, "close it with ``` or finish writing the file")
}
