{{/*
Whether this rendering contains a component: true for `global.render` = `all` or its own name, while it is
enabled. Every template of a component stands inside `if`:
  {{- if include "platform.renders" (dict "root" $ "component" "redis") }}
Fails for a component that `global.components` does not list. Yields "true" or nothing.
*/}}
{{- define "platform.renders" -}}
{{- $component := include "platform.requireComponent" . | fromYaml -}}
{{- $render := .root.Values.global.render -}}
{{- if and $component.enabled (or (eq $render "all") (eq $render .component)) -}}true{{- end -}}
{{- end -}}

{{/*
The plan's entry of a component, as YAML: layer, namespace, enabled, dependsOn.
*/}}
{{- define "platform.requireComponent" -}}
{{- $known := .root.Values.global.components -}}
{{- if not (hasKey $known .component) -}}
{{- fail (printf "global.components has no entry %q: add it to the umbrella's values.yaml" .component) -}}
{{- end -}}
{{- get $known .component | toYaml -}}
{{- end -}}

{{/*
The namespace of a component, from the plan.
*/}}
{{- define "platform.namespace" -}}
{{- (include "platform.requireComponent" . | fromYaml).namespace -}}
{{- end -}}

{{/*
"true" while another component is enabled, for templates that adapt to it.
*/}}
{{- define "platform.enabled" -}}
{{- if (include "platform.requireComponent" . | fromYaml).enabled -}}true{{- end -}}
{{- end -}}
