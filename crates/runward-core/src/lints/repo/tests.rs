//! What is missing in a repository, told as documents.

use crate::lints::Scope;
use crate::outside::Repo;
use crate::runbook::Runbook;

fn repo() -> Repo {
    let mut repo = Repo::default();
    for (path, text) in [
        ("package.json", r#"{"scripts": {"build": "x", "db:migrate": "y"}}"#),
        ("Makefile", "deploy: build\n\tx\nbuild:\n\ty\n"),
        ("deploy/docker-compose.yml", "services:\n  web:\n    container_name: till-web\n  worker: {}\n"),
        ("deploy/till/backup.sh", ""),
        ("deploy/till/health.sh", ""),
        ("deploy/units/till-web.service", ""),
        ("deploy/units/till-api.service", ""),
        (".gitignore", "*.local.yml\n"),
        (".env.example", "PAY_TO=\nPAY_NETWORK=\nMAIL_FROM=\n"),
        ("docs/ops.md", ""),
        ("docs/architecture.md", ""),
    ] {
        if repo.add(path) {
            repo.read(path, text);
        }
    }
    repo.documents.insert("ops.md".into(), "docs/ops.md".into());
    repo
}

/// What is said of each line that has something missing: `line message | help`.
fn check(text: &str, expected: &[&str]) {
    let repo = repo();
    let scope = Scope { repo: Some(&repo), ..Scope::default() };
    let runbook = Runbook::read_in([("ops.md", text)], &scope);
    let found = runbook.findings.iter().filter(|f| f.rule == "DR04");
    let said: Vec<String> = found.map(|f| format!("{} {} | {}", f.source.line, f.message, f.help)).collect();
    assert_eq!(said, expected, "{text}");
}

fn steps(commands: &str) -> String {
    format!("# Ops\n\n## Web down\n\n**Fix:**\n```bash\n{commands}\n```\n")
}

#[test]
fn scripts_and_targets_are_looked_up_by_name() {
    check(
        &steps("npm run build\npnpm db:migrate\nyarn install\nnpm ci\nbun run src/worker.ts --x"),
        &[
            "11 the repository has no `src/worker.ts` | mend the path, or take the step out if the file is gone for good",
        ],
    );
    check(
        &steps("npm run biuld"),
        &["7 no package.json has a script `biuld` | did you mean `build` (package.json:1)?"],
    );
    check(
        &steps("make deploy ENV=prod\nmake -C web rollback"),
        &["8 the repository has no make target `rollback` | known there: `build`, `deploy`"],
    );
}

#[test]
fn files_are_found_by_their_end_and_misspelt_ones_told() {
    check(&steps("./deploy/till/backup.sh\nbash /opt/till/deploy/till/backup.sh\ncd deploy/till && ./health.sh"), &[]);
    check(
        &steps(
            "bash /opt/till/deploy/till/backup.sh\nbash /opt/till/health.sh\nbash /opt/other/x.sh\ncat /etc/app.yml",
        ),
        &["8 the repository has no `health.sh` | it has `deploy/till/health.sh`: did you mean that?"],
    );
    check(
        &steps("bash deploy/till/bakcup.sh\nsudo bash deploy/till/bakcup.sh"),
        &["7 the repository has no `deploy/till/bakcup.sh` (also line 8) | did you mean `deploy/till/backup.sh`?"],
    );
    check(&steps("cp deploy/docker-compose.yml deploy/copy.yml\ncat deploy/my.local.yml\ncat deploy/<name>.yml"), &[]);
    check(
        &steps("docker compose \\\n  -f deploy/compose.prod.yml up -d"),
        &[
            "8 the repository has no `deploy/compose.prod.yml` | mend the path, or take the step out if the file is gone for good",
        ],
    );
}

#[test]
fn compose_services_and_their_containers_are_told_apart() {
    check(&steps("docker compose restart web worker\ndocker logs till-web"), &[]);
    check(
        &steps("docker compose logs --tail 50 wrker"),
        &["7 no compose file of the repository has a service `wrker` | did you mean `worker`?"],
    );
    check(
        &steps("docker compose restart till-web"),
        &[
            "7 no compose file of the repository has a service `till-web` | that is a container; its service is `web` (deploy/docker-compose.yml:2)",
        ],
    );
    check(
        &steps("docker logs web"),
        &[
            "7 `web` is a compose service; its container is named `till-web` | write `till-web`, or `docker compose` in front of the service",
        ],
    );
}

#[test]
fn links_and_paths_in_the_text_lead_somewhere() {
    check(
        "# Ops\n\nSee [it](architecture.md), [that](../deploy/till/), [web](https://x.example/y.md) and [this](#ops).\n",
        &[],
    );
    check(
        "# Ops\n\n- See [it](architectur.md#top)\n",
        &["3 the repository has no `docs/architectur.md` | did you mean `docs/architecture.md`?"],
    );
    check(
        "# Ops\n\nThe script is `deploy/till/restore.sh`.\n\nCreate `deploy/new.yml`.\n",
        &[
            "3 the repository has no `deploy/till/restore.sh` | mend the path, or take the step out if the file is gone for good",
        ],
    );
}

#[test]
fn one_unit_of_many_and_a_misspelt_variable_are_told() {
    let rows = "# Ops\n\n| Service | Unit | Port |\n|---|---|---|\n| web | till-web | 1 |\n| api | till-api | 2 |\n| job | till-job | 3 |\n";
    check(
        rows,
        &[
            "7 the repository has a unit file for 2 of the services, and none for `till-job` | add it to the repository, or mend the row",
        ],
    );
    check(
        &steps("grep PAYTO /srv/till/.env\ngrep PAY_TOO /srv/till/.env"),
        &[
            "8 no example of an environment file in the repository has `PAY_TOO` | did you mean `PAY_TO` (.env.example:1)?",
        ],
    );
}
