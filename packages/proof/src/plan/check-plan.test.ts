import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { parseGoYaml } from "../manifest/go-yaml.ts";
import { checkPlan } from "./check-plan.ts";
import { type Plan, planSchema } from "./plan.ts";

const fixture = readFileSync(new URL("../../fixtures/plan.yaml", import.meta.url), "utf8");

type Editable<Value> = { -readonly [Key in keyof Value]: Editable<Value[Key]> };

function mistakesOf(change: (plan: Editable<Plan>) => void): string[] {
  const plan = planSchema.parse(parseGoYaml(fixture)[0]?.value);
  change(plan);
  return checkPlan(planSchema.parse(plan));
}

const flow = (from: string[], to: string) => ({ enabled: true, from, to, ports: [80] });
const secret = (keys: Plan["secrets"]["ledger"][string]["keys"]) => ({
  enabled: true,
  component: "store",
  namespaces: ["data"],
  keys,
});
const random = { type: "random" as const, length: 20, value: "" };

describe("checkPlan", () => {
  test("accepts the plan of the fixtures", () => {
    expect(mistakesOf(() => {})).toEqual([]);
  });

  test("accepts every kind of peer and roles", () => {
    expect(
      mistakesOf((plan) => {
        plan.flows.a = flow(["ingress", "node", "lan", "kube-apiserver", "web", "web/api"], "store/primary");
        for (const to of ["dns", "kube-apiserver", "node", "lan", "internet", "store"])
          plan.flows[to] = flow(["web"], to);
      }),
    ).toEqual([]);
  });

  test("accepts the password file of a secret's own keys", () => {
    expect(
      mistakesOf((plan) => {
        plan.secrets.ledger.a = secret({
          user: { type: "literal", length: 0, value: "registry" },
          password: random,
          htpasswd: { type: "htpasswd", length: 0, value: "user:password" },
        });
      }),
    ).toEqual([]);
  });

  test.each<[string, (plan: Editable<Plan>) => void, string[]]>([
    [
      "a namespace of an unknown layer",
      (plan) => Object.assign(plan.namespaces.data ?? {}, { layer: "dat", chargedTo: "nobody" }),
      [
        'global.namespaces.data.layer: there is no layer "dat"; data is meant?',
        'global.namespaces.data.chargedTo: there is no layer "nobody"; known: foundation, data, apps, system',
      ],
    ],
    [
      "a layer of an unknown priority class",
      (plan) => Object.assign(plan.layers.data ?? {}, { priorityClass: "urgent" }),
      [
        'global.layers.data.priorityClass: there is no priority class "urgent"; known: critical, data, apps, low',
      ],
    ],
    [
      "a component whose layer, namespace or dependency is unknown",
      (plan) =>
        Object.assign(plan.components.web ?? {}, { layer: "x", namespace: "y", dependsOn: ["stor", "web"] }),
      [
        'global.components.web.layer: there is no layer "x"; known: foundation, data, apps, system',
        'global.components.web.namespace: there is no namespace "y"; known: data, apps, kube-system',
        'global.components.web.dependsOn[0]: there is no component "stor"; store is meant?',
        "global.components.web.dependsOn[1]: web cannot depend on itself",
      ],
    ],
    [
      "an exception of an unknown component",
      (plan) => {
        plan.exceptions.a = {
          component: "stor",
          rule: "pod-security",
          code: "",
          object: "Deployment/data/store",
          path: "",
          reason: "A test.",
          expires: "",
        };
      },
      ['global.exceptions.a.component: there is no component "stor"; store is meant?'],
    ],
    [
      "flows between unknown peers, and in the wrong direction",
      (plan) => {
        plan.flows.a = flow(["wbe", "internet", "web/"], "ingress");
        plan.flows.b = flow(["web/api/v1"], "store");
      },
      [
        'global.flows.a.from[0]: there is no component "wbe"; web is meant?',
        'global.flows.a.from[1]: there is no component "internet"; known: store, web, foundation, ingress, node, lan, kube-apiserver',
        'global.flows.a.from[2]: "web/" is neither a component nor component/role',
        'global.flows.a.to: there is no component "ingress"; known: store, web, foundation, dns, kube-apiserver, node, lan, internet',
        'global.flows.b.from[0]: "web/api/v1" is neither a component nor component/role',
      ],
    ],
    [
      "secrets without what they need",
      (plan) => {
        plan.secrets.ledger.a = {
          ...secret({ k: { ...random, length: 0 } }),
          component: "redis",
          namespaces: ["date"],
        };
        plan.secrets.ledger.b = secret({
          l: { type: "literal", length: 0, value: "" },
          h: { type: "htpasswd", length: 0, value: "l" },
          i: { type: "htpasswd", length: 0, value: "l:password" },
        });
      },
      [
        'global.secrets.ledger.a.component: there is no component "redis"; known: store, web',
        'global.secrets.ledger.a.namespaces[0]: there is no namespace "date"; data is meant?',
        "global.secrets.ledger.a.keys.k.length: a random value needs a length",
        "global.secrets.ledger.b.keys.l.value: a literal needs a value",
        'global.secrets.ledger.b.keys.h.value: "l" is not <user key>:<password key>',
        'global.secrets.ledger.b.keys.i.value: there is no key of this secret "password"; known: l, h, i',
      ],
    ],
    [
      "secrets that the API server would refuse, or that stand twice in one place",
      (plan) => {
        plan.secrets.ledger.Login = secret({ "pass word": random, "..data": random });
        plan.secrets.ledger.login = {
          ...secret({ "tls.key": random }),
          namespaces: ["data", "apps", "data"],
        };
      },
      [
        'global.secrets.ledger.Login: "Login" is no name that a Secret can have',
        'global.secrets.ledger.Login.keys.pass word: "pass word" is no name that a key can have',
        'global.secrets.ledger.Login.keys...data: "..data" is no name that a key can have',
        "global.secrets.ledger.login.namespaces[2]: data stands there twice",
      ],
    ],
    [
      "addresses of unknown components and namespaces",
      (plan) => {
        Object.assign(plan.addresses.services.store ?? {}, { component: "shop", namespace: "shop" });
        Object.assign(plan.addresses.reserved.gateway ?? {}, { component: "gate", behind: "gatway" });
        plan.addresses.reserved.ui = {
          range: "192.168.1.244",
          component: "web",
          purpose: "Interface",
          behind: "ui",
        };
      },
      [
        'global.addresses.services.store.component: there is no component "shop"; known: store, web',
        'global.addresses.services.store.namespace: there is no namespace "shop"; known: data, apps, kube-system',
        'global.addresses.reserved.gateway.component: there is no component "gate"; known: store, web',
        'global.addresses.reserved.gateway.behind: there is no reservation "gatway"; gateway is meant?',
        "global.addresses.reserved.ui.behind: ui cannot stand behind itself",
      ],
    ],
    [
      "dynamic pods that cannot be counted",
      (plan) => {
        const pods = plan.dynamicPods.coredns;
        if (pods === undefined) throw new Error("The fixture lost coredns.");
        plan.dynamicPods.a = {
          ...pods,
          namespace: "kube",
          count: { ...pods.count, object: "ConfigMap/data/a" },
        };
        plan.dynamicPods.b = {
          ...pods,
          component: "dns",
          count: { ...pods.count, path: "data.a", match: "(" },
        };
      },
      [
        'global.dynamicPods.a.namespace: there is no namespace "kube"; known: data, apps, kube-system',
        "global.dynamicPods.a.count.path: needed, since object is set",
        'global.dynamicPods.b.component: there is no component "dns"; known: store, web',
        "global.dynamicPods.b.count.object: needed, since path is set",
        'global.dynamicPods.b.count.match: "(" is no regular expression',
      ],
    ],
    [
      "dynamic pods that request more than they may have",
      (plan) => {
        const pods = plan.dynamicPods.coredns;
        if (pods === undefined) throw new Error("The fixture lost coredns.");
        plan.dynamicPods.coredns = { ...pods, requests: { cpu: "1500m", memory: "0.25Gi" } };
      },
      [
        "global.dynamicPods.coredns.requests.cpu: 1500m is more than the limit of 1",
        "global.dynamicPods.coredns.requests.memory: 0.25Gi is more than the limit of 170Mi",
      ],
    ],
    [
      "classes that nobody provides",
      (plan) => {
        plan.storage.class = "local-paht";
        Object.assign(plan.storage.classes["local-path"] ?? {}, { provider: "k8s" });
        Object.assign(plan.ingress, { provider: "nginx", namespace: "nginx" });
      },
      [
        'global.storage.class: there is no storage class "local-paht"; local-path is meant?',
        'global.storage.classes.local-path.provider: there is no component "k8s"; k3s is meant?',
        'global.ingress.provider: there is no component "nginx"; known: store, web, k3s',
        'global.ingress.namespace: there is no namespace "nginx"; known: data, apps, kube-system',
      ],
    ],
  ])("reports %s", (_, change, mistakes) => {
    expect(mistakesOf(change)).toEqual(mistakes);
  });
});
