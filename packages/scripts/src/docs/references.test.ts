import { expect, test } from "@jest/globals";
import type { CommandDefinition } from "../command.ts";
import { commandReference } from "./command-reference.ts";
import { proofReference } from "./proof-reference.ts";
import { valuesReference } from "./values-reference.ts";

const LOAD: CommandDefinition["load"] = async () => ({ run: async () => 0 });

test("a command: its usage, and each option with its value", () => {
  const page = commandReference({
    weigh: {
      summary: "Weighs.",
      arguments: "[FILE...|-]",
      maxArguments: 1,
      options: {
        unit: { type: "string", value: "KG|LB", multiple: true, description: "In this or that." },
        quiet: { type: "boolean", description: "Say nothing." },
      },
      load: LOAD,
    },
    rest: { summary: "Rests.", arguments: "", maxArguments: 0, options: {}, load: LOAD },
  });
  expect(page).toContain("| [`weigh`](#weigh) | Weighs. |\n| [`rest`](#rest) | Rests. |");
  expect(page).toContain("## weigh\n\nWeighs.\n\n```text\nUsage: platform weigh [FILE...|-] [OPTIONS]\n```");
  expect(page).toContain("| `--unit KG\\|LB`, repeatable | In this or that. |\n| `--quiet` | Say nothing. |");
  expect(page).toMatch(/## rest\n\nRests\.\n\n```text\n.*\n```\n$/);
});

test("the proof's JSON: paths through lists and alternatives, and each type", () => {
  const page = proofReference({
    properties: {
      version: { const: 1 },
      profile: { type: ["string", "null"], description: "Its name." },
      things: {
        items: {
          properties: {
            kind: { enum: ["a", "b"] },
            where: {
              anyOf: [{ type: "object", properties: { line: { type: "integer" } } }, { type: "null" }],
            },
            tags: { type: "object", additionalProperties: { type: "string" } },
            names: { items: { type: "string" } },
          },
          type: "object",
        },
      },
    },
  });
  expect(page).toContain("## version\n\n`1`");
  expect(page).toContain("## profile\n\nstring or null · Its name.");
  expect(page).toContain(
    [
      "list of object",
      "",
      "| field | type | meaning |",
      "| --- | --- | --- |",
      "| `[].kind` | `a`, `b` |  |",
      "| `[].where` | object or null |  |",
      "| `[].where.line` | integer |  |",
      "| `[].tags` | object of string by name |  |",
      "| `[].names` | list of string |  |",
    ].join("\n"),
  );
});

test("values: counted below their first word, the plan's below their second", () => {
  const value = (path: string, description = "") => ({ path, type: "string", default: "", description });
  const page = valuesReference([
    {
      name: "shop",
      description: "A shop.",
      values: [
        value("global", "The plan."),
        value("global.node.name"),
        value("web", "Pages."),
        value("web.port"),
      ],
    },
    { name: "empty", description: "Nothing.", values: [] },
  ]);
  expect(page).toContain("4 documented values.");
  expect(page).toContain("A shop. [All 4 values](../../charts/shop/README.md#values)");
  expect(page).toContain("| `global` | 1 | The plan. |\n| `global.node` | 1 |  |\n| `web` | 2 | Pages. |");
  expect(page).not.toContain("## empty");
});
