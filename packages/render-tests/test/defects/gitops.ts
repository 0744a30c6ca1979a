import type { Defect } from "./platform-edit.ts";

const OPTIONS = "argocd.argoproj.io/sync-options";

export const gitopsDefects: readonly Defect[] = [
  {
    what: "a component that no set lists",
    rule: "application-sets-complete",
    names: "belongs to redis",
    apply: (platform) => {
      const [generator] = platform.object("ApplicationSet", "argocd", "data-services").spec.generators;
      const { elements } = generator.list;
      generator.list.elements = elements.filter(
        ({ component }: { component: string }) => component !== "redis",
      );
    },
  },
  {
    what: "a name that Argo CD waits for in vain",
    rule: "application-sets-complete",
    names: "waits for ever for postgres",
    apply: (platform) => {
      const { annotations } = platform.object("ApplicationSet", "argocd", "data-services").metadata;
      annotations["t495.dev/applications"] = "minio,postgres,redis,registry";
    },
  },
  {
    what: "a component in the turn of another layer",
    rule: "application-sets-complete",
    names: "ApplicationSet argocd/ml-platform",
    apply: (platform) => {
      const data = platform.object("ApplicationSet", "argocd", "data-services");
      const { elements } = data.spec.generators[0].list;
      const ml = platform.object("ApplicationSet", "argocd", "ml-platform");
      ml.spec.generators[0].list.elements.push(elements.pop());
    },
  },
  {
    what: "no set for the reserved layer",
    rule: "application-sets-complete",
    names: "layer kubeflow",
    apply: (platform) => platform.remove("ApplicationSet", "argocd", "kubeflow"),
  },
  {
    what: "a layer that may touch the databases",
    rule: "projects-restrict",
    names: "AppProject argocd/ml-platform",
    apply: (platform) => {
      const { destinations } = platform.object("AppProject", "argocd", "ml-platform").spec;
      destinations.push({ ...destinations[0], namespace: "data" });
    },
  },
  {
    what: "a project for any repository",
    rule: "projects-restrict",
    names: "AppProject argocd/infrastructure · spec.sourceRepos[0]",
    apply: (platform) => {
      platform.object("AppProject", "argocd", "infrastructure").spec.sourceRepos = ["*"];
    },
  },
  {
    what: "a kind that the project does not admit",
    rule: "projects-restrict",
    names: "IngressClass traefik",
    apply: (platform) => {
      const { spec } = platform.object("AppProject", "argocd", "infrastructure");
      spec.clusterResourceWhitelist = spec.clusterResourceWhitelist.filter(
        ({ kind }: { kind: string }) => kind !== "IngressClass",
      );
    },
  },
  {
    what: "a kind that nobody renders",
    rule: "projects-restrict",
    names: "ClusterRoleBinding",
    apply: (platform) => {
      const group = "rbac.authorization.k8s.io";
      const { spec } = platform.object("AppProject", "argocd", "ml-platform");
      spec.clusterResourceWhitelist.push({ group, kind: "ClusterRoleBinding" });
    },
  },
  {
    what: "a layer that may widen its own budget",
    rule: "projects-restrict",
    names: "AppProject argocd/ml-platform · spec.namespaceResourceBlacklist",
    apply: (platform) => {
      delete platform.object("AppProject", "argocd", "ml-platform").spec.namespaceResourceBlacklist;
    },
  },
  {
    what: "a claim that a sync may delete",
    rule: "sync-options",
    names: "PersistentVolumeClaim data/registry",
    apply: (platform) => {
      delete platform.object("PersistentVolumeClaim", "data", "registry").metadata.annotations[OPTIONS];
    },
  },
  {
    what: "a definition that goes with all its objects",
    rule: "sync-options",
    names: "CustomResourceDefinition ipaddresspools.metallb.io",
    apply: (platform) => {
      const name = "ipaddresspools.metallb.io";
      const { annotations } = platform.object("CustomResourceDefinition", undefined, name).metadata;
      annotations[OPTIONS] = "Delete=false";
    },
  },
  {
    what: "objects that are replaced",
    rule: "sync-options",
    names: "Deployment data/redis",
    apply: (platform) => {
      platform.object("Deployment", "data", "redis").metadata.annotations[OPTIONS] = "Replace=true";
    },
  },
  {
    what: "an option that Argo CD does not know",
    rule: "sync-options",
    names: "Prune=False is no sync option",
    apply: (platform) => {
      const { annotations } = platform.object("Deployment", "data", "redis").metadata;
      annotations[OPTIONS] = "Prune=False";
    },
  },
  {
    what: "an empty rendering that is synced",
    rule: "sync-options",
    names: "ApplicationSet argocd/monitoring · spec.template.spec.syncPolicy.automated.allowEmpty",
    apply: (platform) => {
      const { spec } = platform.object("ApplicationSet", "argocd", "monitoring");
      spec.template.spec.syncPolicy.automated.allowEmpty = true;
    },
  },
  {
    what: "databases that go with their set",
    rule: "sync-options",
    names: "ApplicationSet argocd/data-services · spec.syncPolicy.preserveResourcesOnDeletion",
    apply: (platform) => {
      const { spec } = platform.object("ApplicationSet", "argocd", "data-services");
      spec.syncPolicy.preserveResourcesOnDeletion = false;
    },
  },
  {
    what: "retries without an end",
    rule: "sync-options",
    names: "ApplicationSet argocd/foundation · spec.template.spec.syncPolicy.retry.limit",
    apply: (platform) => {
      platform.object("ApplicationSet", "argocd", "foundation").spec.template.spec.syncPolicy.retry.limit =
        -1;
    },
  },
  {
    what: "Argo CD's own project opened",
    rule: "projects-restrict",
    names: "AppProject argocd/default · spec.destinations",
    apply: (platform) => {
      platform.object("AppProject", "argocd", "default").spec.destinations = [
        { server: "https://kubernetes.default.svc", namespace: "data" },
      ];
    },
  },
  {
    what: "a set whose template nothing fills in",
    rule: "application-sets-complete",
    names: "ApplicationSet argocd/monitoring · spec.goTemplate",
    apply: (platform) => {
      platform.object("ApplicationSet", "argocd", "monitoring").spec.goTemplate = false;
    },
  },
  {
    what: "a set of another chart",
    rule: "application-sets-complete",
    names: "ApplicationSet argocd/monitoring · spec.template.spec.source.path",
    apply: (platform) => {
      platform.object("ApplicationSet", "argocd", "monitoring").spec.template.spec.source.path =
        "charts/platform";
    },
  },
  {
    what: "another list of values files",
    rule: "value-files-agree",
    names: "ApplicationSet argocd/data-services",
    apply: (platform) => {
      const { spec } = platform.object("ApplicationSet", "argocd", "data-services");
      spec.template.spec.source.helm.valueFiles = ["values.yaml"];
    },
  },
];
