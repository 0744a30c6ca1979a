import { parseQuantity } from "../accounting/quantity.ts";
import { nearest } from "../nearest.ts";
import { FOUNDATION } from "../order/applications.ts";
import type { Plan } from "./plan.ts";

/** Peers of a flow that are no components. */
const SENDERS = ["ingress", "node", "lan", "kube-apiserver"];
const RECEIVERS = ["dns", "kube-apiserver", "node", "lan", "internet"];
/** Provides a storage class or the ingress class without being a component: K3s itself. */
const K3S = "k3s";

/**
 * Whatever in a plan refers to something that the plan does not have, one line each with the path in the values.
 * The types are right already; whether figures and addresses fit is for the rules to say.
 */
export function checkPlan(plan: Plan): string[] {
  return [
    ...namespaceMistakes(plan),
    ...componentMistakes(plan),
    ...exceptionMistakes(plan),
    ...flowMistakes(plan),
    ...secretMistakes(plan),
    ...addressMistakes(plan),
    ...dynamicPodMistakes(plan),
    ...platformMistakes(plan),
  ];
}

function* namespaceMistakes({ layers, namespaces, priorityClasses }: Plan): Generator<string> {
  for (const [name, { priorityClass }] of Object.entries(layers)) {
    yield* refers(`layers.${name}.priorityClass`, priorityClass, priorityClasses, "priority class");
  }
  for (const [name, { layer, chargedTo }] of Object.entries(namespaces)) {
    yield* refers(`namespaces.${name}.layer`, layer, layers, "layer");
    yield* refers(`namespaces.${name}.chargedTo`, chargedTo, layers, "layer");
  }
}

function* componentMistakes({ components, layers, namespaces }: Plan): Generator<string> {
  for (const [name, component] of Object.entries(components)) {
    const path = `components.${name}`;
    yield* refers(`${path}.layer`, component.layer, layers, "layer");
    yield* refers(`${path}.namespace`, component.namespace, namespaces, "namespace");
    for (const [at, needed] of component.dependsOn.entries()) {
      yield* refers(`${path}.dependsOn[${at}]`, needed, components, "component");
      if (needed === name) yield mistake(`${path}.dependsOn[${at}]`, `${name} cannot depend on itself`);
    }
  }
}

function* exceptionMistakes({ exceptions, components }: Plan): Generator<string> {
  for (const [name, { component }] of Object.entries(exceptions)) {
    if (component !== "") yield* refers(`exceptions.${name}.component`, component, components, "component");
  }
}

function* flowMistakes({ flows, components }: Plan): Generator<string> {
  for (const [name, { from, to }] of Object.entries(flows)) {
    for (const [at, sender] of from.entries()) {
      yield* refersToPeer(`flows.${name}.from[${at}]`, sender, components, SENDERS);
    }
    yield* refersToPeer(`flows.${name}.to`, to, components, RECEIVERS);
  }
}

function* refersToPeer(
  path: string,
  peer: string,
  components: Plan["components"],
  others: readonly string[],
): Generator<string> {
  if (others.includes(peer)) return;
  const [component = "", role, more] = peer.split("/");
  if (role === "" || more !== undefined)
    yield mistake(path, `"${peer}" is neither a component nor component/role`);
  else yield* refers(path, component, [...Object.keys(components), FOUNDATION, ...others], "component");
}

/** What the API server takes for the name of a Secret and of a key (k8s.io/apimachinery v0.36.3 pkg/util/validation). */
const SECRET_NAME = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const SECRET_KEY = /^(?!\.$|\.\.)[-._a-zA-Z0-9]{1,253}$/;

