//! Commands that once looked harmless and are not, and the common ones that must stay so.

use std::collections::BTreeSet;

use super::super::impact::{Impact, classify};
use super::super::placeholder;
use super::{Call, FAMILIES, Simple};

fn impact(text: &str) -> Impact {
    let masked = placeholder::masked(text, &placeholder::find(text));
    classify(&masked).map_or(Impact::Mutating, |verdict| verdict.impact)
}

fn check(lines: &str, fits: impl Fn(Impact) -> bool) {
    let wrong: Vec<String> = lines
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| line.replace("⏎", "\n"))
        .map(|line| (impact(&line), line))
        .filter(|(found, _)| !fits(*found))
        .map(|(found, line)| format!("{}: {line}", found.name()))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_once_looked_harmless_is_not() {
    check(
        r#"
        psql -hdb1 -c 'DROP TABLE orders'
        psql -Uanna -c 'DELETE FROM orders'
        psql -lc 'drop table orders'
        psql -v x=1 -f load.sql
        pg_restore -hdb1 -d shop orders.dump
        http localhost:3001/orders < order.json
        echo '{}' | http localhost:3001/orders
        kill -KILL 4711
        kill -SIGKILL 4711
        kill -sKILL 4711
        kill -ALRM 4711
        command rm -rfv /srv/old
        tar -xzf site.tgz -Cpublic
        tar -xftarball
        tar tfF script site.tar
        unzip -o site.zip -dpublic
        crontab -uanna jobs
        git tag -mnotes v2
        git branch -v topic
        apt-get install -ttesting nginx
        ansible-playbook site.yml -lDC2
        rsync -a --delete -Mn a b
        mkfs -t vfat -n DATA /dev/sdc1
        blkdiscard -l 1G /dev/sdc
        curl -sX POST http://h/
        curl -sXDELETE http://h/
        curl -sSX DELETE http://h/
        curl -X GET a --next -X DELETE b
        curl -X GET a --next -d x b
        curl -X GET a -X DELETE
        curl --reques DELETE http://h/
        curl -Q 'DELE x' ftp://h/
        curl --etag-save /etc/x http://h/
        curl -w '%output{/etc/x}' http://h/
        curl -sSLofile http://h/
        curl $OPTS http://h/
        journalctl "$@"
        printf 'x' > f; cat > f <<< x
        sudo sed -i s/a/b/ .env
        curl gopher://h:6379/_FLUSHALL
        wget -qO /etc/cron.d/x http://h/
        wget -qO- -O x http://h/
        bash release.sh -n production
        bash -n +n release.sh
        sh load.sh -n
        bash release.sh -c ls
        bash release.sh <<< ""
        echo 'rm x' | bash 3<<< ls
        bash -c '"$@"' x rm -rf y
        bash -c 'find . $1' x -delete
        command -p reboot
        setsid -c ./daemon
        exec -c ./release
        chronic -e ./release.sh
        time -o /etc/x ls
        find . -print0 | xargs -0 gzip
        echo restart nginx | xargs systemctl
        echo rm -f web | xargs docker
        cat cmds | xargs -L1 nohup
        ls | xargs tee
        ls | xargs find
        ls | xargs -I{} sh -c 'echo {}'
        ls | xargs -I{} ssh {} uptime
        bash --init-file /tmp/x -ic ls
        su -c ls -c 'rm x'
        su root -c ls -- -c 'rm x'
        env BASH_ENV=/tmp/x bash -c ls
        HOME=/tmp/x git status
        bash <<< ls <<< 'rm -rf x'
        for ((i=$(rm -rf x);i<1;i++)); do echo; done
        case a in $(rm x)) ls;; esac
        for PATH in /tmp/x; do ls; done
        test -v 'a[$(rm x)]'
        [ -v 'a[$(rm x)]' ]
        [[ 'a[$(rm x)]' -eq 1 ]]
        x='a[$(rm x)]'; ls
        printf -v 'a[$(rm x)]' 1
        printf -v PATH /tmp/x
        read 'a[$(rm x)]' <<< 1
        unset 'a[$(rm x)]'
        declare -i x='a[$(rm x)]'
        read PATH <<< /tmp/x; ls
        echo "${x@P}"
        mysql -e 'SELECT 1\G DROP TABLE orders'
        mysql -e 'select 5--1; drop table x'
        mysql -e "select 'it\' ; drop table x; -- '"
        mysql -e "select 1 #'⏎; drop table x #'"
        psql -c 'select "pg_terminate_backend"(4711)'
        psql -c "select 1 /* don't */; drop table x; /* don't */"
        psql -c 'select evil.count(1)'
        psql shop <<'E'⏎select format('drop table %I', t) from x \gexec⏎E
        psql shop <<'E'⏎select 1 \! rm -rf /srv⏎E
        psql shop <<'E'⏎select 1 \g |rm⏎E
        psql -c "select $$ ' $$; drop table x; --'"
        psql -v s='drop table x' -c 'select 1'
        psql -c "$STATEMENT"
        sqlite3 app.db 'pragma user_version(5)'
        mongosh --eval 'db.runCommand({update:"topics"})'
        mongosh --eval 'db.runCommand({insert:"shipping"})'
        mongosh --eval 'db.a.find().forEach(db.b.deleteOne)'
        mongosh --eval 'db.a.find().forEach(db.b["del"+"eteOne"])'
        sed '/a/e rm -rf /srv/p' f
        sed -n '/ERROR/w /tmp/d' log
        sed 's/a/b/;w out' f
        sed --in 's/a/b/' /etc/x
        awk '/a/||/b/{print $1|"sh"}' f
        awk '{print "\"" $1 > "/etc/x"}' f
        awk 'BEGIN{print "x" | "sh"}'
        sort --outp=/etc/x f
        shuf -o f g
        sysctl -f
        journalctl --vac-time=1s
        lastlog -C -u anna
        find . -files0-from list
        find . -name -delete -delete
        brew services restart x
        dnf history undo last
        pip config set global.index-url http://h/
        go env -w GOPROXY=x
        go env -u GOPROXY
        borg check --repair repo
        mc find a/b --exec "mc rm {}"
        az aks get-credentials -n prod
        aws s3api get-object --bucket b --key k /etc/x
        gcloud compute instances reset search-1
        hcloud server poweroff search-1
        gcloud sql instances failover search-db
        terraform plan -out=x
        git -c diff.external=/tmp/x diff
        git -C /srv -c core.fsmonitor=/tmp/x status
        git ls-remote --upload-pack=/tmp/x .
        git ls-remote 'ext::sh -c id'
        ssh -o proxycommand=/tmp/x web ls
        ssh web -o ProxyCommand=/tmp/x ls
        ssh -o KnownHostsCommand=/tmp/x web ls
        docker buildx history rm x
        docker exec -e LD_PRELOAD=/x web ls
        kubectl cluster-info dump --output-directory=x
        {rm,-rf,/srv/cart}
        find /srv {-delete,-name}
        sudo {systemctl,stop} web
        ls {a,"b c",$(rm x)}
        $'\x72\x6d' x
        [[ a =~ $(rm x) ]] && ls
        cat <<E⏎`rm x`⏎E
        ls ${x:-<(rm y)}
        ls $((a[$(rm x)]))
        select PATH in a b; do ls; done
        echo {1..$(rm x)}
        "#,
        |impact| impact > Impact::ReadOnly,
    );
}

