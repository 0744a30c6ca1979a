import type { GoProgram } from "./go-program.ts";

/** Version 3.15.0 of Prometheus is 0.315.0 of its module: a test holds it against the image. */
const MODULE = {
  module: "github.com/prometheus/prometheus",
  version: "v0.315.0",
  // Discovery in every cloud would triple the time that it takes.
  tags: ["remove_all_sd", "enable_kubernetes_sd"],
};

export const PROMETHEUS: GoProgram = { ...MODULE, folder: "./cmd/prometheus", name: "prometheus" };

/** Checks configurations and rules, and runs tests of rules. */
export const PROMTOOL: GoProgram = { ...MODULE, folder: "./cmd/promtool", name: "promtool" };
