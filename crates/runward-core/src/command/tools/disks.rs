//! Disks, volumes and file systems.

use super::super::impact::Verdict;
use super::options::{Parsed, Table, Verbs};
use super::verbs::by_verb;
use super::{ByName, Call, by_name};

/// Readers and the options that keep them readers.
const READERS: &[(&str, Table)] = &[
    ("lvs vgs pvs lvdisplay vgdisplay pvdisplay lvscan vgscan pvscan lvmdiskscan blkid findmnt dumpe2fs xfs_info", "*"),
    ("smartctl", "-a -x -H -i -A -l: -d: -c -n: --all --xall --health --info --attributes --scan --log: --device:"),
    ("hdparm", "-I -i -t -T -g -C -v"),
    ("repquota quota filefrag e4defrag ioping", "*"),
];

static BY_NAME: ByName = ByName::new(|| by_name(READERS));

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    Some(match call.program {
        "mount" => bare(call, "-l -v -t: --show-labels --types:", "mounts a file system"),
        "umount" => Verdict::changes("takes a file system off"),
        "swapon" => only(
            call,
            "-s -v --show? --summary --noheadings --bytes --raw",
            &["-s", "--show", "--summary"],
            "turns swap on",
        ),
        "swapoff" => Verdict::changes("turns swap off"),
        "fallocate" => {
            let parsed = call.options(
                "-l: -o: -n -x -v --length: --offset: --keep-size -d!! -p!! -z!! -c!! --dig-holes!! --punch-hole!!",
            );
            parsed.verdict.and(Verdict::changes("makes a file"))
        }
        "fstrim" | "sync" | "partprobe" | "kpartx" => Verdict::changes("acts on a disk"),
        "tune2fs" => only(call, "-l", &["-l"], "changes a file system's settings"),
        "fsck" | "e2fsck" | "fsck.ext4" | "fsck.ext3" => {
            only(call, "-n -N -M -T -t: -v -f", &["-n", "-N"], "may repair a file system")
        }
        "xfs_repair" => match call.options("-n -v -m: -o: -L!! -d -f").has(&["-L"]) {
            true => Verdict::destroys("throws a file system's log away"),
            false => only(call, "-n -v -m: -o: -f", &["-n"], "may repair a file system"),
        },
        "badblocks" => {
            let parsed = call.options("-s -v -b: -c: -n! -w!! -o:! -p:");
            parsed.verdict
        }
        "resize2fs" | "xfs_growfs" | "pvresize" | "lvextend" | "vgextend" | "pvcreate" | "vgcreate" | "lvcreate"
        | "lvconvert" | "lvchange" | "vgchange" | "pvmove" | "vgrename" | "lvrename" => {
            Verdict::changes("changes a volume")
        }
        "growpart" => only(call, "-N --dry-run -v", &["-N", "--dry-run"], "grows a partition"),
        "lvresize" => {
            let shrinks = call
                .args
                .iter()
                .any(|w| w.text.starts_with('-') && w.text[1..].starts_with(|c: char| c.is_ascii_digit()));
            if shrinks { Verdict::destroys("makes a volume smaller") } else { Verdict::changes("changes a volume") }
        }
        "lvreduce" | "vgreduce" => Verdict::destroys("makes a volume smaller"),
        "losetup" => only(
            call,
            "-a -l -j: -O: --all --list --output: -n",
            &["-a", "-l", "--all", "--list", "-j"],
            "makes a file a disk",
        ),
        "cryptsetup" => by_verb(
            call.args,
            "-v --type:",
            "status|luksDump|isLuks|benchmark",
            "luksFormat|erase|luksErase|luksKillSlot|luksRemoveKey|reencrypt",
            "acts on an encrypted disk",
        ),
        "dmsetup" => by_verb(
            call.args, "", "ls|info|status|table|deps|targets|version", "remove|remove_all|wipe_table",
            "acts on a mapped disk",
        ),
        "multipath" => only(call, "-l -ll -v: -t -T", &["-l", "-ll", "-t", "-T"], "acts on paths to disks"),
        "iscsiadm" => {
            let looks = !call
                .args
                .iter()
                .any(|w| matches!(w.text.as_str(), "-u" | "--logout" | "-l" | "--login" | "-o" | "--op" | "-R"));
            Verdict::reads_if(looks, "acts on a session with a disk")
        }
        "nvme" => by_verb(
            call.args,
            "",
            "list|smart-log|id-ctrl|id-ns|error-log|fw-log|list-subsys|get-feature|version",
            "format|sanitize|delete-ns|reset|subsystem-reset",
            "acts on a disk",
        ),
        "sgdisk" => match call.options("-p -v -i: -O -Z!! --zap-all!! -o!! --clear!! -d:!! --delete:!!") {
            parsed if parsed.has(&["-p", "-v", "-i", "-O"]) => parsed.verdict,
            parsed => parsed.verdict.and(Verdict::changes("changes a disk's layout")),
        },
        "partx" => only(
            call,
            "-s --show -l --list -o: -g",
            &["-s", "--show", "-l", "--list"],
            "tells the kernel of partitions",
        ),
        "megacli" | "storcli" | "storcli64" | "perccli" | "arcconf" | "hpacucli" | "ssacli" => {
            let looks = call.args.iter().any(|w| {
                matches!(
                    w.text.to_ascii_lowercase().as_str(),
                    "show" | "-ldinfo" | "-pdlist" | "getconfig" | "-adpallinfo"
                )
            });
            let acts = call.args.iter().any(|w| {
                ["del", "clear", "set", "start", "stop", "erase", "delete"]
                    .contains(&w.text.to_ascii_lowercase().as_str())
            });
            Verdict::reads_if(looks && !acts, "acts on an array of disks")
        }
        "mkfs" | "wipefs" | "fdisk" | "sfdisk" | "gdisk" | "parted" | "cfdisk" | "lvremove" | "vgremove"
        | "pvremove" | "blkdiscard" | "mkswap" | "ddrescue" => layout(call),
        "zfs" => ZFS.verdict(call.args),
        "zpool" => ZPOOL.verdict(call.args),
        "btrfs" => BTRFS.verdict(call.args),
        "mdadm" => {
            let parsed = call.options(
                "-D -E -Q -s -v -b --detail --examine --query --scan --verbose --brief --zero-superblock!! --test",
            );
            let looks = parsed.has(&["-D", "-E", "-Q", "--detail", "--examine", "--query"]);
            parsed.verdict.and(Verdict::reads_if(looks, "acts on an array"))
        }
        program if program.starts_with("mkfs.") => Verdict::destroys("makes a new file system"),
        program => call.reads(BY_NAME.get(program)?),
    })
}

