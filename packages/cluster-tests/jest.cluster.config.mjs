import preset from "../../jest.preset.mjs";

/** One stage at a time: each has a control plane of its own, and two would not fit two cores. */
export default {
  ...preset,
  testMatch: ["**/*.cluster.test.ts"],
  maxWorkers: 1,
  testTimeout: 300_000,
  reporters: ["default", "<rootDir>/claims-reporter.mjs"],
};
