{{/*
What the server takes of its memory limit, in MiB, as YAML. A connection costs about 5 MiB besides what its query
sorts or hashes; one query may use work_mem more than once, hence half of what is left for all of them.
*/}}
{{- define "postgresql.memory" -}}
{{- $postgresql := .root.Values.postgresql -}}
{{- $limit := $postgresql.resources.limits.memory -}}
{{- $connections := $postgresql.maxConnections | int64 -}}
{{- $sharedBuffers := include "platform.mebibytes" (dict "quantity" $limit "percent" 25) | int64 -}}
{{- $maintenance := include "platform.mebibytes" (dict "quantity" $limit "percent" 6) | int64 -}}
{{- $autovacuum := include "platform.mebibytes" (dict "quantity" $limit "percent" 3) | int64 -}}
{{- $sharedMemory := include "platform.mebibytes" (dict "quantity" $limit "percent" 6) | int64 -}}
{{- $taken := add $sharedBuffers $maintenance (mul 2 $autovacuum) $sharedMemory (mul 5 $connections) -}}
{{- $left := sub (include "platform.mebibytes" (dict "quantity" $limit) | int64) $taken -}}
sharedBuffers: {{ $sharedBuffers }}
cacheSize: {{ include "platform.mebibytes" (dict "quantity" $limit "percent" 60) }}
maintenance: {{ $maintenance }}
autovacuum: {{ $autovacuum }}
sharedMemory: {{ $sharedMemory }}
workMem: {{ div $left (mul 2 $connections) | min 64 }}
{{- end -}}

{{/*
The platform's own roles and how many connections each may open, as YAML: dumps one database at a time, and a
scrape that asks while the one before still runs.
*/}}
{{- define "postgresql.ownRoles" -}}
backup: 4
{{- if .root.Values.postgresql.metrics.enabled }}
metrics: 4
{{- end }}
{{- end -}}
