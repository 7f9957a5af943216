//! Containers and what runs them: docker, compose, podman.

use super::super::impact::{self, Verdict};
use super::options::{self, Table, Verbs};
use super::{Call, Word};

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    Some(match call.program {
        "docker" | "podman" | "nerdctl" => docker(call),
        "docker-compose" | "podman-compose" => compose(call, call.args),
        _ => return None,
    })
}

pub(super) fn text(words: &[Word], at: usize) -> &str {
    words.get(at).map_or("", |w| w.text.as_str())
}

pub(super) fn any(words: &[Word], options: &[&str]) -> bool {
    words.iter().any(|w| options.contains(&w.text.split('=').next().unwrap_or_default()))
}

/// Options of listing verbs: they filter and format.
pub(super) const LIST: Table = "-a -q -n: -l -s -f: --all --quiet --filter: --format: --no-trunc --last: --latest --size --digests \
     --human --tree -v --verbose -t: --type: --limit: --no-stream --services --status: --orphans? --no-color";
pub(super) const LOGS: Table = "-f~ --follow~ -n: --tail: --since: --until: -t --timestamps --details --no-color --no-log-prefix \
     --index: --raw --no-trunc --no-resolve";

/// What shows one thing by its name: no option of it changes anything.
const INSPECT: Table = "* -f: --format: --type: -s --size";

pub(super) const DOCKER_GLOBALS: Table =
    "-H: --host: -c: --context: --log-level: -l: -D --debug -v --version --help --tls --tlsverify";

const DOCKER: Verbs = Verbs {
    globals: DOCKER_GLOBALS,
    looks: &[
        ("ps|images|version|info|port|top|diff|history|search|help", LIST),
        ("inspect", INSPECT),
        ("logs|service logs|container logs", LOGS),
        ("stats|container stats", LIST),
        ("events|system events", "-f: --filter: --format: --since: --until:"),
        ("container ls|container list|container ps|container port|container top|container diff", LIST),
        ("image ls|image list|image history|volume ls|volume list|network ls|network list", LIST),
        ("system df|system info|builder du|buildx du|buildx ls|buildx version|buildx inspect", LIST),
        (
            "pod ps|pod ls|pod list|pod inspect|pod logs|machine list|unshare --help|compose version|scout cves|scout quickview|wait|network ls",
            LIST,
        ),
        ("context ls|context show|plugin ls|node ls|node ps|service ls|service ps|stack ls|stack ps", LIST),
        ("stack services|secret ls|config ls|manifest inspect|buildx imagetools inspect", LIST),
        ("container inspect|image inspect|volume inspect|network inspect|node inspect|service inspect", INSPECT),
        ("config inspect|secret inspect|context inspect|plugin inspect", INSPECT),
    ],
    destroys: "rm|rmi|kill|pod rm|pod kill|machine rm|container rm|container kill|image rm|image remove|volume rm|\
         volume remove|network rm|network remove|\
         buildx rm|buildx history rm|context rm|plugin rm|swarm leave|node rm|service rm|stack rm|secret rm|config rm",
    loses: "removes or kills containers, images or volumes",
    otherwise: "acts on containers",
};

fn docker(call: &Call) -> Verdict {
    let front = options::in_front(call.args, DOCKER.globals);
    let words = front.rest;
    let rest = words.get(1..).unwrap_or_default();
    let verdict = match (text(words, 0), text(words, 1)) {
        ("", _) => Verdict::READS,
        ("compose", _) => compose(call, rest),
        ("exec", _) => exec(call, rest),
        ("container", "exec") => exec(call, &rest[1..]),
        ("run", _) => started(call, rest).waiting_if(
            rest.iter().any(|w| matches!(w.text.as_str(), "-i" | "-t" | "-it" | "-ti" | "--interactive" | "--tty"))
                && !any(rest, &["-d", "--detach"]),
        ),
        ("attach", _) => Verdict::changes("attaches to a container").waiting(),
        ("login", _) => {
            let given = rest.iter().any(|w| w.text.starts_with("--password") || w.text.starts_with("-p"));
            Verdict::changes("logs in").waiting_if(!given)
        }
        (_, "prune") => {
            let asks = !any(rest, &["-f", "--force", "-af", "-fa"]);
            Verdict::destroys("removes what nothing uses, rollback images too").waiting_if(asks)
        }
        (first, second) => {
            let verdict = DOCKER.of(words);
            let streams = (first == "stats" || second == "stats") && !any(rest, &["--no-stream"])
                || (first == "events" || second == "events") && !any(rest, &["--until"]);
            let tells = first == "inspect" || second == "inspect";
            let verdict = verdict.waiting_if(streams);
            if tells { verdict.telling_secrets() } else { verdict }
        }
    };
    front.verdict.and(verdict)
}

