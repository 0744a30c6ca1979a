{{/*
Labels of Argo CD's own objects. It finds its ConfigMaps and Secrets by part-of, so that names Argo CD instead of
the layer. Argument: role (optional).
*/}}
{{- define "argocd.labels" -}}
app.kubernetes.io/name: argocd
{{- with .role }}
app.kubernetes.io/component: {{ . }}
{{- end }}
app.kubernetes.io/part-of: argocd
app.kubernetes.io/managed-by: argocd
{{- end -}}

{{/*
The metadata of an object in Argo CD's namespace. Arguments: root, role (optional), name, phase.
*/}}
{{- define "argocd.metadata" -}}
{{- $c := merge (dict "component" "argocd") . -}}
name: {{ .name }}
namespace: {{ include "platform.namespace" $c }}
labels:
  {{- include "argocd.labels" . | nindent 2 }}
annotations:
  {{- include "platform.annotations" $c | nindent 2 }}
{{- end -}}

{{/*
The same for a cluster-scoped object.
*/}}
{{- define "argocd.clusterMetadata" -}}
name: {{ .name }}
labels:
  {{- include "argocd.labels" . | nindent 2 }}
annotations:
  {{- include "platform.annotations" (merge (dict "component" "argocd") .) | nindent 2 }}
{{- end -}}

{{/*
The metadata of a role's pods: they start again when what they read only at the start has changed. Arguments:
root, role, port (of the metrics; 0 for none).
*/}}
{{- define "argocd.podMetadata" -}}
labels:
  {{- include "argocd.labels" . | nindent 2 }}
{{- with .port }}
annotations:
  {{- include "platform.scrape" (dict "port" . "path" "/metrics") | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
The variables of every Go program of Argo CD. GnuPG is off: no Application asks for signed commits, and it
would keep a keyring and an agent. Arguments: root, role, percent (of the memory limit).
*/}}
{{- define "argocd.env" -}}
{{- $limit := (get .root.Values.argocd.resources .role).limits.memory -}}
- name: GOMEMLIMIT
  value: {{ include "platform.mebibytes" (dict "quantity" $limit "percent" .percent) }}MiB
- name: ARGOCD_GPG_ENABLED
  value: "false"
{{- end -}}

{{/*
Where the cache is, and what opens it.
*/}}
{{- define "argocd.redisPassword" -}}
- name: REDIS_PASSWORD
  valueFrom:
    secretKeyRef:
      name: argocd-redis
      key: auth
{{- end -}}

{{/*
A ServiceAccount for each role. Renders a whole document. Arguments: root, role, name.
*/}}
{{- define "argocd.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "argocd.metadata" (merge (dict "phase" "identity") .) | nindent 2 }}
automountServiceAccountToken: false
{{- end -}}

{{/*
The policy of a role, from the flows of the plan. Renders a whole document. Arguments: root, role.
*/}}
{{- define "argocd.networkPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "argocd.metadata" (merge (dict "name" (printf "argocd-%s" .role) "phase" "config") .) | nindent 2 }}
spec:
  {{- include "platform.networkPolicySpec" (merge (dict "component" "argocd") .) | nindent 2 }}
{{- end -}}

{{/*
Redis as a cache: nothing is kept, and the oldest entries go first.
*/}}
{{- define "argocd.redisConfiguration" -}}
include /run/redis/password.conf
port {{ .Values.argocd.ports.redis }}
dir /run/redis
save ""
appendonly no
maxmemory {{ include "platform.mebibytes" (dict "quantity" .Values.argocd.resources.redis.limits.memory "percent" .Values.argocd.cachePercent) }}mb
maxmemory-policy allkeys-lru
{{- end -}}
