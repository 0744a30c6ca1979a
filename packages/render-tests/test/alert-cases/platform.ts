import type { AlertCase } from "./alert-case.ts";

const pool = (metric: string, value: number): string =>
  `metallb_allocator_addresses_${metric}{pool="home-lan"} ${value}`;
const stale = (value: number): string =>
  `metallb_k8s_client_config_stale_bool{job="metallb",role="speaker",instance="192.168.1.10:9120"} ${value}`;
const application = (sync: string, health: string): string =>
  `argocd_app_info{name="redis",sync_status="${sync}",health_status="${health}"} 1`;
const cronJob = { namespace: "data", cronjob: "postgresql-backup" };
const cron = (metric: string, value: number | string): string =>
  `kube_cronjob_${metric}{namespace="data",cronjob="postgresql-backup"} ${value}`;
/** Named by Longhorn after its RecurringJob. */
const volumes = { namespace: "longhorn-system", cronjob: "backup" };
const drill = { namespace: "data", cronjob: "postgresql-drill" };
const drilled = (metric: string, value: number | string): string =>
  cron(metric, value).replace("postgresql-backup", "postgresql-drill");
const copied = (part: string, value: string): string =>
  `platform_node_backup_last_success_timestamp_seconds{job="node-exporter",instance="10.42.0.9:9100",part="${part}"} ${value}`;
const requests = (code: number, each: number): string =>
  `traefik_service_requests_total{service="data-registry-http@kubernetes",code="${code}"} 0+${each}x300`;

export const addressCases: readonly AlertCase[] = [
  {
    alert: "AddressesUsedUp",
    fires: [pool("in_use_total", 15), pool("total", 15)],
    quiet: [pool("in_use_total", 3), pool("total", 15)],
    labels: { pool: "home-lan" },
    summary: "Pool home-lan has no address left",
  },
  {
    alert: "AddressNotInPlan",
    fires: [pool("in_use_total", 4)],
    quiet: [pool("in_use_total", 3)],
    labels: {},
    summary: "4 addresses are in use, more than the plan gives away",
  },
  {
    alert: "AddressMissing",
    fires: [pool("in_use_total", 2)],
    quiet: [pool("in_use_total", 3)],
    labels: {},
    summary: "2 addresses are in use, fewer than the plan has holders for",
  },
  {
    alert: "AddressConfigurationStale",
    fires: [stale(1)],
    quiet: [stale(0)],
    labels: { job: "metallb", role: "speaker", instance: "192.168.1.10:9120" },
    summary: "MetalLB's speaker goes on with an older configuration",
  },
];

export const rolloutCases: readonly AlertCase[] = [
  {
    alert: "ApplicationOutOfSync",
    fires: [application("OutOfSync", "Healthy")],
    quiet: [application("Synced", "Healthy")],
    labels: { name: "redis", sync_status: "OutOfSync" },
    summary: "Application redis is OutOfSync",
  },
  {
    alert: "ApplicationUnhealthy",
    fires: [application("Synced", "Degraded")],
    quiet: [application("Synced", "Progressing")],
    labels: { name: "redis", health_status: "Degraded" },
    summary: "Application redis is Degraded",
  },
  {
    alert: "ApplicationStuck",
    fires: [application("Synced", "Progressing")],
    quiet: [`${application("Synced", "Progressing")}x60`],
    labels: { name: "redis", health_status: "Progressing" },
    summary: "Application redis has been progressing for two hours",
  },
  {
    alert: "SyncFails",
    fires: ['argocd_app_sync_total{name="redis",phase="Failed"} 0+0.1x300'],
    quiet: ['argocd_app_sync_total{name="redis",phase="Succeeded"} 0+0.1x300'],
    labels: { name: "redis" },
    summary: "Application redis fails to synchronize again and again",
  },
];

export const backupCases: readonly AlertCase[] = [
  {
    alert: "BackupTooOld",
    fires: [cron("status_last_successful_time", "0x2500")],
    quiet: [cron("status_last_successful_time", "86400x2500")],
    labels: cronJob,
    summary: "The last backup of postgresql-backup in data is 1d 13h 0m 0s old",
    after: "37h",
  },
  {
    alert: "BackupNeverMade",
    fires: [`kube_cronjob_created{namespace="longhorn-system",cronjob="backup"} 0x2500`],
    quiet: [cron("created", "0x2500"), cron("status_last_successful_time", "86400x2500")],
    labels: volumes,
    summary: "backup in longhorn-system has never made a backup",
    after: "37h",
  },
  {
    alert: "NodeBackupTooOld",
    fires: [copied("k3s", "0x2500"), copied("grafana", "86400x2500")],
    // Not switched on: no series at all.
    quiet: [copied("k3s", "86400x2500"), cron("status_last_successful_time", "0x2500")],
    labels: { part: "k3s" },
    summary: "The node's last good copy of k3s is 1d 13h 0m 0s old",
    after: "37h",
  },
  {
    alert: "NodeBackupFailed",
    fires: [`platform_node_backup_failed{job="node-exporter",instance="10.42.0.9:9100"} 1x200`],
    // A run of two hours, which counts as failed until it ends.
    quiet: [`platform_node_backup_failed{job="node-exporter",instance="10.42.0.9:9100"} 0x70 1x120 0`],
    labels: {},
    summary: "The node's last copy of its own state failed, or never ended",
    after: "3h",
  },
  {
    alert: "DrillTooOld",
    fires: [drilled("status_last_successful_time", "0x20000")],
    // A backup of that age is another alert's.
    quiet: [
      drilled("status_last_successful_time", "86400x20000"),
      cron("status_last_successful_time", "0x20000"),
    ],
    labels: drill,
    summary: "postgresql-drill in data last restored a backup 13d 1h 0m 0s ago",
    after: "313h",
  },
  {
    alert: "DrillNeverPassed",
    fires: [drilled("created", "0x20000")],
    quiet: [drilled("created", "0x20000"), drilled("status_last_successful_time", "86400x20000")],
    labels: drill,
    summary: "postgresql-drill in data has never restored a backup",
    after: "313h",
  },
  {
    alert: "CronJobSuspended",
    fires: [cron("spec_suspend", "1x2500")],
    quiet: [cron("spec_suspend", "0x2500")],
    labels: cronJob,
    summary: "postgresql-backup in data has been suspended for a day",
    after: "37h",
  },
  {
    alert: "CronJobOverdue",
    fires: [cron("next_schedule_time", 7200), cron("status_active", 0), cron("spec_suspend", 0)],
    // It runs, for longer than it should.
    quiet: [cron("next_schedule_time", 7200), cron("status_active", 1), cron("spec_suspend", 0)],
    labels: cronJob,
    summary: "CronJob postgresql-backup in data should have started 2h 0m 0s ago",
  },
];

export const serviceCases: readonly AlertCase[] = [
  {
    alert: "DatabaseDown",
    fires: ['redis_up{job="redis",instance="10.42.0.7:9121"} 0'],
    quiet: ['redis_up{job="redis",instance="10.42.0.7:9121"} 1', 'pg_up{job="postgresql"} 1'],
    labels: { job: "redis", instance: "10.42.0.7:9121" },
    summary: "redis does not answer its exporter",
  },
  {
    alert: "IngressFails",
    fires: [requests(200, 60), requests(502, 60)],
    quiet: [requests(200, 60), requests(404, 60)],
    labels: { service: "data-registry-http@kubernetes" },
    summary: "50% of the requests for data-registry-http@kubernetes fail",
  },
];
