import * as z from "zod";

/**
 * The contract of `global` in the umbrella's values, as the chart renders it into the ConfigMap
 * `platform-plan`. The JSON Schema of every chart's `global` is generated from here, so a key that this
 * file does not know is an error with its path, in Helm and in the proof alike. Absence is always
 * `enabled: false` (or an empty string); `null` is an error: Helm would delete the key for the umbrella's
 * templates and keep it for the subcharts.
 */

const quantity = z
  .string()
  .regex(/^(\d+(\.\d+)?)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/)
  .describe('A Kubernetes quantity, written as a string: 512Mi, 250m, "3".');
const name = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/)
  .max(63)
  .describe("A DNS label.");
const ipv4 = z
  .string()
  .regex(/^(\d{1,3}\.){3}\d{1,3}$/)
  .describe("An IPv4 address in canonical form.");
const range = z
  .string()
  .regex(/^(\d{1,3}\.){3}\d{1,3}(-(\d{1,3}\.){3}\d{1,3})?$/)
  .describe("One IPv4 address, or first-last, both included.");
const cidr = z
  .string()
  .regex(/^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/)
  .describe("An IPv4 network.");
const date = z
  .string()
  .regex(/^(\d{4}-\d{2}-\d{2})?$/)
  .describe("YYYY-MM-DD, or empty.");
const port = z.int().min(1).max(65535);
const text = z.string().min(1);

const cpuMemory = z.strictObject({ cpu: quantity, memory: quantity });

const nodeSchema = z.strictObject({
  name: name.describe("The node's Kubernetes name."),
  memory: z.strictObject({
    installed: quantity.describe("What the machine's modules add up to."),
    capacity: quantity.describe("What the kubelet reports: MemTotal, without firmware and graphics."),
    reserved: quantity.describe("kube-reserved plus system-reserved: K3s, the OS, container shims."),
    evictionThreshold: quantity.describe("The kubelet's hard eviction signal memory.available."),
  }),
  cpu: z.strictObject({
    capacity: quantity.describe("Hardware threads."),
    reserved: quantity.describe("kube-reserved plus system-reserved."),
  }),
  storage: z.strictObject({
    capacity: quantity.describe("The file system that holds the volumes."),
    reserved: quantity.describe("Kept for the OS, images, logs and the kubelet's eviction threshold."),
  }),
  maxPods: z.int().min(1).describe("The kubelet's max-pods."),
  network: z.strictObject({
    address: ipv4.describe("The node's own address."),
    lan: cidr,
    gateway: ipv4,
    dhcp: range.describe("What the router hands out; no Service may be in it."),
    podCidr: cidr.describe("K3s' cluster-cidr."),
    serviceCidr: cidr.describe("K3s' service-cidr."),
    apiServerPort: port.describe("The API server's port on the node's address."),
  }),
});

const layerSchema = z.strictObject({
  wave: z.int().describe("The first sync wave of the layer's band of ten."),
  memory: quantity.describe("The layer's share of the installed memory."),
  priorityClass: text.describe("The class of every pod of the layer's components."),
  preserveData: z.boolean().describe("Whether its ApplicationSet keeps resources when it is deleted."),
});

const namespaceSchema = z.strictObject({
  layer: text.describe("The layer it belongs to, or system."),
  chargedTo: text.describe("The layer whose memory it is taken from; mostly the same."),
  create: z.boolean().describe("False for namespaces that Kubernetes or the bootstrap create."),
  budget: z.strictObject({
    memory: quantity.describe("Memory limits of all its pods together."),
    cpuLimits: quantity.describe("CPU limits together; may be overcommitted across namespaces."),
    cpuRequests: quantity.describe("CPU requests together; never overcommitted."),
    pods: z.int().min(0),
    storage: quantity.describe("Requests of all its PersistentVolumeClaims."),
    loadBalancers: z.int().min(0),
  }),
  quota: z.strictObject({
    enabled: z.boolean().describe("Whether the namespace has a ResourceQuota."),
    compute: z
      .boolean()
      .describe(
        "Whether it bounds CPU and memory; else only pods and objects, and dynamicPods bound the rest.",
      ),
  }),
  limitRange: z.strictObject({
    enabled: z.boolean(),
    default: cpuMemory.describe("Limits of a container that sets none."),
    defaultRequest: cpuMemory.describe("Requests of a container that sets neither."),
    max: cpuMemory.describe("The largest container admitted."),
  }),
  podSecurity: z.enum(["restricted", "baseline", "privileged"]).describe("The enforced Pod Security level."),
  network: z
    .enum(["default-deny", "deny-ingress", "open"])
    .describe("default-deny: both directions. deny-ingress: ingress only. open: no policy."),
});

const componentSchema = z.strictObject({
  layer: text,
  namespace: text,
  enabled: z.boolean(),
  dependsOn: z.array(text).describe("Components that it calls; each call is retried while they are down."),
});

const flowSchema = z.strictObject({
  enabled: z.boolean(),
  from: z
    .array(text)
    .min(1)
    .describe(
      "component, component/role (the label app.kubernetes.io/component; foundation/create-secrets too), ingress, node, lan, or kube-apiserver.",
    ),
  to: text.describe("component, component/role, dns, kube-apiserver, node, lan or internet."),
  ports: z.array(port).min(1).describe("Ports of the pod (policies match after address translation)."),
});

const secretKeySchema = z.strictObject({
  type: z
    .enum(["random", "literal", "htpasswd"])
    .describe(
      "random: letters and digits. literal: a name, never a secret. htpasswd: bcrypt of another key.",
    ),
  length: z.int().min(0).describe("random: how many characters; else 0."),
  value: z.string().describe("literal: the value. htpasswd: <user key>:<password key>. random: empty."),
});

