//! Edits, told as documents before and after them.

use super::*;
use crate::runbook::{Edit, Runbook};

/// A document after all edits of a rule.
fn mended(text: &str, rule: &str) -> String {
    let runbook = Runbook::read([("ops.md", text)]);
    let findings = runbook.findings.iter().filter(|f| f.rule == rule);
    let mut edits: Vec<&Edit> = findings.flat_map(|f| &f.edits).collect();
    edits.sort_by_key(|edit| (edit.start, edit.end));
    let mut result = String::new();
    let mut at = 0;
    for edit in edits {
        assert!(edit.start >= at, "edits of {rule} lie over each other:\n{text}");
        result.push_str(&text[at..edit.start]);
        result.push_str(&edit.text);
        at = edit.end;
    }
    result + &text[at..]
}

/// The edits of a rule turn one document into the other and nothing else; then the rule has nothing more to say.
fn check(rule: &str, before: &str, after: &str) {
    assert_eq!(mended(before, rule), after, "{rule}");
    let left: Vec<String> = Runbook::read([("ops.md", after)])
        .findings
        .iter()
        .filter(|f| f.rule == rule)
        .map(|f| format!("{}: {}", f.source.line, f.message))
        .collect();
    assert_eq!(left, Vec::<String>::new(), "{rule} finds in the mended document:\n{after}");
}

/// The same for commands in blocks that stand by themselves, in a list, in a quotation, and with other line ends.
fn check_commands(rule: &str, before: &str, after: &str) {
    let lines = |lead: &str, block: &str| -> String { block.lines().map(|line| format!("{lead}{line}\n")).collect() };
    let fenced = |block: &str| format!("```bash\n{block}\n```\n");
    let documents: [&dyn Fn(&str) -> String; 5] = [
        &|block| format!("# Ops\n\n## Web down\n\n**Fix:**\n{}", fenced(block)),
        &|block| format!("# Öps → 🚨\n\n## Web down\n\n1. Dó it:\n\n{}\n2. Wait\n", lines("   ", &fenced(block))),
        &|block| format!("# Ops\n\n## Web down\n\n**Fix:**\n\n> 1) a\n>\n{}", lines(">    ", &fenced(block))),
        &|block| format!("# Ops\n\n## Web down\n\n**Fix:**\n\n{}", lines("> ", &fenced(block))),
        &|block| format!("# Ops\n\n## Web down\n\n**Fix:**\n{}", fenced(block)).replace('\n', "\r\n"),
    ];
    for document in documents {
        check(rule, &document(before), &document(after));
    }
}

#[test]
fn a_command_is_found_in_its_line() {
    assert_eq!(stands_at("   top -c", "top -c"), Some(3));
    assert_eq!(stands_at("| top of it | `top -c` |", "top -c"), Some(15));
    assert_eq!(stands_at("top and top again", "top"), None);
}

#[test]
fn what_waits_is_given_a_form_that_ends() {
    check_commands("EX01", "df -h\ntop\nuptime", "df -h\ntop -b -n1 | head -20\nuptime");
    check_commands("EX01", "ping web1 # is it there?", "ping -c 5 web1 # is it there?");
    check_commands("EX01", "pm2 logs web --lines 50", "pm2 logs web --lines 50 --nostream");
    check_commands(
        "pm2-logs-follow", "pm2 logs web | grep -c 'érror'", "pm2 logs web --nostream --lines 1000 | grep -c 'érror'",
    );
    check_commands("EX01", "docker stats\ndocker stats", "docker stats --no-stream\ndocker stats --no-stream");
    check_commands("EX01", "less /var/log/web.log", "cat /var/log/web.log");
}

#[test]
fn what_is_for_watching_stays_as_it_is() {
    for command in
        ["tail -f /var/log/web.log", "journalctl -u web -f", "watch -n 5 'pm2 list'", "top -p 17", "nano x.yml"]
    {
        let text = format!("# Ops\n\n## Web down\n\n**Fix:**\n```bash\n{command}\n```\n");
        assert_eq!(mended(&text, "EX01"), text);
        assert!(Runbook::read([("ops.md", text.as_str())]).findings.iter().any(|f| f.rule == "EX01"), "{command}");
    }
}

#[test]
fn questions_are_answered_beforehand_where_nothing_is_lost() {
    check_commands("EX02", "sudo apt update\nsudo apt install ncdu", "sudo apt update\nsudo apt -y install ncdu");
    check_commands("EX02", "git revert HEAD", "git revert --no-edit HEAD");
    check_commands("EX02", "certbot certonly -d x.example", "certbot certonly --non-interactive -d x.example");
    check_commands("EX02", "ssh web1 'sudo apt-get install jq'", "ssh web1 'sudo apt-get -y install jq'");
    for command in [
        "docker system prune -a", "apt purge ncdu", "ufw enable", "terraform destroy", "mysql -u root -p",
        "gcloud compute instances delete x",
    ] {
        let text = format!("# Ops\n\n## Web down\n\n**Fix:**\n```bash\n{command}\n```\n");
        assert_eq!(mended(&text, "EX02"), text);
        assert!(Runbook::read([("ops.md", text.as_str())]).findings.iter().any(|f| f.rule == "EX02"), "{command}");
    }
}

