import * as z from "zod";

/**
 * The result of a proof: everything that a report prints, and the documented JSON of `--format json`.
 * Memory and storage are integers in bytes, CPU in milli-CPU. What does not apply is `null`, never absent.
 */

const bytes = z.int().describe("Bytes; negative only for a headroom that is overdrawn.");
const milliCpu = z.int().describe("Thousandths of a CPU; negative only for what is overdrawn.");
const count = z.int().min(0);
const optionalText = z.string().nullable();

const objectSchema = z
  .strictObject({
    apiVersion: z.string(),
    kind: z.string(),
    namespace: optionalText.describe("null for cluster-scoped objects and where none is written."),
    name: z.string(),
  })
  .nullable()
  .describe("The object at fault; null for findings on the plan or the node.");

const sourceSchema = z
  .strictObject({
    file: z.string().describe("The file or command of the stream; - for standard input."),
    document: z.int().min(1).describe("One-based number of the YAML document."),
    line: z.int().min(1).describe("One-based line on which the document starts."),
  })
  .nullable()
  .describe("Where the object was read; null when no object of the stream stands for it.");

const origin = {
  object: objectSchema,
  chart: optionalText.describe("From Helm's `# Source:` comment."),
  template: optionalText.describe("Path below the chart, from the same comment."),
  source: sourceSchema,
};

const figure = z.union([z.string(), z.number()]).nullable();

const findingSchema = z.strictObject({
  rule: z.string(),
  code: z.string().describe("Stable within schemaVersion."),
  severity: z.enum(["error", "warning"]).describe("Only errors decide the exit code."),
  message: z.string(),
  ...origin,
  path: optionalText.describe("Field path in the object, or values path."),
  actual: figure.describe("The figure that was found."),
  limit: figure.describe("What it was held against."),
  fix: z.string(),
});

const exceptionSchema = z.strictObject({
  name: z.string().describe("Its key in the plan's `exceptions`."),
  rule: z.string(),
  code: optionalText.describe("null: every code of the rule."),
  object: z.string().describe("Kind/namespace/name or Kind/name."),
  path: optionalText.describe("Prefix of the field path; null: the whole object."),
  reason: z.string(),
  expires: optionalText.describe("YYYY-MM-DD, the last day on which it holds."),
  findings: z.int().min(1).describe("How many findings it excuses."),
});

const uncheckedSchema = z.strictObject({ rule: z.string(), reason: z.string(), ...origin });

const nodeSchema = z.strictObject({
  name: z.string(),
  memory: z.strictObject({
    installed: bytes,
    capacity: bytes.describe("What the kubelet reports."),
    reserved: bytes.describe("kube-reserved plus system-reserved."),
    evictionThreshold: bytes,
    allocatable: bytes.describe("capacity − reserved − evictionThreshold."),
    budgeted: bytes.describe("The budgets of all namespaces together."),
    limits: bytes.describe("Memory limits of all pods, nothing being rolled out."),
    peak: bytes.describe("The peaks of all namespaces at once."),
    terminating: bytes.describe("The same while every old pod of each rollout still terminates."),
    free: bytes.describe("allocatable − budgeted: promised to nobody."),
    unbounded: bytes.describe("Set aside in the budgets for pods whose memory nothing limits."),
  }),
  cpu: z.strictObject({
    capacity: milliCpu,
    reserved: milliCpu,
    allocatable: milliCpu.describe("capacity − reserved."),
    budgeted: milliCpu.describe("The requests that all namespaces together may make."),
    requests: milliCpu.describe("CPU requests of all pods, nothing being rolled out."),
    limits: milliCpu.describe(
      "CPU limits that the namespaces may set or, where no quota holds them, do set; may be overcommitted.",
    ),
    free: milliCpu.describe("allocatable − budgeted."),
  }),
  pods: z
    .strictObject({ max: count, steady: count, peak: count, terminating: count })
    .describe("Rendered and declared pods; the last three as for memory."),
});

const layerSchema = z.strictObject({
  name: z.string(),
  wave: z.int(),
  budget: bytes.describe("The layer's share of the installed memory."),
  reserved: bytes.describe(
    "Kept by firmware, kernel, K3s and the eviction threshold; the system layer's only.",
  ),
  limits: bytes.describe("Memory limits charged to the layer, with `reserved`, nothing being rolled out."),
  requests: bytes.describe("Memory requests, nothing being rolled out."),
  peak: bytes.describe("Memory limits with all Jobs and each namespace's biggest rollout, with `reserved`."),
  terminating: bytes.describe("The peak while every old pod of those rollouts still terminates."),
  headroom: bytes.describe("budget − terminating: what can still be given away."),
  cpuRequests: milliCpu,
  cpuLimits: milliCpu,
  namespaces: z.array(z.string()),
});

