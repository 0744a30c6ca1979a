import type { ManifestIndex } from "@t495/proof";

/** A kind as the API server serves it. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** What a URL of the API means. */
export interface ApiPath {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

const NAMESPACED = true;
const CLUSTER = false;

/** The kinds of Kubernetes that the programs under test ask for. */
const BUILT_IN: readonly Resource[] = (
  [
    ["", "v1", "ConfigMap", "configmaps", NAMESPACED],
    ["", "v1", "Event", "events", NAMESPACED],
    ["", "v1", "Namespace", "namespaces", CLUSTER],
    ["", "v1", "Node", "nodes", CLUSTER],
    ["", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", NAMESPACED],
    ["", "v1", "Pod", "pods", NAMESPACED],
    ["", "v1", "ResourceQuota", "resourcequotas", NAMESPACED],
    ["", "v1", "Secret", "secrets", NAMESPACED],
    ["", "v1", "Service", "services", NAMESPACED],
    [
      "admissionregistration.k8s.io",
      "v1",
      "ValidatingWebhookConfiguration",
      "validatingwebhookconfigurations",
      CLUSTER,
    ],
    ["apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", CLUSTER],
    ["apps", "v1", "DaemonSet", "daemonsets", NAMESPACED],
    ["apps", "v1", "Deployment", "deployments", NAMESPACED],
    ["apps", "v1", "StatefulSet", "statefulsets", NAMESPACED],
    ["authentication.k8s.io", "v1", "TokenReview", "tokenreviews", CLUSTER],
    ["authorization.k8s.io", "v1", "SubjectAccessReview", "subjectaccessreviews", CLUSTER],
    ["batch", "v1", "CronJob", "cronjobs", NAMESPACED],
    ["batch", "v1", "Job", "jobs", NAMESPACED],
    ["discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", NAMESPACED],
    ["networking.k8s.io", "v1", "Ingress", "ingresses", NAMESPACED],
    ["networking.k8s.io", "v1", "IngressClass", "ingressclasses", CLUSTER],
  ] as const
).map(([group, version, kind, plural, namespaced]) => ({ group, version, kind, plural, namespaced }));

interface Definition {
  readonly spec: {
    readonly group: string;
    readonly scope: string;
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly { readonly name: string }[];
  };
}

/** The kinds that an API server serves once the rendered definitions are applied. */
export class ResourceDirectory {
  readonly all: readonly Resource[];

  constructor(manifests: ManifestIndex) {
    const custom = manifests.filter({ kind: "CustomResourceDefinition" }).flatMap(({ object }) => {
      const { group, scope, names, versions } = (object as unknown as Definition).spec;
      const namespaced = scope === "Namespaced";
      const { kind, plural } = names;
      return versions.map(({ name: version }) => ({ group, version, kind, plural, namespaced }));
    });
    this.all = [...BUILT_IN, ...custom];
  }

  ofKind(apiVersion: string, kind: string): Resource | undefined {
    return this.all.find((resource) => apiVersionOf(resource) === apiVersion && resource.kind === kind);
  }

  /** `/apis/metallb.io/v1beta1/namespaces/metallb-system/ipaddresspools/home-lan/status` */
  parse(path: string): ApiPath | undefined {
    const [root, ...rest] = path.split("/").slice(1);
    const group = root === "api" ? "" : rest.shift();
    const version = rest.shift();
    const namespaces = rest[0] === "namespaces" && rest.length > 2;
    const namespace = namespaces ? rest[1] : undefined;
    const [plural, name, subresource] = namespaces ? rest.slice(2) : rest;
    const resource = this.all.find(
      (known) => known.group === group && known.version === version && known.plural === plural,
    );
    return resource === undefined ? undefined : { resource, namespace, name, subresource };
  }

  /** The documents by which clients learn what there is. */
  discovery(path: string): object | undefined {
    if (path === "/livez") return {};
    if (path === "/version") return { major: "1", minor: "36", gitVersion: "v1.36.3" };
    if (path === "/api") return { kind: "APIVersions", versions: ["v1"] };
    if (path === "/apis") return { kind: "APIGroupList", apiVersion: "v1", groups: this.groups() };
    const [, group = "", version] = /^\/(?:api|apis\/([^/]+))\/([^/]+)$/.exec(path) ?? [];
    if (version === undefined) return undefined;
    const resources = this.all
      .filter((resource) => resource.group === group && resource.version === version)
      .map(({ plural, kind, namespaced }) => ({
        name: plural,
        singularName: "",
        kind,
        namespaced,
        verbs: ["list"],
      }));
    const groupVersion = group === "" ? version : `${group}/${version}`;
    return { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources };
  }

  private groups(): object[] {
    return [...new Set(this.all.map(({ group }) => group))].filter(Boolean).map((name) => {
      const versions = [
        ...new Set(this.all.filter(({ group }) => group === name).map(({ version }) => version)),
      ].map((version) => ({ groupVersion: `${name}/${version}`, version }));
      return { name, versions, preferredVersion: versions[0] };
    });
  }
}

export function apiVersionOf({ group, version }: Resource): string {
  return group === "" ? version : `${group}/${version}`;
}