/// Options of `run` with a value.
const RUN: Table = "* -v: -p: -e: -u: -w: -h: -l: -m: -c: --volume: --publish: --env: --user: --workdir: --hostname: --name: \
     --network: --net: --label: --memory: --cpus: --entrypoint: --env-file: --mount: --restart: --platform: --pull: --add-host: \
     --cap-add: --cap-drop: --device: --gpus: --health-cmd: --ip: --log-driver: --log-opt: --pid: --ipc: --security-opt: \
     --shm-size: --tmpfs: --ulimit: --volumes-from: --dns: --expose: --link: --stop-timeout: --cidfile: --userns: --pod:";

/// What is run in a new container is run all the same.
fn started(call: &Call, rest: &[Word]) -> Verdict {
    let front = options::in_front(rest, RUN);
    let verdict = Verdict::changes("starts a container");
    match front.rest.get(1..).filter(|inner| !inner.is_empty()) {
        Some(inner) => verdict.and(impact::words(inner, call.command, call.depth)),
        None => verdict,
    }
}

pub(super) const EXEC: Table = "-u: --user: -w: --workdir: -e: --env: --env-file: --index: --detach-keys: -i -t --interactive --tty -T \
     --no-TTY --no-tty -d --detach --privileged";

/// `docker exec [options] CONTAINER command …`.
fn exec(call: &Call, rest: &[Word]) -> Verdict {
    let front = options::in_front(rest, EXEC);
    let inside = inner(call, front.rest, &front);
    inside.waiting_if(front.has(&["-t", "--tty"]) && front.rest.len() > 1)
}

fn inner(call: &Call, words: &[Word], front: &options::Parsed) -> Verdict {
    let Some(command) = words.get(1..).filter(|c| !c.is_empty()) else {
        return Verdict::changes("runs something in a container");
    };
    // `-e LD_PRELOAD=…` steers what runs inside.
    let steers =
        front.values(&["-e", "--env"]).iter().any(|v| impact::steers_programs(v)) || front.has(&["--env-file"]);
    impact::words(command, call.command, call.depth)
        .and(front.verdict.clone())
        .and(Verdict::reads_if(!steers, "sets a variable that makes programs run other programs"))
}

pub(super) const COMPOSE_GLOBALS: Table = "-f: --file: -p: --project-name: --profile: --env-file: --project-directory: \
     --ansi: --progress: --parallel: --no-ansi -v --version --compatibility --all-resources";

const COMPOSE: Verbs = Verbs {
    globals: COMPOSE_GLOBALS,
    looks: &[
        ("ps|images|top|port|version|ls|stats", LIST),
        (
            "config|convert",
            "-q --quiet --services --volumes --images --profiles --format: --hash: --no-interpolate \
                            --environment --variables --no-normalize --no-path-resolution",
        ),
        ("logs", LOGS),
        ("events", "--json"),
    ],
    destroys: "rm|kill",
    loses: "removes or kills containers",
    otherwise: "acts on containers",
};

fn compose(call: &Call, args: &[Word]) -> Verdict {
    let front = options::in_front(args, COMPOSE.globals);
    let words = front.rest;
    let rest = words.get(1..).unwrap_or_default();
    let verdict = match text(words, 0) {
        "" => Verdict::READS,
        "exec" => {
            let given = options::in_front(rest, EXEC);
            // Unlike docker, compose gives a terminal unless told not to.
            let terminal = !given.has(&["-T", "--no-TTY", "--no-tty", "-d", "--detach"]);
            inner(call, given.rest, &given).waiting_if(terminal && opens_shell(given.rest))
        }
        "run" => started(call, rest).waiting_if(!any(rest, &["-d", "--detach", "-T"]) && opens_shell(rest)),
        "down" if any(rest, &["-v", "--volumes", "--rmi"]) => {
            Verdict::destroys("removes containers with their volumes or images")
        }
        "down" => Verdict::changes("removes the containers and their logs"),
        "up" => Verdict::changes("starts containers")
            .waiting_if(!rest.iter().any(|w| w.text == "--wait" || w.text == "--detach" || is_short(&w.text, 'd'))),
        "watch" | "attach" => Verdict::changes("follows containers").waiting(),
        "config" | "convert" => COMPOSE.of(words).telling_secrets(),
        "rm" => COMPOSE.of(words).waiting_if(!rest.iter().any(|w| w.text == "--force" || is_short(&w.text, 'f'))),
        verb => COMPOSE.of(words).waiting_if(verb == "events" || verb == "stats" && !any(rest, &["--no-stream"])),
    };
    front.verdict.and(verdict)
}

/// Whether a cluster of flags without values holds a letter.
pub(super) fn is_short(word: &str, letter: char) -> bool {
    word.strip_prefix('-').is_some_and(|w| !w.starts_with('-') && w.contains(letter))
}

fn opens_shell(words: &[Word]) -> bool {
    words.len() == 2
        && matches!(text(words, 1), "bash" | "sh" | "ash" | "zsh" | "psql" | "redis-cli" | "mysql" | "mongosh")
}
