import preset from "../../jest.preset.mjs";

/** Two stages at a time: each has a control plane of its own, and waits for it half of the time. */
export default {
  ...preset,
  testMatch: ["**/*.cluster.test.ts"],
  maxWorkers: 2,
  testSequencer: "<rootDir>/longest-first.mjs",
  testTimeout: 300_000,
  reporters: ["default", "<rootDir>/claims-reporter.mjs"],
};
