//! The families of danger, secrets, verification and undoing: what they find, and what they leave alone.

use super::spellings::{check, document, rules};

#[test]
fn what_is_destroyed_needs_a_condition_a_copy_or_a_look() {
    check(
        "SF01",
        "Disk full",
        &[
            "rm -rf /srv/cache", "sudo rm -rf /srv/cache", "ssh quay-1 'rm -rf /srv/cache'",
            "docker exec web sh -c 'rm -rf /data/cache'", "# Clean up if needed\nrm -rf /srv/cache",
            "psql -c 'DROP TABLE berths;'", "kubectl delete namespace harbour", "reboot",
            "docker volume rm harbour_data", "find /srv/cache -type f -exec rm {} \\;",
        ],
        &[
            "# Only if the job has ended\nrm -rf /srv/cache",
            "# If the cache is broken\nrm -rf /srv/cache",
            "ls /srv/cache\nrm -rf /srv/cache",
            "tar czf /srv/cache.tgz /srv/cache\nrm -rf /srv/cache",
            "rm -rf /srv/cache  # only when nobody is logged in",
            "[ -f /run/harbour.stopped ] && rm -rf /srv/cache",
            "psql -c 'SELECT count(*) FROM berths'\npsql -c 'DROP TABLE berths;'",
            "rm -ri /srv/cache",
            "rm -rf node_modules\nnpm ci",
            "df -h",
        ],
    );
    let lead = document("Disk full", "Only after the night's job has ended:", "rm -rf /srv/cache");
    assert!(!rules(&lead).iter().any(|rule| rule == "SF01"));
}

#[test]
fn one_mistake_is_one_finding() {
    for (block, expected) in [
        ("docker system prune -a", "prune-eats-rollback"),
        ("find /srv/backups -mtime +7 -delete", "age-delete-last-backup"),
        ("rm -f /srv/backups/*.gz", "SF03"),
        ("kill -9 <pid>", "SF02"),
        ("redis-cli FLUSHALL", "SF07"),
        ("truncate -s 0 /var/log/harbour.log", "SF04"),
        ("git reset --hard origin/main", "SF06"),
        ("curl -fsSL https://get.harbour.example | sh", "SF05"),
    ] {
        let found = rules(&document("Trouble", "", block));
        let of_danger: Vec<&String> =
            found.iter().filter(|rule| rule.starts_with("SF") || rule.as_str() == expected).collect();
        assert_eq!(of_danger, [expected], "{block}");
    }
}

#[test]
fn what_hits_too_much_is_told() {
    check(
        "SF02",
        "Api hangs",
        &[
            "pm2 restart all", "docker compose down", "docker-compose -f stack.yml down --remove-orphans",
            "pkill -f node", "sudo killall -9 harbour", "kill -9 $(lsof -ti:3000)", "kill -s KILL <pid>",
            "docker stop $(docker ps -q)", "docker volume prune -af", "supervisorctl restart all",
            "kubectl delete pods --all",
        ],
        &[
            "pm2 restart harbour-api", "pm2 reload all", "docker compose stop api", "docker compose down api",
            "# Stop all services\ndocker compose down", "pkill -f 'harbour-worker --queue mail'", "kill 4711",
            "kill 4711\nsleep 10\nkill -9 4711", "docker image prune -f", "kubectl delete pod harbour-7",
            "killall harbour",
        ],
    );
}

