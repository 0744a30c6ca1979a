{{/*
A claim that outlives its entry in Git: Argo CD neither prunes nor deletes it, and does not call an Application
out of sync because it is still there. Renders a whole document. Arguments: root, component, role, name, size.
Source: https://argo-cd.readthedocs.io/en/stable/user-guide/compare-options/
*/}}
{{- define "platform.claim" -}}
{{- $keep := dict
  "argocd.argoproj.io/sync-options" "Prune=false,Delete=false"
  "argocd.argoproj.io/compare-options" "IgnoreExtraneous" -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  {{- include "platform.metadata" (merge (dict "phase" "workload" "annotations" $keep) .) | nindent 2 }}
spec:
  {{- include "platform.claimSpec" . | nindent 2 }}
{{- end -}}

{{/*
What every claim asks for, standing alone or in a StatefulSet, spelled out as the API server stores it so that
nothing looks changed. Arguments: root, size.
*/}}
{{- define "platform.claimSpec" -}}
accessModes: [ReadWriteOnce]
storageClassName: {{ .root.Values.global.storage.class }}
volumeMode: Filesystem
resources:
  requests:
    storage: {{ .size }}
{{- end -}}

{{/*
The claim template `data` of a StatefulSet. Arguments: root, component, role, size.
*/}}
{{- define "platform.claimTemplate" -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: data
  labels:
    {{- include "platform.selectorLabels" . | nindent 4 }}
spec:
  {{- include "platform.claimSpec" . | nindent 2 }}
{{- end -}}
