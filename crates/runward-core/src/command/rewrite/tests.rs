//! Commands and the form in which they end by themselves.

use super::super::{placeholder, shell};
use super::*;

fn check(text: &str, expected: &str) {
    let masked = placeholder::masked(text, &placeholder::find(text));
    let form = shell::parse(&masked).ok().and_then(|script| non_interactive(text, &script));
    assert_eq!(form.as_deref().unwrap_or("-"), expected, "{text}");
}

#[test]
fn what_waits_has_a_form_that_ends() {
    check("top", "top -b -n1 | head -20");
    check("top -c", "top -b -n1 -c | head -20");
    check("htop", "top -b -n1 | head -20");
    check("watch -n 5 'pm2 list'", "for look in 1 2 3; do pm2 list; sleep 5; done");
    check("watch df -h", "for look in 1 2 3; do df -h; sleep 2; done");
    check("watch -n1 -d df", "for look in 1 2 3; do df; sleep 1; done");
    check("watch -n 60 'pm2 list'", "pm2 list");
    check("tail -f /var/log/app.log | grep -v 200", "tail -n 200 /var/log/app.log | grep -v 200");
    check("pm2 logs api", "pm2 logs api --nostream --lines 200");
    check("pm2 logs api --lines 50", "pm2 logs api --lines 50 --nostream");
    check("pm2 monit", "pm2 list");
    check("docker logs -f web", "docker logs web --since 15m");
    check("docker compose logs -f", "docker compose logs --since 15m");
    check("docker stats", "docker stats --no-stream");
    check("journalctl -u app-<name> -f", "journalctl -u app-<name> -n 200 --no-pager");
    check("journalctl -u app -n 50 --no-pager", "-");
    check("sudo systemctl status nginx", "sudo systemctl status nginx --no-pager -l");
    check("ping 192.0.2.1", "ping -c 5 192.0.2.1");
    check("iostat -x 1", "iostat -x 1 3");
    check("docker system prune -a", "docker system prune -a -f");
    check("git revert <commit>", "git revert <commit> --no-edit");
    check("docker exec -it db psql -c 'select 1'", "docker exec db psql -c 'select 1'");
    check("openssl s_client -connect example.org:443", "openssl s_client -connect example.org:443 </dev/null");
    check("psql \"$DATABASE_URL\"", r#"psql "$DATABASE_URL" -X -c '\conninfo'"#);
    check("df -h", "-");
}

#[test]
fn secrets_are_neither_shown_nor_put_into_arguments() {
    check("redis-cli -a \"$REDIS_PASSWORD\" ping", "REDISCLI_AUTH=\"$REDIS_PASSWORD\" redis-cli ping");
    check("cat /etc/app/<name>.env", r"cat /etc/app/<name>.env | sed -E 's/^([^=:]{1,64}[=:]).*/\1(hidden)/'");
    check(
        "cat /srv/app/.env | grep KEY",
        r"cat /srv/app/.env | sed -E 's/^([^=:]{1,64}[=:]).*/\1(hidden)/' | grep KEY",
    );
    check("cat README.md", "-");
}

#[test]
fn a_secret_leaves_the_command_line_where_the_program_has_a_way() {
    for (text, expected) in [
        (
            "redis-cli -h cache -a $PW --no-auth-warning info",
            "REDISCLI_AUTH=$PW redis-cli -h cache --no-auth-warning info",
        ),
        ("redis-cli --pass 's3cret' ping", "REDISCLI_AUTH='s3cret' redis-cli ping"),
        (
            "docker exec cache redis-cli -a \"$PW\" ping",
            "REDISCLI_AUTH=\"$PW\" docker exec -e REDISCLI_AUTH cache redis-cli ping",
        ),
        (
            "docker compose exec -T cache redis-cli -a \"$PW\" ping",
            "REDISCLI_AUTH=\"$PW\" docker compose exec -e REDISCLI_AUTH -T cache redis-cli ping",
        ),
        ("mysql -u shop -p\"$PW\" shop -e 'select 1'", "MYSQL_PWD=\"$PW\" mysql -u shop shop -e 'select 1'"),
        ("mysqladmin --password=$PW status", "MYSQL_PWD=$PW mysqladmin status"),
        ("mysqldump -u root -p$PW shop > shop.sql", "MYSQL_PWD=$PW mysqldump -u root shop > shop.sql"),
        ("mysql -p shop", "-"),
        (
            "psql postgres://app:s3cret@db:5432/shop -c 'select 1'",
            "PGPASSWORD=s3cret psql postgres://app@db:5432/shop -c 'select 1'",
        ),
        (
            "psql \"postgresql://app:$PW@db/shop\" -Atc 'select 1'",
            "PGPASSWORD=\"$PW\" psql \"postgresql://app@db/shop\" -Atc 'select 1'",
        ),
        ("pg_dump postgres://app:x1@db/shop > shop.sql", "PGPASSWORD=x1 pg_dump postgres://app@db/shop > shop.sql"),
        ("psql \"$DATABASE_URL\" -c 'select 1'", "-"),
        (
            "curl -s -u \"$KEY:\" https://pay.example/v1/me",
            "curl -s -K - https://pay.example/v1/me <<< \"user = \\\"$KEY:\\\"\"",
        ),
        (
            "curl -H 'Accept: text/plain' -H \"Authorization: Bearer $T\" https://a.example | jq .",
            "curl -H 'Accept: text/plain' -K - https://a.example <<< \"header = \\\"Authorization: Bearer $T\\\"\" | jq .",
        ),
        ("curl -H 'Accept: text/plain' https://a.example", "-"),
        ("echo '{}' | curl -u \"$KEY:\" -d @- https://a.example", "-"),
        (
            "docker login -u ann -p \"$PW\" registry.example",
            "docker login -u ann --password-stdin registry.example <<< \"$PW\"",
        ),
        ("sshpass -p \"$PW\" ssh web uptime", "SSHPASS=\"$PW\" sshpass -e ssh web uptime"),
        (
            "mongosh admin -u admin -p $PW --eval 'rs.status()'",
            "MONGOSH_PASSWORD=$PW mongosh admin --eval 'db.getSiblingDB(\"admin\").auth(\"admin\", process.env.MONGOSH_PASSWORD)' --eval 'rs.status()'",
        ),
        ("sudo redis-cli -a \"$PW\" ping", "-"),
    ] {
        offer(text, expected);
    }
}

/// What is offered after it was read again.
fn offer(text: &str, expected: &str) {
    let found = super::super::Command::read(text, 1).rewrite;
    assert_eq!(found.as_deref().unwrap_or("-"), expected, "{text}");
}

#[test]
fn a_form_is_offered_only_where_it_ends_and_tells_nothing() {
    let hidden = r"| sed -E 's/^([^=:]{1,64}[=:]).*/\1(hidden)/'";
    offer("cat /srv/app/.env", &format!("cat /srv/app/.env {hidden}"));
    offer("less /srv/app/.env", &format!("cat /srv/app/.env {hidden}"));
    offer("grep PASS /srv/.env", &format!("grep PASS /srv/.env {hidden}"));
    offer("watch -n 5 'systemctl status <name>'", "for look in 1 2 3; do systemctl status <name>; sleep 5; done");
    offer("journalctl -fu shop-web", "journalctl -u shop-web -n 200 --no-pager");
    offer("journalctl -xefu shop-web", "journalctl -xeu shop-web -n 200 --no-pager");
    offer("journalctl -fn 100 -u shop-web", "journalctl -n 100 -u shop-web --no-pager");
    offer("tail -fn 100 app.log", "tail -n 100 app.log");
    offer("tail -100f app.log", "tail -100 app.log");
    offer("docker compose -f stack.yml logs -f web", "docker compose -f stack.yml logs web --since 15m");
    offer("kubectl -n shop logs -f web-1", "kubectl -n shop logs web-1 --since 15m");
    offer("docker logs -ft web", "docker logs -t web --since 15m");
    for text in [
        "printenv; systemctl status nginx", "vim /etc/x; systemctl status nginx", "cat .env.new > .env",
        "cat a.pem > b.pem", "cat chain.pem key.pem", "cat .env | docker secret create app -", "cat .env | tee copy",
        "grep -oP '(?<=PASSWORD=).*' /srv/.env", "cat ~/.netrc", "awk -F= '/PASS/{print $2}' /srv/.env",
        "watch -n 5 'systemctl restart '\"$x\"",
    ] {
        offer(text, "-");
    }
}

/// A form is no gain where the values of a run no longer fit into it.
#[test]
fn what_can_be_filled_in_can_still_be_filled_in() {
    for text in [
        "curl -H \"Authorization: Bearer <api-token>\" https://a.example",
        "curl -u <user>:<password> https://a.example",
        "redis-cli -a <password> ping",
        "mysql -u root -p<password> -e 'select 1'",
        "psql postgres://app:<password>@db/shop -c 'select 1'",
        "docker login -u ann -p <password>",
        "watch -n 5 'systemctl status <name>'",
        "mongosh -u admin -p <password> --eval 'rs.status()'",
    ] {
        let command = super::super::Command::read(text, 1);
        let values = ["api-token", "user", "password", "name"].map(|name| (name.to_owned(), "abc".to_owned()));
        let values = values.into_iter().collect();
        let fits =
            |text: &str| super::super::bind::bind(text, &values, &super::super::placeholder::Kinds::new()).is_ok();
        let Some(form) = &command.rewrite else { continue };
        assert!(!fits(text) || fits(form), "{text}: {form}");
    }
}
