import {
  type CheckContext,
  createContext,
  InputError,
  type Plan,
  readPlan,
  type SecretConsumer,
  SOURCE_NAMESPACE,
  secretConsumers,
  secretLedger,
} from "@t495/proof";
import type { CommandInput } from "../command.ts";
import { renderPlatform } from "../render-platform.ts";

/** The Secrets of a profile, and who uses them. */
export interface OpenedLedger {
  readonly plan: Plan;
  readonly context: CheckContext;
  readonly ledger: ReturnType<typeof secretLedger>;
  readonly consumers: ReadonlyMap<string, readonly SecretConsumer[]>;
  /** Where each is, by name; the source first while foundation's Job makes them. */
  readonly places: ReadonlyMap<string, readonly string[]>;
}

/** Renders the platform: what stands in the ledger and who reads it is decided there. */
export async function openLedger({ options, root }: CommandInput): Promise<OpenedLedger> {
  const { manifests } = await renderPlatform(root, options.value("profile"));
  const plan = readPlan(manifests);
  if (plan === undefined) throw new Error("the rendering carries no plan");
  const context = createContext(manifests, plan);
  const ledger = secretLedger(plan);
  const sources = plan.secrets.generate.enabled ? [SOURCE_NAMESPACE] : [];
  return {
    plan,
    context,
    ledger,
    consumers: secretConsumers(context, ledger),
    places: new Map([...ledger].map(([name, { namespaces }]) => [name, [...sources, ...namespaces]])),
  };
}

/** @throws InputError when the owner brings the Secrets */
export function requireGenerated(plan: Plan): void {
  if (plan.secrets.generate.enabled) return;
  throw new InputError({
    what: "the platform makes no Secrets: global.secrets.generate is off",
    fix: "rotate and back them up where you keep them",
  });
}
