//! The same mistakes written in other ways, and what looks like them and is right.

use super::super::kinds;
use crate::runbook::Runbook;

/// A document of one procedure with one block; `title` and `lead` stand above it.
pub(super) fn document(title: &str, lead: &str, block: &str) -> String {
    format!(
        "# Ops\n\nThe harbour keeps its data in SQLite and runs in Docker.\n\n## {title}\n\n{lead}\n\n```bash\n{block}\n```\n"
    )
}

pub(super) fn rules(text: &str) -> Vec<String> {
    Runbook::read([("ops.md", text)]).findings.iter().map(|f| f.rule.to_string()).collect()
}

/// Each block is found by the rule, and none of the others.
pub(super) fn check(rule: &str, title: &str, wrong: &[&str], right: &[&str]) {
    assert!(kinds().iter().any(|kind| kind.id == rule), "{rule}");
    let mut missed = Vec::new();
    for block in wrong.iter().filter(|block| !rules(&document(title, "", block)).iter().any(|found| found == rule)) {
        missed.push(format!("{rule} does not find\n{block}\n"));
    }
    for block in right.iter().filter(|block| rules(&document(title, "", block)).iter().any(|found| found == rule)) {
        missed.push(format!("{rule} finds\n{block}\n"));
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn silences_say_that_they_are_json() {
    check(
        "alertmanager-content-type",
        "Silence an alert",
        &[
            "curl -X POST http://localhost:9093/api/v2/silences -d '{\"matchers\": []}'",
            "curl -s --data @silence.json https://alerts.harbour.example/api/v2/silences",
            "ssh quay-1 curl -XPOST --data-binary @s.json http://127.0.0.1:9093/api/v2/silences",
            "docker exec alertmanager wget -qO- --post-data='{}' http://localhost:9093/api/v2/silences",
            "curl \\\n  --data-raw '[{}]' \\\n  http://alertmanager:9093/api/v2/alerts",
        ],
        &[
            "curl -X POST http://localhost:9093/api/v2/silences -H 'Content-Type: application/json' -d '{}'",
            "curl --json '{}' http://localhost:9093/api/v2/silences",
            "curl -s http://localhost:9093/api/v2/silences",
            "curl -d 'a=b' http://localhost:8080/api/v2/orders",
            "amtool silence add alertname=HighLoad instance=a --comment=x",
        ],
    );
    check(
        "silence-too-wide",
        "Silence an alert",
        &[
            "amtool silence add HighLoad -d 2h -c 'looking'",
            "amtool --alertmanager.url=http://localhost:9093 silence add alertname=HighLoad",
            "curl --json '{\"matchers\": [{\"name\": \"alertname\", \"value\": \"X\"}]}' http://localhost:9093/api/v2/silences",
        ],
        &[
            "amtool silence add alertname=HighLoad instance=quay-1",
            "amtool silence query alertname=HighLoad",
            "curl --json '{\"matchers\": [{\"name\": \"alertname\"}, {\"name\": \"instance\"}]}' http://localhost:9093/api/v2/silences",
        ],
    );
}

#[test]
fn a_block_that_does_not_block_is_told() {
    check(
        "ufw-append-after-allow",
        "Block an attacker",
        &[
            "ufw deny from 203.0.113.9",
            "sudo ufw reject from <ip> to any",
            "sudo ufw deny proto tcp from 203.0.113.0/24 to any port 443",
            "ssh quay-1 'sudo ufw deny from 203.0.113.9 to any'",
            "iptables -A INPUT -s 203.0.113.9 -j DROP",
            "sudo iptables --append INPUT --source 203.0.113.9 --jump REJECT",
        ],
        &[
            "ufw insert 1 deny from 203.0.113.9", "ufw prepend deny from 203.0.113.9",
            "ufw delete deny from 203.0.113.9", "ufw deny 3306", "ufw default deny incoming",
            "ufw allow from 203.0.113.9", "iptables -I INPUT 1 -s 203.0.113.9 -j DROP",
            "iptables -A INPUT -p tcp --dport 23 -j DROP",
        ],
    );
    check(
        "docker-bypasses-input",
        "Block an attacker",
        &["ufw insert 1 deny from 203.0.113.9", "sudo iptables -I INPUT -s <ip> -j DROP"],
        &["iptables -I DOCKER-USER -s 203.0.113.9 -j DROP", "ufw deny 3306", "ufw status"],
    );
    check(
        "fail2ban-port-scope",
        "Block an attacker",
        &["fail2ban-client set sshd banip 203.0.113.9", "sudo fail2ban-client -v set ssh-ddos banip <ip>"],
        &[
            "fail2ban-client set sshd unbanip 203.0.113.9", "fail2ban-client set recidive banip 203.0.113.9",
            "fail2ban-client status sshd", "fail2ban-client set manual-allports banip 203.0.113.9",
        ],
    );
    let about_ssh = "fail2ban-client set sshd banip <ip>";
    check("fail2ban-port-scope", "SSH brute force", &[], &[about_ssh]);
    let without = "# Ops\n\n## Block\n\n```bash\nufw insert 1 deny from 203.0.113.9\n```\n";
    assert!(!rules(without).iter().any(|rule| rule == "docker-bypasses-input"), "no container is spoken of");
}

#[test]
fn a_variables_name_is_not_its_value() {
    check(
        "sed-literal-var",
        "Rotate the password",
        &[
            "sed -i \"s/OLD_PASSWORD/$NEW_PASSWORD/g\" /srv/harbour/.env",
            "sudo sed -i -e \"s|OLD_TOKEN|${NEW_TOKEN}|\" config.yml",
            "sed --in-place=.bak \"s#CURRENT_KEY#$KEY_NEXT#\" app.ini",
            "psql -c \"ALTER ROLE x PASSWORD '$DB_SECRET'\"\nsed -i \"s/DB_SECRET/$NEXT_SECRET/\" app.conf",
            "sed -i 's/$OLD_PASSWORD/$NEW_PASSWORD/' .env",
            "ssh quay-1 \"sed -i 's/OLD_PASSWORD/$NEW_PASSWORD/' /srv/.env\"",
            "perl -pi -e \"s/OLD_SECRET/$NEW_SECRET/\" .env",
        ],
        &[
            "sed -i \"s|^DB_PASSWORD=.*|DB_PASSWORD=$NEW_PASSWORD|\" .env",
            "sed -i \"s/$OLD_PASSWORD/$NEW_PASSWORD/\" .env",
            "sed -i \"s/DB_HOST/$DB_HOST/\" nginx.conf",
            "sed \"s/OLD_PASSWORD/$NEW_PASSWORD/\" app.conf.template > app.conf",
            "sed -i 's/foo/bar/' .env",
        ],
    );
}

#[test]
fn pm2_follows_and_keeps_what_it_knows() {
    check(
        "pm2-logs-follow",
        "Look for errors",
        &[
            "pm2 logs harbour-api | grep -i error", "pm2 logs harbour-api --lines 500 | grep -c timeout",
            "sudo -u harbour pm2 logs | awk '{print $1}'", "ssh quay-1 'pm2 logs harbour-api --err | tail -20'",
            "pm2 logs harbour-api > /tmp/api.log", "COUNT=$(pm2 logs harbour-api | wc -l)",
        ],
        &[
            "pm2 logs harbour-api --nostream --lines 500 | grep -c timeout",
            "pm2 logs --nostream | grep error",
            "timeout 10 pm2 logs harbour-api | grep error",
            "pm2 list | grep online",
            "tail -n 100 ~/.pm2/logs/harbour-api-error.log | grep error",
        ],
    );
    check(
        "pm2-logs-out-flag",
        "Keep the logs",
        &[
            "pm2 logs harbour-api --out /srv/app.log", "pm2 logs --err ./errors.txt harbour-api",
            "sudo pm2 logs harbour-api --out=/srv/app.log",
        ],
        &[
            "pm2 logs harbour-api --out",
            "pm2 logs --out harbour-api",
            "pm2 logs harbour-api --nostream --lines 100 --out > /srv/app.log",
            "pm2 start app.js --output /srv/app.log",
        ],
    );
    check(
        "pm2-env-not-reloaded",
        "Switch payments off",
        &[
            "echo 'PAYMENTS=off' >> /srv/harbour/.env\npm2 restart harbour-api",
            "nano /srv/harbour/.env\n# Set PAYMENTS\npm2 reload harbour-api",
            "sed -i 's/on/off/' .env.production\nsudo pm2 restart all",
            "export PAYMENTS=off\npm2 restart harbour-api",
            "echo PAYMENTS=off | sudo tee -a /srv/harbour/.env && pm2 restart harbour-api",
            "cp /srv/config/.env /srv/harbour/.env\npm2 restart 0",
            "# Set PAYMENTS in /srv/harbour/.env\npm2 restart harbour-api",
        ],
        &[
            "echo 'PAYMENTS=off' >> .env\npm2 restart harbour-api --update-env",
            "echo 'PAYMENTS=off' >> .env\npm2 restart ecosystem.config.js",
            "pm2 restart harbour-api",
            "cat .env\npm2 restart harbour-api",
            "nano .env\npm2 delete harbour-api\npm2 start ecosystem.config.js\npm2 restart harbour-api",
        ],
    );
}

#[test]
fn a_failure_behind_a_pipe_is_told() {
    check(
        "pipe-hides-failure",
        "Back up",
        &[
            "pg_dump harbour | gzip > /srv/backups/h.sql.gz",
            "sudo -u postgres pg_dumpall | gzip -9 > all.sql.gz",
            "docker exec db pg_dump -U app harbour | gzip > h.sql.gz",
            "docker compose exec -T db mysqldump --all-databases | zstd > all.zst",
            "mysqldump harbour | ssh vault 'cat > h.sql'",
            "kubectl exec db-0 -- pg_dump harbour | aws s3 cp - s3://harbour-backups/h.sql",
            "tar cz /srv/mail | ssh vault 'cat > mail.tgz'",
            "mongodump --archive | gzip > m.gz",
            "ssh db-1 'pg_dump harbour | gzip > /srv/h.gz'",
            "pg_dump harbour > before.sql\npsql -X -v ON_ERROR_STOP=1 harbour -f migration.sql",
            "./deploy.sh 2>&1 | tee deploy.log",
            "sqlite3 /srv/harbour.db .dump | gzip > h.sql.gz",
        ],
        &[
            "set -o pipefail\npg_dump harbour | gzip > h.sql.gz",
            "set -euo pipefail\npg_dump harbour | gzip > h.sql.gz",
            "bash -o pipefail -c 'pg_dump harbour | gzip > h.sql.gz'",
            "pg_dump -Fc -f h.dump harbour",
            "pg_dump harbour > before.sql && psql -X -v ON_ERROR_STOP=1 -f migration.sql",
            "pg_dump harbour > before.sql\ntest -s before.sql || exit 1\npsql -v ON_ERROR_STOP=1 -f migration.sql",
            "pg_dump harbour > h.sql",
            "journalctl -u harbour | gzip > j.gz",
            "pg_dump a | psql -v ON_ERROR_STOP=1 b",
            "docker compose logs | tee logs.txt",
        ],
    );
}

#[test]
fn a_restore_that_goes_on_is_told() {
    check(
        "psql-continues",
        "Restore",
        &[
            "gunzip < h.sql.gz | psql \"$URL\"",
            "zcat h.sql.gz | docker exec -i db psql -U app harbour",
            "psql harbour < /srv/backups/h.sql",
            "psql -d harbour --file=/srv/backups/h.sql",
            "docker compose exec -T db psql -U app < h.sql",
            "kubectl exec -i db-0 -- psql < h.sql",
            "sudo -u postgres psql -1 -f h.sql",
            "psql harbour <<'SQL'\nDELETE FROM berths;\nINSERT INTO berths VALUES (1);\nSQL",
            "psql harbour -f migrations/0007.sql",
        ],
        &[
            "gunzip < h.sql.gz | psql -v ON_ERROR_STOP=1 \"$URL\"",
            "psql --set=ON_ERROR_STOP=on -f h.sql",
            "psql --set ON_ERROR_STOP=1 -1 -f h.sql",
            "psql harbour -c 'SELECT 1'",
            "psql -l",
            "psql harbour <<< 'SELECT 1'",
            "pg_restore -e -d harbour h.dump",
            "psql harbour -Atc 'SELECT count(*) FROM berths' | grep -qx 7",
        ],
    );
    check(
        "sqlite-restore-stale-wal",
        "Restore the database",
        &[
            "systemctl stop harbour\ncp /srv/backups/harbour.db /srv/harbour/harbour.db\nsystemctl start harbour",
            "sudo install -o app -m 600 /srv/backups/harbour.db /srv/harbour/harbour.db",
            "gunzip -c /srv/backups/harbour.db.gz > /srv/harbour/harbour.db",
            "mv /tmp/restored.sqlite3 /srv/harbour/harbour.sqlite3",
            "docker cp harbour-backup.db harbour:/data/harbour.db",
            "ssh quay-1 'cp /srv/backups/h.db /srv/harbour/h.db'",
            "rclone copyto vault:harbour-backups/h.db /srv/harbour/h.db",
            "cp /srv/backups/harbour.db /srv/harbour/",
            "rclone copyto vault:harbour/h.db /var/tmp/h.db\ncp /var/tmp/h.db /srv/harbour/harbour.db",
        ],
        &[
            "rm -f /srv/harbour/harbour.db-wal /srv/harbour/harbour.db-shm\ncp /srv/backups/harbour.db /srv/harbour/harbour.db",
            "rm -f /srv/harbour/harbour.db*\ncp /srv/backups/harbour.db /srv/harbour/harbour.db",
            "mv /srv/harbour/harbour.db{,-wal,-shm} /srv/old/\ncp /srv/backups/harbour.db /srv/harbour/harbour.db",
            "sqlite3 /srv/harbour/harbour.db \".restore '/srv/backups/harbour.db'\"",
            "cp /srv/harbour/harbour.db /srv/backups/harbour.db",
            "cp /srv/backups/harbour.db /tmp/look.db",
            "cp /srv/backups/nginx.conf /etc/nginx/nginx.conf",
        ],
    );
    check(
        "sqlite-live-cp",
        "Back up",
        &[
            "cp /srv/harbour/harbour.db /srv/backups/harbour-$(date +%F).db",
            "sudo rsync -a /srv/harbour/harbour.sqlite vault:/backups/",
            "scp quay-1:/srv/harbour/harbour.db .",
            "docker cp harbour:/data/harbour.db ./harbour-copy.db",
            "aws s3 cp /srv/harbour/harbour.db s3://harbour-backups/",
            "tar czf /srv/backups/h.tgz /srv/harbour/harbour.db",
            "gzip -c /srv/harbour/harbour.db > /srv/backups/h.gz",
        ],
        &[
            "sqlite3 /srv/harbour/harbour.db \".backup '/srv/backups/h.db'\"",
            "systemctl stop harbour\ncp /srv/harbour/harbour.db /srv/backups/h.db\nsystemctl start harbour",
            "docker compose stop\ncp /srv/harbour/harbour.db /srv/backups/h.db\ndocker compose start",
            "cp /srv/backups/h.db /srv/other/h.db.copy",
            "cp /srv/harbour/notes.txt /srv/backups/",
            "rclone copyto vault:harbour/2025-10-01.db /var/tmp/harbour.db",
        ],
    );
}

#[test]
fn a_way_back_that_is_taken_once_only_is_told() {
    check(
        "mv-rollback-nests",
        "Roll back",
        &[
            "cd /srv\nmv harbour harbour-broken\nmv harbour-previous harbour",
            "sudo mv /srv/harbour /srv/harbour.bad && sudo mv /srv/harbour.prev /srv/harbour",
            "ssh quay-1 'mv /srv/app /srv/app_failed; mv /srv/app_old /srv/app'",
            "mv current/ current-broken\nmv previous current\nsystemctl restart harbour",
        ],
        &[
            "mv harbour harbour-broken-$(date +%s)\nmv harbour-previous harbour",
            "rm -rf harbour-broken\nmv harbour harbour-broken\nmv harbour-previous harbour",
            "mv -T harbour harbour-broken\nmv -T harbour-previous harbour",
            "mv app.conf app.conf.broken\nmv app.conf.previous app.conf",
            "mv a b\nmv c d",
        ],
    );
    check(
        "symlink-nonatomic",
        "Roll back",
        &[
            "rm /srv/harbour/current\nln -s /srv/harbour/releases/7 /srv/harbour/current",
            "ln -sfn /srv/harbour/releases/<release> /srv/harbour/current",
            "sudo ln --symbolic --force --no-dereference releases/7 current",
            "ln -sf /srv/harbour/releases/7 /srv/harbour/current",
            "unlink current && ln -s releases/7 current",
        ],
        &[
            "ln -s releases/7 current.new && mv -T current.new current",
            "ln -sf /etc/nginx/sites-available/harbour /etc/nginx/sites-enabled/harbour",
            "ln -s /usr/lib/node /srv/node",
        ],
    );
    check(
        "prune-eats-rollback",
        "Disk full",
        &[
            "docker system prune -a", "docker system prune -af --volumes", "sudo docker image prune --all --force",
            "docker image prune -f -a", "podman system prune --all", "ssh quay-1 docker system prune -a -f",
            "docker rmi $(docker images -q)", "crictl rmi --prune",
        ],
        &[
            "docker image prune -f", "docker system prune -f", "docker image prune -a --filter \"label!=keep\"",
            "docker builder prune -a", "docker system df", "docker rmi harbour:1.2",
        ],
    );
    check(
        "age-delete-last-backup",
        "Disk full",
        &[
            "find /srv/backups -mtime +7 -delete",
            "sudo find /var/backups/harbour -type f -name '*.gz' -mtime +30 -exec rm {} \\;",
            "find /srv -name '*.sql.gz' -mmin +10080 -print0 | xargs -0 rm -f",
            "ssh vault \"find /srv/backups -mtime +7 -delete\"",
            "rclone delete --min-age 30d vault:harbour-backups",
            "docker exec db find /backups -ctime +3 -exec rm -f {} +",
            "mc rm --recursive --force --older-than 7d vault/backups",
        ],
        &[
            "[ -n \"$(find /srv/backups -mtime -1)\" ] && find /srv/backups -mtime +7 -delete",
            "ls -1t /srv/backups/*.gz | tail -n +8 | xargs -r rm --",
            "find /srv/backups -mtime +7 -print",
            "find /tmp -mtime +2 -delete",
            "/usr/local/bin/backup.sh && find /srv/backups -mtime +7 -delete",
        ],
    );
}

#[test]
fn compose_keeps_old_settings_and_drops_old_containers() {
    check(
        "compose-restart-ignores-edits",
        "Wrong version",
        &[
            "nano docker-compose.yml\ndocker compose restart",
            "sed -i 's/TAG=.*/TAG=1.2/' .env\nsudo docker-compose restart harbour",
            "# Update the URL in .env\ndocker compose -f stack.yml restart harbour",
            "echo TAG=1.2 >> .env\ndocker restart harbour",
            "vim compose.yaml && docker compose restart",
        ],
        &[
            "nano docker-compose.yml\ndocker compose up -d",
            "docker compose restart harbour",
            "nano docker-compose.yml\ndocker compose up -d\ndocker compose restart proxy",
            "cat .env\ndocker compose restart harbour",
        ],
    );
    check(
        "compose-wait-no-rollback",
        "Deploy",
        &[
            "docker compose pull\ndocker compose up -d",
            "docker compose pull && docker compose up -d --wait",
            "docker-compose build api\ndocker-compose up -d api",
            "ssh quay-1 'cd /srv/harbour && docker compose pull && docker compose up -d'",
            "docker compose up -d --build",
        ],
        &[
            "docker compose up -d",
            "docker compose pull\ndocker compose up -d --wait || ./rollback.sh",
            "docker compose pull",
        ],
    );
    let edited = "\n## Wrong address\n\nUpdate the address in `.env`.\n";
    let reference = |edited: &str| {
        format!("# Ops\n\n## Quick Reference\n\n```bash\ndocker compose ps\ndocker compose restart api\n```\n{edited}")
    };
    let offered = |text: &str| rules(text).iter().any(|rule| rule == "compose-restart-ignores-edits");
    assert!(offered(&reference(edited)), "offered as the way to restart, where people edit such files");
    assert!(!offered(&reference("")));
    let prose =
        "# Ops\n\n## Wrong address\n\n**Fix:**\n\n1. Correct `URL` in `.env`\n2. Run `docker compose restart api`\n";
    assert!(offered(prose));
    check(
        "image-latest",
        "Deploy",
        &[
            "docker run -d harbour/api:latest", "docker pull harbour/api:latest",
            "#   image: ghcr.io/harbour/api:latest",
        ],
        &["docker run -d harbour/api:1.2", "docker images | grep latest", "docker rmi harbour/api:latest"],
    );
}

#[test]
fn indexes_are_rebuilt_beside_the_old_ones() {
    check(
        "reindex-concurrently",
        "Slow queries",
        &[
            "psql -c 'REINDEX DATABASE harbour;'",
            "docker exec db psql -U app -d harbour -c \"reindex table berths\"",
            "sudo -u postgres psql --command='REINDEX (VERBOSE) INDEX berths_by_day'",
            "psql harbour <<SQL\nANALYZE;\nREINDEX SCHEMA public;\nSQL",
            "reindexdb harbour",
        ],
        &[
            "psql -c 'REINDEX DATABASE CONCURRENTLY harbour;'", "reindexdb --concurrently harbour",
            "sqlite3 h.db 'REINDEX berths'", "psql -c 'SELECT 1 -- reindex table later'", "echo REINDEX TABLE berths",
        ],
    );
}
