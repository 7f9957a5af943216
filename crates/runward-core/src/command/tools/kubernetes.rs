//! What steers a cluster: kubectl and its kin, helm, and the runtimes below them.

use super::super::impact::{self, Verdict};
use super::containers::{LIST, LOGS, any, is_short, text};
use super::options::{self, Table, Verbs};
use super::verbs::by_verb;
use super::{Call, Word};

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    Some(match call.program {
        "kubectl" | "oc" | "k" => kubectl(call, call.args),
        "k3s" | "rke2" | "microk8s.kubectl" => match call.args {
            [first, rest @ ..] if first.text == "kubectl" => kubectl(call, rest),
            [first, rest @ ..] if first.text == "crictl" => CRICTL.verdict(rest),
            [first] if matches!(first.text.as_str(), "--version" | "check-config") => Verdict::READS,
            _ => by_verb(
                call.args, "", "etcd-snapshot list|etcd-snapshot ls|secrets-encrypt status",
                "etcd-snapshot delete|etcd-snapshot prune", "acts on the cluster",
            ),
        },
        "helm" => HELM.verdict(call.args).and(helm_secrets(call)),
        "crictl" => CRICTL.verdict(call.args),
        "ctr" => ctr(call),
        "stern" | "kail" => {
            let ends = any(call.args, &["--no-follow"]);
            Verdict::READS.waiting_if(!ends)
        }
        "k9s" | "lens" => Verdict::changes("opens the cluster's console").waiting(),
        _ => return None,
    })
}

pub(super) const KUBE_VALUES: &str = "-n: --namespace: --context: --kubeconfig: -s: --server: --cluster: --user: --request-timeout: \
     -v: --as: --as-group: --insecure-skip-tls-verify? --token:";
const KUBE_LIST: Table = "-n: --namespace: --context: --kubeconfig: --cluster: --user: --request-timeout: -A \
     --all-namespaces -o: --output: -l: --selector: -w~ --watch~ --watch-only~ -f: --filename: -k: --field-selector: \
     --sort-by: --show-labels --no-headers --ignore-not-found -L: --label-columns: --show-kind --raw: --containers \
     --recursive --api-version: --for: --types: --show-events? --template: --use-protocol-buffers -c: --nodes --sum \
     --namespaced? --verbs: --api-group: --client --short --revision: --timeout: --minify --flatten --list --chunk-size: -R \
     --as: --as-group: --subresource: --server-print? --token: --all --load-restrictor: --enable-helm";

const KUBECTL: Verbs = Verbs {
    globals: KUBE_VALUES,
    looks: &[
        ("get|describe|top|version|explain|api-resources|api-versions|events|diff|wait|kustomize|options", KUBE_LIST),
        ("cluster-info", KUBE_LIST),
        ("rollout status|rollout history", KUBE_LIST),
        ("config view|config current-context|config get-contexts|config get-clusters|config get-users", KUBE_LIST),
        ("auth can-i|auth whoami|plugin list|certificate --help", KUBE_LIST),
        // What plug-ins offer to look at.
        ("argo rollouts get|argo rollouts list|argo rollouts status|argo rollouts version|argo rollouts lint", "*"),
        (
            "cnpg status|cert-manager status|cert-manager check|rabbitmq list|rabbitmq get|minio tenant list|ctx|tree|neat",
            "*",
        ),
        ("krew list|krew search|krew info|hns tree|who-can|access-matrix|resource-capacity|view-allocations", "*"),
        // What `oc` adds.
        ("status|whoami|projects|adm top|adm node-logs|adm policy who-can|adm inspect --help|registry info", KUBE_LIST),
        (
            "logs",
            "-n: --namespace: --context: --kubeconfig: -f~ --follow~ --tail: --since: --since-time: -p --previous? -c: \
             --container: --all-containers? -l: --selector: --timestamps? --prefix? --max-log-requests: --limit-bytes: \
             --ignore-errors? --all-pods?",
        ),
    ],
    destroys: "delete|drain|evict|adm drain|adm prune|cnpg destroy|argo rollouts terminate",
    loses: "removes things from the cluster",
    otherwise: "acts on the cluster",
};

fn kubectl(call: &Call, args: &[Word]) -> Verdict {
    let front = options::in_front(args, KUBE_VALUES);
    let words = front.rest;
    let rest = words.get(1..).unwrap_or_default();
    let verdict = match text(words, 0) {
        "" => Verdict::READS,
        "get" | "describe" if rest.iter().any(|w| w.text.starts_with("secret")) => KUBECTL.of(words).telling_secrets(),
        "cluster-info" if rest.iter().any(|w| w.text == "dump") => KUBECTL.of(words).telling_secrets(),
        "config" => KUBECTL.of(words).telling_secrets(),
        "port-forward" | "proxy" | "attach" => Verdict::changes("opens a connection and keeps it").waiting(),
        "edit" => Verdict::changes("opens an editor").waiting(),
        "exec" | "rsh" => exec(call, rest, words),
        "debug" | "run" => starts(call, rest),
        "replace" if any(rest, &["--force"]) => Verdict::destroys("removes and makes anew"),
        // Only shown: `kubectl create … --dry-run=client -o yaml`.
        "create" | "apply" | "set" | "label" | "annotate" | "patch" | "expose" | "scale" | "replace" | "delete"
            if rest.iter().any(|w| matches!(w.text.as_str(), "--dry-run=client" | "--dry-run=server")) =>
        {
            Verdict::READS
        }
        "drain" if rest.iter().any(|w| w.text.starts_with("--dry-run")) => Verdict::changes("acts on the cluster"),
        _ => KUBECTL.of(words),
    };
    front.verdict.and(verdict)
}

