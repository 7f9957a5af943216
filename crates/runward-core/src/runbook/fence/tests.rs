//! Blocks and what they hold: the words in front, the tag, the lines, the type.

use FenceType::{Checklist, Code, Config, Diagram, Json, Other, Output, Shell, Sql, Template, Transcript};

use super::super::markdown;
use super::*;

/// The type of the last block of a document.
fn last(text: &str) -> FenceType {
    fn look(blocks: &[Block], found: &mut FenceType) {
        for block in blocks {
            match &block.kind {
                Kind::Fence(fence) => *found = fence.kind,
                Kind::List(list) => list.items.iter().for_each(|item| look(&item.blocks, found)),
                Kind::Quote(inner) => look(inner, found),
                _ => {}
            }
        }
    }
    let mut found = FenceType::Other;
    look(&markdown::blocks(text), &mut found);
    found
}

/// Checks many at once, so that one run tells of all that are wrong.
fn all(cases: &[(&str, &str, &str, FenceType)]) {
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(lead, tag, text, expected)| {
            let found = last(&format!("{lead}\n\n```{tag}\n{text}\n```\n"));
            (found != *expected).then(|| format!("{found:?}, not {expected:?}: {lead} | {tag} | {text}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn the_lines_decide_what_a_block_is() {
    all(&[
        ("", "bash", "systemctl status web", Shell),
        ("", "bash", "SELECT pid FROM pg_stat_activity;", Sql),
        ("", "bash", "$ uptime\n 12:00 up 3 days", Transcript),
        ("", "console", "root@till:~# uptime\n 12:00 up 3 days", Transcript),
        ("", "bash", "GET /admin/health", Other),
        ("", "", "docker compose --profile production up -d", Shell),
        ("", "", "export PASSWORD=x", Shell),
        ("", "", "[ ] told everybody\n[ ] wrote it down", Checklist),
        ("", "", "Severity: [P0/P1]\nAffected Services: [api/web]\nEngineer: @your-name", Template),
        ("", "", "{\n  \"status\": \"ok\"\n}", Json),
        ("", "", "LISTEN 0 128 *:22", Output),
        ("", "yaml", "a: b", Config),
    ]);
}

#[test]
fn a_block_of_shell_is_shell_whatever_it_feeds_to_programs() {
    all(&[
        ("", "bash", "# 1. Look\nps aux | grep till\n# 2. Act\nsystemctl restart till", Shell),
        ("", "bash", "cat > x.js <<'EOF'\nconst a = require('a');\nconsole.log(a.b());\nEOF\nnode x.js", Shell),
        ("", "bash", "psql \"$URL\"\nSELECT 1;\nSELECT 2;", Shell),
        ("", "bash", "sudo vim /etc/till.yaml\nport: 80\nhosts:\n  - a", Shell),
        ("", "bash", "kubectl apply -f - <<EOF\napiVersion: v1\nkind: Pod\nEOF", Shell),
        ("", "bash", "curl -X POST http://till/api \\\n  -d '{\n    \"a\": 1\n  }'", Shell),
        ("", "bash", "DB=till\npg_dump $DB > till.sql", Shell),
        ("", "bash", "ID=$(docker ps -q)\ndocker stop \"$ID\"", Shell),
        ("", "bash", "# ── Stop ─────────────\ndocker stop till\n# ── Start ────────────\ndocker start till", Shell),
        ("", "bash", "tillctl status\ntillctl doctor --all", Shell),
        ("", "bash", "for i in 1 2; do\n  echo $i\ndone", Shell),
        ("", "sh", "if [ -f x ]; then\n  rm x\nfi", Shell),
        ("", "bash", "#!/bin/bash\nset -eu\ntar czf x.tgz /srv", Shell),
        ("", "bash", "mongosh till\ndb.carts.find()", Shell),
        ("", "bash", "redis-cli\nINFO memory", Shell),
        ("", "bash", "export A=1\nexport B=2", Shell),
        ("", "shell", "rails console", Shell),
        ("", "zsh", "brew services restart redis", Shell),
        ("", "bash", "select_till() { echo; }\nselect_till", Shell),
        ("Check that it is up. You should see `active`:", "bash", "systemctl is-active till", Shell),
        ("Expected output is a list of pods. Run:", "bash", "kubectl get pods", Shell),
    ]);
}

#[test]
fn tags_lie() {
    all(&[
        ("", "bash", "# Find the slow ones\nSELECT pid, query\nFROM pg_stat_activity\nORDER BY query_start;", Sql),
        ("", "bash", "ALTER SYSTEM SET work_mem = '64MB';\nSELECT pg_reload_conf();", Sql),
        ("", "bash", "select * from orders where id = 1;", Sql),
        ("", "bash", "\\dt\n\\d+ orders", Sql),
        ("", "bash", "SHOW PROCESSLIST;\nKILL 17;", Sql),
        ("", "bash", "POST /jobs/retry\n{ \"queue\": \"mail\" }", Other),
        ("", "bash", "sum by (route) (rate(http_requests_total{status=~\"5..\"}[5m]))", Code),
        ("", "bash", "histogram_quantile(0.99, rate(till_seconds_bucket[5m]))", Code),
        ("", "bash", "{app=\"till\"} |= \"error\"", Code),
        ("", "bash", "# Watch in Grafana\n# rate(till_sales_total[5m]) == 0", Code),
        ("", "bash", "# Ask the provider to switch the address back.\n# Nothing is typed here.", Other),
        ("", "bash", "# See https://status.till.example", Other),
        ("", "bash", "TILL_PORT=8080\nTILL_HOST=0.0.0.0\n# ten by default\nPOOL=20", Config),
        ("Set in `.env`:", "bash", "# .env\nTILL_DEBUG=false", Config),
        ("Add to the crontab:", "bash", "0 3 * * * /opt/till/backup.sh", Config),
        ("", "bash", "*/5 * * * * root /opt/till/check.sh >> /var/log/check.log 2>&1", Config),
        ("", "bash", "version: \"3\"\nservices:\n  till:\n    image: till:1", Config),
        ("", "bash", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: till", Config),
        ("", "bash", "[Service]\nRestart=always\nRestartSec=5", Config),
        ("", "bash", "server {\n  listen 80;\n  location / {\n    proxy_pass http://till;\n  }\n}", Config),
        ("", "bash", "{\n  \"status\": \"healthy\",\n  \"db\": true\n}", Json),
        ("", "bash", "2026-01-31T10:00:00Z ERROR till cannot reach db", Output),
        ("", "bash", "Error: connect ECONNREFUSED 127.0.0.1:5432", Output),
        ("", "bash", "HTTP/1.1 503 Service Unavailable\nContent-Type: text/plain", Output),
        ("Expected output:", "bash", "till    active\nstore   active", Output),
        ("", "bash", "[ ] Tell everybody\n[ ] Restore\n[x] Drink tea", Checklist),
        ("", "bash", "- [ ] Page the owner\n- [ ] Open a ticket", Checklist),
        ("", "bash", "from till import db\ndb.session.rollback()\nprint(db.engine.pool.status())", Code),
        ("", "bash", "const till = require('./till');\nawait till.reindex();\nconsole.log('done');", Code),
        ("", "bash", "mysql> SHOW SLAVE STATUS\\G\n*** 1. row ***", Transcript),
        ("", "bash", "redis-cli\n127.0.0.1:6379> INFO memory\nused_memory:1", Transcript),
        ("", "sql", "till=# select 1;\n ?column?\n----------\n 1", Transcript),
        ("", "bash", ">>> from till import db\n>>> db.ping()\nTrue", Transcript),
        ("", "bash", "iex(till@host)1> Till.Repo.query!(\"select 1\")\n%{rows: [[1]]}", Transcript),
        ("It returns something like:", "python", "{'a': 1,\n 'b': 2}", Output),
    ]);
}

#[test]
fn a_block_without_a_tag_is_what_it_looks_like() {
    all(&[
        ("", "", "sudo systemctl restart till\nsudo systemctl status till", Shell),
        ("", "", "cd /srv/till && git pull\nnpm ci\npm2 restart till", Shell),
        ("", "text", "./deploy.sh --env production", Shell),
        ("", "", "ssh till-1\nsudo reboot", Shell),
        ("", "", "ansible-playbook -i prod site.yml --check", Shell),
        ("", "", "gcloud sql instances list", Shell),
        ("", "", "$ kubectl get pods\nNAME   READY\ntill   1/1", Transcript),
        ("", "", "# kill -TERM 1827", Transcript),
        ("", "", "# pstree -pals 17\nsystemd,1\n  └─till,17", Transcript),
        ("", "", "# Look for it\nfind / -name till", Shell),
        ("", "ruby", "[ staging ] production> Cart.find(1)\n=> #<Cart>", Transcript),
        ("", "", "    client\n      |\n      V\n   balancer\n      |\n      V\n    till", Diagram),
        ("", "", "sudo lsblk\nNAME   MAJ:MIN RM  SIZE\nsda      8:0    0  100G", Transcript),
        ("", "", "[ann@till ~]$ free -m\n       total used", Transcript),
        ("", "", "> config get maxmemory\n1) \"maxmemory\"", Transcript),
        ("", "", "NAME                 READY   STATUS    RESTARTS\ntill-7d9f-abc        1/1     Running   0", Output),
        (
            "",
            "",
            "● till.service - Till\n     Loaded: loaded (/etc/systemd/system/till.service)\n     Active: active (running)",
            Output,
        ),
        ("", "", "Jan 31 10:00:00 till-1 till[17]: connection refused", Output),
        ("", "", "FATAL:  remaining connection slots are reserved", Output),
        ("", "", "{\"level\":\"error\",\"ts\":1700000000,\"msg\":\"no route to host\"}", Output),
        ("", "", "Traceback (most recent call last):\n  File \"till.py\", line 3\nKeyError: 'id'", Output),
        ("", "", " pid | state\n-----+--------\n  17 | active\n(1 row)", Output),
        ("", "", "+----+-------+\n| id | state |\n+----+-------+\n|  1 | open  |\n+----+-------+", Output),
        ("You should see:", "", "Server is running on port 3000", Output),
        ("A healthy node says:", "", "till: ok\nstore: ok\nqueue: 0", Output),
        ("Add to `/etc/till.conf`:", "", "max_connections 200\ntimeout 30", Config),
        ("Append to `~/.ssh/config`:", "", "Host till\n  HostName 192.0.2.1\n  User deploy", Config),
        ("", "", "# /etc/systemd/system/till.service\n[Unit]\nDescription=Till", Config),
        ("", "", "# docker-compose.yml\nservices:\n  till:\n    image: till", Config),
        ("", "", "DATABASE_URL=postgres://db/till\nREDIS_URL=redis://cache", Config),
        ("", "", "net.core.somaxconn = 1024\nvm.swappiness = 1", Config),
        ("", "", "0 3 * * 0 root /opt/till/prune.sh", Config),
        ("", "", "/var/log/till/*.log {\n  daily\n  rotate 7\n}", Config),
        ("", "", "resource \"aws_instance\" \"till\" {\n  ami = \"ami-1\"\n}", Config),
        ("", "", "┌──────┐    ┌──────┐\n│ till │───▶│  db  │\n└──────┘    └──────┘", Diagram),
        ("", "", "+------+     +----+\n| till | --> | db |\n+------+     +----+\n    |\n    v\n  cache", Diagram),
        ("", "", "till/\n├── bin\n│   └── run\n└── etc", Diagram),
        ("", "", "Browser -> Proxy -> Till -> Database", Diagram),
        ("", "", "On-call (5 min)\n    ↓\nLead (15 min)\n    ↓\nCTO", Diagram),
        (
            "Post in the channel:",
            "",
            "We are looking into failed payments since 10:00 UTC. Next update in 30 minutes.",
            Template,
        ),
        ("", "", "Subject: [RESOLVED] Till outage\n\nHi all,\nthe outage is over.", Template),
        ("", "", "🚨 INCIDENT: [title]\nStatus: Investigating\nNext update: [time]", Template),
        ("", "", "**Status:** Investigating\n**Impact:** [who is affected]\n**Next update:** [time]", Template),
        ("", "", "# Review: [title]\n\n## Timeline\n\n## Root cause", Template),
        ("", "", "☐ Acknowledge the page\n☐ Open the dashboard\n☐ Post in #incidents", Checklist),
        (
            "",
            "",
            "1. Acknowledge the page.\n2. Find out what is affected.\n3. Tell the lead.\n4. Write it down.",
            Checklist,
        ),
        ("", "", "SELECT count(*) FROM orders;", Sql),
        ("", "", "sum(rate(till_errors_total[5m])) / sum(rate(till_requests_total[5m]))", Code),
        ("", "", "node_filesystem_avail_bytes{mountpoint=\"/\"} < 1e9", Code),
        ("", "", "resource.type=\"k8s_container\"\nseverity>=\"ERROR\"", Code),
        ("", "", "queue = Sidekiq::Queue.new(\"mail\")\nqueue.size\nqueue.each do |job|\n  puts job.jid\nend", Code),
        ("", "", "def restart(host):\n    run(host, 'reboot')\n    return True", Code),
        ("", "", "https://till.example/health\nhttps://till.example/ready", Other),
        ("", "", "GET /api/v1/health", Other),
        ("", "", "\"pool\": {\n  \"max\": 20\n}", Json),
        ("", "", "[\n  {\"id\": 1},\n  {\"id\": 2}\n]", Json),
    ]);
}

#[test]
fn what_leads_to_a_block_may_stand_in_a_list_before_it() {
    assert_eq!(last("1. Look:\n\n```\nuptime\n```\n\n2. It looks like this:\n\n```\ntill ok\n```\n"), Output);
    assert_eq!(last("- Expected output:\n  ```\n  git version 2\n  ```\n"), Output);
    assert_eq!(last("> ```bash\n> GET /health\n> ```\n"), Other);
}
