{{/*
The sync wave of a component's object: its layer's band plus the offset of its phase. Argo CD waits for
health between waves, so storage shares the wave of its first consumer: a claim that waits for its first
consumer would otherwise hold back that very consumer.
Offsets inside a component, 0 to 9:
  crds 0 · identity 1 (ServiceAccount, RBAC) · config 2 (ConfigMap, NetworkPolicy) · workload 5 (workloads,
  their Services, claims and budgets) · job 7 (Jobs that need the workload, CronJobs) · resource 8 (custom
  resources)
*/}}
{{- define "platform.wave" -}}
{{- $offsets := dict "crds" 0 "identity" 1 "config" 2 "workload" 5 "job" 7 "resource" 8 -}}
{{- if not (hasKey $offsets .phase) -}}
{{- fail (printf "platform.wave: unknown phase %q of component %q; one of %s" (toString .phase) .component (keys $offsets | sortAlpha | join ", ")) -}}
{{- end -}}
{{- $layer := (include "platform.requireComponent" . | fromYaml).layer -}}
{{- $wave := (get .root.Values.global.layers $layer).wave -}}
{{- add $wave (get $offsets .phase) -}}
{{- end -}}