const totalsSchema = z.strictObject({
  memoryLimits: bytes,
  memoryRequests: bytes,
  cpuLimits: milliCpu,
  cpuRequests: milliCpu,
  pods: count,
});

const namespaceSchema = z.strictObject({
  name: z.string(),
  layer: optionalText.describe("The layer that pays for it; null when the plan does not name it."),
  budget: z
    .strictObject({ memory: bytes, cpuLimits: milliCpu, cpuRequests: milliCpu, pods: count })
    .nullable()
    .describe("null when the plan does not name the namespace."),
  steady: totalsSchema.describe("Nothing being rolled out, no Job running."),
  peak: totalsSchema.describe("With all Jobs at once and the biggest single rollout."),
  terminating: totalsSchema.describe("The peak while every old pod of that rollout still terminates."),
  headroom: bytes.nullable().describe("Memory: budget − terminating; null without a budget."),
});

const addressSchema = z.strictObject({
  address: z.string().describe("An IPv4 address, or first-last."),
  state: z
    .enum(["pinned", "planned", "reserved", "free", "extension"])
    .describe(
      "pinned: a rendered Service holds it. planned: its component is off. extension: needs the opt-in range.",
    ),
  owner: optionalText.describe("The name in the plan."),
  component: optionalText,
  service: optionalText.describe("namespace/name of the Service."),
  purpose: optionalText,
});

const bandSchema = z.strictObject({
  layer: optionalText.describe("null for objects of no known layer."),
  wave: z.int().nullable().describe("First wave of the layer's band."),
  objects: count,
  components: z.array(
    z.strictObject({
      name: optionalText.describe("One Argo CD Application; null for objects of no component."),
      objects: count,
      waves: z
        .array(
          z.strictObject({
            phase: z.string().describe("PreSync, Sync, PostSync, …"),
            wave: z.int(),
            objects: count,
            kinds: z.record(z.string(), count).describe("How many of each kind, in the order of the sync."),
          }),
        )
        .describe("In the order of the sync; Argo CD waits for health between them."),
    }),
  ),
});

const imageSchema = z.strictObject({
  name: optionalText.describe("Its key in the plan's `images`; null for images that the plan does not list."),
  repository: z.string(),
  tag: optionalText,
  digest: optionalText.describe("Of the multi-platform index; null when no evidence was found."),
  endOfLife: optionalText.describe("YYYY-MM-DD; null when upstream announced none."),
  oneWay: z
    .enum(["major", "minor", "any"])
    .nullable()
    .describe("The step of its version that a revert does not take back; null when every step can be."),
  evidence: optionalText.describe("Where tag and digest were seen."),
  users: z.array(z.string()).describe("Kind namespace/name of each object that runs it or hands it on."),
});

/** The shape of {@link Proof}, for validation and for the committed JSON Schema. */
export const proofSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    profile: optionalText.describe("The plan's name; null for manifests without a plan."),
    ok: z.boolean().describe("No finding of severity error."),
    tools: z.record(z.string(), z.string()).describe("Versions of the programs that took part."),
    rules: z.array(z.string()).describe("Ids of the rules that ran."),
    findings: z.array(findingSchema),
    exceptions: z.array(exceptionSchema).describe("Those that excused a finding."),
    unchecked: z.array(uncheckedSchema),
    budget: z.strictObject({
      node: nodeSchema.nullable().describe("null without a plan."),
      layers: z.array(layerSchema),
      namespaces: z.array(namespaceSchema),
    }),
    addresses: z.array(addressSchema),
    order: z.array(bandSchema),
    images: z.array(imageSchema),
    counts: z.strictObject({
      objects: count,
      pods: count.describe("Of the rendered workloads, nothing being rolled out, all Jobs ended."),
      declaredPods: count.describe("Of the plan's dynamicPods: no rendering shows them."),
      containers: count.describe("In the rendered pod templates, init containers included."),
      rules: count.describe("Rules that ran."),
    }),
  })
  .describe("The proof that rendered manifests fit a node. Bytes and milli-CPU, as integers.");

export type Proof = z.infer<typeof proofSchema>;
export type Finding = z.infer<typeof findingSchema>;
export type UncheckedEntry = z.infer<typeof uncheckedSchema>;
export type UsedException = z.infer<typeof exceptionSchema>;
export type Budget = Proof["budget"];
export type NodeBudget = z.infer<typeof nodeSchema>;
export type LayerBudget = z.infer<typeof layerSchema>;
export type NamespaceBudget = z.infer<typeof namespaceSchema>;
export type AddressRow = z.infer<typeof addressSchema>;
export type OrderBand = z.infer<typeof bandSchema>;
export type ImageRow = z.infer<typeof imageSchema>;