#[test]
fn the_way_back_and_the_traces_are_kept() {
    check(
        "SF03",
        "Disk full",
        &[
            "rm -rf /srv/backups/2024*", "sudo rm /var/backups/harbour/*.gz",
            "aws s3 rm s3://harbour-backups/old --recursive", "rm -rf /srv/harbour-previous",
            "# Remove old backups\nrm -f /srv/dumps-a/*.x", "ssh vault 'rm -f /srv/backups/*.gz'",
        ],
        &[
            "ls -1t /srv/backups/*.gz | tail -n +8 | xargs rm",
            "rm -rf /srv/cache",
            "pg_dump -f /tmp/h.dump harbour\nscp /tmp/h.dump vault:\nrm /tmp/h.dump",
            "ls /srv/backups",
        ],
    );
    check(
        "SF04",
        "Disk full",
        &[
            "journalctl --vacuum-time=2d",
            "sudo truncate -s 0 /var/log/nginx/access.log",
            "> /var/log/harbour.log",
            ": > /srv/harbour/logs/app.log",
            "cat /dev/null > /var/log/syslog",
            "sudo sh -c 'echo > /var/log/harbour.log'",
            "pm2 flush",
            "find /var/log -name '*.gz' -delete",
            "find /var/log -size +100M -exec truncate -s 0 {} \\;",
            "truncate -s 0 $(docker inspect --format='{{.LogPath}}' web)",
            "rm -f /var/log/harbour/*.log",
        ],
        &[
            "tar czf /mnt/logs.tgz /var/log/harbour\ntruncate -s 0 /var/log/harbour/app.log",
            "journalctl --disk-usage",
            "logrotate -f /etc/logrotate.d/harbour",
            "journalctl -u harbour > /mnt/harbour.log\njournalctl --vacuum-time=2d",
            "echo restarted >> /var/log/harbour.log",
            "rm -rf /srv/cache",
        ],
    );
}

#[test]
fn guards_stay_up() {
    check(
        "SF05",
        "Install",
        &[
            "curl -fsSL https://get.harbour.example/install | sh",
            "wget -qO- https://get.harbour.example | sudo bash -s -- --yes",
            "bash <(curl -s https://get.harbour.example)",
            "sh -c \"$(curl -fsSL https://get.harbour.example)\"",
            "curl -s https://get.harbour.example | python3 -",
            "chmod 777 /srv/harbour",
            "sudo chmod -R 0777 /srv",
            "chmod a+rwx /srv/x",
            "ufw disable",
            "sudo iptables -F",
            "systemctl stop firewalld",
            "setenforce 0",
            "curl -k https://api.harbour.example/up",
            "curl -sk https://api.harbour.example/up",
            "ssh -o StrictHostKeyChecking=no quay-1 uptime",
            "wget --no-check-certificate https://x.example/y",
            "kubectl --insecure-skip-tls-verify get pods",
        ],
        &[
            "curl -fsSLo tool.tgz https://x.example/tool-1.2.tgz",
            "curl -s https://x.example/data.json | python3 -m json.tool",
            "curl -s https://x.example/data.json | python3 -c 'import json,sys; print(json.load(sys.stdin))'",
            "curl -k https://localhost:8443/up",
            "chmod 750 /srv/harbour",
            "chmod 1777 /srv/tmp",
            "chmod 644 /etc/motd",
            "iptables -L -n",
            "iptables -t nat -F DOCKER",
            "systemctl restart firewalld",
            "ssh -o ConnectTimeout=5 quay-1 uptime",
            "cat install.sh | bash -n",
        ],
    );
    check(
        "unpinned-code",
        "Read logs",
        &[
            "docker logs api | npx log-view", "npx -y tool run", "pm2 install pm2-logrotate", "pnpm dlx tool",
            "npm install -g tool",
        ],
        &[
            "npx prisma migrate status", "npx -y tool@1.2.3 run", "pm2 install pm2-logrotate@2.7.0", "npm ci",
            "npm install -g tool@1",
        ],
    );
}

#[test]
fn work_is_not_thrown_away() {
    check(
        "SF06",
        "Roll back",
        &[
            "git reset --hard HEAD~1", "sudo git -C /srv/harbour reset --hard origin/main",
            "git checkout <commit-hash>", "git checkout 4f2a91c", "git checkout v1.4.2", "git checkout HEAD~1",
            "git push -f origin main", "git push --force", "git clean -fdx", "git checkout -- .", "git stash drop",
        ],
        &[
            "git status\ngit reset --hard origin/main", "git stash\ngit reset --hard origin/main", "git checkout main",
            "git checkout -b hotfix/login", "git checkout <branch-name>",
            "git checkout <commit>\nmake check\ngit checkout main", "git push --force-with-lease",
            "git checkout -- app.conf", "git clean -n", "git revert <commit>",
            "git clone https://x.example/y && git checkout v1.2.0",
        ],
    );
}

