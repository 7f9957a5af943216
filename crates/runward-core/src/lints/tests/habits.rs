//! Habits that can be seen in a runbook: what they look like, and what is no such habit.

use super::spellings::{check, rules};

#[test]
fn habits_that_can_be_seen_are_told() {
    check(
        "maintenance-without-server",
        "Emergency stop",
        &["systemctl stop nginx\n# Enable maintenance page", "sudo service apache2 stop\n# Show the maintenance page"],
        &[
            "systemctl stop harbour\n# Enable maintenance page",
            "systemctl stop nginx\nsystemctl start nginx\n# Disable maintenance page",
            "systemctl stop nginx",
        ],
    );
    check(
        "reload-untested-config",
        "Proxy broken",
        &[
            "sudo cp /srv/nginx.conf /etc/nginx/nginx.conf\nsudo systemctl reload nginx",
            "nano /etc/haproxy/haproxy.cfg\nsystemctl restart haproxy",
            "sed -i 's/a/b/' /etc/nginx/sites-available/harbour\nnginx -s reload",
            "sudo vi /etc/caddy/Caddyfile\nsudo systemctl reload caddy",
        ],
        &[
            "cp /srv/nginx.conf /etc/nginx/nginx.conf\nnginx -t && systemctl reload nginx",
            "systemctl reload nginx",
            "nano /etc/caddy/Caddyfile\ncaddy validate --config /etc/caddy/Caddyfile\nsystemctl reload caddy",
            "nano /srv/harbour/app.conf\nsystemctl restart harbour",
        ],
    );
    check(
        "sites-enabled-copy",
        "Proxy broken",
        &["sudo cp /srv/x.conf /etc/nginx/sites-enabled/x.conf", "echo x | sudo tee /etc/apache2/sites-enabled/x.conf"],
        &["cp /srv/x.conf /etc/nginx/sites-available/x.conf", "ln -s ../sites-available/x /etc/nginx/sites-enabled/x"],
    );
    check(
        "backup-in-tmp",
        "Back up",
        &["tar czf /tmp/mail.tgz /srv/mail", "pg_dump harbour > /tmp/h.sql", "sudo pg_dump -f /tmp/h.sql harbour"],
        &[
            "tar czf /srv/backups/mail.tgz /srv/mail",
            "umask 077\ntar czf /tmp/mail.tgz /srv/mail",
            "tar xzf /tmp/mail.tgz -C /srv",
            "pg_dump -f /tmp/h.sql harbour\nscp /tmp/h.sql vault:\nrm /tmp/h.sql",
        ],
    );
    check(
        "ssh-as-root",
        "Look",
        &["ssh root@quay-1", "ssh -p 22 root@<host> uptime"],
        &["ssh quay-1", "scp a quay-1:"],
    );
    let owned = |line: &str| {
        format!("# Ops\n\nThe code is in `/srv/harbour` (owned by `harbour`).\n\n## Deploy\n\n```bash\n{line}\n```\n")
    };
    for (line, told) in [
        ("sudo bash /srv/harbour/deploy.sh", true),
        ("sudo /srv/harbour/bin/deploy", true),
        ("sudo /usr/local/sbin/deploy-harbour", false),
        ("sudo -u harbour /srv/harbour/deploy.sh", false),
        ("/srv/harbour/deploy.sh", false),
    ] {
        assert_eq!(rules(&owned(line)).iter().any(|rule| rule == "root-runs-owned-file"), told, "{line}");
    }
    for (line, told) in [
        ("- **Credentials:** taken from `/etc/harbour/web.env`", true),
        ("- **Credentials:** taken from `/root/backup.env`", false),
        ("- **Target:** bucket `x`", false),
    ] {
        let text = format!("# Ops\n\n## Backup\n\n{line}\n");
        assert_eq!(rules(&text).iter().any(|rule| rule == "backup-credentials-shared"), told, "{line}");
    }
    for (code, told) in [
        ("source.backup(copy, pages=16, sleep=0.01)", true),
        ("sqlite3_backup_step(backup, 5);", true),
        ("backup.run_to_completion(100, Duration::from_millis(5), None)?;", true),
        ("sqlite3_backup_step(backup, -1);", false),
        ("source.backup(copy)", false),
        ("pages=16", false),
    ] {
        let text = format!("# Ops\n\n## Back up\n\n```python\n{code}\n```\n");
        assert_eq!(rules(&text).iter().any(|rule| rule == "sqlite-stepped-backup-starves"), told, "{code}");
    }
    let deploy = "# Ops\n\n## Deploy\n\n```bash\npg_dump -Fc -f x.dump h && alembic upgrade head\n```\n\n## Rollback\n\n```bash\ngit revert --no-edit <commit>\n```\n";
    assert!(rules(deploy).iter().any(|rule| rule == "rollback-ignores-migrations"));
    let told = format!("{deploy}\nThe schema stays: migrations only add.\n");
    assert!(!rules(&told).iter().any(|rule| rule == "rollback-ignores-migrations"));
}

#[test]
fn what_a_document_only_tells_about_is_not_held_against_it() {
    let has = |text: &str, rule: &str| rules(text).iter().any(|found| found == rule);
    let told = "# Ops\n\n## Layout\n\nStart command pattern: `/srv/bin/run apps/<name>/main.ts`\n";
    let ordered = "# Ops\n\n## Layout\n\nTo start one: `systemctl start quay-<name>`\n";
    assert!(!has(told, "PH01"), "a pattern is not typed");
    assert!(has(ordered, "PH01"));
    let script =
        "# Ops\n\n## Deploy\n\n```bash\nbash /srv/quay/deploy.sh\n```\n\nWhat it does:\n\n1. `git pull --ff-only`\n";
    assert!(!has(script, "EX04"), "the script changes to its folder by itself");
    check(
        "ST02",
        "Disk full",
        &["df -h\n# Clear the cache if it is large\nrm -rf /srv/cache/old"],
        &[
            "df -h\n# Remove leftovers if present\nrm -f /srv/cache/*.part",
            "df -h\n# When does it end?\ncertbot certificates",
        ],
    );
    check(
        "ST03",
        "Roll back",
        &["# Go through the release list\n# Edit compose.yml\ndocker compose up -d"],
        &["# START THE RELEASE BEFORE\n# Take the tag of yesterday\ndocker compose up -d"],
    );
    let guessed = "# Ops\n\n## Backup\n\nThe files of `quay` are saved each night.\n\n## Logs\n\n```bash\ndocker logs postgres  # or mysql, whatever runs\n```\n";
    assert!(!has(guessed, "DR07"), "nobody said that PostgreSQL runs here");
    assert!(has(&guessed.replace("  # or mysql, whatever runs", ""), "DR07"));
}
