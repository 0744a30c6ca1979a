{{/*
An amount of a budget as a whole number: mebibytes, thousandths of a core, or a count. "0" has no unit. Arguments:
`key` (as in `global.namespaces.*.budget`) and `value`.
*/}}
{{- define "kubeflow.amount" -}}
{{- if eq .key "pods" -}}
{{- .value | int64 -}}
{{- else if eq (toString .value) "0" -}}
0
{{- else if hasPrefix "cpu" .key -}}
{{- include "platform.millicpu" .value -}}
{{- else -}}
{{- include "platform.mebibytes" (dict "quantity" .value) -}}
{{- end -}}
{{- end -}}

{{/*
What the pieces and their users need of one thing together, as a whole number. Arguments: root, key.
*/}}
{{- define "kubeflow.total" -}}
{{- $total := 0 -}}
{{- range $shares := list .root.Values.pieces .root.Values.users -}}
{{- range $name, $share := $shares -}}
{{- $total = add $total (include "kubeflow.amount" (dict "key" $.key "value" (get $share $.key))) -}}
{{- end -}}
{{- end -}}
{{- $total -}}
{{- end -}}

{{/*
The pieces that this chart does not render yet, as a YAML list: those that its annotation t495.dev/pieces does
not name. Argument: root.
*/}}
{{- define "kubeflow.missing" -}}
{{- $rendered := splitList "," (index .root.Chart.Annotations "t495.dev/pieces" | default "") -}}
{{- range $name := keys .root.Values.pieces | sortAlpha }}
{{- if not (has $name $rendered) }}
- {{ $name }}
{{- end }}
{{- end }}
{{- end -}}
