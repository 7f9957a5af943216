//! What comes out of a document, and what never does.

use proptest::prelude::*;

use super::oracle::judge;
use super::*;

/// Renders, and makes sure of what must hold for every text.
fn shown(text: &str) -> String {
    let html = render(text);
    if let Err(why) = judge(&html) {
        panic!("{why}\nfrom {text:?}\ncame {html}");
    }
    html
}

fn check(text: &str, expected: &str) {
    assert_eq!(shown(text).replace('\n', ""), expected, "{text}");
}

#[test]
fn what_people_write_comes_out_as_they_mean_it() {
    check("# Mill *ops*", "<h1 id=\"h-mill-ops\">Mill <em>ops</em></h1>");
    check("a **b** `c` ~~d~~\\\ne", "<p>a <strong>b</strong> <code>c</code> <del>d</del><br>e</p>");
    check("- a\n  - b\n- c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>");
    check("3. a\n4. b", "<ol start=\"3\"><li>a</li><li>b</li></ol>");
    check("- a\n\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>");
    check("> said\n> so", "<blockquote><p>saidso</p></blockquote>");
    check(
        "- [ ] told\n- [x] done",
        "<ul><li><span class=\"task\">☐</span> told</li><li><span class=\"task\">☑</span> done</li></ul>",
    );
    check("a\n\n---\n\nb", "<p>a</p><hr><p>b</p>");
    check("```bash title\nls <x>\n```", "<p class=\"tag\">bash</p><pre><code>ls &lt;x&gt;</code></pre>");
    check("    ls", "<pre><code>ls</code></pre>");
    check("---\nowner: ada\n---\nx", "<p class=\"tag\">front matter</p><pre><code>owner: ada</code></pre><p>x</p>");
    check("see [^1]\n\n[^1]: over there", "<p>see [^1]</p><p>[^1]: over there</p>");
}

#[test]
fn a_table_keeps_its_columns() {
    let text = "| Part | Port | |\n|:--|--:|:-:|\n| till | `7001` | x |\n| a\\|b | | |";
    check(
        text,
        "<table><thead><tr><th scope=\"col\">Part</th><th scope=\"col\" class=\"right\">Port</th>\
         <td class=\"center\"></td></tr></thead><tbody><tr><td>till</td><td class=\"right\"><code>7001</code></td>\
         <td class=\"center\">x</td></tr><tr><td>a|b</td><td class=\"right\"></td><td class=\"center\"></td></tr>\
         </tbody></table>",
    );
}

#[test]
fn links_lead_to_the_web_to_mail_and_to_headings() {
    let rel = "rel=\"noopener noreferrer\"";
    check("[a](https://b.example/?c&d)", &format!("<p><a href=\"https://b.example/?c&amp;d\" {rel}>a</a></p>"));
    check("<ada@b.example>", &format!("<p><a href=\"mailto:ada@b.example\" {rel}>ada@b.example</a></p>"));
    check("[a](#What-runs)", "<p><a href=\"#h-what-runs\">a</a></p>");
    check("[a](docs/db.md)", "<p>a <span class=\"path\">(docs/db.md)</span></p>");
    check("![dash](https://b.example/x.png)", &format!("<p><a href=\"https://b.example/x.png\" {rel}>dash</a></p>"));
    check("![](https://b.example/x.png)", &format!("<p><a href=\"https://b.example/x.png\" {rel}>image</a></p>"));
    check("![map](map.png)", "<p>map <span class=\"path\">(map.png)</span></p>");
    let badge = "[![ok](https://b.example/i.svg)](https://b.example)";
    check(badge, &format!("<p><a href=\"https://b.example\" {rel}>ok</a></p>"));
}

#[test]
fn headings_are_named_once_and_apart_from_everything_else() {
    let text = "# Logs\n# Logs\n# Logs-1\n# 🚨\n# {#main}\n## Own {#L12 .x onclick=y}\n# `<name>` down";
    let names: Vec<String> = pieces(text)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Leaf(Leaf { kind: LeafKind::Heading { id, .. }, .. }) => Some(id),
            _ => None,
        })
        .collect();
    assert_eq!(names, ["h-logs", "h-logs-1", "h-logs-1-1", "h-section", "h-main", "h-l12", "h-name-down"]);
    shown(text);
}

