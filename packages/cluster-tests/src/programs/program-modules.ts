import { KUBERNETES_VERSION } from "@t495/proof/rendering";

/** A Go module and the programs that are built from it. */
export interface ProgramModule {
  readonly name: string;
  /** The module's folder below `packages/`. */
  readonly folder: string;
  /** Program name → Go package. */
  readonly packages: Readonly<Record<string, string>>;
  /** Linker flags: what the programs say about themselves. */
  readonly ldflags: string;
  /** What a build from nothing takes on two cores, in seconds: to say how long it will be. */
  readonly coldSeconds: number;
}

const ARGOCD = "3.5.5";

/** Without these, the API server has no version and refuses what asks for one. */
const [gitMajor, gitMinor] = KUBERNETES_VERSION.split(".");
const kubernetesVersion = Object.entries({ gitVersion: `v${KUBERNETES_VERSION}`, gitMajor, gitMinor })
  .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
  .join(" ");

export const programModules: readonly ProgramModule[] = [
  {
    name: "etcd",
    folder: "cluster-tests/tools/etcd",
    packages: { etcd: "go.etcd.io/etcd/server/v3" },
    ldflags: "",
    coldSeconds: 60,
  },
  {
    name: "kubernetes",
    folder: "cluster-tests/tools/kubernetes",
    packages: {
      "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
      "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
      "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
      kubectl: "k8s.io/kubernetes/cmd/kubectl",
    },
    ldflags: kubernetesVersion,
    coldSeconds: 335,
  },
  {
    name: "kwok",
    folder: "cluster-tests/tools/kwok",
    packages: { kwok: "sigs.k8s.io/kwok/cmd/kwok" },
    ldflags: "",
    coldSeconds: 80,
  },
  {
    name: "argocd",
    folder: "render-tests/programs/argocd",
    packages: { argocd: "github.com/argoproj/argo-cd/v3/cmd" },
    ldflags: `-X github.com/argoproj/argo-cd/v3/common.version=${ARGOCD}`,
    coldSeconds: 350,
  },
  {
    name: "metallb",
    folder: "render-tests/programs/metallb",
    packages: { "metallb-controller": "go.universe.tf/metallb/controller" },
    ldflags: "",
    coldSeconds: 180,
  },
];
