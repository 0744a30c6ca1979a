{{/*
What is scraped: whatever an enabled flow of the plan leads `prometheus` to. Labels of every series: `job` is the
component, `role` its workload, then `namespace`, `pod` and `instance`.
*/}}
{{- define "prometheus.scrapes" -}}
{{- $root := .root -}}
{{- $prometheus := $root.Values.prometheus -}}
{{- $network := $root.Values.global.node.network -}}
{{- $targets := include "prometheus.targets" . | fromYaml -}}
- job_name: prometheus
  static_configs:
    - targets: [localhost:{{ $prometheus.port }}]
      labels:
        role: server
        namespace: {{ include "platform.namespace" (dict "root" $root "component" "prometheus") }}
  metric_relabel_configs:
    {{- include "prometheus.dropped" . | nindent 4 }}
{{- with $targets.namespaces }}
# Pods that ask for it by the annotation prometheus.io/scrape.
- job_name: pods
  kubernetes_sd_configs:
    - role: pod
      namespaces:
        names: {{ keys . | sortAlpha | toJson }}
  relabel_configs:
    {{- include "prometheus.annotatedPods" (dict) | nindent 4 }}
    - source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_scheme]
      regex: https
      action: drop
    # Its series are about other pods: a job of its own below.
    - source_labels: [__meta_kubernetes_pod_label_app_kubernetes_io_name]
      regex: kube-state-metrics
      action: drop
    {{- include "prometheus.podLabels" (dict) | nindent 4 }}
  metric_relabel_configs:
    {{- include "prometheus.dropped" $ | nindent 4 }}
# Those that answer over TLS only ask for a token (MetalLB). Their certificates are their own: nobody vouches for them.
- job_name: pods-tls
  scheme: https
  authorization:
    credentials_file: /var/run/secrets/kubernetes.io/serviceaccount/token
  tls_config:
    insecure_skip_verify: true
  kubernetes_sd_configs:
    - role: pod
      namespaces:
        names: {{ keys . | sortAlpha | toJson }}
  relabel_configs:
    {{- include "prometheus.annotatedPods" (dict) | nindent 4 }}
    - source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_scheme]
      regex: https
      action: keep
    {{- include "prometheus.podLabels" (dict) | nindent 4 }}
  metric_relabel_configs:
    {{- include "prometheus.dropped" $ | nindent 4 }}
{{- end }}
{{- if hasKey $targets.jobs "kube-state-metrics" }}
# Namespace, pod and container are those that a series is about, not those of kube-state-metrics.
- job_name: kube-state-metrics
  honor_labels: true
  sample_limit: {{ $prometheus.scrape.clusterSamples }}
  kubernetes_sd_configs:
    - role: pod
      namespaces:
        names: [{{ include "platform.namespace" (dict "root" $root "component" "kube-state-metrics") }}]
  relabel_configs:
    - source_labels: [__meta_kubernetes_pod_label_app_kubernetes_io_name]
      regex: kube-state-metrics
      action: keep
    {{- include "prometheus.annotatedPods" (dict) | nindent 4 }}
{{- end }}
{{- if hasKey $targets.jobs "kubelet" }}
# K3s is one process: its kubelet also answers with the figures of the API server, the controllers and the scheduler.
- job_name: kubelet
  metrics_path: /metrics
  {{- include "prometheus.kubelet" (dict "root" $root) | nindent 2 }}
  metric_relabel_configs:
    - source_labels: [__name__]
      regex: {{ join "|" $prometheus.kubelet.metrics }}
      action: keep
- job_name: cadvisor
  metrics_path: /metrics/cadvisor
  {{- include "prometheus.kubelet" (dict "root" $root) | nindent 2 }}
  # It dates its samples itself: without this, a container that is gone is seen for five more minutes.
  track_timestamps_staleness: true
  metric_relabel_configs:
    - source_labels: [__name__]
      regex: {{ join "|" $prometheus.cadvisor.metrics }}
      action: keep
    # Of what is in no pod, only the node as a whole, all pods together, and K3s.
    - source_labels: [pod, id]
      regex: .+;.*|;|;/|;/kubepods(\.slice)?|;/system\.slice(/k3s\.service)?
      action: keep
    # The pod's own cgroup repeats its containers; its network is the one thing that these do not have.
    - source_labels: [__name__, pod, container]
      regex: container_(cpu|memory|fs|oom|processes|start)_?.*;.+;(POD)?
      action: drop
    - regex: name|image
      action: labeldrop
{{- end }}
{{- end -}}