const secretSchema = z.strictObject({
  enabled: z.boolean().describe("False: nothing makes it and nothing may use it."),
  component: text.describe("Whose secret it is; not made while that component is disabled."),
  namespaces: z.array(text).min(1).describe("Where it stands, with the same value in each."),
  keys: z.record(z.string(), secretKeySchema),
});

const imageSchema = z.strictObject({
  repository: text.describe("With the registry: docker.io/library/redis."),
  tag: text,
  digest: z
    .string()
    .regex(/^(sha256:[0-9a-f]{64})?$/)
    .describe("Of the multi-platform index; empty when no evidence was found, never invented."),
  evidence: z.string().describe("Where tag and digest were seen."),
  endOfLife: date.describe("When upstream stopped or will stop; empty when not announced."),
});

const dynamicPodSchema = z.strictObject({
  enabled: z.boolean(),
  component: z.string().describe("Counted while this component is enabled; empty: always."),
  namespace: text,
  owner: text.describe("Who creates them: a workload of the rendering, or a program outside it."),
  evidence: text.describe("The source that says so."),
  count: z.strictObject({
    value: z.int().min(0).describe("How many, when `object` is empty."),
    object: z
      .string()
      .describe("Kind/namespace/name of the rendered object that decides how many; empty for a fixed count."),
    path: z
      .string()
      .describe("Field path in that object; a list item may be named: env[name=REPLICAS].value."),
    match: z.string().describe("A regular expression whose first group is the number, for embedded files."),
  }),
  surge: z.int().min(0).describe("Further pods during their own rollout."),
  requests: cpuMemory,
  limits: cpuMemory.describe("What bounds them; for `bounded: false` what is set aside for them."),
  bounded: z.boolean().describe("False: nothing enforces the limits; printed apart."),
});

const storageClassSchema = z.strictObject({
  enabled: z
    .boolean()
    .describe(
      "Whether the cluster has it; K3s' own is there, and the default, unless the node disables local-storage.",
    ),
  provider: text.describe("The component that makes the class, or k3s."),
  provisioner: text,
  bindingMode: z.enum(["Immediate", "WaitForFirstConsumer"]),
  expansion: z.boolean(),
});

const exceptionSchema = z.strictObject({
  component: z.string().describe("Out of sight while this component is disabled; empty: never."),
  rule: text,
  code: z.string().describe("One code of the rule; empty for all."),
  object: text.describe("Kind/namespace/name, or Kind/name for cluster-scoped objects."),
  path: z.string().describe("Prefix of the field path; empty for the whole object."),
  reason: text,
  expires: date,
});

export const planSchema = z.strictObject({
  profile: name.describe("The profile's name, as reports print it."),
  node: nodeSchema,
  layers: z.record(z.string(), layerSchema),
  namespaces: z.record(z.string(), namespaceSchema),
  priorityClasses: z.record(
    z.string(),
    z.strictObject({ value: z.int(), globalDefault: z.boolean(), description: text }),
  ),
  addresses: z.strictObject({
    pool: z.strictObject({
      name,
      range,
      autoAssign: z.literal(false).describe("Nobody takes an address by chance."),
    }),
    extension: z.strictObject({ enabled: z.boolean(), range }).describe("An opt-in second range."),
    services: z.record(
      z.string(),
      z.strictObject({ address: ipv4, component: text, namespace: text, service: text }),
    ),
    reserved: z.record(
      z.string(),
      z.strictObject({
        range,
        component: text,
        purpose: text,
        behind: z
          .string()
          .describe(
            "The reservation of the gateway whose pods a Service on these addresses must select; empty for none.",
          ),
      }),
    ),
  }),
  components: z.record(z.string(), componentSchema),
  flows: z.record(z.string(), flowSchema),
  secrets: z.strictObject({
    generate: z.strictObject({ enabled: z.boolean() }).describe("Off: the owner supplies the same names."),
    ledger: z.record(z.string(), secretSchema),
  }),
  exceptions: z.record(z.string(), exceptionSchema),
  images: z.record(z.string(), imageSchema),
  dynamicPods: z.record(z.string(), dynamicPodSchema),
  storage: z.strictObject({
    class: text.describe("The class that every claim names, and the default."),
    classes: z.record(z.string(), storageClassSchema),
  }),
  ingress: z.strictObject({
    className: text,
    provider: text.describe("The component that makes the class, or k3s."),
    namespace: text.describe("Where the ingress controller's pods run."),
    domain: text.describe("Hosts are <name>.<domain>."),
  }),
  gitops: z.strictObject({
    repoURL: text,
    path: text.describe("The umbrella chart in the repository."),
    valueFiles: z.array(text).min(1).describe("As Argo CD passes them, relative to `path`."),
  }),
});

/**
 * `global` as it stands in the values: the plan and what differs between renderings of one plan. The
 * `values.schema.json` of every chart takes its `global` from here.
 */
export const globalSchema = planSchema.extend({
  render: text.describe("What a rendering contains: all, root, foundation, or one component."),
  gitops: planSchema.shape.gitops.extend({
    revision: text.describe("Branch or tag that every Application follows."),
  }),
});

/** The plan of one node: figures as written in the values. */
export type Plan = z.infer<typeof planSchema>;
export type PlannedSecret = z.infer<typeof secretSchema>;
export type PlannedImage = z.infer<typeof imageSchema>;
export type DynamicPod = z.infer<typeof dynamicPodSchema>;
export type PlannedException = z.infer<typeof exceptionSchema>;