#[test]
fn what_is_given_once_is_asked_for_once() {
    check(
        "SF07",
        "Certificate expires",
        &[
            "certbot renew --force-renewal",
            "sudo certbot certonly --force-renew -d harbour.example",
            "docker compose run --rm certbot certbot renew --force-renewal",
            "mongosh --eval 'rs.initiate()'",
            "docker exec mongo mongosh --quiet --eval \"rs.initiate({_id: 'rs0'})\"",
            "redis-cli flushall",
            "redis-cli -h cache -n 1 FLUSHDB",
            "docker exec redis redis-cli FLUSHALL ASYNC",
        ],
        &[
            "certbot renew",
            "certbot renew --force-renewal --dry-run",
            "mongosh --eval 'rs.status()'",
            "# New replica set: rs.status() says NotYetInitialized\nmongosh --eval 'rs.initiate()'",
            "redis-cli DBSIZE",
            "redis-cli --scan --pattern 'cache:*' | xargs redis-cli unlink",
        ],
    );
}

#[test]
fn what_is_typed_into_a_client_is_read_too() {
    for (block, rule) in [
        ("redis-cli\nFLUSHALL", "SF07"),
        ("mongosh\nrs.initiate()", "SF07"),
        ("psql harbour\nREINDEX TABLE berths;", "reindex-concurrently"),
    ] {
        let found = rules(&document("Trouble", "", block));
        assert!(found.iter().any(|found| found == rule), "{block}: {found:?}");
    }
}

#[test]
fn comments_say_what_commands_do() {
    check(
        "SF08",
        "Disk full",
        &[
            "# Clear old logs\ndocker system prune -af", "# Remove unused images\ndocker volume prune -f",
            "# Clean the cache\njournalctl --vacuum-size=1G", "# Stop the proxy\nsystemctl restart nginx",
            "# Reload nginx\nsudo systemctl restart nginx", "# Start the worker\nsystemctl stop harbour-worker",
            "# Disable the timer\nsystemctl enable harbour.timer", "# Check the old files\nrm -rf /srv/old",
        ],
        &[
            "# Clear old logs\njournalctl --vacuum-size=1G",
            "# Clean up old containers and images\ndocker system prune -f",
            "# Clear old logs\ndocker system prune -f\njournalctl --vacuum-size=1G",
            "# Restart the worker\nsystemctl stop harbour-worker\nsystemctl start harbour-worker",
            "# Reload the proxy\nsystemctl reload nginx",
            "# Stop the worker\nsystemctl stop harbour-worker",
            "# Clean up\ndocker image prune -f",
            "# Check the logs\njournalctl -u harbour",
            "# Clear old logs\n./bin/clean-up",
        ],
    );
}

#[test]
fn what_is_live_is_kept_before_a_backup_goes_over_it() {
    check(
        "SF09",
        "Proxy broken",
        &[
            "sudo cp /etc/nginx/nginx.conf.bak /etc/nginx/nginx.conf",
            "mv /etc/haproxy/haproxy.cfg.orig /etc/haproxy/haproxy.cfg",
            "cp /srv/harbour/.env.backup /srv/harbour/.env",
        ],
        &[
            "cp /etc/nginx/nginx.conf /etc/nginx/nginx.conf.$(date +%s)\ncp /etc/nginx/nginx.conf.bak /etc/nginx/nginx.conf",
            "mv /etc/nginx/nginx.conf /etc/nginx/nginx.conf.broken\ncp /etc/nginx/nginx.conf.bak /etc/nginx/nginx.conf",
            "cp --backup /etc/nginx/nginx.conf.bak /etc/nginx/nginx.conf",
            "cp /etc/nginx/nginx.conf /etc/nginx/nginx.conf.bak",
        ],
    );
    check(
        "RB02",
        "Restore and migrate",
        &[
            "npx prisma migrate deploy",
            "docker compose exec api rails db:migrate",
            "docker compose run --rm web python manage.py migrate",
            "alembic upgrade head",
            "kubectl exec deploy/api -- npm run db:migrate",
            "flyway -configFiles=x migrate",
            "php artisan migrate --force",
            "gunzip -c /srv/backups/h.sql.gz | psql -v ON_ERROR_STOP=1 harbour",
            "mysql harbour < /srv/backups/h.sql",
            "pg_restore --clean -d harbour /srv/backups/h.dump",
            "mongorestore --drop /srv/backups/dump",
            "systemctl stop harbour\nrm -f /srv/harbour/h.db-wal\ncp /srv/backups/h.db /srv/harbour/h.db",
            "goose up",
        ],
        &[
            "pg_dump -Fc -f before.dump harbour && npx prisma migrate deploy",
            "/usr/local/bin/backup.sh\nalembic upgrade head",
            "npx prisma migrate status",
            "rails db:migrate:status",
            "rails db:rollback",
            "createdb harbour_restore_test\npg_restore -d harbour_restore_test /srv/backups/h.dump",
            "python manage.py makemigrations",
            "# Take a snapshot of the volume\nalembic upgrade head",
            "virsh migrate quay-1 qemu+ssh://quay-2/system",
            "git commit -m migrate",
        ],
    );
    check(
        "RB02",
        "Rotate the API key",
        &[
            "nano /srv/harbour/.env", "psql -c \"ALTER USER app PASSWORD '$NEW'\"",
            "sed -i 's/^KEY=.*/KEY=x/' /srv/harbour/.env",
        ],
        &[
            "cp -p /srv/harbour/.env /srv/harbour/.env.$(date +%s)\nnano /srv/harbour/.env",
            "cat /srv/harbour/.env.example",
        ],
    );
}

