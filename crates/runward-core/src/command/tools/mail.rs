//! Mail servers and what sends mail.

use super::super::impact::Verdict;
use super::Call;

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    Some(match call.program {
        "mailq" | "exiwhat" | "exinext" | "exiqgrep" | "exigrep" | "postcat" | "pflogsumm" => Verdict::READS,
        "postqueue" => call.reads("-p -j -v -c: -f! -i:! -s:!"),
        "postsuper" => {
            let parsed = call.options("-d:!! -h:! -H:! -r:! -p! -s! -S! -v -c: -e:! -f:!");
            parsed.verdict.and(Verdict::changes("acts on the queue of mail"))
        }
        "postfix" => {
            let parsed = call.options("-v -c: -D");
            let looks = matches!(parsed.operand(0), "status" | "check" | "version");
            parsed.verdict.and(Verdict::reads_if(looks, "acts on the mail server"))
        }
        "exim" | "exim4" => exim(call),
        "sendmail" => {
            let looks = call.args.iter().any(|w| matches!(w.text.as_str(), "-bp" | "-bv" | "-d0.1"));
            Verdict::reads_if(looks, "sends mail")
        }
        "mail" | "mailx" | "mutt" | "swaks" | "msmtp" | "ssmtp" | "sendemail" => {
            Verdict::changes("sends mail").waiting_if(!call.has_input() && call.args.is_empty())
        }
        "newaliases" | "postmap" | "postalias" | "makemap" => Verdict::changes("changes what mail goes where"),
        "opendkim-testkey" | "rspamadm" | "spamc" | "rspamc" => {
            let looks =
                call.args.iter().any(|w| matches!(w.text.as_str(), "stat" | "counters" | "uptime" | "configtest"));
            Verdict::reads_if(looks || call.program == "opendkim-testkey", "acts on the filter of mail")
        }
        _ => return None,
    })
}

/// `exim -bp` lists, `exim -Mrm ID` removes.
fn exim(call: &Call) -> Verdict {
    let first = call.args.first().map_or("", |w| w.text.as_str());
    match first {
        "-bp" | "-bpc" | "-bpr" | "-bpru" | "-bpu" | "-bP" | "-bV" | "-bt" | "-bv" | "-Mvl" | "-Mvh" | "-Mvb"
        | "-Mvc" => Verdict::READS,
        "-Mrm" => Verdict::destroys("removes mail that waits"),
        _ => Verdict::changes("acts on the mail server"),
    }
}
