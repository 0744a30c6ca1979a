{{/*
Labels of every object of a component. `role` (optional) names one of its workloads and becomes
app.kubernetes.io/component, by which flows of the plan name it.
Label names: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
*/}}
{{- define "platform.labels" -}}
app.kubernetes.io/name: {{ .component }}
{{- with .role }}
app.kubernetes.io/component: {{ . }}
{{- end }}
app.kubernetes.io/part-of: {{ (include "platform.requireComponent" . | fromYaml).layer }}
app.kubernetes.io/managed-by: argocd
{{- end -}}

{{/*
Labels that select the pods of one workload; they never change, selectors are immutable.
*/}}
{{- define "platform.selectorLabels" -}}
app.kubernetes.io/name: {{ .component }}
app.kubernetes.io/component: {{ required "platform.selectorLabels needs a role" .role }}
{{- end -}}

{{/*
The metadata of an object in the component's namespace: name, namespace, labels, wave and further
annotations. Arguments: root, component, role (optional), name, phase (see platform.wave),
annotations (optional dict).
*/}}
{{- define "platform.metadata" -}}
name: {{ .name }}
namespace: {{ include "platform.namespace" . }}
labels:
  {{- include "platform.labels" . | nindent 2 }}
annotations:
  {{- include "platform.annotations" . | nindent 2 }}
{{- end -}}

{{/*
The same for a cluster-scoped object.
*/}}
{{- define "platform.clusterMetadata" -}}
name: {{ .name }}
labels:
  {{- include "platform.labels" . | nindent 2 }}
annotations:
  {{- include "platform.annotations" . | nindent 2 }}
{{- end -}}

{{- define "platform.annotations" -}}
argocd.argoproj.io/sync-wave: {{ include "platform.wave" . | quote }}
{{- range $key, $value := .annotations }}
{{ $key }}: {{ $value | quote }}
{{- end }}
{{- end -}}