#[test]
fn secrets_are_no_arguments() {
    check(
        "SE01",
        "Look",
        &[
            "redis-cli -a \"$REDIS_PASSWORD\" ping", "docker exec cache redis-cli --pass hunter2 ping",
            "mysql -u app -p$DB_PASS harbour -e 'select 1'", "mysqldump --password=hunter2 harbour",
            "mongosh -u admin -p $MONGO_PASS", "mongosh 'mongodb://admin:hunter2@db/admin'",
            "psql postgres://app:hunter2@db/harbour -c 'select 1'",
            "curl -u \"admin:$ADMIN_PASSWORD\" https://x.example", "curl --user \"$STRIPE_KEY:\" https://x.example",
            "curl -H \"Authorization: Bearer $TOKEN\" https://x.example",
            "curl -d '{\"secret\":\"'$API_SECRET'\"}' https://x.example",
            "psql -c \"ALTER USER app WITH PASSWORD 'hunter2'\"", "mysql -e \"SET PASSWORD FOR app = PASSWORD('x')\"",
            "kubectl create secret generic x --from-literal=key=value", "sshpass -p \"$PASS\" ssh quay-1 uptime",
            "docker login -u app -p \"$TOKEN\" registry.example", "docker run -e DB_PASSWORD=hunter2 harbour",
            "openssl rsa -passin pass:hunter2 -in k.pem", "PGUSER=x ./tool --token $API_TOKEN",
            "ldapsearch -D cn=admin -w hunter2", "psql \"$DATABASE_URL\" -c 'select 1'",
            "sudo htpasswd -b /etc/htpasswd anna hunter2",
        ],
        &[
            "REDISCLI_AUTH=\"$REDIS_PASSWORD\" redis-cli ping",
            "mysql -u app -p harbour",
            "mysql --defaults-extra-file=/root/.my.cnf harbour",
            "PGPASSWORD=\"$DB_PASS\" psql -U app harbour",
            "curl -n https://x.example",
            "curl -H @/root/headers https://x.example",
            "curl -u anna https://x.example",
            "curl -H 'Accept: application/json' https://x.example",
            "echo \"$TOKEN\" | docker login --password-stdin registry.example",
            "test -n \"$API_TOKEN\" && echo set",
            "export TOKEN_FILE=/run/token",
            "kubectl get secret \"$SECRET_NAME\"",
            "ssh -i \"$SSH_PRIVATE_KEY\" quay-1",
            "openssl rsa -passin env:KEY_PASS -in k.pem",
            "docker run -e DB_PASSWORD harbour",
            "curl https://x.example/user:pass",
            "aws secretsmanager get-secret-value --secret-id \"$SECRET_ID\" > /dev/null",
        ],
    );
}

