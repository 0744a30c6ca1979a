{{/*
What the Job makes: the ledger's entries that are enabled and whose component is, as YAML.
*/}}
{{- define "foundation.ledger" -}}
{{- $made := dict -}}
{{- range $name, $secret := .Values.global.secrets.ledger -}}
{{- $component := include "platform.requireComponent" (dict "root" $ "component" $secret.component) | fromYaml -}}
{{- if and $secret.enabled $component.enabled -}}
{{- $_ := set $made $name $secret -}}
{{- end -}}
{{- end -}}
{{- toYaml $made -}}
{{- end -}}

{{/*
Whether this rendering contains the Job: "true" or nothing. Owners who bring their own Secrets switch it off.
*/}}
{{- define "foundation.createsSecrets" -}}
{{- if and (include "platform.rendersFoundation" .) .Values.global.secrets.generate.enabled (include "foundation.ledger" . | fromYaml) -}}true{{- end -}}
{{- end -}}

{{/*
The metadata of what belongs to the Job. Arguments: root, name, namespace, offset (key of waveOffsets).
*/}}
{{- define "foundation.createSecretsMetadata" -}}
name: {{ .name }}
namespace: {{ .namespace }}
labels:
  {{- include "platform.foundationLabels" .root | nindent 2 }}
  app.kubernetes.io/component: create-secrets
annotations:
  argocd.argoproj.io/sync-wave: {{ add (get .root.Values.global.layers "foundation").wave (get .root.Values.waveOffsets .offset) | quote }}
{{- end -}}

{{/*
The files of the Job: its program and the ledger, which holds names and recipes but no secret value.
*/}}
{{- define "foundation.createSecretsFiles" -}}
{{- range list "create-secrets.py" "cluster.py" "htpasswd.py" }}
{{ . }}: |
  {{- $.Files.Get (printf "files/%s" .) | trim | nindent 2 }}
{{- end }}
ledger.json: |
  {{- include "foundation.ledger" . | fromYaml | toPrettyJson | nindent 2 }}
{{- end -}}
