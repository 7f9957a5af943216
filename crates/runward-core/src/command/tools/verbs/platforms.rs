//! Clusters, virtual machines and networks, and what is deployed to them.

use super::{Tool, tool};

pub(super) const TOOLS: &[Tool] = &[
    // Clusters and what is deployed to them.
    tool(
        "argocd",
        "--server: --auth-token: --grpc-web --insecure --plaintext --core --context: --config: --port-forward-namespace:",
        "app list|app get|app history|app diff|app logs|app manifests|app resources|app wait|cluster list|cluster get|\
         repo list|repo get|proj list|proj get|account list|account get|account can-i|appset list|appset get|cert list|\
         version|context",
        "app delete|app delete-resource|app rm|cluster rm|repo rm|proj delete|appset delete|cert rm|account delete-token",
        "acts on the deployments",
    ),
    tool(
        "argo",
        "-n: --namespace: -A --context:",
        "list|get|logs|version|watch|lint|cron list|cron get|template list|template get|archive list|node get",
        "delete|terminate|stop|cron delete|template delete|archive delete",
        "acts on workflows",
    ),
    tool(
        "flux",
        "-n: --namespace: --context: --kubeconfig:",
        "get|check|version|logs|tree|stats|events|diff|export|trace|debug",
        "delete|uninstall",
        "acts on what is deployed",
    ),
    tool(
        "istioctl",
        "-n: --namespace: -i: --istioNamespace: --context:",
        "version|proxy-status|ps|proxy-config|pc|analyze|describe|experimental describe|x describe|x precheck|manifest diff|\
         profile list|profile dump|validate|verify-install",
        "uninstall|manifest uninstall",
        "acts on the mesh",
    ),
    tool(
        "linkerd",
        "-n: --context:",
        "check|version|edges|stat|routes|viz stat|viz edges|viz routes|diagnostics proxy-metrics",
        "uninstall|prune",
        "acts on the mesh",
    ),
    tool(
        "cilium",
        "-n: --context:",
        "status|version|endpoint list|endpoint get|service list|node list|bpf lb list|connectivity perf-report|config view|hubble status",
        "uninstall",
        "acts on the network",
    ),
    tool("hubble", "", "status|observe|list nodes|version", "", "acts on the network"),
    tool(
        "calicoctl",
        "",
        "get|version|node status|node checksystem|ipam show|ipam check",
        "delete|ipam release",
        "acts on the network",
    ),
    tool(
        "kubeadm",
        "-v:",
        "version|token list|certs check-expiration|config images list|config view|config print|upgrade plan|upgrade diff",
        "reset|token delete",
        "acts on the cluster",
    ),
    tool("kind", "", "get|version|export kubeconfig --dry-run", "delete", "acts on a cluster"),
    tool(
        "k3d",
        "",
        "cluster list|node list|registry list|version|cluster get|node get",
        "cluster delete|node delete|registry delete",
        "acts on a cluster",
    ),
    tool(
        "minikube",
        "-p: --profile:",
        "status|ip|version|profile list|service list|addons list|logs|node list|image ls|kubectl get|update-check",
        "delete|node delete|image rm|cache delete",
        "acts on a cluster",
    ),
    tool(
        "microk8s", "", "status|version|kubectl get|kubectl describe|inspect", "reset|kubectl delete",
        "acts on a cluster",
    ),
    tool(
        "eksctl",
        "--region: --profile:",
        "get|version|info|utils describe-stacks|utils describe-addon-versions",
        "delete|drain",
        "acts on a cluster",
    ),
    tool("kops", "--name: --state:", "get|validate|version", "delete", "acts on a cluster"),
    tool(
        "rancher",
        "",
        "clusters ls|nodes ls|ps|projects ls|context current|server ls",
        "clusters rm|nodes rm|projects rm",
        "acts on a cluster",
    ),
    tool(
        "velero",
        "-n: --namespace:",
        "get|version|describe|backup get|backup describe|backup logs|restore get|restore describe|restore logs|schedule get|\
         schedule describe|backup-location get|snapshot-location get|repo get",
        "delete|backup delete|restore delete|schedule delete|backup-location delete|uninstall",
        "makes or restores a backup",
    ),
    tool("kustomize", "", "build|version|cfg tree", "", "changes manifests"),
    tool("kubeseal", "", "--version|version", "", "seals secrets"),
    tool("kapp", "", "list|ls|inspect|logs|version", "delete", "acts on what is deployed"),
    tool("kubectx kubens", "", "", "", "changes which cluster is meant"),
    tool(
        "helmfile",
        "-e: --environment: -f: --file: -l: --selector: -n: -q",
        "diff|list|status|template|lint|build|version|show-dag|test --dry-run",
        "destroy|delete",
        "acts on releases",
    ),
    tool(
        "nomad",
        "-address: -region: -namespace: -token: -no-color",
        "status|job status|job history|job inspect|job plan|job deployments|job allocs|node status|alloc status|alloc logs|\
         alloc fs|server members|agent-info|version|eval status|eval list|deployment list|deployment status|plan|logs|\
         operator raft list-peers|operator autopilot get-config|namespace list|namespace status|volume status|\
         service list|service info|var list|acl token list|acl policy list|monitor",
        "system gc|operator raft remove-peer|namespace delete|volume delete|var purge|acl token delete|acl policy delete|\
         server force-leave|service delete",
        "acts on jobs",
    ),
    tool(
        "consul",
        "-http-addr: -token: -datacenter:",
        "members|info|kv get|kv export|catalog datacenters|catalog nodes|catalog services|operator raft list-peers|\
         operator autopilot state|operator autopilot get-config|version|config read|config list|intention list|\
         intention check|acl token list|acl policy list|monitor|rtt|validate|snapshot inspect|peering list|troubleshoot",
        "kv delete|leave|force-leave|snapshot restore|operator raft remove-peer|config delete|acl token delete|\
         acl policy delete|services deregister|intention delete|peering delete",
        "acts on Consul",
    ),
    tool(
        "etcdctl",
        "--endpoints: --cacert: --cert: --key: --user: --password: --write-out: -w: --command-timeout: --dial-timeout: \
         --insecure-skip-tls-verify --debug --hex --keepalive-time:",
        "get|endpoint health|endpoint status|endpoint hashkv|member list|version|alarm list|snapshot status|lease list|\
         lease timetolive|user list|user get|role list|role get|auth status|cluster-health|ls|watch|check datascale",
        "del|rm|rmdir|member remove|snapshot restore|user delete|role delete|lease revoke|compact|compaction",
        "acts on etcd",
    ),
    tool(
        "etcdutl", "-w: --write-out:", "snapshot status|version|hashkv", "snapshot restore|backup restore",
        "acts on etcd's data",
    ),
    tool(
        "ceph",
        "-c: --conf: -n: --name: --cluster: -f: --format: -k: --keyring: -m: --connect-timeout: -s --status --version -v",
        "|status|health|df|osd tree|osd df|osd status|osd stat|osd pool ls|osd ls|osd dump|osd perf|osd find|osd metadata|\
         osd blocked-by|osd pool get|osd pool stats|osd pool autoscale-status|mon stat|mon dump|pg stat|pg dump|pg ls|\
         pg dump_stuck|quorum_status|versions|fs status|fs ls|mds stat|mgr services|mgr stat|orch ls|orch ps|orch host ls|\
         orch device ls|orch status|crash ls|crash info|auth list|log last|time-sync-status|config dump|config get|\
         device ls|balancer status",
        "osd purge|osd destroy|osd rm|osd lost|osd pool delete|osd pool rm|fs rm|auth del|auth rm|orch rm|orch host rm|\
         orch device zap|mon remove|pool delete|osd crush remove",
        "acts on the storage cluster",
    ),
    tool(
        "rbd",
        "-p: --pool: --image: -c: -n: --id:",
        "ls|list|info|du|status|snap ls|trash ls|showmapped|device list|lock list|watch",
        "rm|remove|snap rm|snap purge|snap rollback|trash purge|trash rm",
        "acts on an image",
    ),
    tool(
        "gluster",
        "--mode:",
        "volume info|volume status|volume list|volume get|peer status|pool list|snapshot list|snapshot info",
        "volume delete|peer detach|snapshot delete|snapshot restore|volume reset",
        "acts on a volume",
    ),
    tool(
        "drbdadm", "-v", "status|cstate|dstate|role|dump|sh-resources", "invalidate|wipe-md|create-md|down --force",
        "acts on a mirrored disk",
    ),
    tool(
        "pcs",
        "",
        "status|cluster status|resource show|resource status|resource config|config|constraint|stonith status|property|quorum status",
        "resource delete|cluster destroy|stonith delete|cluster node remove|stonith fence",
        "acts on the cluster",
    ),
    tool(
        "crm",
        "",
        "status|configure show|node list|resource status|resource list",
        "node delete|resource delete|node fence",
        "acts on the cluster",
    ),
    // Virtual machines.
    tool(
        "virsh",
        "-c: --connect: -q -r --readonly",
        "list|dominfo|domstate|domblklist|domiflist|domstats|dumpxml|net-list|net-info|pool-list|pool-info|vol-list|vol-info|\
         nodeinfo|version|snapshot-list|snapshot-info|vcpuinfo|dommemstat|domifaddr|capabilities|hostname",
        "destroy|undefine|vol-delete|pool-destroy|pool-delete|snapshot-delete|snapshot-revert|reset|net-destroy|vol-wipe",
        "acts on a virtual machine",
    ),
    tool(
        "lxc incus",
        "--project: --force-local -q",
        "list|ls|info|config show|config get|image list|image info|network list|network show|storage list|storage info|profile list|profile show|version|cluster list|snapshot list|warning list",
        "delete|rm|image delete|network delete|storage delete|profile delete|snapshot delete|restore|snapshot restore",
        "acts on a container",
    ),
    tool(
        "qm pct", "", "list|status|config|listsnapshot|pending|showcmd|cpusets|df",
        "destroy|rollback|delsnapshot|reset", "acts on a guest",
    ),
    tool("pvesh", "", "get|ls|usage", "delete", "acts on Proxmox"),
    tool("pvecm", "", "status|nodes", "delnode", "acts on Proxmox"),
    tool(
        "machinectl", "--no-pager -l --full", "|list|status|show|list-images|image-status",
        "terminate|kill|remove|poweroff|reboot|clean", "acts on a container",
    ),
    tool(
        "vagrant",
        "--machine-readable",
        "status|global-status|version|box list|ssh-config|port|validate|snapshot list|plugin list",
        "destroy|box remove|snapshot delete|snapshot restore|box prune",
        "acts on a virtual machine",
    ),
    tool("multipass", "", "list|info|version|networks|find|get", "delete|purge", "acts on a virtual machine"),
];