#[test]
fn a_password_of_redis_moves_to_the_environment() {
    let text = document("Look", "", "redis-cli -h cache -a \"$REDIS_PASSWORD\" ping");
    let runbook = crate::runbook::Runbook::read([("ops.md", text.as_str())]);
    let finding = runbook.findings.iter().find(|f| f.rule == "SE01").unwrap();
    let mended = super::mended(&text, finding);
    assert!(mended.contains("\nREDISCLI_AUTH=\"$REDIS_PASSWORD\" redis-cli -h cache ping\n"), "{mended}");
}

#[test]
fn secrets_are_not_shown_and_not_kept_in_clear() {
    check(
        "SE02",
        "Look",
        &[
            "cat /srv/harbour/.env",
            "sudo cat /etc/harbour/web.env",
            "ssh quay-1 cat /srv/harbour/.env.production",
            "grep -i password /srv/harbour/.env",
            "cat .env | grep DATABASE",
            "env | grep -i token",
            "docker exec web env",
            "docker exec web printenv DB_PASSWORD",
            "docker inspect web",
            "docker compose config",
            "kubectl get secret db -o yaml",
            "kubectl get secret db -o jsonpath='{.data.password}' | base64 -d",
            "kubectl exec deploy/api -- env | sort",
            "echo $DB_PASSWORD",
            "openssl rand -base64 32",
            "vault kv get secret/harbour",
            "aws secretsmanager get-secret-value --secret-id x",
            "head -5 .env",
        ],
        &[
            "cut -d= -f1 .env", "grep -c '^DB_PASSWORD=.' .env", "grep -q DB_PASSWORD .env", "grep LOG_LEVEL .env",
            "env | cut -d= -f1", "env | grep NODE_ENV", "cat .env.example",
            "docker inspect --format '{{.State.Status}}' web", "docker compose config --services",
            "kubectl get secret db", "kubectl get secret db -o json | jq '.data | keys'",
            "SECRET=$(openssl rand -base64 32)", "openssl rand -out /root/key 32",
            "cat /srv/harbour/.env | sed 's/=.*/=(hidden)/'", "echo \"$DB_PASSWORD\" | docker login --password-stdin",
            "cat /etc/nginx/nginx.conf",
        ],
    );
    check(
        "SE03",
        "Set up",
        &[
            "export DB_PASSWORD=your-secure-password",
            "export DB_PASSWORD='hunter22'",
            "echo \"API_TOKEN=abcdef123\" >> /srv/harbour/.env",
            "git add .env",
            "openssl rand -hex 32 > token.txt",
            "kubectl create secret generic x --from-file=key --dry-run=client -o yaml > secret.yaml",
        ],
        &[
            "export DB_PASSWORD=$(openssl rand -hex 24)",
            "export DB_PASSWORD=<password>",
            "export DB_PASSWORD",
            "export TOKEN_TTL=3600",
            "umask 077\nopenssl rand -hex 32 > token.txt",
            "kubectl create secret generic x --from-file=key --dry-run=client -o yaml | kubeseal > sealed.yaml",
            "git add sealed-secrets.yaml",
        ],
    );
    for (text, told) in [
        ("# Ops\n\nThe key is `sk_live_4eC39HqLyjWDarjtT1zdp7dc`.\n", true),
        ("# Ops\n\nThe key is `AKIAIOSFODNN7EXAMPLE`.\n", false),
        ("# Ops\n\nSet `ALERT_WEBHOOK_URL` in the crontab of root.\n", true),
        ("# Ops\n\n## Set up\n\nIn `config.json` set:\n- `wallet.seedPhrase` to the seed\n", true),
        ("# Ops\n\n## Set up\n\nIn `config.json` (`chmod 600`) set:\n- `wallet.seedPhrase` to the seed\n", false),
        ("# Ops\n\nThe crontab of root runs the backup.\n", false),
    ] {
        assert_eq!(rules(text).iter().any(|rule| rule == "SE03"), told, "{text}");
    }
}

