//! Blocks and what they hold.

use super::super::markdown;
use super::*;

/// The type of the last block of a document.
fn last(text: &str) -> FenceType {
    let mut found = FenceType::Other;
    fn look(blocks: &[Block], found: &mut FenceType) {
        for block in blocks {
            match &block.kind {
                Kind::Fence(fence) => *found = fence.kind,
                Kind::List(list) => list.items.iter().for_each(|item| look(&item.blocks, found)),
                _ => {}
            }
        }
    }
    look(&markdown::blocks(text), &mut found);
    found
}

fn check(tag: &str, text: &str, expected: FenceType) {
    assert_eq!(last(&format!("```{tag}\n{text}\n```\n")), expected, "{text}");
}

#[test]
fn the_lines_decide_what_a_block_is() {
    check("bash", "systemctl status web", FenceType::Shell);
    check("bash", "SELECT pid FROM pg_stat_activity;", FenceType::Sql);
    check("bash", "$ uptime\n 12:00 up 3 days", FenceType::Transcript);
    check("console", "root@till:~# uptime\n 12:00 up 3 days", FenceType::Transcript);
    check("bash", "GET /admin/health", FenceType::Other);
    check("", "docker compose --profile production up -d", FenceType::Shell);
    check("", "export PASSWORD=x", FenceType::Shell);
    check("", "[ ] told everybody\n[ ] wrote it down", FenceType::Checklist);
    check("", "Severity: [P0/P1]\nAffected Services: [api/web]\nEngineer: @your-name", FenceType::Template);
    check("", "{\n  \"status\": \"ok\"\n}", FenceType::Json);
    check("", "LISTEN 0 128 *:22", FenceType::Output);
    check("yaml", "a: b", FenceType::Config);
}
