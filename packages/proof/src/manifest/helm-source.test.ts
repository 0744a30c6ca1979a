import { expect, test } from "@jest/globals";
import { readHelmSource } from "./helm-source.ts";

test.each([
  ["---\n# Source: foundation/templates/namespaces.yaml\na: 1\n", "foundation", "templates/namespaces.yaml"],
  [
    "---\n# Source: platform-umbrella/charts/data-services/templates/redis/service.yaml\n",
    "data-services",
    "templates/redis/service.yaml",
  ],
  ["---\n# Source: a/charts/b/charts/c/templates/x.yaml\n", "c", "templates/x.yaml"],
  ["---\n# Source: a/crds/x.yaml\n", "a", "crds/x.yaml"],
  ["---\n# Source: a/templates/charts/x.yaml\n", "a", "templates/charts/x.yaml"],
  ["---\n\n# licence\n# Source: a/templates/x.yaml\n# more\nb: 1\n", "a", "templates/x.yaml"],
  ["---\r\n# Source: a/templates/x.yaml\r\na: 1\r\n", "a", "templates/x.yaml"],
  ["# Source: a/templates/with space.yaml\na: 1\n", "a", "templates/with space.yaml"],
])("%j", (document, chart, template) => {
  expect(readHelmSource(document)).toEqual({ chart, template });
});

test.each([
  ["no comment", "---\na: 1\n"],
  ["a comment below the first key", "---\na: 1\n# Source: a/templates/x.yaml\n"],
  ["a comment in a value", "---\na: |\n  # Source: a/templates/x.yaml\n"],
  ["no path below the chart", "---\n# Source: somewhere\na: 1\n"],
])("%s", (_, document) => {
  expect(readHelmSource(document)).toBeUndefined();
});