#[test]
fn a_verification_can_fail() {
    let verify = |command: &str| {
        format!(
            "# Ops\n\n## Web down\n\n**Fix:**\n```bash\nsystemctl restart harbour\n```\n\n**Verify:**\n```bash\n{command}\n```\n"
        )
    };
    for (command, told) in [
        ("curl -s http://localhost/up", true),
        ("curl -I https://harbour.example", true),
        ("sudo docker exec web curl http://localhost/up", true),
        ("curl -s http://localhost/up | jq .status", true),
        ("pm2 status", true),
        ("docker ps", true),
        ("docker compose ps", true),
        ("docker ps | grep web", true),
        ("kubectl get pods", true),
        ("curl -fsS http://localhost/up", false),
        ("curl --fail http://localhost/up", false),
        ("curl -s http://localhost/up | grep -q ok", false),
        ("curl -s http://localhost/up | jq -e '.status == \"ok\"'", false),
        ("curl -s -o /dev/null -w '%{http_code}' http://localhost/up", false),
        ("test \"$(curl -s http://localhost/up)\" = ok", false),
        ("systemctl is-active harbour", false),
        ("docker ps | grep web | grep healthy", true),
        ("docker ps --filter health=healthy | grep -q 'Up'", false),
        ("kubectl rollout status deploy/web", false),
        ("pm2 status\nsystemctl is-active harbour", false),
    ] {
        assert_eq!(rules(&verify(command)).iter().any(|rule| rule == "VE02"), told, "{command}");
    }
    let looking = "# Ops\n\n## Web down\n\n**Diagnose:**\n```bash\ncurl -s http://localhost/up\npm2 status\n```\n";
    assert!(!rules(looking).iter().any(|rule| rule == "VE02"));
}

#[test]
fn a_change_is_verified() {
    check(
        "VE01",
        "Web down",
        &[
            "systemctl restart harbour", "ssh quay-1 'sudo systemctl restart harbour'", "docker compose up -d",
            "kubectl scale deploy/web --replicas=4", "curl -s http://localhost/up\npm2 restart harbour",
        ],
        &[
            "systemctl restart harbour\nsystemctl is-active harbour",
            "systemctl restart harbour && curl -fsS http://localhost/up", "docker compose up -d --wait", "df -h",
            "mkdir -p /srv/evidence", "journalctl -u harbour > /srv/evidence/j.log",
        ],
    );
    let words = "# Ops\n\n## Web down\n\n```bash\nsystemctl restart harbour\n```\n\nThe page should load again within a minute.\n";
    let later = "# Ops\n\n## Stop the service\n\n```bash\nsystemctl stop harbour\n```\n\n## Start the service\n\n```bash\nsystemctl start harbour\n```\n\n## Verify\n\n```bash\nsystemctl is-active harbour\n```\n";
    for text in [words, later] {
        assert!(!rules(text).iter().any(|rule| rule == "VE01"), "{text}");
    }
}

#[test]
fn what_should_come_out_is_compared() {
    check(
        "VE03",
        "Cache down",
        &["redis-cli ping\n# Expected: PONG", "redis-cli ping  # should return PONG"],
        &["redis-cli ping | grep -qx PONG  # should return PONG", "redis-cli ping"],
    );
    let table = |code: u16| {
        format!(
            "# Ops\n\n## Health\n\n| State | Code |\n|---|---|\n| ok | 200 |\n| degraded | {code} |\n| down | 503 |\n"
        )
    };
    assert!(rules(&table(200)).iter().any(|rule| rule == "VE04"));
    assert!(!rules(&table(503)).iter().any(|rule| rule == "VE04"));
    assert!(rules("# Ops\n\nWhen the cache is gone, `degraded` returns 200.\n").iter().any(|rule| rule == "VE04"));
}

#[test]
fn there_is_a_way_back() {
    check(
        "RB01",
        "Change",
        &[
            "docker compose up -d", "kubectl apply -f web.yml", "git pull && systemctl restart harbour",
            "npx prisma migrate deploy", "ufw insert 1 deny from <ip>", "systemctl stop harbour",
            "fail2ban-client set sshd banip <ip>", "kubectl cordon quay-1",
        ],
        &[
            "systemctl restart harbour", "docker compose ps", "systemctl stop harbour\nsystemctl start harbour",
            "ufw status", "kubectl get pods",
        ],
    );
    let back = document("Deploy", "", "docker compose up -d") + "\n## Rollback\n\nSet `TAG` to the one before.\n";
    assert!(!rules(&back).iter().any(|rule| rule == "RB01"));
}
