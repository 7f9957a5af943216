//! Commands and the form in which they end by themselves.

use super::super::placeholder;
use super::*;

fn check(text: &str, expected: &str) {
    let masked = placeholder::masked(text, &placeholder::find(text));
    assert_eq!(non_interactive(text, &masked).as_deref().unwrap_or("-"), expected, "{text}");
}

#[test]
fn what_waits_has_a_form_that_ends() {
    check("top", "top -b -n1 | head -20");
    check("top -c", "top -b -n1 -c | head -20");
    check("htop", "top -b -n1 | head -20");
    check("watch -n 5 'pm2 list'", "pm2 list");
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
    offer("watch -n 5 'systemctl status <name>'", "systemctl status <name>");
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
