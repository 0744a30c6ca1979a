import { type Manifest, namespaceOf } from "../../manifest/kubernetes-object.ts";
import { at, objectsIn, stringAt, textOf } from "../../manifest/values.ts";
import type { Workload } from "../../manifest/workload.ts";
import { type Account, bindingsOf } from "../../rbac/bindings.ts";
import { defineRule, type Problem, type Unchecked } from "../rule.ts";

const codes = {
  "token-without-rights": "A pod carries a token of an account that no role is bound to.",
  "token-of-default": "A pod carries a token of the namespace's default account.",
  "account-mounts-token": "A ServiceAccount gives its token to every pod that does not refuse it.",
  "token-secret": "A Secret holds a token that never expires.",
  "rights-without-token": "An account has rights, and none of its pods has the token to use them.",
} as const;

type Code = keyof typeof codes;

/** How a workload's pods stand to their account. */
interface Tenant {
  readonly workload: Workload;
  readonly account: Account;
  /** Field that mounts the token; undefined when the pods have none. */
  readonly mountedBy: string | undefined;
}

/** Pods that do not call the API server cannot be used to call it. */
export const noTokenByDefault = defineRule({
  id: "no-token-by-default",
  group: "security",
  severity: "error",
  title: "Only pods that call the API server carry a token for it",
  explanation: {
    protects:
      "The API server against pods that have no business there: a token lies in every pod by default, and whoever reads one file of the pod can use it.",
    incident:
      "A notebook image with a hole in its proxy gave its token away. The account had no rights of its own, but everybody signed in could list the platform's namespaces and pods.",
    fix: "Set automountServiceAccountToken: false on ServiceAccounts and pods, and true on the pods that call the API server under an account of their own.",
    source:
      "kubernetes v1.36.3 plugin/pkg/admission/serviceaccount/admission.go `shouldAutomount`; https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets",
  },
  codes,
  *check({ index, workloads, plan }) {
    const accounts = index.filter({ group: "", kind: "ServiceAccount" });
    for (const account of accounts) yield* checkAccount(account);
    for (const secret of index.filter({ group: "", kind: "Secret" })) yield* checkSecret(secret);
    const bindings = bindingsOf(index);
    const rendered = new Map(
      accounts.map((manifest) => [
        keyOf({ namespace: namespaceOf(manifest), name: manifest.name }),
        manifest,
      ]),
    );
    const tenants = workloads.map((workload) => tenantOf(workload, rendered));
    const withToken = new Set(
      tenants.filter(({ mountedBy }) => mountedBy !== undefined).map(({ account }) => keyOf(account)),
    );
    for (const tenant of tenants) {
      const { account, mountedBy } = tenant;
      const hasRights = bindings.of(account).length > 0;
      if (mountedBy === undefined) {
        if (hasRights && account.name !== "default" && !withToken.has(keyOf(account)))
          yield rightsWithoutToken(tenant);
      } else if (account.name === "default") yield tokenOfDefault(tenant, mountedBy);
      else if (!hasRights) {
        const isElsewhere =
          tenant.workload.manifest.namespace === undefined && bindings.hasNamesake(account.name);
        yield plan !== undefined || (rendered.has(keyOf(account)) && !isElsewhere)
          ? tokenWithoutRights(tenant, mountedBy)
          : rightsElsewhere(tenant);
      }
    }
  },
});

function* checkAccount(manifest: Manifest): Generator<Problem<Code>> {
  const value = at(manifest.object, "automountServiceAccountToken");
  if (value === false) return;
  yield {
    code: "account-mounts-token",
    manifest,
    path: "automountServiceAccountToken",
    message: "every pod that names the account gets its token, whether it calls the API server or not",
    actual: value === undefined ? "not set (true)" : textOf(value),
    limit: "false",
    fix: "Set automountServiceAccountToken: false here, and true in the pods that need it.",
  };
}

function* checkSecret(manifest: Manifest): Generator<Problem<Code>> {
  if (manifest.object.type !== "kubernetes.io/service-account-token") return;
  const account = at(manifest.object, "metadata", "annotations", "kubernetes.io/service-account.name");
  yield {
    code: "token-secret",
    manifest,
    path: "type",
    message: `holds a token of ServiceAccount ${typeof account === "string" ? account : "(none named)"} that never expires and that everybody who reads the Secret can use`,
    actual: "kubernetes.io/service-account-token",
    fix: "Let the kubelet mount a token that is renewed, or ask for one with `kubectl create token`.",
  };
}

function tenantOf(workload: Workload, accounts: ReadonlyMap<string, Manifest>): Tenant {
  const { manifest, podSpec, podSpecPath } = workload;
  const name = stringAt(podSpec, "serviceAccountName") || stringAt(podSpec, "serviceAccount") || "default";
  const account = { namespace: namespaceOf(manifest), name };
  const mountedBy = mountOf(podSpec, podSpecPath, accounts.get(keyOf(account)));
  return { workload, account, mountedBy };
}

/** The pod's own field decides, then its account's, and by default the token is mounted. */
function mountOf(podSpec: unknown, path: string, account: Manifest | undefined): string | undefined {
  for (const [position, volume] of objectsIn(at(podSpec, "volumes")).entries()) {
    for (const [number, source] of objectsIn(at(volume, "projected", "sources")).entries()) {
      const token = at(source, "serviceAccountToken");
      // A token for another audience is none for the API server.
      if (token !== undefined && token !== null && at(token, "audience") === undefined)
        return `${path}.volumes[${position}].projected.sources[${number}].serviceAccountToken`;
    }
  }
  const own = at(podSpec, "automountServiceAccountToken");
  const field = `${path}.automountServiceAccountToken`;
  if (typeof own === "boolean") return own ? field : undefined;
  return at(account?.object, "automountServiceAccountToken") === false ? undefined : field;
}

function tokenOfDefault({ workload, account }: Tenant, path: string): Problem<Code> {
  return {
    code: "token-of-default",
    manifest: workload.manifest,
    path,
    message: `the pods carry a token of ServiceAccount ${keyOf(account)}, whose rights every pod without an account shares`,
    actual: "mounted",
    limit: "not mounted",
    fix: "Set automountServiceAccountToken: false, or give the pods an account of their own if they call the API server.",
  };
}

function tokenWithoutRights({ workload, account }: Tenant, path: string): Problem<Code> {
  return {
    code: "token-without-rights",
    manifest: workload.manifest,
    path,
    message: `the pods carry a token of ServiceAccount ${keyOf(account)}, which no rendered role is bound to`,
    actual: "mounted",
    limit: "not mounted",
    fix: "Set automountServiceAccountToken: false, or bind the role that the pods need.",
  };
}

function rightsElsewhere({ workload, account }: Tenant): Unchecked {
  return {
    unchecked: `whether the pods need their token: ServiceAccount ${keyOf(account)} with its rights is not rendered`,
    manifest: workload.manifest,
  };
}

function rightsWithoutToken({ workload, account }: Tenant): Problem<Code> {
  const path = `${workload.podSpecPath}.automountServiceAccountToken`;
  return {
    code: "rights-without-token",
    manifest: workload.manifest,
    path,
    message: `roles are bound to ServiceAccount ${keyOf(account)}, but no pod that runs under it has its token: calls to the API server fail`,
    actual: "not mounted",
    limit: "mounted",
    fix: "Set automountServiceAccountToken: true in the pods that call the API server, or remove the binding.",
  };
}

function keyOf({ namespace, name }: Account): string {
  return `${namespace}/${name}`;
}