const EXEC: Table = "-n: --namespace: -c: --container: -i -t -it -ti -q --stdin --tty --quiet --context: --kubeconfig: \
     --pod-running-timeout: -f: --shell:";

/// `kubectl exec POD -- command`, and the old form without the dashes.
fn exec(call: &Call, rest: &[Word], words: &[Word]) -> Verdict {
    let terminal = rest.iter().take_while(|w| w.text != "--").any(|w| w.text == "--tty" || is_short(&w.text, 't'));
    let inner = match rest.iter().position(|w| w.text == "--") {
        Some(at) => &rest[at + 1..],
        None => options::in_front(rest, EXEC).rest.get(1..).unwrap_or_default(),
    };
    if inner.is_empty() {
        // `oc rsh POD` opens a shell.
        return Verdict::changes("runs something in a pod").waiting_if(terminal || text(words, 0) == "rsh");
    }
    impact::words(inner, call.command, call.depth).waiting_if(terminal)
}

/// A pod that is started for a command: it is changed by both.
fn starts(call: &Call, rest: &[Word]) -> Verdict {
    let terminal = rest.iter().take_while(|w| w.text != "--").any(|w| w.text == "--tty" || is_short(&w.text, 't'));
    let started = Verdict::changes("starts a pod").waiting_if(terminal);
    match rest.iter().position(|w| w.text == "--") {
        Some(at) => started.and(impact::words(&rest[at + 1..], call.command, call.depth)),
        None => started,
    }
}

const HELM: Verbs = Verbs {
    globals: KUBE_VALUES,
    looks: &[
        (
            "list|ls|status|history|search|version|env|show|get|verify|repo list|plugin list|diff|dependency list",
            "-n: --namespace: -a -A -q -o: --output: --all --all-namespaces --filter: --max: --revision: --show-desc \
             --show-resources --version: --versions -l --short --kube-context: --kubeconfig: --failed --deployed --pending \
             -f: --values: --set: --set-string: -C: --context: --reuse-values --allow-unreleased --no-color --devel -d",
        ),
        (
            "template|lint",
            "-n: --namespace: -f: --values: --set: --set-string: --version: --strict --debug -s: --show-only: \
          --include-crds --api-versions: --kube-version: --name-template: --skip-tests --no-hooks --validate",
        ),
        ("upgrade --dry-run|install --dry-run|rollback --dry-run", "*"),
    ],
    destroys: "uninstall|delete|del|un|plugin uninstall|repo remove --force-update",
    loses: "removes a release",
    otherwise: "acts on a release",
};

fn helm_secrets(call: &Call) -> Verdict {
    let gets = call.args.iter().any(|w| w.text == "get");
    if gets { Verdict::READS.telling_secrets() } else { Verdict::READS }
}

const CRICTL: Verbs = Verbs {
    globals: "-r: -D -t: --runtime-endpoint: --timeout: -i: --image-endpoint: -c: --config:",
    looks: &[
        (
            "ps|pods|images|img|inspect|inspecti|inspectp|stats|statsp|info|version|imagefsinfo",
            "-a -q -o: -v --name: --state: --label: --pod: --no-trunc --id: --all --quiet --output: --latest -l --last: -n:",
        ),
        ("logs", LOGS),
    ],
    destroys: "rm|rmi|rmp",
    loses: "removes containers or images",
    otherwise: "acts on containers",
};

/// containerd's own client: `ctr -n k8s.io images ls`.
fn ctr(call: &Call) -> Verdict {
    let verdict = by_verb(
        call.args,
        "-n: --namespace: -a: --address: --timeout: --debug",
        "version|info|images ls|images list|images check|image ls|i ls|containers ls|containers list|containers info|container ls|\
         c ls|c info|tasks ls|tasks list|tasks metrics|task ls|t ls|namespaces ls|namespaces list|ns ls|snapshots ls|\
         snapshots usage|snapshots tree|content ls|leases ls|plugins ls|events",
        "images rm|images remove|images delete|images prune|image rm|i rm|containers rm|containers delete|container rm|c rm|\
         tasks rm|tasks kill|tasks delete|task kill|t kill|t rm|namespaces rm|ns rm|snapshots rm|content rm|content prune|\
         leases rm|run --rm",
        "acts on containers",
    );
    let listed = options::in_front(call.args, LIST).rest.is_empty();
    verdict.waiting_if(!listed && call.args.iter().any(|w| w.text == "events"))
}
