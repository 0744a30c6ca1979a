{{/*
Annotations of what no volume can be attached without: Argo CD removes it only when a person confirms. What holds
the data (volumes, replicas, settings) is Longhorn's and in nobody's Git.
Source: https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#resource-pruning-with-confirmation
*/}}
{{- define "longhorn.guarded" -}}
argocd.argoproj.io/sync-options: Prune=confirm,Delete=confirm
{{- end -}}

{{/*
Share of the node's allocatable CPU, in percent with up to two digits, that Longhorn requests for an instance manager:
what the plan declares. Longhorn takes a percentage only and rounds to whole milli-CPU (longhorn-manager v1.12.1
controller/controller_manager.go). It stores 3.00 as 3: written otherwise than stored, a setting looks changed each time
that it is compared.
*/}}
{{- define "longhorn.instanceManagerPercent" -}}
{{- $cpu := .root.Values.global.node.cpu -}}
{{- $allocatable := sub (include "platform.millicpu" $cpu.capacity | int64) (include "platform.millicpu" $cpu.reserved | int64) -}}
{{- $request := include "platform.millicpu" (get .root.Values.global.dynamicPods "longhorn-instance-manager").requests.cpu | int64 -}}
{{- $hundredths := div (add (mul 10000 $request) (div $allocatable 2)) $allocatable -}}
{{- regexReplaceAll "\\.?0+$" (printf "%d.%02d" (div $hundredths 100) (mod $hundredths 100)) "" -}}
{{- end -}}

{{/*
Share of the disk, in percent, that Longhorn leaves to others: the plan's, rounded down. Rounded up, the last
claim of a plan that gives everything away would find no room.
*/}}
{{- define "longhorn.reservedPercent" -}}
{{- $storage := .root.Values.global.node.storage -}}
{{- $capacity := include "platform.mebibytes" (dict "quantity" $storage.capacity) | int64 -}}
{{- div (mul 100 (include "platform.mebibytes" (dict "quantity" $storage.reserved) | int64)) $capacity -}}
{{- end -}}

{{/*
Requests and limits of the containers that the CSI driver consists of, as Longhorn's setting has them: by name of
the container, as JSON. The plan declares the pods (`global.dynamicPods`); of the plugin's three containers the two
small ones are the chart's, and what is left of the pod is the plugin's own.
*/}}
{{- define "longhorn.csiResources" -}}
{{- $pods := .root.Values.global.dynamicPods -}}
{{- $resources := dict -}}
{{- range list "csi-attacher" "csi-provisioner" "csi-resizer" "csi-snapshotter" -}}
{{- $_ := set $resources . (pick (get $pods (printf "longhorn-%s" .)) "requests" "limits") -}}
{{- end -}}
{{- $helper := .root.Values.longhorn.csi.helper.resources -}}
{{- $plugin := dict -}}
{{- range $kind := list "requests" "limits" -}}
{{- $pod := get (get $pods "longhorn-csi-plugin") $kind -}}
{{- $memory := sub (include "platform.mebibytes" (dict "quantity" $pod.memory) | int64) (mul 2 (include "platform.mebibytes" (dict "quantity" (get $helper $kind).memory) | int64)) -}}
{{- $cpu := sub (include "platform.millicpu" $pod.cpu | int64) (mul 2 (include "platform.millicpu" (get $helper $kind).cpu | int64)) -}}
{{- if or (lt $memory 32) (lt $cpu 1) -}}
{{- fail (printf "global.dynamicPods.longhorn-csi-plugin.%s is %s and %s: twice infrastructure.longhorn.csi.helper.resources.%s leaves the plugin %d MiB and %dm; raise the pod" $kind $pod.memory $pod.cpu $kind $memory $cpu) -}}
{{- end -}}
{{- $_ := set $plugin $kind (dict "memory" (printf "%dMi" $memory) "cpu" (printf "%dm" $cpu)) -}}
{{- end -}}
{{- $_ := set $resources "longhorn-csi-plugin" $plugin -}}
{{- $_ := set $resources "node-driver-registrar" $helper -}}
{{- $_ := set $resources "longhorn-liveness-probe" $helper -}}
{{- toJson $resources -}}
{{- end -}}

{{/*
How many csi-snapshotter pods there are: none while the plan declares none. It serves VolumeSnapshots, whose
definitions K3s does not bring.
*/}}
{{- define "longhorn.snapshotters" -}}
{{- ternary .root.Values.longhorn.csi.replicas 0 (get .root.Values.global.dynamicPods "longhorn-csi-snapshotter").enabled -}}
{{- end -}}
