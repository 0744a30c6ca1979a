import { expect, test } from "@jest/globals";
import { documentValues } from "./values-comments.ts";

test("a key that stands twice is bad input with its line", () => {
  expect(() => documentValues("# -- One.\na: 1\nb:\n  c: 1\n  c: 2\n", "charts/a/values.yaml")).toThrow(
    expect.objectContaining({
      name: "InputError",
      what: "Map keys must be unique",
      where: "charts/a/values.yaml:5",
    }),
  );
});

test("a comment documents its key and what stands below it", () => {
  const { rows, undocumented } = documentValues("# -- One.\na: { b: 1 }\nc: 2\n", "values.yaml");
  expect(rows).toMatchObject([{ path: "a", description: "One." }]);
  expect(undocumented).toMatchObject([{ path: "c", line: 3 }]);
});
