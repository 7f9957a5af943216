//! Brokers, stores, backups, and what looks after hosts.

use super::{Tool, tool};

pub(super) const TOOLS: &[Tool] = &[
    // Brokers and stores.
    tool(
        "rabbitmqctl rabbitmq-diagnostics rabbitmq-queues rabbitmq-plugins",
        "-n: --node: -q --quiet -p: --vhost: -t: --timeout: -s --silent -l --longnames",
        "|status|cluster_status|ping|environment|list_queues|list_exchanges|list_bindings|list_connections|list_channels|\
         list_consumers|list_users|list_vhosts|list_permissions|list_user_permissions|list_policies|list_parameters|\
         list_feature_flags|list_unresponsive_queues|list_global_parameters|list_hashes|list_operator_policies|version|\
         report|node_health_check|check_running|check_local_alarms|check_alarms|check_port_listener|\
         check_port_connectivity|check_virtual_hosts|check_certificate_expiration|check_protocol_listener|listeners|\
         memory_breakdown|alarms|runtime_thread_stats|observer|os_env|server_version|erlang_version|log_location|\
         maybe_stuck|quorum_status|check_if_node_is_quorum_critical|check_if_node_is_mirror_sync_critical|\
         check_if_cluster_has_classic_queue_mirroring_policy|list|is_enabled|consume_event_stream|log_tail|peek|\
         resolve_hostname|disk_free|cipher_suites|certificates|is_booting|is_running|command_line_arguments",
        "delete_queue|delete_user|delete_vhost|reset|force_reset|purge_queue|forget_cluster_node|clear_policy|\
         clear_parameter|clear_permissions|close_connection|close_all_connections|delete_member|shrink|\
         delete_shovel|restart_vhost --force",
        "acts on the broker",
    ),
    tool(
        "rabbitmqadmin",
        "-H: --host: -P: --port: -u: --username: -p: --password: -V: --vhost: -f: --format: -s --ssl -q -c: -N:",
        "list|show|help|list_queues",
        "delete|purge|close",
        "acts on the broker",
    ),
    tool(
        "nodetool",
        "-h: --host: -p: --port: -u: -pw: -pwf:",
        "status|info|tpstats|compactionstats|compactionhistory|netstats|ring|describecluster|describering|cfstats|tablestats|\
         gossipinfo|version|getendpoints|listsnapshots|proxyhistograms|tablehistograms|cfhistograms|\
         getcompactionthroughput|getstreamthroughput|statusgossip|statusbinary|statusbackup|statushandoff|getlogginglevels|\
         gettimeout|toppartitions|viewbuildstatus|failuredetector|getseeds|rangekeysample|help|gcstats",
        "decommission|removenode|assassinate|clearsnapshot|cleanup|garbagecollect|truncatehints|rebuild_index --force",
        "acts on the database",
    ),
    tool("cockroach", "", "node status|node ls|version", "node decommission|node drain|quit", "acts on the database"),
    tool(
        "patronictl", "-c: --config-file: -d: --dcs-url: -k", "list|history|topology|version|show-config|dsn",
        "remove|reinit", "acts on the database cluster",
    ),
    tool(
        "repmgr",
        "-f:",
        "cluster show|cluster event|cluster crosscheck|node check|node status|cluster matrix|service status|daemon status",
        "primary unregister|standby unregister|node rejoin|cluster cleanup",
        "acts on the database cluster",
    ),
    tool(
        "pgbackrest",
        "--stanza: --config: --log-level-console: --repo: --output: --set:",
        "info|check|verify|version|help|repo-ls",
        "restore|expire|stanza-delete|repo-rm|delete",
        "makes a backup",
    ),
    tool(
        "barman",
        "-c: -q",
        "list-backup|list-backups|list-server|list-servers|show-server|show-servers|show-backup|show-backups|status|check|check-backup|diagnose|list-files|replication-status|verify-backup",
        "delete|recover|restore|archive-wal --force",
        "makes a backup",
    ),
    tool(
        "wal-g", "--config:", "backup-list|wal-show|wal-verify|st ls|st cat|st check|help",
        "delete|backup-fetch|st rm|restore", "makes a backup",
    ),
    tool(
        "orchestrator-client orchestrator",
        "",
        "-c topology|-c clusters|-c all-instances|-c which-cluster-master",
        "-c forget|-c reset-slave",
        "acts on replication",
    ),
    tool(
        "pt-query-digest pt-summary pt-mysql-summary pt-duplicate-key-checker",
        "*",
        "",
        "",
        "reads what the server did",
    ),
    tool(
        "influx",
        "-host: -port: -username: -password: -database: --host: --org: -o: --token: -t:",
        "bucket list|org list|user list|auth list|ping|version|task list|v1 dbrp list",
        "delete|bucket delete|org delete|user delete|auth delete|task delete|restore",
        "acts on the database",
    ),
    tool(
        "curator_cli", "--host: --port:", "show_indices|show_snapshots", "delete_indices|delete_snapshots|restore",
        "acts on indices",
    ),
    tool("zfsnap zfs-auto-snapshot sanoid", "", "--version|--help", "destroy|--prune-snapshots", "makes snapshots"),
    // Hosts, configuration, secrets.
    tool(
        "salt-key",
        "--out: -q --no-color",
        "-L|--list-all|-l|--list|-f|--finger|-F|--finger-all|-p|--print|-P|--print-all",
        "-d|--delete|-D|--delete-all|-r|-R|--reject-all|--reject",
        "accepts keys",
    ),
    tool(
        "salt-run",
        "--out: -l:",
        "manage.up|manage.down|manage.status|manage.versions|jobs.list_jobs|jobs.active|jobs.lookup_jid|jobs.list_job|cache.grains",
        "jobs.kill|cache.clear_all|manage.reap",
        "acts on hosts",
    ),
    tool("puppetserver puppetdb", "", "ca list|--version|version", "ca clean|ca revoke", "acts on Puppet"),
    tool(
        "vault",
        "-address: -namespace: -format:",
        "status|version|operator key-status|operator raft list-peers|operator members|operator raft autopilot state|auth list|secrets list|policy list|policy read|audit list|kv list|list|path-help|namespace list|plugin list",
        "kv delete|kv destroy|kv metadata delete|delete|lease revoke|token revoke|secrets disable|auth disable|policy delete|operator raft remove-peer|operator raft snapshot restore|namespace delete|audit disable",
        "handles secrets",
    ),
    tool("monit", "-c: -B -v", "status|summary|report|procmatch|validate|-t|-V", "", "acts on services"),
    tool("sv s6-svstat", "-v -w:", "status|s|check", "force-stop|force-shutdown|kill|exit", "acts on a service"),
    tool("rc-status", "*", "", "", "shows services"),
    tool("initctl", "", "list|status|version|show-config|check-config", "", "acts on a service"),
    tool(
        "launchctl", "", "list|print|print-disabled|version|blame|dumpstate", "remove|unload|bootout|kill",
        "acts on a service",
    ),
    tool(
        "gitlab-ctl",
        "",
        "status|tail|service-list|diff-config|check-config|version|help|show-config|patroni members|get-postgresql-primary|repmgr cluster show",
        "cleanse|uninstall|remove-accounts|registry-garbage-collect|kill|patroni reinitialize-replica|geo-replication-pause --force",
        "acts on GitLab",
    ),
    tool(
        "gitlab-rake",
        "",
        "gitlab:check|gitlab:env:info|gitlab:sidekiq:check|gitlab:gitaly:check|gitlab:ldap:check|gitlab:doctor:secrets|db:migrate:status",
        "db:drop|db:reset|gitlab:backup:restore|gitlab:cleanup:orphan_job_artifact_files|db:schema:load",
        "runs a task of GitLab",
    ),
    tool("gitlab-backup", "", "", "restore", "makes a backup"),
    tool(
        "snapper", "-c: --config:", "list|ls|status|diff|list-configs|get-config",
        "delete|undochange|rollback|delete-config|cleanup", "makes snapshots",
    ),
    tool("timeshift", "", "--list|--list-devices|--version", "--restore|--delete|--delete-all", "makes snapshots"),
    tool(
        "coredumpctl", "--no-pager -r -n: -o: --since: --until: -q", "|list|info", "",
        "opens a debugger or writes a dump",
    ),
    tool(
        "busctl", "--user --system --no-pager", "|list|status|tree|introspect|monitor|get-property", "",
        "calls a service",
    ),
    tool(
        "chronyc",
        "-n -a -h: -c -v",
        "tracking|sources|sourcestats|activity|ntpdata|serverstats|selectdata|clients|rtcdata|waitsync|authdata",
        "delete",
        "sets the clock",
    ),
    tool("wg", "", "|show|showconf", "", "changes the tunnel"),
    tool(
        "tailscale",
        "--socket:",
        "status|ip|netcheck|ping|version|whois|dns status|debug prefs|serve status|funnel status|exit-node list",
        "logout",
        "changes the tunnel",
    ),
    tool("zerotier-cli", "-j", "info|status|listpeers|peers|listnetworks", "leave", "changes the tunnel"),
    tool(
        "cloudflared",
        "",
        "tunnel list|tunnel info|version|tunnel ingress validate|tail",
        "tunnel delete|tunnel cleanup",
        "changes the tunnel",
    ),
    tool(
        "nmcli",
        "-t -f: -g: -p -m: -c: -e: -w: --fields: --terse --colors:",
        "|general|general status|device|device status|device show|device wifi list|connection show|con show|c show|c s|dev|dev status|dev show|networking|radio|monitor",
        "connection delete|con delete|device delete|c delete",
        "changes the network",
    ),
    tool(
        "heroku",
        "",
        "apps|apps:info|info|ps|ps:type|logs|releases|releases:info|addons|addons:info|config|config:get|domains|certs|\
         certs:info|pg|pg:info|pg:ps|pg:locks|pg:blocking|pg:outliers|pg:diagnose|pg:backups|pg:backups:info|\
         pg:backups:schedules|pg:bloat|pg:index-usage|pg:cache-hit|redis|redis:info|maintenance|status|pipelines|\
         pipelines:info|buildpacks|features|labs|access|members|teams|drains|spaces|auth:whoami|regions|stack|version",
        "apps:destroy|destroy|pg:reset|pg:killall|pg:kill|pg:backups:restore|pg:backups:delete|pg:copy|addons:destroy|\
         domains:remove|domains:clear|certs:remove|config:unset|pipelines:destroy|spaces:destroy",
        "acts on the application",
    ),
    tool(
        "dokku",
        "--quiet",
        "apps:list|apps:report|ps:report|ps:inspect|logs|config:show|config:get|domains:report|certs:report|storage:list|\
         postgres:list|postgres:info|redis:list|redis:info|mysql:list|mongo:list|letsencrypt:list|network:list|plugin:list|\
         nginx:show-config|nginx:error-logs|nginx:access-logs|events|version|report|git:report|proxy:report",
        "apps:destroy|postgres:destroy|redis:destroy|mysql:destroy|mongo:destroy|network:destroy|storage:unmount|\
         domains:clear|cleanup",
        "acts on the application",
    ),
    tool("brctl", "", "show|showmacs|showstp", "delbr|delif", "changes the network"),
    tool(
        "tc", "-s -d -j -p -n:", "qdisc show|qdisc ls|class show|filter show|qdisc", "qdisc del|class del|filter del",
        "changes the network",
    ),
    tool(
        "ipset", "-q -n -t -s -o:", "list|-L|save|test|-v|version", "destroy|flush|del|-X|-F|-D",
        "changes the firewall",
    ),
    tool("ipvsadm", "", "-L|-l|-ln|-Ln|--list|-S", "-C|-D|-d|--clear", "changes the balancer"),
    tool(
        "cscli",
        "-o: -c:",
        "decisions list|alerts list|alerts inspect|metrics|hub list|bouncers list|machines list|collections list|scenarios list|version|capi status|lapi status|explain",
        "decisions delete|alerts delete|bouncers delete|machines delete|collections remove",
        "acts on CrowdSec",
    ),
    tool(
        "varnishadm",
        "-n: -T: -S: -t:",
        "ping|status|backend.list|ban.list|vcl.list|vcl.show|param.show|panic.show|storage.list|help|banner",
        "panic.clear",
        "acts on the cache",
    ),
    tool("rndc", "-k: -s: -p: -c:", "status|zonestatus|recursing|showzone", "delzone", "acts on the name server"),
    tool(
        "ipmitool",
        "-I: -H: -U: -P: -E -L: -f: -v -p: -C:",
        "sel list|sel elist|sel info|sel get|sdr|sdr list|sdr elist|sensor|sensor list|chassis status|chassis power status|power status|mc info|fru|fru print|lan print|user list|bmc info|sol info|dcmi power reading",
        "chassis power off|chassis power cycle|chassis power reset|chassis power soft|power off|power cycle|power reset|power soft|sel clear|mc reset",
        "acts on the machine",
    ),
    tool("auditctl", "", "-l|-s|-v", "-D|-d|-W", "changes what is audited"),
    tool(
        "semanage", "", "fcontext -l|port -l|boolean -l|user -l|login -l|export", "fcontext -d|port -d|login -d",
        "changes the security policy",
    ),
    tool(
        "grafana-cli",
        "--homepath: --config:",
        "plugins ls|plugins list-remote|plugins list-versions|--version",
        "plugins remove|plugins uninstall",
        "acts on Grafana",
    ),
    tool("promtool", "", "check|query|test rules|tsdb list|tsdb analyze|tsdb dump", "", "acts on Prometheus"),
    tool(
        "mimirtool cortextool lokitool",
        "--address: --id: --key: --user:",
        "rules list|rules get|rules print|rules diff|rules check|rules lint|alertmanager get|analyze|config convert|version",
        "rules delete|alertmanager delete|rules delete-namespace",
        "acts on the rules",
    ),
    tool(
        "logcli",
        "--addr: --org-id: --username: --password: -q --quiet -o: --timezone:",
        "query|labels|series|instant-query|stats|volume|volume_range|detected-fields|version|fmt",
        "",
        "asks Loki",
    ),
    tool(
        "sentry-cli",
        "--org: --project: --auth-token:",
        "releases list|releases info|projects list|organizations list|issues list|info|repos list|deploys list|events list|monitors list",
        "releases delete|releases archive|files delete|issues resolve --all",
        "acts on Sentry",
    ),
    tool(
        "stalwart-cli",
        "-u: --url: -c: --credentials:",
        "queue list|queue status|account list|account display|domain list|list list|group list|report list|server list-config",
        "queue cancel|account delete|domain delete|list delete|group delete|report cancel|server delete-config",
        "acts on the mail server",
    ),
    tool(
        "doveadm",
        "-D -v -f: -c: -o:",
        "who|user|quota get|mailbox list|mailbox status|mailbox metadata list|log errors|log find|search|fetch|director status|replicator status|proxy list|acl get|pw|instance list|stats dump|service status|config",
        "expunge|mailbox delete|purge|kick|force-resync|acl delete|sieve delete",
        "acts on mail",
    ),
    tool("postconf", "", "|-n|-d|-m|-a|-A|-l|-M|-P|-p", "", "changes the mail server's settings"),
    tool("gunicorn uvicorn supervisord", "", "--version|-v", "", "starts a server"),
    tool("ollama", "", "list|ls|ps|show|--version|-v", "rm", "acts on models"),
    tool(
        "packer", "-machine-readable", "validate|inspect|version|plugins installed|fmt -check", "plugins remove",
        "builds images",
    ),
    tool(
        "cdk", "-a: --app: -c: --profile:", "diff|ls|list|synth|doctor|notices|metadata|context", "destroy|gc",
        "changes infrastructure",
    ),
    tool(
        "serverless sls", "-s: --stage: -r: --region:", "info|deploy list|print|logs|metrics", "remove",
        "changes infrastructure",
    ),
    tool(
        "kamal",
        "-d: --destination: -v -q -p -h: -r: --hosts: --roles:",
        "details|audit|config|version|app details|app logs|app version|app containers|app images|proxy details|proxy logs|accessory details|accessory logs|lock status",
        "remove|app remove|app stale_containers --stop|proxy remove|accessory remove|prune|prune all|prune images|prune containers|server exec rm",
        "deploys",
    ),
    tool("etckeeper", "", "vcs log|vcs status|vcs diff", "", "keeps the settings"),
    tool(
        "duplicity",
        "",
        "collection-status|list-current-files|verify",
        "remove-older-than|remove-all-but-n-full|remove-all-inc-of-but-n-full|cleanup|restore",
        "makes a backup",
    ),
    tool(
        "kopia",
        "--config-file:",
        "snapshot list|repository status|snapshot verify|policy list|policy show|ls|maintenance info|content stats|blob stats",
        "snapshot delete|repository disconnect|blob delete|content delete|policy remove|snapshot expire|restore",
        "makes or restores a backup",
    ),
    tool(
        "borgmatic",
        "-c: --config: -v: --verbosity: -n --dry-run",
        "list|info|rlist|rinfo|repo-list|repo-info|config validate|check|borg list|borg info",
        "prune|compact|delete|break-lock|restore|borg delete",
        "makes a backup",
    ),
    tool("xtrabackup mariabackup innobackupex", "", "--version|--stats", "--copy-back|--move-back", "makes a backup"),
    tool("myloader mysqlpump mydumper", "", "--version|-V", "--overwrite-tables", "moves a database"),
];