{{/*
Where the flows of the plan lead Prometheus: {jobs: {<job>: true}, namespaces: {<of pods with annotations>: true}}.
A component that is off has neither.
*/}}
{{- define "prometheus.targets" -}}
{{- $root := .root -}}
{{- $jobs := dict "prometheus" true -}}
{{- $namespaces := dict -}}
{{- range $flow := $root.Values.global.flows -}}
{{- if and $flow.enabled (or (has "prometheus" $flow.from) (has "prometheus/server" $flow.from)) -}}
{{- $component := first (splitList "/" $flow.to) -}}
{{- if eq $component "node" -}}
{{- /* Ports of other programs on the node's network belong to their components. */ -}}
{{- if has (toString $root.Values.prometheus.kubelet.port) ($flow.ports | toStrings) -}}
{{- $_ := set $jobs "kubelet" true -}}
{{- $_ := set $jobs "cadvisor" true -}}
{{- end -}}
{{- else if and (hasKey $root.Values.global.components $component) (include "platform.enabled" (dict "root" $root "component" $component)) -}}
{{- $_ := set $jobs $component true -}}
{{- $_ := set $namespaces (include "platform.namespace" (dict "root" $root "component" $component)) true -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- dict "jobs" $jobs "namespaces" $namespaces | toYaml -}}
{{- end -}}

{{/*
Keeps running pods that ask to be scraped, and takes address and path from their annotations. A pod is found once for
each of its ports; these become one target.
*/}}
{{- define "prometheus.annotatedPods" -}}
- source_labels: [__meta_kubernetes_pod_phase, __meta_kubernetes_pod_annotation_prometheus_io_scrape]
  regex: Running;true
  action: keep
- source_labels: [__meta_kubernetes_pod_ip, __meta_kubernetes_pod_annotation_prometheus_io_port]
  regex: (.+);(\d+)
  replacement: $1:$2
  target_label: __address__
- source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_path]
  regex: (.+)
  target_label: __metrics_path__
- source_labels: [__meta_kubernetes_pod_label_app_kubernetes_io_name]
  target_label: job
- source_labels: [__meta_kubernetes_pod_label_app_kubernetes_io_component]
  target_label: role
{{- end -}}

{{- define "prometheus.podLabels" -}}
- source_labels: [__meta_kubernetes_namespace]
  target_label: namespace
- source_labels: [__meta_kubernetes_pod_name]
  target_label: pod
{{- end -}}

{{/*
The node's kubelet. Its certificate is from the authority that every pod knows, as K3s makes it.
*/}}
{{- define "prometheus.kubelet" -}}
{{- $kubelet := .root.Values.prometheus.kubelet -}}
scheme: https
authorization:
  credentials_file: /var/run/secrets/kubernetes.io/serviceaccount/token
tls_config:
  {{- if $kubelet.verify }}
  ca_file: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt
  {{- else }}
  insecure_skip_verify: true
  {{- end }}
sample_limit: {{ .root.Values.prometheus.scrape.clusterSamples }}
static_configs:
  - targets: ["{{ .root.Values.global.node.network.address }}:{{ $kubelet.port }}"]
    labels:
      node: {{ .root.Values.global.node.name }}
{{- end -}}

{{/*
What no rule and no dashboard asks for: figures of the language's runtime, and histograms but the chosen ones, by far
the most series.
*/}}
{{- define "prometheus.dropped" -}}
- source_labels: [__name__]
  regex: go_(gc|memstats|sched|cpu|sync|cgo|godebug|info).*|promhttp_.*|net_conntrack_.*
  action: drop
- source_labels: [__name__]
  regex: ({{ join "|" .root.Values.prometheus.histograms }})_bucket
  target_label: __tmp_wanted
  replacement: "true"
- source_labels: [__tmp_wanted, __name__]
  regex: ;.+_bucket
  action: drop
- regex: __tmp_wanted
  action: labeldrop
{{- end -}}
