//! A MiB of each shape that could be slow: none may take more than a second of the processor's time.

use std::process::ExitCode;

use runward_core::runbook::Runbook;

const MIB: usize = 1024 * 1024;

/// What is repeated, and what stands once before it.
const SHAPES: &[(&str, &str, &str)] = &[
    ("opening brackets", "", "["),
    ("angle brackets", "", "<"),
    ("backticks", "", "`` ` "),
    ("stars", "", "*a **b "),
    ("placeholders", "# Ops\n\n## Web down\n\n**Fix:**\n```bash\n", "echo <name> YOUR_TOKEN ${X:-y}\n"),
    ("quotes within quotes", "", "> > > a\n"),
    ("items", "", "- a\n  - b\n    1. c\n"),
    ("rows of an inventory", "| Service | Unit | Port |\n|---|---|---|\n", "| till | till | 80 |\n"),
    ("headings", "", "## Web down\n\ntext\n\n"),
    ("commands", "# Ops\n\n## Web down\n\n**Fix:**\n```bash\n", "systemctl restart till-web && df -h\n"),
    ("fences of one command", "# Ops\n\n## Web down\n\n", "```bash\nuptime\n```\n\n"),
    ("one long line", "# Ops\n\n```bash\n", "echo a | grep b; "),
    ("substitutions", "# Ops\n\n```bash\n", "$("),
    ("subshells", "# Ops\n\n```bash\n", "( "),
    ("braces", "# Ops\n\n```bash\necho ", "{a,b}"),
    ("here-documents", "# Ops\n\n```bash\n", "cat <<EOF\na\nEOF\n"),
    ("tables", "", "| a | b |\n|---|---|\n| `df -h` | c |\n\n"),
    ("links", "", "[a](b.md) ![c](d)\n"),
    ("tags", "", "<a href=x><b>\n"),
    ("contacts", "## Contacts\n\n| Role | Name | Phone |\n|---|---|---|\n", "| Lead | Ada | +49 30 1234567 |\n"),
];

fn main() -> ExitCode {
    let mut slow = false;
    for (name, before, repeated) in SHAPES {
        let text = format!("{before}{}", repeated.repeat(MIB / repeated.len()));
        let began = used();
        drop(std::hint::black_box(Runbook::read([("ops.md", text.as_str())])));
        let took = used() - began;
        println!("   {name}: {took:.2} s");
        slow |= took > 1.0;
    }
    if slow { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Seconds of the processor that this program has used: others may keep it waiting.
fn used() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    let ticks: u32 = fields.skip(11).take(2).filter_map(|field| field.parse::<u32>().ok()).sum();
    f64::from(ticks) / 100.0
}
