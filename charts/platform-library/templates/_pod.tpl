{{/*
Fields that every pod of the platform sets the same way: the layer's priority class, no service links (the
configuration of several programs is read from variables that a Service's name would inject), no token
unless the workload calls the API server, and a security context that the restricted Pod Security level admits.
Arguments: root, component (or layer, for pods of no component), serviceAccount (name), uid, gid, token (optional, true
mounts a token).
Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/
*/}}
{{- define "platform.pod" -}}
{{- $layer := .layer -}}
{{- if not $layer -}}
{{- $layer = (include "platform.requireComponent" . | fromYaml).layer -}}
{{- end -}}
priorityClassName: {{ (get .root.Values.global.layers $layer).priorityClass }}
serviceAccountName: {{ .serviceAccount }}
automountServiceAccountToken: {{ .token | default false }}
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .uid }}
  runAsGroup: {{ .gid }}
  fsGroup: {{ .gid }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{/*
The security context of every container: no privileges, no capabilities, a read-only root file system.
*/}}
{{- define "platform.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  capabilities:
    drop: [ALL]
  readOnlyRootFilesystem: true
{{- end -}}

{{/*
An image of the ledger `global.images` by name: repository:tag@digest, without digest where none is known.
Arguments: root, image (key of the ledger).
*/}}
{{- define "platform.image" -}}
{{- $images := .root.Values.global.images -}}
{{- if not (hasKey $images .image) -}}
{{- fail (printf "global.images has no entry %q: add it to the umbrella's values.yaml" .image) -}}
{{- end -}}
{{- $image := get $images .image -}}
{{- printf "%s:%s" $image.repository $image.tag -}}
{{- with $image.digest -}}@{{ . }}{{- end -}}
{{- end -}}

{{/*
A ServiceAccount without a token, one for each role of a component. Renders a whole document. Arguments: root,
component, role, name.
*/}}
{{- define "platform.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "platform.metadata" (merge (dict "phase" "identity") .) | nindent 2 }}
automountServiceAccountToken: false
{{- end -}}

{{/*
Annotations by which Prometheus finds a pod's metrics. Arguments: port, path.
*/}}
{{- define "platform.scrape" -}}
prometheus.io/scrape: "true"
prometheus.io/port: {{ .port | quote }}
prometheus.io/path: {{ .path }}
{{- end -}}
