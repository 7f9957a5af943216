//! What is read of backups, told as documents.

use crate::runbook::Runbook;

/// `line dataset | method | destination | schedule | keep` of each; `-` where nothing is said.
fn check(markdown: &str, expected: &str) {
    let runbook = Runbook::read([("ops.md", markdown)]);
    let said = |fact: &Option<String>| fact.clone().unwrap_or_else(|| "-".to_owned());
    let shown: Vec<String> = runbook
        .backups
        .iter()
        .map(|b| {
            let facts = [&b.method, &b.destination, &b.schedule, &b.keep].map(said);
            format!("{} {} | {}", b.source.line, b.dataset, facts.join(" | "))
        })
        .collect();
    assert_eq!(shown.join("\n"), expected, "{markdown}");
}

#[test]
fn what_labels_say_holds_for_every_row() {
    check(
        "# Ops\n\n## Backup\n\n- **Script:** `/opt/save.sh`\n- **Schedule:** cron at 02:00 (`0 2 * * *`)\n- **Destination:** the attic, box `pots`\n- **Retention:** 14 days\n\n**Databases backed up:**\n\n| DB | Path |\n|---|---|\n| kiln | `/srv/kiln.db` |\n| glaze | `/srv/glaze.db` |\n",
        "14 kiln | /opt/save.sh | the attic, box pots | cron at 02:00 (0 2 * * *) | 14 days\n15 glaze | /opt/save.sh | the attic, box pots | cron at 02:00 (0 2 * * *) | 14 days",
    );
}

#[test]
fn a_table_may_say_it_all() {
    check(
        "# Ops\n\n## Backups\n\n| Data | Method | Where | Schedule | Retention |\n|---|---|---|---|---|\n| orders | pg_dump | s3://pots | daily 03:00 | 30 days |\n| cache | not backed up | | | |\n",
        "7 orders | pg_dump | s3://pots | daily 03:00 | 30 days",
    );
    check(
        "# Ops\n\n| Service | Port | Backup |\n|---|---|---|\n| kiln | 1 | nightly |\n| glaze | 2 | no |\n",
        "5 kiln | - | - | nightly | -",
    );
    check(
        "# Ops\n\n## Sicherung\n\n| Datenbank | Verfahren | Ziel | Zeitplan | Aufbewahrung |\n|---|---|---|---|---|\n| lager | pg_dump | NAS | täglich 02:00 | 14 Tage |\n",
        "7 lager | pg_dump | NAS | täglich 02:00 | 14 Tage",
    );
}

#[test]
fn sentences_and_points_tell_it_too() {
    check(
        "# Ops\n\n## Backups\n\nThe orders database is dumped nightly at 02:00 with `pg_dump` to `s3://pots/db` and kept for 14 days. Clay data is not backed up.\n",
        "5 orders database | pg_dump | s3://pots/db | nightly at 02:00 | 14 days",
    );
    check(
        "# Ops\n\n## Backups\n\n- **kiln**: weekly, kept for 8 weeks\n- **glaze**: not backed up\n",
        "5 kiln | - | - | weekly | 8 weeks",
    );
    check(
        "# Ops\n\n## Backups\n\n- **Schedule:** daily\n- **Retention:** 7 days\n",
        "5 Backups | - | - | daily | 7 days",
    );
}

#[test]
fn commands_that_copy_are_backups_and_those_that_put_back_are_none() {
    check(
        "# Ops\n\n## Backup\n\n### Clay by hand\n\n```bash\ncd /srv\ntar czf /tmp/clay.tar.gz clay/\n```\n\n### Restore\n\n```bash\nrclone copyto r2:pots/kiln.db /tmp/kiln.db\n```\n",
        "9 clay/ | tar | /tmp/clay.tar.gz | - | -",
    );
    check(
        "# Ops\n\n## Database backup\n\n```bash\npg_dump -U potter kiln | gzip > kiln-$(date +%F).sql.gz\n```\n",
        "6 kiln | pg_dump | kiln-$(date +%F).sql.gz | - | -",
    );
    check("# Ops\n\n## Migration\n\n```bash\npg_dump kiln > kiln.sql\n```\n", "");
}

#[test]
fn settings_and_crontabs_tell_it_as_well() {
    check(
        "# Ops\n\n## Orders backup\n\n```cron\n15 1 * * * /opt/save-orders.sh\n```\n\n```bash\nBACKUP_RETENTION_DAYS=30\nBACKUP_S3_BUCKET=pots\n```\n",
        "6 Orders | /opt/save-orders.sh | pots | 15 1 * * * | 30",
    );
}