fn bare(call: &Call, table: Table, otherwise: &'static str) -> Verdict {
    let parsed = call.options(table);
    parsed.verdict.and(Verdict::reads_if(parsed.operands.is_empty(), otherwise))
}

/// A program that looks only where one of these options says so.
fn only(call: &Call, table: Table, looking: &[&str], otherwise: &'static str) -> Verdict {
    let parsed = call.options(table);
    if parsed.has(looking) { parsed.verdict } else { Verdict::changes(otherwise) }
}

fn layout(call: &Call) -> Verdict {
    let looks = |parsed: Parsed, names: &[&str]| parsed.verdict == Verdict::READS && parsed.has(names);
    let reads = match call.program {
        "fdisk" | "sfdisk" | "gdisk" => looks(call.options("-l --list -o: -u? -x -d"), &["-l", "--list", "-d"]),
        "parted" => {
            let parsed = call.options("-l -s -m --list --script --machine");
            let prints = parsed.operand(1) == "print" && parsed.operands.len() <= 3;
            looks(parsed, &["-l", "--list"]) && call.args.len() <= 2 || prints && call.reads("-s -m") == Verdict::READS
        }
        "wipefs" => looks(call.options("-n --no-act -a --all"), &["-n", "--no-act"]),
        _ => false,
    };
    if reads {
        return Verdict::READS;
    }
    Verdict::destroys("changes a disk's layout")
        .waiting_if(matches!(call.program, "fdisk" | "gdisk" | "parted" | "cfdisk"))
}

const ZFS: Verbs = Verbs {
    globals: "",
    looks: &[("list|get|diff|holds|version|userspace|groupspace", "-r -H -p -o: -t: -s: -S: -d: -a")],
    destroys: "destroy|rollback|receive -F|recv -F",
    loses: "destroys a volume",
    otherwise: "acts on a volume",
};

const ZPOOL: Verbs = Verbs {
    globals: "",
    looks: &[("list|status|get|history|version|iostat", "-v -x -H -p -o: -P -L -T: -i -l -t -s -D")],
    destroys: "destroy|labelclear",
    loses: "destroys a pool",
    otherwise: "acts on a pool",
};

const BTRFS: Verbs = Verbs {
    globals: "",
    looks: &[
        ("filesystem df|filesystem show|filesystem usage|fi df|fi show|fi usage", "-h -b -T -m -d"),
        ("subvolume list|subvolume show|scrub status|device stats|balance status", "-p -a -c -s -t -r -d -o"),
    ],
    destroys: "subvolume delete|device remove|device delete",
    loses: "destroys a volume",
    otherwise: "acts on a volume",
};