#[test]
fn requests_are_given_a_limit() {
    check_commands(
        "EX06",
        "curl -f http://localhost:1/up\nx=$(curl -s http://localhost:1/)\nssh web1 'curl -I x.example'",
        "curl --max-time 10 -f http://localhost:1/up\nx=$(curl --max-time 10 -s http://localhost:1/)\nssh web1 'curl --max-time 10 -I x.example'",
    );
    check_commands(
        "EX06",
        "curl -X POST http://localhost:1/pay \\\n  -d '{}'\nnc -zv web1 25",
        "curl --connect-timeout 10 -X POST http://localhost:1/pay \\\n  -d '{}'\nnc -w 5 -zv web1 25",
    );
    check(
        "EX06",
        "# Ops\n\n## Web down\n\n**Fix:** run `curl x.example/up`, then wait\n",
        "# Ops\n\n## Web down\n\n**Fix:** run `curl --max-time 10 x.example/up`, then wait\n",
    );
}

#[test]
fn blocks_of_shell_are_tagged() {
    check("MD01", "# Ops\n\n```\nsystemctl restart web\n```\n", "# Ops\n\n```bash\nsystemctl restart web\n```\n");
    check("MD01", "- a\n\n  ~~~~  \n  docker ps\n  ~~~~\n", "- a\n\n  ~~~~bash  \n  docker ps\n  ~~~~\n");
    check("MD01", "> ```\r\n> docker ps\r\n> ```\r\n", "> ```bash\r\n> docker ps\r\n> ```\r\n");
    for text in ["    docker ps\n", "```\nall is well\n```\n", "``` {.bash}\ndocker ps\n```\n"] {
        check("MD01", text, text);
    }
}

#[test]
fn broken_lists_are_put_together() {
    check(
        "MD03",
        "1. One\n```bash\nls \\\n  -l\n\ndf\n```\n\n2. Two\n\n```bash\nps\n```\n3. Three\n",
        "1. One\n   ```bash\n   ls \\\n     -l\n\n   df\n   ```\n\n2. Two\n\n   ```bash\n   ps\n   ```\n3. Three\n",
    );
    check("MD03", "1. One\n```\nls\n```\n1. Two\n", "1. One\n   ```\n   ls\n   ```\n1. Two\n");
    check(
        "MD03",
        "9. Nine\n- a\n- b\n\n10. Ten\n```\nls\n```\n11. End\n",
        "9. Nine\n   - a\n   - b\n\n10. Ten\n    ```\n    ls\n    ```\n11. End\n",
    );
    // Lists that are whole, and others that begin anew.
    for text in [
        "1. One\n   ```bash\n   ls\n   ```\n2. Two\n",
        "1. One\n2. Two\n\n```bash\nls\n```\n\n1. Other\n2. Things\n",
        "1. One\n\nText.\n\n2. Two\n",
        "1. One\n```bash\nls\n```\n\n## Next\n\n2. Two\n",
    ] {
        check("MD03", text, text);
    }
}

#[test]
fn a_list_that_cannot_be_put_together_safely_is_only_told_of() {
    for text in [
        "1. One\n\n<br>\n\n```bash\nls\n```\n2. Two\n", "1. One\n```\nls\n\n## Next\n\n1. Other\n```\n2. Two\n",
        "1. One\n```bash\n\tls\n\n```\n2. Two\n",
    ] {
        assert_eq!(mended(text, "MD03"), text);
        assert!(Runbook::read([("ops.md", text)]).findings.iter().any(|f| f.rule == "MD03"), "{text}");
    }
}

#[test]
fn encodings_are_repaired() {
    check("ENC01", "\u{feff}# Ops\r\n\r\ncafÃ©\u{feff} â†’ âœ…\r\n", "# Ops\r\n\r\ncafé → ✅\r\n");
    check("ENC01", "# Ops\rone\rtwo\r\nthree\n", "# Ops\none\ntwo\r\nthree\n");
    check("ENC01", "# Ops\n\n- a\n  ```\n  ðŸ”´ [P0]\n  ```\n", "# Ops\n\n- a\n  ```\n  🔴 [P0]\n  ```\n");
    check("ENC01", "# Öps\r\n\r\n« café\u{a0}» → “ok” 🔴\r\n", "# Öps\r\n\r\n« café\u{a0}» → “ok” 🔴\r\n");
}

#[test]
fn edits_of_all_rules_can_be_made_together() {
    let text = "# Ops\n\n## Web down\n\n1. Menu â†’ Look\n```bash\ntop\ncurl localhost:1/up\n```\n2. Go on\n```\nsudo apt install jq\n```\n3. End\n";
    let mut edits: Vec<Edit> = Runbook::read([("ops.md", text)]).findings.into_iter().flat_map(|f| f.edits).collect();
    edits.sort_by_key(|edit| (edit.start, edit.end));
    let mut result = text.to_owned();
    for edit in edits.iter().rev() {
        result.replace_range(edit.start..edit.end, &edit.text);
    }
    let wanted = "# Ops\n\n## Web down\n\n1. Menu → Look\n   ```bash\n   top -b -n1 | head -20\n   curl --max-time 10 localhost:1/up\n   ```\n2. Go on\n   ```bash\n   sudo apt -y install jq\n   ```\n3. End\n";
    assert_eq!(result, wanted);
    let left = Runbook::read([("ops.md", wanted)]).findings;
    assert!(left.iter().all(|f| f.edits.is_empty()), "{left:?}");
}