function* secretMistakes({ secrets, components, namespaces }: Plan): Generator<string> {
  for (const [name, secret] of Object.entries(secrets.ledger)) {
    const path = `secrets.ledger.${name}`;
    if (!SECRET_NAME.test(name)) yield mistake(path, `"${name}" is no name that a Secret can have`);
    yield* refers(`${path}.component`, secret.component, components, "component");
    for (const [at, namespace] of secret.namespaces.entries()) {
      yield* refers(`${path}.namespaces[${at}]`, namespace, namespaces, "namespace");
      if (secret.namespaces.indexOf(namespace) < at)
        yield mistake(`${path}.namespaces[${at}]`, `${namespace} stands there twice`);
    }
    for (const [key, { type, length, value }] of Object.entries(secret.keys)) {
      const keyPath = `${path}.keys.${key}`;
      if (!SECRET_KEY.test(key)) yield mistake(keyPath, `"${key}" is no name that a key can have`);
      if (type === "random" && length === 0)
        yield mistake(`${keyPath}.length`, "a random value needs a length");
      if (type !== "random" && value === "") yield mistake(`${keyPath}.value`, `a ${type} needs a value`);
      if (type !== "htpasswd" || value === "") continue;
      const [user = "", password, more] = value.split(":");
      if (password === undefined || more !== undefined) {
        yield mistake(`${keyPath}.value`, `"${value}" is not <user key>:<password key>`);
      } else {
        yield* refers(`${keyPath}.value`, user, secret.keys, "key of this secret");
        yield* refers(`${keyPath}.value`, password, secret.keys, "key of this secret");
      }
    }
  }
}

function* addressMistakes({ addresses, components, namespaces }: Plan): Generator<string> {
  for (const [name, { component, namespace }] of Object.entries(addresses.services)) {
    yield* refers(`addresses.services.${name}.component`, component, components, "component");
    yield* refers(`addresses.services.${name}.namespace`, namespace, namespaces, "namespace");
  }
  for (const [name, { component, behind }] of Object.entries(addresses.reserved)) {
    const path = `addresses.reserved.${name}`;
    yield* refers(`${path}.component`, component, components, "component");
    if (behind === name) yield mistake(`${path}.behind`, `${name} cannot stand behind itself`);
    if (behind !== "") yield* refers(`${path}.behind`, behind, addresses.reserved, "reservation");
  }
}

function* dynamicPodMistakes({ dynamicPods, components, namespaces }: Plan): Generator<string> {
  for (const [name, { component, namespace, count, requests, limits }] of Object.entries(dynamicPods)) {
    const path = `dynamicPods.${name}`;
    for (const resource of ["cpu", "memory"] as const) {
      const [request, limit] = [requests[resource], limits[resource]];
      if ((parseQuantity(request) ?? 0n) <= (parseQuantity(limit) ?? 0n)) continue;
      yield mistake(`${path}.requests.${resource}`, `${request} is more than the limit of ${limit}`);
    }
    if (component !== "") yield* refers(`${path}.component`, component, components, "component");
    yield* refers(`${path}.namespace`, namespace, namespaces, "namespace");
    if (count.object !== "" && count.path === "")
      yield mistake(`${path}.count.path`, "needed, since object is set");
    if (count.object === "" && count.path !== "")
      yield mistake(`${path}.count.object`, "needed, since path is set");
    if (count.match !== "" && !isPattern(count.match)) {
      yield mistake(`${path}.count.match`, `"${count.match}" is no regular expression`);
    }
  }
}

function* platformMistakes({ storage, ingress, components, namespaces }: Plan): Generator<string> {
  const providers = [...Object.keys(components), K3S];
  yield* refers("storage.class", storage.class, storage.classes, "storage class");
  for (const [name, { provider }] of Object.entries(storage.classes)) {
    yield* refers(`storage.classes.${name}.provider`, provider, providers, "component");
  }
  yield* refers("ingress.provider", ingress.provider, providers, "component");
  yield* refers("ingress.namespace", ingress.namespace, namespaces, "namespace");
}

function* refers(
  path: string,
  name: string,
  known: readonly string[] | Readonly<Record<string, unknown>>,
  what: string,
): Generator<string> {
  const names: readonly string[] = Array.isArray(known) ? known : Object.keys(known);
  if (names.includes(name)) return;
  const meant = nearest(name, names);
  const hint = meant === undefined ? `known: ${names.join(", ") || "none"}` : `${meant} is meant?`;
  yield mistake(path, `there is no ${what} "${name}"; ${hint}`);
}

function mistake(path: string, what: string): string {
  return `global.${path}: ${what}`;
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
