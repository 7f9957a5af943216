//! Package managers of the host.

use super::super::impact::Verdict;
use super::Call;
use super::options::Table;
use super::verbs::by_verb;

/// Options every manager here may have without harm; those that answer `yes` are told apart below.
const COMMON: Table = "-y --yes --assume-yes --assumeyes --noconfirm -q --quiet -a --all --all-versions --installed \
     --upgradable --upgradeable --names-only -n --full -s --simulate --dry-run --just-print -v --verbose --no-pager \
     --cacheonly --enabled --disabled --available --showduplicates -t: --target-release: --default-release: -c --cask \
     --formula --json";

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    Some(match call.program {
        "apt" | "apt-get" | "aptitude" => apt(call),
        "apt-cache" | "dpkg-query" | "rpmquery" => call.reads(
            "-n -f: -l -L -s -S -W -a -i -q -p --names-only --full --installed --showformat: --list --status --listfiles \
             --search --show --all",
        ),
        "dpkg" => dpkg(call),
        "yum" | "dnf" | "zypper" | "apk" | "snap" | "brew" => manager(call),
        "pacman" => {
            let lists = call.reads("-Q -q -i -l -o -e -d -t -m -n -u -k -s -c -g") == Verdict::READS
                && call.args.first().is_some_and(|w| w.text.starts_with("-Q"));
            if call.args.first().is_some_and(|w| w.text.starts_with("-R")) {
                return Some(Verdict::destroys("removes packages"));
            }
            Verdict::reads_if(lists, "installs packages")
        }
        "rpm" => {
            let asks = call.args.iter().any(|w| w.text.starts_with("-q") || w.text.starts_with("-V") || w.text == "--query" || w.text == "--verify");
            let erases = call.args.iter().any(|w| w.text == "--erase" || w.text.starts_with("-e"));
            match () {
                () if asks => Verdict::READS,
                () if erases => Verdict::destroys("removes packages"),
                () => Verdict::changes("installs packages"),
            }
        }
        "apt-mark" => by_verb(call.args, "", "showhold|showauto|showmanual|showinstall", "", "changes how packages are kept"),
        "apt-key" => by_verb(call.args, "", "list|finger", "del", "changes which packages are trusted"),
        "unattended-upgrade" | "unattended-upgrades" => {
            let dry = call.args.iter().any(|w| w.text == "--dry-run");
            Verdict::reads_if(dry, "installs packages")
        }
        "flatpak" | "nix-env" | "port" | "emerge" | "xbps-install" | "pkg" | "opkg" => {
            by_verb(call.args, "", "list|info|search|query|installed|-Qe|--query", "uninstall|remove|delete|-e|--uninstall|autoremove", "installs packages")
        }
        "nix-collect-garbage" => Verdict::destroys("removes packages"),
        "add-apt-repository" | "apt-add-repository" | "debconf-set-selections" | "alternatives" => {
            Verdict::changes("changes where packages come from")
        }
        _ => return None,
    })
}

fn apt(call: &Call) -> Verdict {
    let parsed = call.options(COMMON);
    let dry = parsed.has(&["-s", "--simulate", "--dry-run", "--just-print"]);
    let yes = dry || parsed.has(&["-y", "--yes", "--assume-yes"]);
    let verdict = match parsed.operand(0) {
        "list" | "search" | "show" | "policy" | "depends" | "rdepends" | "madison" | "check" => Verdict::READS,
        _ if dry => Verdict::READS,
        "update" => Verdict::changes("refreshes the package lists"),
        "remove" | "purge" | "autoremove" | "autopurge" => Verdict::destroys("removes packages").waiting_if(!yes),
        _ => Verdict::changes("installs packages").waiting_if(!yes),
    };
    verdict.and(parsed.verdict)
}

fn dpkg(call: &Call) -> Verdict {
    let parsed = call.options(
        "-l -L -s -S -V -C -p --list --listfiles --status --search --get-selections --audit --verify --print-avail \
         -r!! -P!! --remove!! --purge!!",
    );
    let looks = !call.args.is_empty() && call.args[0].text.starts_with('-');
    parsed.verdict.and(Verdict::reads_if(looks, "installs packages"))
}

fn manager(call: &Call) -> Verdict {
    let parsed = call.options(COMMON);
    let yes =
        parsed.has(&["-y", "--yes", "--assumeyes", "--noconfirm"]) || matches!(call.program, "apk" | "brew" | "snap");
    let second = parsed.operand(1);
    let verdict = match parsed.operand(0) {
        "list" | "info" | "search" | "provides" | "repolist" | "check-update" | "find" | "outdated" | "version"
        | "doctor" | "deps" => Verdict::READS,
        "history" if matches!(second, "" | "list" | "info") => Verdict::READS,
        "services" if matches!(second, "" | "list" | "info") => Verdict::READS,
        "remove" | "erase" | "autoremove" | "del" | "uninstall" | "rm" => {
            Verdict::destroys("removes packages").waiting_if(!yes)
        }
        _ => Verdict::changes("installs packages").waiting_if(!yes),
    };
    verdict.and(parsed.verdict)
}
