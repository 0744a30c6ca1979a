{{/*
Whether this rendering contains foundation: `global.render` = `all` or `foundation`. Yields "true" or nothing.
*/}}
{{- define "platform.rendersFoundation" -}}
{{- if has .Values.global.render (list "all" "foundation") -}}true{{- end -}}
{{- end -}}

{{/*
The labels of foundation's objects.
*/}}
{{- define "platform.foundationLabels" -}}
app.kubernetes.io/name: foundation
app.kubernetes.io/part-of: foundation
app.kubernetes.io/managed-by: argocd
{{- end -}}
