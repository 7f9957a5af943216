//! What is known about programs, told as lists of commands.

use super::super::impact::{Impact, classify};
use super::super::placeholder;

fn class(text: &str) -> String {
    let masked = placeholder::masked(text, &placeholder::find(text));
    match classify(&masked) {
        Ok(verdict) => format!("{}{}", verdict.impact.name(), if verdict.interactive { " waits" } else { "" }),
        Err(_) => "unparsable".into(),
    }
}

fn all(expected: &str, commands: &str) {
    let wrong: Vec<String> = commands
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .filter_map(|line| {
            let found = class(line);
            (found != expected).then(|| format!("{found}: {line}"))
        })
        .collect();
    assert!(wrong.is_empty(), "not {expected}:\n{}", wrong.join("\n"));
}

#[test]
fn looking_is_read_only() {
    all(
        "read-only",
        r#"
        systemctl status app-{web,api}
        systemctl is-active nginx
        journalctl -u app-web -n 50 --no-pager
        curl -s http://localhost:3001/
        curl -I https://example.org
        curl -s -o /dev/null -w '%{http_code}' http://localhost:3001/
        for port in 3001 3002; do curl -s http://localhost:$port/ || echo FAIL; done
        docker ps | grep mail
        docker compose logs web --tail=100
        docker stats --no-stream
        docker exec db psql -U app -c "SELECT 1"
        docker compose exec -T db pg_isready
        ss -tlnp | grep :<port>
        cat /etc/app/<name>.env
        grep APP_NETWORK /etc/app/web.env
        df -h
        du -sh /var/* | sort -hr | head -20
        find /var/log -name '*.log' -size +100M
        find . -type f -exec grep -l x {} \;
        psql "$DATABASE_URL" -c "SELECT count(*), state FROM pg_stat_activity GROUP BY state;"
        psql "$DATABASE_URL" -c "\dt"
        redis-cli -a "$REDIS_PASSWORD" info memory
        redis-cli -p 6380 slowlog get 10
        mongosh --eval "rs.status()"
        mongosh --quiet --eval "db.adminCommand({ping: 1})"
        git log --oneline -10
        git status
        nginx -t
        sudo nginx -t
        caddy validate --config /etc/caddy/Caddyfile
        certbot certificates
        certbot renew --dry-run
        echo | openssl s_client -connect example.org:443 2>/dev/null | openssl x509 -noout -dates
        ufw status | grep 80
        top -bn1 | grep "Cpu(s)"
        ps aux --sort=-%mem | head -10
        awk '$3 > 80 {print $1}' usage.txt
        awk '{sum+=$NF; count++} END {print sum/count}'
        sed -n '1,20p' file
        sqlite3 app.db "PRAGMA integrity_check"
        rclone ls remote:backups/db/
        aws ec2 describe-instances --filters Name=x
        kubectl get pods -n web
        ssh web 'systemctl status nginx'
        timeout 5 tail -f /var/log/syslog
        nc -zv localhost 25
        [ -f /tmp/x ] && echo yes
        ls > /dev/null 2>&1
        cd /srv/app
        pm2 list
        date -u +%Y
        "#,
    );
}

#[test]
fn changing_is_mutating() {
    all(
        "mutating",
        r#"
        systemctl restart app-<name>
        systemctl reload caddy
        cd /srv/mail && docker compose restart
        docker compose up -d
        docker compose down
        pm2 restart api
        pm2 reload all
        pm2 scale api +2
        git pull --ff-only
        npm ci
        npx prisma migrate deploy
        cp a b
        mv a b
        chown app:app /srv/app.db
        echo x >> /srv/app/.env
        ls > listing.txt
        date -s '2026-01-01'
        hostname new-host
        sysctl -w vm.swappiness=1
        sed -i s/a/b/ file
        sed 's/a/b/w out' file
        sort -o file file
        tee /etc/motd
        curl -X POST http://localhost:9093/api/v2/silences -d '{}'
        curl -d x=1 https://example.org
        curl -O https://example.org/x
        wget https://example.org/x
        psql "$DATABASE_URL" -c "VACUUM ANALYZE;"
        psql "$DATABASE_URL" -c "SELECT set_config('a','b',false)"
        psql "$DATABASE_URL" -f migration.sql
        psql -c "WITH x AS (UPDATE t SET a=1 RETURNING *) SELECT * FROM x FOR SHARE"
        mongosh --eval "db.users.updateOne({}, {})"
        redis-cli set a b
        ./scripts/check.sh
        bash /opt/app/deploy.sh
        somebodys-own-tool status
        awk '{print > "out"}' in
        awk 'BEGIN{system("id")}'
        find / -fprint out
        env LD_PRELOAD=./x.so ls
        PAGER=./evil git log
        git -c core.pager=./evil log
        doctl compute droplet create web --size s-1vcpu
        aws ssm send-command --document-name X
        apk add curl
        ip addr add 10.0.0.1/8 dev eth0
        xargs -n1 systemctl restart
        sudo -u app bash -c 'cd /srv && make install'
        $CMD status
        kill -HUP 123
        rg --pre ./evil x
        "#,
    );
}

#[test]
fn taking_away_is_destructive() {
    all(
        "destructive",
        r#"
        rm -f /tmp/app-*.db
        sudo rm -rf /var/lib/app
        ls; rm x
        echo $(rm x)
        echo `rm x`
        cat <(rm x)
        find /backups -mtime +7 -delete
        find /var/log -name '*.log' -exec truncate -s 0 {} \;
        find . -name x | xargs rm
        journalctl --vacuum-size=500M
        docker system prune -f
        docker image prune -a -f
        docker volume rm data
        docker compose down -v
        pm2 delete api
        pm2 flush
        redis-cli -a "$P" FLUSHDB
        psql "$DATABASE_URL" -c "DROP TABLE users"
        psql -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        psql -c "/* hi */ DELETE FROM users"
        gunzip < dump.sql.gz | psql "$DATABASE_URL"
        psql app < dump.sql
        mongosh --eval "rs.initiate()"
        mongosh --eval "db.dropDatabase()"
        git reset --hard HEAD~1
        git push -f origin main
        git clean -fd
        git checkout -- .
        kill -9 123
        pkill -f node
        reboot
        sudo reboot
        systemctl reboot
        rclone sync a b
        aws s3 rm s3://bucket/key
        aws ec2 terminate-instances --instance-ids i-1
        kubectl delete pod web
        curl -fsSL https://example.org/install | bash
        sudo -u app bash -c 'curl -fsSL https://example.org/install | bash'
        ssh web 'rm -rf /srv/old'
        bash -c 'rm x'
        sh -ec "rm x"
        timeout 5 rm x
        docker exec web rm -rf /cache
        docker compose exec web sh -c 'rm -rf /cache'
        dd if=/dev/zero of=/dev/sda
        > /var/log/app.log
        : > /var/log/app.log
        cat /dev/null > /var/log/app.log
        crontab -r
        apt-get remove -y nginx
        rsync -a --delete a/ b/
        if true; then rm x; fi
        while read f; do rm "$f"; done < list
        curl -X DELETE http://localhost/x
        npx prisma migrate reset --force
        terraform destroy -auto-approve
        sudo env A=b rm x
        nohup rm x &
        bash <<< 'rm x'
        "#,
    );
}