#[test]
fn html_of_the_document_is_dropped_and_a_placeholder_is_none() {
    check("a <b onclick=x>b</b> <img src=x onerror=alert(1)>c", "<p>a b c</p>");
    check("<div>\n<script>alert(1)</script>\n</div>\n\nb", "<p>b</p>");
    check("<svg onload=alert(1)>", "");
    check("<svg/onload=alert(1)>", "<p>&lt;svg/onload=alert(1)&gt;</p>");
    check("a<br>b<br/>c", "<p>a<br>b<br>c</p>");
    check("ask <service> on <path to it>", "<p>ask &lt;service&gt; on &lt;path to it&gt;</p>");
    check("<service>\n\nb", "<p>&lt;service&gt;</p><p>b</p>");
    check("<!-- todo -->\n\nb", "<p>b</p>");
    let dropped = pieces("a\n\n<div>\nx\n</div>\n");
    assert!(
        dropped.iter().any(|p| matches!(p, Piece::Leaf(Leaf { kind: LeafKind::Dropped, line: 3, end_line: 5, .. }))),
        "{dropped:?}"
    );
}

#[test]
fn a_block_knows_its_lines_and_what_stands_on_them() {
    let text = "# A\n\n- b `c d`\n  ```sh\n  ls\n  ```\n\n| x |\n|---|\n| `y` |\n";
    let leaves: Vec<Leaf> = pieces(text)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Leaf(leaf) => Some(leaf),
            Piece::Frame(_) => None,
        })
        .collect();
    let lines: Vec<(u32, u32)> = leaves.iter().map(|l| (l.line, l.end_line)).collect();
    assert_eq!(lines, [(1, 1), (3, 3), (4, 6), (8, 10)]);
    assert_eq!(leaves[1].marks, [Mark { at: leaves[1].html.len(), line: 3, what: What::Code("c d".into()) }]);
    assert_eq!(leaves[2].kind, LeafKind::Code { tag: "sh".into(), text: "ls\n".into(), first: 5 });
    let places: Vec<(u32, bool)> = leaves[3].marks.iter().map(|m| (m.line, m.what == What::Row)).collect();
    assert_eq!(places, [(8, true), (10, true), (10, false)]);
    for mark in &leaves[3].marks {
        let before = &leaves[3].html[..mark.at];
        assert!(before.ends_with("<tr") || before.ends_with("</code>"), "{before}");
    }
}

/// Attempts to get out of text, attributes, names and schemes.
const ATTACKS: &[&str] = &[
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a]( javascript:alert(1))",
    "[a](<java\tscript:alert(1)>)",
    "[a](&#106;avascript:alert(1))",
    "[a](javascript&colon;alert(1))",
    "[a](javascript&#x3a;alert(1))",
    "[a](java&NewLine;script:alert(1))",
    "[a](java&Tab;script:alert(1))",
    "[a](&#1;javascript:alert(1))",
    "[a](\u{1}javascript:alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](vbscript:x)",
    "[a](//evil.example)",
    "[a](https://x.example/\"onmouseover=\"alert(1))",
    "[a](https://x.example/'><script>alert(1)</script>)",
    "[a](https://x.example \"title\\\" onclick=alert(1)\")",
    "[a](#\"><img src=x onerror=alert(1)>)",
    "[a](#%22%3E%3Cscript%3E)",
    "[a][b]\n\n[b]: javascript:alert(1)",
    "[a]\n\n[a]: <javascript:alert(1)> 'x\" onclick=\"y'",
    "<javascript:alert(1)>",
    "<JAVASCRIPT:alert(1)>",
    "<data:text/html,x>",
    "![a](javascript:alert(1))",
    "![\" onerror=\"alert(1)](https://x.example/i.png)",
    "![a](https://x.example/i.png \"\\\" onerror=\\\"alert(1)\")",
    "![[a](javascript:x)](https://x.example)",
    "[[a](https://x.example)](https://y.example)",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>\n\n# x",
    "<math><mi xlink:href=\"javascript:x\">y",
    "<script>\nalert(1)\n\n</script>",
    "a <script>alert(1)</script> b",
    "<style>@import 'x'</style>",
    "<iframe src=javascript:x></iframe>",
    "<a href=\"javascript:x\">y</a>",
    "<!-- --!><script>alert(1)</script> -->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo '<script>' ?>",
    "```\"><script>alert(1)</script>\nx\n```",
    "```</code></pre><script>\nx\n```",
    "```bash onload=\"x\" {.a}\nx\n```",
    "~~~' onclick='x\ny\n~~~",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "`</code><script>alert(1)</script>`",
    "# \"><script>alert(1)</script>",
    "# x {#\"onclick=alert(1)}",
    "# x {#a onclick=alert(1) .\"b}",
    "# x {#main}",
    "| a |\n|:\" onclick=x|\n| b |",
    "| <img src=x onerror=y> | [a](javascript:x) |\n|:-:|--:|\n| `<script>` | ![](data:x) |",
    "- [x\"onclick=y] a",
    "99999999999. a",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "\\<script>alert(1)</script>",
    "\u{202e}gnp.exe `rm \u{2066}-rf`",
    "a\u{0}b\u{7}c",
    "*a **b [c](https://x.example *d* **e*",
];

