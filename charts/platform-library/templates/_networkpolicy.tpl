{{/*
The NetworkPolicy of one workload, from the flows of the plan: what may call its pods and what they may call.
A flow counts while it is enabled and, for components at either end, these are. The namespace's default-deny
policy (foundation) refuses everything else. Arguments: root, component, role, and phase for the wave.
Renders a whole document.
*/}}
{{- define "platform.networkPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "platform.metadata" (merge (dict "name" (printf "%s-%s" .component .role) "phase" "config") .) | nindent 2 }}
spec:
  {{- include "platform.networkPolicySpec" . | nindent 2 }}
{{- end -}}

{{/*
The `spec` of that policy. Foundation, which is no component of the plan, brings its own metadata. In a namespace
whose plan says `deny-ingress` it has no egress side, which would refuse what no flow names.
*/}}
{{- define "platform.networkPolicySpec" -}}
{{- $self := . -}}
{{- $ingress := list -}}
{{- $egress := list -}}
{{- range $name, $flow := .root.Values.global.flows -}}
{{- if $flow.enabled -}}
{{- if include "platform.flowNames" (dict "root" $self.root "peer" $flow.to "component" $self.component "role" $self.role) -}}
{{- range $from := $flow.from -}}
{{- $peer := include "platform.networkPeer" (dict "root" $self.root "peer" $from) | fromYaml -}}
{{- if $peer.enabled -}}
{{- $ingress = append $ingress (dict "from" $peer.peers "ports" (include "platform.networkPorts" (dict "flow" $flow) | fromYamlArray)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $from := $flow.from -}}
{{- if include "platform.flowNames" (dict "root" $self.root "peer" $from "component" $self.component "role" $self.role) -}}
{{- $peer := include "platform.networkPeer" (dict "root" $self.root "peer" $flow.to) | fromYaml -}}
{{- if $peer.enabled -}}
{{- $egress = append $egress (dict "to" $peer.peers "ports" (include "platform.networkPorts" (dict "flow" $flow) | fromYamlArray)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $ingressOnly := false -}}
{{- with get .root.Values.global.components .component -}}
{{- $ingressOnly = eq (get $self.root.Values.global.namespaces .namespace).network "deny-ingress" -}}
{{- end -}}
podSelector:
  matchLabels:
    {{- include "platform.selectorLabels" . | nindent 4 }}
policyTypes: {{ ternary "[Ingress]" "[Ingress, Egress]" $ingressOnly }}
{{- with $ingress }}
ingress:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if and $egress (not $ingressOnly) }}
egress:
  {{- toYaml $egress | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
"true" when a flow's end names this workload: the component, component/role, or `ingress` for the component that
provides it.
*/}}
{{- define "platform.flowNames" -}}
{{- $named := list .component (printf "%s/%s" .component .role) -}}
{{- if eq .component .root.Values.global.ingress.provider -}}
{{- $named = append $named "ingress" -}}
{{- end -}}
{{- if has .peer $named -}}true{{- end -}}
{{- end -}}

{{/*
A flow's ports as a list of NetworkPolicy ports; DNS is asked over UDP and TCP.
*/}}
{{- define "platform.networkPorts" -}}
{{- range .flow.ports }}
- port: {{ . }}
  protocol: TCP
{{- if eq $.flow.to "dns" }}
- port: {{ . }}
  protocol: UDP
{{- end }}
{{- end }}
{{- end -}}

{{/*
A flow's end as NetworkPolicy peers: {enabled, peers}. Egress is matched after address translation, so the API
server is the node's address and CoreDNS its pods; `internet` leaves out every private range (RFC 1918,
RFC 6598, RFC 3927), so that notebooks cannot reach the home network.
*/}}
{{- define "platform.networkPeer" -}}
{{- $network := .root.Values.global.node.network -}}
{{- if eq .peer "dns" -}}
enabled: true
peers:
  - namespaceSelector:
      matchLabels:
        kubernetes.io/metadata.name: kube-system
    podSelector:
      matchLabels:
        k8s-app: kube-dns
{{- else if or (eq .peer "kube-apiserver") (eq .peer "node") -}}
enabled: true
peers:
  - ipBlock:
      cidr: {{ $network.address }}/32
{{- else if eq .peer "lan" -}}
enabled: true
peers:
  - ipBlock:
      cidr: {{ $network.lan }}
{{- else if eq .peer "internet" -}}
enabled: true
peers:
  - ipBlock:
      cidr: 0.0.0.0/0
      except: [10.0.0.0/8, 100.64.0.0/10, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16]
{{- else if eq .peer "ingress" -}}
enabled: true
peers:
  - namespaceSelector:
      matchLabels:
        kubernetes.io/metadata.name: {{ .root.Values.global.ingress.namespace }}
    podSelector:
      matchLabels:
        app.kubernetes.io/name: traefik
{{- else -}}
{{- $parts := splitList "/" .peer -}}
{{- $component := include "platform.requireComponent" (dict "root" .root "component" (first $parts)) | fromYaml -}}
enabled: {{ $component.enabled }}
peers:
  - namespaceSelector:
      matchLabels:
        kubernetes.io/metadata.name: {{ $component.namespace }}
    podSelector:
      matchLabels:
        app.kubernetes.io/name: {{ first $parts }}
        {{- if gt (len $parts) 1 }}
        app.kubernetes.io/component: {{ last $parts }}
        {{- end }}
{{- end -}}
{{- end -}}
