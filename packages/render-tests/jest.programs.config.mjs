import preset from "../../jest.preset.mjs";

/** Real programs under the rendered configuration: they are built or fetched once, and take their time. */
export default { ...preset, testMatch: ["**/*.program.test.ts"] };
