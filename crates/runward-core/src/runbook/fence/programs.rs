//! The programs that runbooks type, and whether a line begins with one.

/// Whether a line begins with a program people type: by name, by path, or by assignment.
pub fn begins_like_command(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let mut first = words.next().unwrap_or_default();
    if first == "for" {
        // `for host in web-1 web-2; do`; prose goes on without a `;`, and seldom with a second line `do`.
        return line.contains(" in ") && (line.contains(['$', ';', '\n']) || line.split(' ').nth(2) == Some("in"))
            || line.contains("((");
    }
    let mut prefixed = false;
    while PREFIXES.contains(&first) {
        prefixed = first != "if" && first != "time";
        match words.next() {
            Some(next) => first = next.trim_start_matches(['[', '!', '(']),
            None => return true,
        }
        // `sudo -u app psql`, `timeout 5 curl`, `for f in *; do`: what stands behind a prefix is never prose.
        if first.is_empty() || first.starts_with(['-', '"', '$']) || first.starts_with(|c: char| c.is_ascii_digit()) {
            return true;
        }
    }
    let first = first.trim_start_matches(['(', '!', '\\']).trim_end_matches(';');
    if first.is_empty() {
        return line.starts_with(['(', '!']) && line.len() > 2;
    }
    // `/var/log/till/*.log {` begins a block of settings.
    is_path(first) && !line.contains(": ") && !line.ends_with('{')
        || is_assignment(first) && !line.contains(": ")
        || prefixed && WORDS.binary_search(&first).is_ok()
        || is_program(first, line)
}

/// Words in front of a command.
const PREFIXES: &[&str] = &[
    "sudo", "doas", "export", "time", "watch", "nohup", "timeout", "env", "if", "while", "until", "nice", "ionice",
    "exec",
];

/// `./deploy.sh`, `~/bin/x`, `/opt/app/run`, `scripts/deploy.sh`, `bin/rails`.
fn is_path(word: &str) -> bool {
    let rooted = word.starts_with("./") || word.starts_with("../") || word.starts_with("~/");
    let absolute = word.starts_with('/') && word.len() > 1 && !word.ends_with('/') && word.matches('/').count() > 1;
    let inside = ["bin/", "scripts/", "script/", "tools/", "ops/", "vendor/bin/", "node_modules/.bin/"];
    let script = word.contains('/') && [".sh", ".py", ".rb", ".pl"].iter().any(|end| word.ends_with(end));
    word.starts_with('$') && word.contains('/')
        || rooted && word.len() > 1
        || absolute
        || script
        || inside.iter().any(|folder| word.starts_with(folder))
}

