//! What the shell grammar sees in a line, and what it gives up on.

use proptest::prelude::*;

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

/// The words of a line, each in brackets; `*` behind those that are only known at run time.
fn words(text: &str, expected: &str) {
    let script = parse(text).unwrap();
    let shown = |w: &Word| format!("[{}]{}", w.text, if w.dynamic { "*" } else { "" });
    let shown: Vec<String> = script.commands.iter().flat_map(|c| c.words.iter().map(shown)).collect();
    assert_eq!(shown.join(" "), expected, "{text}");
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
    check("while read -r x; do rm \"$x\"; done < list", "read -r x; rm $x; :");
    check("case $x in a|b) ls;; *) rm x;; esac", "ls; rm x");
    check("ls | while read x; do rm $x; done", "ls; |read x; |rm $x");
    check("! time -p sudo rm x", "sudo rm x");
    check("select x in a b; do rm $x; done", "rm $x (opaque)");
    check("coproc rm x", "rm x (opaque)");
    check("((x = y + 1)) && ls", "ls");
    check("((rm x); ls)", "rm x; ls");
    check("echo $((x + 1))", "echo $((x + 1))");
    check("echo $((a[$(rm x)]))", "echo $((a[$(rm x)])) (opaque)");
    check("echo `echo \\`rm x\\``", "$rm x; $echo `rm x`; echo `echo \\`rm x\\``");
    check("x=$(rm y) a=(b $(ls)) df", "$rm y; $ls; df");
    check("for PATH in /tmp; do ls; done", "ls (opaque)");
    check("exec {PATH}> f", "exec (opaque)");
}

