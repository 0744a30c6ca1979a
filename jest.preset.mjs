/** Shared by every package: native ESM, TypeScript stripped by swc, types checked apart by `tsc`. */
export default {
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  testMatch: ["**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "/dist/"],
  resetMocks: true,
  // How long something takes is for a benchmark to say: a busy machine fails no test.
  testTimeout: 120_000,
  transform: {
    "\\.ts$": [
      "@swc/jest",
      {
        jsc: {
          parser: { syntax: "typescript" },
          target: "es2022",
          // JSON is imported with the attribute that Node asks for.
          experimental: { keepImportAttributes: true },
        },
        module: { type: "es6" },
        sourceMaps: "inline",
      },
    ],
  },
};