#[test]
fn what_people_type_to_look_stays_read_only() {
    check(
        r#"
        systemctl status nginx --no-pager -l
        systemctl list-units --type=service --state=running
        systemctl show -p MainPID nginx
        journalctl -u web -n 100 --since "10 min ago" --no-pager
        journalctl -xeu web
        journalctl -u web -p err -b
        journalctl -b -1 -e
        sudo -u postgres psql <<< 'select 1'
        docker ps -a --format '{{.Names}}'
        docker logs web --tail 50
        docker logs -t --since 5m web
        docker inspect -f '{{.State.Status}}' web
        docker compose -f a.yml ps
        docker compose logs --tail=50 web
        docker compose config --services
        docker stats --no-stream
        docker system df -v
        docker ps -q | xargs docker inspect --format '{{.Name}}' web
        pm2 list
        pm2 jlist
        pm2 logs api --nostream --lines 50
        curl -sSfL http://h/
        curl -fsSLI -m 5 -H 'Host: x' http://h/
        curl -sk -o /dev/null -w '%{http_code}\n' https://h/
        curl -X GET http://h/ -d '{}'
        curl -sS --max-time 5 --retry 2 http://h/health | jq .status
        wget -qO- http://h/
        psql -tAc "select 1"
        psql -h localhost -Upostgres -d app -At -c "SELECT count(*) FROM users"
        psql -c "EXPLAIN (ANALYZE, BUFFERS) SELECT 1"
        mysql -Ne "select 1"
        mysql -u root -p"$PW" -e 'SHOW PROCESSLIST\G'
        redis-cli -h h -p 6380 PING
        redis-cli INFO replication
        mongosh --quiet --eval 'rs.status().members.forEach(m => print(m.name))'
        mongosh --eval 'db.orders.find({}).sort({updatedAt:-1}).limit(5)'
        df -h / | awk 'NR==2 {print $5}'
        awk -F: '{print ($3+$4)/1024}' f
        awk '/error|warn/ {n++} END {print n}' log
        sed -n '/BEGIN/,/END/p' f
        sed -e 's/a/b/g' -e '/^#/d' f
        ps aux --sort=-%cpu | head -n 5
        ss -tlnp
        netstat -tulpn
        lsof -i :8080
        lsof -nP -iTCP -sTCP:LISTEN
        tail -n 100 /var/log/x
        tail -100 /var/log/x
        grep -rn error /var/log --include='*.log'
        find /var/log -type f -name '*.gz' -mtime +7 -print
        git log --oneline -n 5
        git -C /srv/app status -sb
        git diff HEAD~1 --stat
        git branch -a
        git rev-parse --short HEAD
        nginx -t
        nginx -T
        openssl x509 -in cert.crt -noout -dates
        openssl s_client -connect h:443 -servername h </dev/null
        dig +short example.org
        nc -zv -w 3 h 5432
        kubectl get pods -A -o wide
        kubectl -n web describe pod x
        kubectl logs deploy/web --tail=50 --previous
        kubectl rollout status deploy/web
        ufw status numbered
        iptables -L -n -v
        ip a
        ip -br addr show
        certbot certificates
        aws ec2 describe-instances --instance-ids i-1 i-2 --query 'x' --output table
        gcloud compute instances list --filter=x
        hcloud server list
        du -sh /srv/* | sort -rh | head -20
        tar -tzf backup.tgz
        tar tzf backup.tgz
        free -m
        sudo -u postgres psql -c 'select 1'
        timeout 10 curl -s http://h/
        ssh -o ConnectTimeout=5 deploy@h uptime
        bash -c 'df -h && free -m'
        bash -n release.sh
        ls /srv | xargs -n1 echo
        ls *.log | xargs grep -l error
        for s in a b; do systemctl is-active "$s"; done
        while read -r h; do ping -c1 "$h"; done < hosts
        [ -f /tmp/x ] && cat /tmp/x
        gh pr list --state open
        git config user.name
        "#,
        |impact| impact == Impact::ReadOnly,
    );
}

const DESTROYERS: &[&str] = &[
    "rm -rf /srv", "rm x", "unlink x", "shred x", "truncate -s0 x", "rmdir x", "dd if=a of=/dev/sda",
    "mkfs.ext4 /dev/sda1", "wipefs -a /dev/sda", "kill -9 1234", "pkill node", "reboot", "shutdown now",
    "systemctl poweroff", "systemctl kill x", "docker rm -f web", "docker volume rm data", "docker system prune -af",
    "docker compose down -v", "kubectl delete pod x", "helm uninstall x", "redis-cli flushall", "redis-cli -n1 del k",
    "psql -c DELETE", "psql -hx -c DROP", "mysql -e DROP", "dropdb shop", "pg_restore -d shop x", "git reset --hard",
    "git clean -fd", "git push -f", "git branch -D x", "journalctl --vacuum-time=1d", "find . -delete", "crontab -r",
    "userdel anna", "apt-get remove -y nginx", "aws s3 rm s3://b/k", "rclone purge a:b", "restic forget x",
    "zfs destroy tank", "iptables -F", "nft flush ruleset", "curl -X DELETE h", "pm2 delete all",
    "terraform destroy -auto-approve", "npx prisma migrate reset",
];

const FORMS: &[&str] = &[
    "{}", "sudo {}", "sudo -nu root {}", "sudo -E A=1 {}", "env {}", "env -i A=1 {}", "env -u A {}", "nohup {} &",
    "timeout 5 {}", "timeout -k 5 -s INT 10 {}", "nice {}", "nice -n5 {}", "ionice -c3 {}", "stdbuf -oL {}",
    "setsid -w {}", "command {}", "command -p {}", "exec {}", "exec -a x {}", "builtin {}", "time {}", "time -p {}",
    "chronic {}", "xargs {}", "ls | xargs -0 {}", "ls | xargs -I% {} %", "ls | xargs -n1 -P4 {}", "bash -c '{}'",
    "bash -lc '{}'", "bash -euo pipefail -c '{}'", "sh -c \"{}\"", "sh -c -x '{}'", "su - app -c '{}'", "eval {}",
    "eval '{}'", "echo $({})", "echo \"$({})\"", "echo `{}`", "cat <({})", "ls > >({})", "ls | {}", "{} | cat",
    "ls && {}", "ls || {}", "ls; {}", "{} &", "! {}", "({})", "{ {}; }", "f() { {}; }; f", "if {}; then ls; fi",
    "if ls; then {}; else ls; fi", "if ls; then ls; else {}; fi", "for i in 1 2; do {}; done",
    "for i in $({}); do ls; done", "while {}; do ls; done", "until ls; do {}; done", "case x in x) {};; esac",
    "case $({}) in x) ls;; esac", "case x in $({})) ls;; esac", "bash <<< '{}'", "cat <<< $({})", "bash <<E\n{}\nE",
    "cat <<E\n$({})\nE", "for ((i=$({});i<1;i++)); do ls; done", "x=$({})", "export x=$({})", "a=(1 $({}))",
    "[[ -n $({}) ]]", "[ -n \"$({})\" ]", "echo ${x:-$({})}", "echo $(( $({}) ))", "watch -n1 '{}'", "watch {}",
    "ssh web {}", "ssh -p 22 web '{}'", "ssh web <<< '{}'", "docker exec web {}", "docker exec -it -u root web {}",
    "docker compose exec -T web {}", "kubectl exec pod -- {}", "find . -exec {} \\;", "find . -name x -execdir {} +",
    "coproc {}", "nohup sudo timeout 5 bash -c '{}'", "trap '{}' EXIT", "printf '%s' \"$({})\"", "ls 2> >({})",
    "cat < <({})",
];

#[test]
fn nothing_put_around_a_destroyer_makes_it_harmless() {
    for destroyer in DESTROYERS {
        for form in FORMS {
            let text = form.replace("{}", destroyer);
            assert!(impact(&text) > Impact::ReadOnly, "{text}");
        }
    }
}

#[test]
fn no_program_is_of_two_families() {
    let sources = [
        include_str!("cloud.rs"),
        include_str!("code.rs"),
        include_str!("containers.rs"),
        include_str!("disks.rs"),
        include_str!("frameworks.rs"),
        include_str!("hosts.rs"),
        include_str!("kubernetes.rs"),
        include_str!("mail.rs"),
        include_str!("storage.rs"),
        include_str!("data.rs"),
        include_str!("files.rs"),
        include_str!("firewall.rs"),
        include_str!("git.rs"),
        include_str!("network.rs"),
        include_str!("packages.rs"),
        include_str!("system.rs"),
        include_str!("wrappers.rs"),
    ];
    let command = Simple::default();
    let words = sources.iter().flat_map(|s| s.split('"')).flat_map(str::split_whitespace);
    let names: BTreeSet<&str> =
        words.filter(|w| w.chars().all(|c| c.is_alphanumeric() || "_-.[:".contains(c))).collect();
    let families = |program| {
        let call = Call { program, args: &[], command: &command, depth: 0 };
        FAMILIES.iter().filter(|family| family(&call).is_some()).count()
    };
    let shared: Vec<&str> = names.into_iter().chain(super::verbs::names()).filter(|name| families(name) > 1).collect();
    assert!(shared.is_empty(), "of several families: {shared:?}");
}

/// Impact and whether it waits, told apart for the few that were taken for something else.
#[test]
fn what_was_taken_for_worse_is_seen_as_it_is() {
    for text in ["cat > f <<< x", "cat <<EOF > f\nhello\nEOF", "echo x | cat > f"] {
        assert_eq!(impact(text), Impact::Mutating, "{text}");
    }
    for text in [
        "sudo psql shop < dump.sql", "docker exec -i db psql shop < dump.sql", ": > f", "cat /dev/null > f",
        "echo -n > f", "cat > f < /dev/null",
    ] {
        assert_eq!(impact(text), Impact::Destructive, "{text}");
    }
    for text in ["vmstat 1", "ping example.org", "docker logs -tf web", "tail -100f log", "journalctl -fu web"] {
        assert_eq!(classify(text).map(|v| (v.impact, v.interactive)), Ok((Impact::ReadOnly, true)), "{text}");
    }
}

#[test]
fn what_says_that_it_destroys_is_believed() {
    check(
        r#"
        consul kv delete shop/orders
        etcdctl del /shop/orders
        vault kv delete secret/shop
        terraform state rm aws_instance.web
        bin/rails db:drop
        flock /run/lock/shop rm -f /srv/shop/cart
        chroot /srv/old rm -rf /data
        docker run --rm -v /srv:/srv alpine rm -rf /srv/cache
        kafka-topics.sh --delete --topic orders
        redis-cli lpop orders
        psql -c 'ALTER TABLE orders DROP COLUMN note'
        "#,
        |impact| impact == Impact::Destructive,
    );
    check("git branch --list rm\necho delete\ngrep drop app.log\n", |impact| impact == Impact::ReadOnly);
}
