/** The Go modules that the schemas come from: the versions that are deployed. */
export const MODULES = {
  kubernetes: { path: "k8s.io/kubernetes", version: "v1.36.3" },
  argocd: {
    path: "github.com/argoproj/argo-cd/v3",
    version: "v3.5.5",
    crds: ["application", "applicationset", "appproject"].map((name) => `manifests/crds/${name}-crd.yaml`),
  },
  metallb: {
    path: "go.universe.tf/metallb",
    version: "v0.16.1",
    crds: [
      "bfdprofiles",
      "bgpadvertisements",
      "bgppeers",
      "communities",
      "ipaddresspools",
      "l2advertisements",
    ].map((name) => `config/crd/bases/metallb.io_${name}.yaml`),
  },
};