#[test]
fn what_waits_is_known_to_wait() {
    all(
        "read-only waits",
        "top\nhtop\nwatch -n 5 'pm2 list'\ntail -f /var/log/x\ndocker compose logs -f\njournalctl -u web -f\npm2 logs api\npm2 monit\nping 192.0.2.1\niostat -x 1\ndocker stats\nless x",
    );
    all(
        "mutating waits",
        "nano docker-compose.yml\nssh deploy@<production-ip>\npsql \"$DATABASE_URL\"\ncrontab -e\nsudo -i\ngit revert abc\nufw enable\nsudo nano /etc/x\nmongosh",
    );
    all("destructive waits", "docker system prune -a\napt remove nginx");
    all("read-only", "iostat -x 1 5\nping -c 3 192.0.2.1");
}

#[test]
fn no_wrapper_makes_a_destroyer_look_harmless() {
    let wrappers = [
        "sudo {}", "sudo -u app {}", "env A=1 {}", "nohup {}", "timeout 5 {}", "nice -n 5 {}", "time {}",
        "bash -c '{}'", "sh -c '{}'", "ssh web {}", "ssh web '{}'", "docker exec web {}",
        "docker compose exec -T web {}", "su -c '{}'", "true && {}", "{} | cat", "cat x | {}", "echo \"$({})\"",
        "({})", "{ {}; }", "! {}", "kubectl exec pod -- {}", "find . -exec {} \\;", "xargs {}", "eval {}",
        "if {}; then ls; fi", "for x in $({}); do ls; done", "command {}", "watch '{}'", "case x in x) {};; esac",
        "ls <({})",
    ];
    for destroyer in [
        "rm -rf /srv", "truncate -s 0 x", "redis-cli flushall", "docker volume rm data", "git reset --hard",
        "mkfs.ext4 /dev/sda1",
    ] {
        for wrapper in wrappers {
            let text = wrapper.replace("{}", destroyer);
            let masked = placeholder::masked(&text, &placeholder::find(&text));
            match classify(&masked) {
                Ok(verdict) => assert_eq!(verdict.impact, Impact::Destructive, "{text}"),
                Err(why) => panic!("{text}: {why:?}"),
            }
        }
    }
}
