import type { Rule } from "../rule.ts";
import { acyclicDependencies } from "./acyclic-dependencies.ts";
import { applicationsPartitionPlatform } from "./applications-partition-platform.ts";
import { hookDeadlock } from "./hook-deadlock.ts";
import { orderBeforeUse } from "./order-before-use.ts";
import { storageWithConsumer } from "./storage-with-consumer.ts";
import { validWave } from "./valid-wave.ts";
import { waveInBand } from "./wave-in-band.ts";

export const orderRules: readonly Rule[] = [
  validWave,
  orderBeforeUse,
  waveInBand,
  storageWithConsumer,
  hookDeadlock,
  acyclicDependencies,
  applicationsPartitionPlatform,
];
