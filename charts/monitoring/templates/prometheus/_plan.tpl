{{/*
The plan as series, so that rules and dashboards hold what is measured against it and no figure stands twice.
*/}}
{{- define "prometheus.plan" -}}
{{- $plan := .root.Values.global -}}
{{- $node := $plan.node -}}
{{- $targets := include "prometheus.targets" . | fromYaml -}}
{{- $capacity := include "platform.number" $node.memory.capacity -}}
{{- $reserved := include "platform.number" $node.memory.reserved -}}
{{- $eviction := include "platform.number" $node.memory.evictionThreshold -}}
groups:
  - name: plan
    interval: 1m
    rules:
      {{- $memory := dict "installed" (include "platform.number" $node.memory.installed) "capacity" $capacity "reserved" $reserved "eviction" $eviction }}
      {{- $_ := set $memory "allocatable" (sub (sub (int64 $capacity) (int64 $reserved)) (int64 $eviction)) }}
      {{- range $part := keys $memory | sortAlpha }}
      {{- include "prometheus.fact" (dict "name" "node_memory_bytes" "value" (get $memory $part) "labels" (dict "part" $part)) | nindent 6 }}
      {{- end }}
      {{- $cpu := include "platform.number" $node.cpu.capacity }}
      {{- include "prometheus.fact" (dict "name" "node_cpu_cores" "value" $cpu "labels" (dict "part" "capacity")) | nindent 6 }}
      {{- $cores := subf (float64 $cpu) (include "platform.number" $node.cpu.reserved | float64) }}
      {{- include "prometheus.fact" (dict "name" "node_cpu_cores" "value" $cores "labels" (dict "part" "allocatable")) | nindent 6 }}
      {{- include "prometheus.fact" (dict "name" "node_storage_bytes" "value" (include "platform.number" $node.storage.capacity) "labels" (dict "part" "capacity")) | nindent 6 }}
      {{- include "prometheus.fact" (dict "name" "node_storage_bytes" "value" (include "platform.number" $node.storage.reserved) "labels" (dict "part" "reserved")) | nindent 6 }}
      {{- include "prometheus.fact" (dict "name" "node_pods" "value" (int64 $node.maxPods)) | nindent 6 }}
      {{- range $name, $layer := $plan.layers }}
      {{- include "prometheus.fact" (dict "name" "layer_memory_bytes" "value" (include "platform.number" $layer.memory) "labels" (dict "layer" $name)) | nindent 6 }}
      {{- include "prometheus.fact" (dict "name" "layer_wave" "value" $layer.wave "labels" (dict "layer" $name)) | nindent 6 }}
      {{- end }}
      {{- range $name, $namespace := $plan.namespaces }}
      {{- $labels := dict "namespace" $name "layer" $namespace.chargedTo }}
      {{- with $namespace.budget }}
      {{- include "prometheus.fact" (dict "name" "namespace_memory_bytes" "value" (include "platform.number" .memory) "labels" $labels) | nindent 6 }}
      {{- include "prometheus.fact" (dict "name" "namespace_cpu_limit_cores" "value" (include "platform.number" .cpuLimits) "labels" $labels) | nindent 6 }}
      {{- include "prometheus.fact" (dict "name" "namespace_cpu_request_cores" "value" (include "platform.number" .cpuRequests) "labels" $labels) | nindent 6 }}
      {{- include "prometheus.fact" (dict "name" "namespace_storage_bytes" "value" (include "platform.number" .storage) "labels" $labels) | nindent 6 }}
      {{- include "prometheus.fact" (dict "name" "namespace_pods" "value" (int64 .pods) "labels" $labels) | nindent 6 }}
      {{- end }}
      {{- end }}
      {{- range $name, $component := $plan.components }}
      {{- if $component.enabled }}
      {{- include "prometheus.fact" (dict "name" "component" "value" 1 "labels" (dict "component" $name "namespace" $component.namespace "layer" $component.layer)) | nindent 6 }}
      {{- end }}
      {{- end }}
      {{- range $job := keys $targets.jobs | sortAlpha }}
      {{- include "prometheus.fact" (dict "name" "scrape" "value" 1 "labels" (dict "job" $job)) | nindent 6 }}
      {{- end }}
      {{- range $name, $held := $plan.addresses.services }}
      {{- include "prometheus.fact" (dict "name" "address" "value" 1 "labels" (dict "address" $held.address "state" "held" "holder" $held.service "component" $held.component)) | nindent 6 }}
      {{- end }}
      {{- range $name, $reserved := $plan.addresses.reserved }}
      {{- include "prometheus.fact" (dict "name" "address" "value" 1 "labels" (dict "address" $reserved.range "state" "reserved" "holder" $reserved.purpose "component" $reserved.component)) | nindent 6 }}
      {{- end }}
      {{- $addresses := 0 }}
      {{- range $plan.addresses.services }}
      {{- if include "platform.enabled" (dict "root" $.root "component" .component) }}
      {{- $addresses = add1 $addresses }}
      {{- end }}
      {{- end }}
      {{- range $plan.addresses.reserved }}
      {{- if include "platform.enabled" (dict "root" $.root "component" .component) }}
      {{- $addresses = add $addresses (include "prometheus.addresses" .range) }}
      {{- end }}
      {{- end }}
      {{- include "prometheus.fact" (dict "name" "addresses" "value" $addresses) | nindent 6 }}
      {{- include "prometheus.fact" (dict "name" "prometheus_series" "value" (include "prometheus.series" .)) | nindent 6 }}
{{- end -}}

{{/*
One figure as a recording rule. Arguments: name, value, labels.
*/}}
{{- define "prometheus.fact" -}}
- record: plan:{{ .name }}
  expr: vector({{ .value }})
  {{- with .labels }}
  labels: {{ toJson . }}
  {{- end }}
{{- end -}}

{{/*
How many addresses a range holds, both ends included.
*/}}
{{- define "prometheus.addresses" -}}
{{- $ends := list -}}
{{- range splitList "-" . -}}
{{- $number := 0 -}}
{{- range splitList "." . -}}
{{- $number = add (mul $number 256) (int64 .) -}}
{{- end -}}
{{- $ends = append $ends $number -}}
{{- end -}}
{{- add1 (sub (last $ends) (first $ends)) -}}
{{- end -}}

{{/*
How many series it can hold at once: what it has beside queries, at the memory that one needs.
*/}}
{{- define "prometheus.series" -}}
{{- $prometheus := .root.Values.prometheus -}}
{{- $mebibytes := include "platform.mebibytes" (dict "quantity" $prometheus.resources.limits.memory "percent" $prometheus.seriesMemoryPercent) -}}
{{- div (mul $mebibytes 1024) $prometheus.kibibytesPerSeries -}}
{{- end -}}

{{/*
How many samples one query may hold, at 16 bytes each: its part of what queries may take together.
Source: https://prometheus.io/docs/prometheus/3.15/command-line/prometheus/
*/}}
{{- define "prometheus.querySamples" -}}
{{- $prometheus := .root.Values.prometheus -}}
{{- $mebibytes := include "platform.mebibytes" (dict "quantity" $prometheus.resources.limits.memory "percent" $prometheus.queryMemoryPercent) -}}
{{- div (mul $mebibytes 65536) $prometheus.query.concurrency -}}
{{- end -}}