#[test]
fn words_lose_their_quotes_and_nothing_else() {
    words(r#"echo a\ b 'c  d' "e \"f\" \g" h"i"'j'"#, r#"[echo] [a b] [c  d] [e "f" \g] [hij]"#);
    words(r"echo $'a\tb\'c' $'\x41\102\u00e4' $'\c'", "[echo] [a\tb'c] [ABä] [\\c]*");
    words("echo \"$x\" ${y%.log} '$z' \\$w $", "[echo] [$x]* [${y%.log}]* [$z] [$w] [$]");
    words("ec\\\nho a\\\nb \"c\\\nd\"", "[echo] [ab] [cd]");
    words("ls # no\ndf a#b \"#\"", "[ls] [df] [a#b] [#]");
    words("2>out ls 2 >out a2>out", "[ls] [2] [a2]");
    words("echo a<(ls)b", "[ls] [echo] [a/dev/fd/63b]*");
    words("ls !(a|b) x@(c d)", "[ls] [!(a|b)] [x@(c d)]");
    words("ls <&-x", "[ls] [x]");
    words("echo \"\" ''", "[echo] [] []");
}

#[test]
fn braces_are_kept_and_can_be_expanded() {
    let script = parse("systemctl restart web-{api,worker} \"{a,b}\" {a,\"b\"} {1..$x} {a\\,b,c} {}").unwrap();
    let shown: Vec<String> = script.commands[0].words.iter().map(|w| w.expanded().join("|")).collect();
    assert_eq!(shown.join(" "), "systemctl restart web-api|web-worker {a,b} a|b {1..$x} {a,b,c} {}");
    let dynamic: Vec<bool> = script.commands[0].words.iter().map(|w| w.dynamic).collect();
    assert_eq!(dynamic, [false, false, false, false, false, true, true, false]);
}

#[test]
fn redirections_are_kept() {
    let script = parse("sort < in > out 2>&1 <<< text; date >> log").unwrap();
    let shown = format!("{:?}", script.commands.iter().map(|c| c.redirects.len()).collect::<Vec<_>>());
    assert_eq!(shown, "[4, 1]");
    assert!(matches!(&script.commands[1].redirects[0], Redirect::Append(w) if w.text == "log"));
}

/// Each redirection of the first command.
fn redirects(text: &str, expected: &str) {
    let script = parse(text).unwrap();
    let shown = |redirect: &Redirect| match redirect {
        Redirect::Read(w) => format!("read {}", w.text),
        Redirect::Write(w) => format!("write {}", w.text),
        Redirect::Append(w) => format!("append {}", w.text),
        Redirect::Text(w) => format!("text {:?}", w.text),
        Redirect::Duplicate => "duplicate".to_owned(),
    };
    let command = script.commands.iter().find(|c| !c.substituted).unwrap();
    assert_eq!(command.redirects.iter().map(shown).collect::<Vec<_>>().join(", "), expected, "{text}");
}

#[test]
fn every_redirection_is_what_it_is() {
    redirects("ls >a 2>b >|c <>d &>e &>>f >&g", "write a, write b, write c, write d, write e, append f, write g");
    redirects("ls >&2 2>&1 >&- 1>&3- {fd}>x {fd}>&-", "duplicate, duplicate, duplicate, duplicate, write x, duplicate");
    redirects("ls <a <&3 <&- <<<b 3<<<c", "read a, read &, read -, text \"b\", duplicate");
    redirects("ls > >(wc) < <(df)", "duplicate, read /dev/fd/63");
    redirects("cat <<E\n$x \\$y \"z\"\nE", r#"text "$x \\$y \"z\"\n""#.replace(r"\\$y", "$y").as_str());
    redirects("cat <<'E'\n$x \\$y\nE", r#"text "$x \\$y\n""#);
    redirects("cat <<-E\n\ta\n\t\tb\n\tE", r#"text "a\nb\n""#);
    redirects("cat <<A <<B\na\nA\nb\nB", r#"text "a\n", text "b\n""#);
    redirects("cat <<E\na\\\nE\nE", r#"text "aE\n""#);
    check("cat <<E | wc\n$(rm x)\nE", "cat; |wc; $rm x");
    check("f() { cat <<E; }\n$(rm x)\nE\nls", "ls (opaque)");
}

#[test]
fn what_is_not_bash_is_refused() {
    for text in ["if true", "echo 'open", "ls )", &"(".repeat(4000), &format!("echo {}", "x".repeat(20_000))] {
        assert!(parse(text).is_err(), "{}", &text[..text.len().min(20)]);
    }
    for text in ["ls \0", "echo $(ls", "cat <<E\nx", "ls &\\\n& df", "fi\\\n", "x[1 2] ls", "echo \"${x:-'}\""] {
        assert!(parse(text).is_err(), "{text}");
    }
    let said = |text: &str| parse(text).unwrap_err().0;
    assert_eq!(said("echo 'open"), "a `'` is never closed");
    assert_eq!(said("if true; then ls"), "`if` is without its `fi`");
    assert_eq!(said("ls; ; df"), "`;` cannot stand where it does");
    assert_eq!(said("ls |"), "it ends in the middle of a command");
}

#[test]
fn words_know_their_place() {
    let text = "pm2 logs \"my app\" --lines 5";
    let script = parse(text).unwrap();
    assert_eq!(&text[script.commands[0].words[2].span.clone()], "\"my app\"");
    let text = "ä $(grep 'x y' f) `ls <(wc z)`";
    let script = parse(text).unwrap();
    let shown: Vec<&str> = script.commands.iter().flat_map(|c| &c.words).map(|w| &text[w.span.clone()]).collect();
    assert_eq!(shown.join("|"), "grep|'x y'|f|wc|z|ls|<(wc z)|ä|$(grep 'x y' f)|`ls <(wc z)`");
}

/// Shell that looks like shell: pieces that mean something, put together at random.
fn shellish() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "a", "b c", "ä日", " ", " ", "\n", ";", "&", "|", "&&", "||", "'", "\"", "`", "$", "$(", "${", "$((", "((",
        "))", "(", ")", "{", "}", "[", "]", "[[ ", " ]]", "<", ">", "<<E\n", "\nE\n", "<<<", "<(", "2>&1", "&>", "\\",
        "\\\n", "#", "!", "=", "=(", "x=1 ", "x[", "if ", "then ", "fi ", "for x in ", "do ", "done ", "while ",
        "case x in ", "a) ", ";; ", "esac ", "f() ", "function ", "coproc ", "time ", "$'", "\\x41", "@(", "{a,b}",
        "{1..3}", "~", "*", "-n", "$x", "\u{0}",
    ];
    proptest::collection::vec(proptest::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat())
}

fn holds(text: &str) -> Result<(), TestCaseError> {
    let Ok(script) = parse(text) else { return Ok(()) };
    for command in &script.commands {
        let mut at = 0;
        for word in command.words.iter().filter(|w| !w.span.is_empty()) {
            prop_assert!(text.get(word.span.clone()).is_some(), "{word:?} cuts a letter in two");
            prop_assert!(at <= word.span.start, "{word:?} stands before the word before it");
            at = word.span.end;
        }
        for word in &command.words {
            let found = word.verbatim.map(|at| text.get(at..at + word.text.len()));
            prop_assert!(found.is_none_or(|found| found == Some(&word.text)), "{word:?} does not stand there");
            prop_assert!(!word.expanded().is_empty() || word.braces);
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,200}") {
        holds(&text)?;
    }

    #[test]
    fn no_shell_makes_it_panic(text in shellish()) {
        holds(&text)?;
    }
}

/// Shapes that a grammar could read again and again, each level twice.
#[test]
fn what_is_read_twice_is_not_read_for_ever() {
    for (open, close) in [
        ("$((", ")"),
        ("((", ")"),
        ("$(( $(", ") )"),
        ("`", "`"),
        ("${x:-", "}"),
        ("\"$(", ")\""),
        ("$((", ") )"),
        ("[[ (", ""),
        ("{a,", "}"),
        ("if ", ""),
        ("! ", ""),
        ("x[", ""),
        ("@(", ")"),
        ("<(", ")"),
        ("$[", "]"),
        ("\\", ""),
        ("<<E ", ""),
    ] {
        for many in [20, 500, 4000] {
            let text = format!("{}x{}", open.repeat(many), close.repeat(many));
            // Without a bound this would not end.
            let _ = parse(&text);
        }
    }
}
