import preset from "../../jest.preset.mjs";

export default {
  ...preset,
  testPathIgnorePatterns: [...preset.testPathIgnorePatterns, "\\.cluster\\.test\\.ts$"],
};
