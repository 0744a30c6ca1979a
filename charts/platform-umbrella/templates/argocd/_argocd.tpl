{{/*
Layers that have components or are foundation itself, in rollout order, as a YAML list of names. `system` is
Kubernetes' and Argo CD's own and has no Application.
*/}}
{{- define "umbrella.layers" -}}
{{- $byWave := dict -}}
{{- range $name, $layer := .Values.global.layers -}}
{{- if ne $name "system" -}}
{{- $_ := set $byWave (printf "%04d" (add 1000 $layer.wave)) $name -}}
{{- end -}}
{{- end -}}
{{- range $key := keys $byWave | sortAlpha }}
- {{ get $byWave $key }}
{{- end }}
{{- end -}}

{{/*
The Applications of a layer, as a YAML list of {component, namespace}: one per enabled component, in order of
name; foundation is one by itself. Arguments: root, layer.
*/}}
{{- define "umbrella.applications" -}}
{{- if eq .layer "foundation" }}
- component: foundation
  namespace: platform-system
{{- end }}
{{- range $name, $component := .root.Values.global.components }}
{{- if and $component.enabled (eq $component.layer $.layer) }}
- component: {{ $name }}
  namespace: {{ $component.namespace }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
Labels of Argo CD's own objects. Argument: the layer.
*/}}
{{- define "umbrella.argocdLabels" -}}
app.kubernetes.io/name: argocd
app.kubernetes.io/part-of: {{ . }}
app.kubernetes.io/managed-by: argocd
{{- end -}}