fn is_assignment(word: &str) -> bool {
    let Some((name, _)) = word.split_once('=') else { return false };
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A program by its name; one that is also a word of English only with something behind it that no prose has.
pub(super) fn is_program(first: &str, line: &str) -> bool {
    if PROGRAMS.binary_search(&first).is_ok() {
        return true;
    }
    if WORDS.binary_search(&first).is_err() {
        return false;
    }
    let rest = line[line.find(first).unwrap_or(0) + first.len()..].trim();
    let telling = |word: &str| {
        word.starts_with('-') && word.len() > 1
            || word.contains(['/', '=', '|', '$', '*', '<', '>', '"', '\'', '_', '@'])
            || word.trim_end_matches('.').contains('.')
            || word.bytes().all(|b| b.is_ascii_digit())
    };
    rest.is_empty() || !rest.contains(' ') && !rest.ends_with(['.', ':', ',', '?', '!']) || rest.split(' ').any(telling)
}

/// Programs whose names are no words of their own.
const PROGRAMS: &[&str] = &[
    "acme.sh", "airflow", "alembic", "amtool", "ansible", "ansible-galaxy", "ansible-inventory", "ansible-playbook",
    "ansible-vault", "apache2ctl", "apachectl", "apk", "apt", "apt-cache", "apt-get", "apt-mark", "aptitude", "argo",
    "argocd", "artisan", "asadmin", "awk", "aws", "aws-vault", "az", "barman", "bash", "blkid", "borg", "borgmatic",
    "brctl", "brew", "btrfs", "bun", "bundle", "bunx", "caddy", "calicoctl", "cargo", "cassandra-cli", "cat", "cd",
    "ceph", "certbot", "chage", "chattr", "chef-client", "chgrp", "chmod", "chown", "chroot", "chsh", "cilium",
    "clickhouse-client", "cloud-init", "cockroach", "composer", "conntrack", "consul", "coredns", "corepack", "cp",
    "cqlsh", "createdb", "createuser", "crictl", "crontab", "cryptsetup", "cscli", "csplit", "ctr", "curl",
    "dbus-send", "dd", "ddrescue", "debugfs", "df", "dig", "dmesg", "dnf", "docker", "docker-compose", "doctl",
    "doppler", "dotnet", "doveadm", "dpkg", "dpkg-reconfigure", "drbdadm", "dropdb", "dropuser", "du", "e2fsck",
    "ebtables", "egrep", "eksctl", "elixir", "etcdctl", "etcdutl", "ethtool", "exim", "exim4", "exiqgrep", "exportfs",
    "fail2ban-client", "fallocate", "fdisk", "ffmpeg", "fgrep", "filebeat", "findmnt", "firewall-cmd", "flink",
    "fluxctl", "flyctl", "fsck", "fstrim", "fuser", "gcloud", "gdb", "gem", "getent", "getfacl", "gh",
    "ghe-config-apply", "git", "gitlab-backup", "gitlab-ctl", "gitlab-psql", "gitlab-rails", "gitlab-rake",
    "gitlab-runner", "glab", "gluster", "gpg", "gradle", "grep", "groupadd", "growpart", "grpcurl", "gsutil",
    "gunicorn", "gunzip", "gzip", "hadoop", "haproxy", "hcloud", "hdfs", "helm", "helmfile", "heroku", "hostnamectl",
    "hping3", "htop", "httpd", "httpie", "iex", "ifconfig", "ifdown", "iftop", "ifup", "influx", "iostat", "iotop",
    "ip", "ip6tables", "iperf", "iperf3", "ipmitool", "iptables", "iptables-restore", "iptables-save", "ipvsadm",
    "iscsiadm", "istioctl", "jmap", "journalctl", "jps", "jq", "jstack", "jstat", "k3s", "k6", "k9s", "kafka-acls",
    "kafka-configs", "kafka-console-consumer", "kafka-consumer-groups", "kafka-consumer-groups.sh", "kafka-topics",
    "kafka-topics.sh", "keytool", "killall", "kinit", "klist", "kubeadm", "kubectl", "kubectx", "kubens", "kubeseal",
    "kustomize", "lastlog", "launchctl", "ldapsearch", "lftp", "linode-cli", "litestream", "ln", "locale-gen",
    "logcli", "loginctl", "logrotate", "losetup", "ls", "lsattr", "lsblk", "lscpu", "lsmod", "lsof", "lspci",
    "lvcreate", "lvdisplay", "lvextend", "lvreduce", "lvremove", "lvresize", "lvs", "lxc", "lxd", "lynis",
    "machinectl", "mailq", "mariadb", "mariadb-dump", "mc", "md5sum", "mdadm", "megacli", "memcached", "microk8s",
    "minikube", "mix", "mkdir", "mkfs", "mkfs.ext4", "mkfs.xfs", "mkswap", "mktemp", "modprobe", "mongo", "mongod",
    "mongodump", "mongoexport", "mongoimport", "mongorestore", "mongosh", "mongostat", "mongotop", "mosh", "mpstat",
    "mtr", "multipath", "mv", "mvn", "mysql", "mysqladmin", "mysqlbinlog", "mysqlcheck", "mysqld_safe", "mysqldump",
    "mysqlimport", "nano", "nc", "ncat", "ncdu", "nerdctl", "netcat", "netplan", "netstat", "networkctl", "newaliases",
    "newrelic", "nft", "nginx", "ngrok", "nice", "nmap", "nmcli", "node", "nodetool", "nomad", "npm", "npx",
    "nslookup", "ntpdate", "ntpq", "nuget", "nvidia-smi", "nvim", "nvm", "oc", "oci", "ollama", "opensearch-cli",
    "openssl", "openstack", "pacman", "parted", "passwd", "patronictl", "perl", "pg_basebackup", "pg_config",
    "pg_controldata", "pg_ctl", "pg_ctlcluster", "pg_dump", "pg_dumpall", "pg_isready", "pg_lsclusters", "pg_resetwal",
    "pg_restore", "pg_rewind", "pg_upgrade", "pg_verifybackup", "pgbackrest", "pgbench", "pgbouncer", "pgrep", "php",
    "php-fpm", "phpunit", "pidof", "pidstat", "pip", "pip3", "pipenv", "pipx", "pkill", "pm2", "pmap", "pnpm",
    "podman", "podman-compose", "postalias", "postcat", "postconf", "postfix", "postgres", "postmap", "postqueue",
    "postsuper", "poweroff", "powershell", "prisma", "promtool", "ps", "psql", "pstree", "pulumi", "puppet", "pushd",
    "pvcreate", "pvdisplay", "pvresize", "pvs", "pwd", "py-spy", "pytest", "python", "python2", "python3", "qm",
    "rabbitmq-diagnostics", "rabbitmq-plugins", "rabbitmqadmin", "rabbitmqctl", "rails", "rake", "rancher", "rclone",
    "rdb", "readlink", "reboot", "redis-benchmark", "redis-check-aof", "redis-cli", "redis-server", "reprepro",
    "resize2fs", "resolvectl", "restic", "restorecon", "rg", "rkhunter", "rm", "rmdir", "rndc", "rpm", "rsync", "rvm",
    "s3cmd", "salt", "salt-call", "salt-key", "salt-minion", "sar", "scontrol", "scp", "sed", "semanage", "sendmail",
    "setenforce", "setfacl", "setsid", "sftp", "sh", "sha1sum", "sha256sum", "shred", "smartctl", "smbclient", "snap",
    "snmpwalk", "sqlcmd", "sqlite3", "squeue", "ss", "ssh", "ssh-add", "ssh-agent", "ssh-copy-id", "ssh-keygen",
    "ssh-keyscan", "sshd", "sshpass", "sslscan", "stern", "strace", "su", "sudo", "supervisorctl", "supervisord",
    "svn", "swaks", "swapoff", "swapon", "sysbench", "sysctl", "systemctl", "systemd-analyze", "systemd-cgls",
    "systemd-cgtop", "systemd-resolve", "systemd-run", "systemd-tmpfiles", "tailscale", "tar", "tcpdump", "tcpflow",
    "telnet", "terraform", "terragrunt", "timedatectl", "tmux", "tofu", "traceroute", "traefik", "trivy", "tshark",
    "tune2fs", "ufw", "ulimit", "umount", "uname", "unattended-upgrade", "unzip", "update-alternatives",
    "update-ca-certificates", "update-grub", "update-rc.d", "useradd", "userdel", "usermod", "uv", "uvicorn",
    "vagrant", "valkey-cli", "varnishadm", "varnishlog", "vboxmanage", "vercel", "vgchange", "vgcreate", "vgdisplay",
    "vgextend", "vgs", "vi", "vim", "virsh", "visudo", "vmstat", "volatility", "wal-g", "wg", "wg-quick", "wget",
    "whoami", "whois", "winscp", "wp", "wrangler", "wrk", "xargs", "xfs_growfs", "xfs_repair", "xz", "yarn", "yq",
    "yum", "zcat", "zfs", "zgrep", "zip", "zkCli.sh", "zpool", "zstd", "zypper",
];

/// Programs whose names are words of English as well.
const WORDS: &[&str] = &[
    "at", "borgmatic", "chef", "code", "crane", "date", "diff", "echo", "eval", "export", "fd", "file", "find", "fly",
    "free", "go", "halt", "head", "history", "host", "hostname", "http", "id", "init", "install", "java", "join",
    "kill", "knife", "last", "less", "lint", "mail", "make", "man", "monit", "more", "mount", "nix", "perf", "ping",
    "printf", "read", "route", "ruby", "screen", "sentry", "serve", "service", "set", "shutdown", "skaffold", "sleep",
    "sort", "source", "split", "stat", "strings", "sync", "tail", "task", "tee", "test", "tilt", "top", "touch",
    "tree", "truncate", "type", "unset", "uptime", "users", "vault", "velero", "w", "wait", "which", "who", "yes",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_in_order() {
        // (They are searched by halves.)
        assert!(PROGRAMS.is_sorted() && WORDS.is_sorted());
    }

    #[test]
    fn a_word_of_english_is_a_program_only_with_what_prose_has_not() {
        for line in [
            "find /var -name x", "kill 4711", "make build", "uptime", "top -b", "sudo make me a sandwich",
            "cd /srv && ls", "scripts/deploy.sh now", "bin/rails console", "DEBUG=1 ./run", "timeout 5 x",
        ] {
            assert!(begins_like_command(line), "{line}");
        }
        for line in [
            "find out who did it", "make sure that all is well.", "host: till", "Restart the service",
            "read the manual first.", "NAME  READY  STATUS", "time: 12:00",
        ] {
            assert!(!begins_like_command(line), "{line}");
        }
    }
}
