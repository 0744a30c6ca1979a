import type { AlertCase } from "./alert-case.ts";

const self = 'job="prometheus",instance="localhost:9090"';
const labels = { job: "prometheus", instance: "localhost:9090" };
const JOBS = [
  "argocd",
  "cadvisor",
  "grafana",
  "jupyterhub",
  "kube-state-metrics",
  "kubelet",
  "loki",
  "metallb",
  "minio",
  "node-exporter",
  "postgresql",
  "prometheus",
  "promtail",
  "redis",
  "registry",
  "traefik",
];
const up = (jobs: readonly string[]): string[] => jobs.map((job) => `up{job="${job}"} 1`);
const counter = (metric: string, more = ""): Pick<AlertCase, "fires" | "quiet"> => ({
  fires: [`${metric}{${self}${more}} 0+1x300`],
  quiet: [`${metric}{${self}${more}} 7`],
});

export const monitoringCases: readonly AlertCase[] = [
  {
    alert: "TargetDown",
    fires: ['up{job="redis",instance="10.42.0.7:9121"} 0'],
    quiet: ['up{job="redis",instance="10.42.0.7:9121"} 1'],
    labels: { job: "redis", instance: "10.42.0.7:9121" },
    summary: "redis (10.42.0.7:9121) cannot be scraped",
  },
  {
    alert: "TargetMissing",
    fires: up(JOBS.filter((job) => job !== "redis")),
    // One that is down is not missing.
    quiet: [...up(JOBS.filter((job) => job !== "redis")), 'up{job="redis"} 0'],
    labels: { job: "redis" },
    summary: "Nothing is scraped for redis, though the plan has a flow for it",
  },
  {
    alert: "ScrapeRefused",
    ...counter("prometheus_target_scrapes_exceeded_sample_limit_total"),
    labels,
    summary: "Prometheus refused an answer that is larger than its bounds",
  },
  {
    alert: "SeriesNearBound",
    fires: [`prometheus_tsdb_head_series{${self}} 60000`],
    quiet: [`prometheus_tsdb_head_series{${self}} 40000`],
    labels,
    summary: "Prometheus holds 60000 series, more than fit its memory",
  },
  {
    alert: "ConfigurationRefused",
    fires: [`prometheus_config_last_reload_successful{${self}} 0`],
    quiet: [`prometheus_config_last_reload_successful{${self}} 1`],
    labels,
    summary: "Prometheus refused its newest configuration and goes on with the one before",
  },
  {
    alert: "RulesFail",
    ...counter("prometheus_rule_evaluation_failures_total", ',rule_group="budget"'),
    labels: { ...labels, rule_group: "budget" },
    summary: "Rules of budget fail",
  },
  {
    alert: "SamplesLost",
    ...counter("prometheus_target_scrapes_sample_duplicate_timestamp_total"),
    labels,
    summary: "Prometheus drops samples that contradict others",
  },
  {
    alert: "DiskWritesFail",
    ...counter("prometheus_tsdb_compactions_failed_total"),
    labels,
    summary: "Prometheus cannot write or read its own data",
  },
];