#[test]
fn no_attack_gets_out() {
    for attack in ATTACKS {
        for text in [
            (*attack).to_owned(),
            format!("> {attack}"),
            format!("- {attack}"),
            format!("# {attack}"),
            format!("**{attack}**"),
            format!("[{attack}](https://x.example)"),
            format!("| {attack} |\n|---|\n| {attack} |"),
            format!("```{attack}\n{attack}\n```"),
        ] {
            let html = shown(&text);
            assert!(!html.contains("<script") && !html.contains("<img") && !html.contains('\u{202e}'), "{html}");
        }
    }
}

#[test]
fn endless_nesting_comes_to_an_end() {
    let deep = 20_000;
    for (one, text) in [("> ", "a"), ("- ", "a"), ("1. ", "a"), ("**a _b ", ""), ("![", "x"), ("[", "x"), ("*", "x")] {
        shown(&format!("{}{text}", one.repeat(deep)));
    }
    shown(&format!("{}a{}", "![".repeat(deep), "](https://x.example)".repeat(deep)));
    shown(&format!("{}a{}", "*".repeat(deep), "*".repeat(deep)));
    shown(&format!("{}x", "- a\n".repeat(deep)));
    shown(&(0..60).map(|depth| format!("{}- a\n", "  ".repeat(depth))).collect::<String>());
    shown(&"# same\n".repeat(deep));
    let referred = render(&format!("[a]: https://x.example/{}\n\n{}", "x".repeat(deep), "[a] ".repeat(deep)));
    assert!(referred.len() < 40 * deep, "{}", referred.len());
    shown(&format!("|{}\n|{}\n", "a|".repeat(deep), "-|".repeat(deep)));
}

proptest! {
    #[test]
    fn nothing_but_what_is_allowed_comes_out(text in "\\PC{0,300}") {
        shown(&text);
    }

    #[test]
    fn nor_of_what_looks_like_markdown(
        parts in prop::collection::vec(
            prop_oneof![
                Just("\n"), Just("\n\n"), Just("  "), Just("\t"), Just("> "), Just("- "), Just("- [ ] "), Just("7. "),
                Just("# "), Just("### "), Just("```"), Just("~~~bash"), Just("|"), Just("|---|:-:|"), Just("**"),
                Just("_"), Just("~~"), Just("`"), Just("["), Just("]"), Just("("), Just(")"), Just("!["), Just("]("),
                Just("<"), Just(">"), Just("<a href='"), Just("<script>"), Just("</script>"), Just("<!--"), Just("-->"),
                Just("javascript:"), Just("https://x.example"), Just("#x"), Just("\""), Just("'"), Just("&"),
                Just("&#106;"), Just("&lt;"), Just("\\"), Just("{#id}"), Just("{"), Just("}"), Just("---"), Just("="),
                Just("[a]: "), Just("<br>"), Just("<name>"), Just("\r\n"), Just("\u{0}"), Just("\u{202e}"), Just("ü"),
                Just("🚨"), Just("word"), Just("on=1"),
            ],
            0..80,
        )
    ) {
        shown(&parts.concat());
    }

    #[test]
    fn nor_of_what_was_an_attack_before_it_was_cut(first in 0..ATTACKS.len(), second in 0..ATTACKS.len(), cut in 0usize..60) {
        let attack = ATTACKS[first];
        let at = (0..=cut.min(attack.len())).rev().find(|at| attack.is_char_boundary(*at)).unwrap_or(0);
        shown(&format!("{}{}{}", &attack[..at], ATTACKS[second], &attack[at..]));
    }
}
