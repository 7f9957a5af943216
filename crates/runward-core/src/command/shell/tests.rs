//! What the shell grammar sees in a line, and what it gives up on.

use super::*;

/// Each simple command on its own: `|` piped, `$` substituted.
fn check(text: &str, expected: &str) {
    let script = parse(text).unwrap();
    let shown: Vec<String> = script
        .commands
        .iter()
        .map(|c| {
            let words: Vec<&str> = c.words.iter().map(|w| w.text.as_str()).collect();
            let mark = if c.substituted {
                "$"
            } else if c.piped {
                "|"
            } else {
                ""
            };
            format!("{mark}{}", words.join(" "))
        })
        .collect();
    assert_eq!(shown.join("; ") + if script.opaque { " (opaque)" } else { "" }, expected, "{text}");
}

#[test]
fn every_simple_command_is_found() {
    check("docker ps | grep 'web app'", "docker ps; |grep web app");
    check("cd /srv && make || echo \"no\"", "cd /srv; make; echo no");
    check("echo $(rm -rf x) `df`", "$rm -rf x; $df; echo $(rm -rf x) `df`");
    check("for p in $(seq 3); do curl localhost:$p; done", "$seq 3; curl localhost:$p");
    check("if test -f x; then rm x; else ls; fi", "test -f x; rm x; ls");
    check("(cd a; rm b) | wc -l", "cd a; rm b; |wc -l");
    check("[[ -f $(rm x) ]] && ls", "$rm x; ls");
    check("diff <(ls a) <(rm b)", "$ls a; $rm b; diff /dev/fd/63 /dev/fd/63");
    check("f() { rm x; }", " (opaque)");
    check("echo ${X:-$(rm x)}", "echo ${X:-$(rm x)} (opaque)");
}

#[test]
fn redirections_are_kept() {
    let script = parse("sort < in > out 2>&1 <<< text; date >> log").unwrap();
    let shown = format!("{:?}", script.commands.iter().map(|c| c.redirects.len()).collect::<Vec<_>>());
    assert_eq!(shown, "[4, 1]");
    assert!(matches!(&script.commands[1].redirects[0], Redirect::Append(w) if w.text == "log"));
}

#[test]
fn what_is_not_bash_is_refused() {
    for text in ["if true", "echo 'open", "ls )", &"(".repeat(4000), &format!("echo {}", "x".repeat(20_000))] {
        assert!(parse(text).is_err(), "{}", &text[..text.len().min(20)]);
    }
}

#[test]
fn words_know_their_place() {
    let text = "pm2 logs \"my app\" --lines 5";
    let script = parse(text).unwrap();
    assert_eq!(&text[script.commands[0].words[2].span.clone()], "\"my app\"");
}
