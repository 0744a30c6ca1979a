import { describe, expect, test } from "@jest/globals";
import { sampleProof } from "../../test/sample-proof.ts";
import type { AddressRow, ImageRow } from "../proof.ts";
import { budgetTable } from "./budget-table.ts";
import { explainRule, listRules } from "./explain.ts";
import { addressTable, imageTable, orderTable } from "./platform-tables.ts";
import { renderTable } from "./table.ts";

const style = { width: 100, color: false, unicode: true };
const columns = [{ title: "name" }, { title: "size", align: "right" as const }, { title: "used by" }];

describe("a table", () => {
  test("aligns its columns", () => {
    expect(
      renderTable(
        columns,
        [
          ["a", "10", "x"],
          ["longer", "5", ""],
        ],
        80,
      ),
    ).toEqual(["name    size  used by", "a         10  x", "longer     5"]);
  });

  test("moves the last column below when it does not fit", () => {
    expect(
      renderTable(
        columns,
        [
          ["a", "10", "everybody"],
          ["b", "5", ""],
        ],
        15,
      ),
    ).toEqual(["name  size", "a       10", "    everybody", "b        5"]);
  });

  test("names what it moves when that is more than one column", () => {
    expect(renderTable(columns, [["a", "10", "me"]], 5)).toEqual(["name", "a", "    size 10, used by me"]);
  });
});

describe("budget", () => {
  test("layers, namespaces and the node, within the terminal", () => {
    const text = budgetTable(sampleProof.budget, style);
    expect(text).toMatch(/data +data +2 Gi +3 Gi +4 Gi +1 Gi +250m\/1 +1\/2 +4\/10/);
    expect(text).toMatch(/elsewhere +2 Gi +2 Gi +none +250m +1 +3/);
    expect(text).toContain("memory 8 Gi installed");
    expect(text.split("\n").filter((line) => line.length > style.width)).toEqual([]);
  });

  test("without a plan only what is used", () => {
    const { namespaces } = sampleProof.budget;
    const text = budgetTable({ node: null, layers: [], namespaces }, style);
    expect(text).toMatch(/^namespace/);
    expect(text).not.toContain("installed");
  });
});

describe("order", () => {
  test("bands, components and waves in the order of the sync", () => {
    expect(
      orderTable(sampleProof.order, style)
        .split("\n")
        .map((line) => line.trimEnd()),
    ).toEqual([
      "band     component  wave       kinds, in the order of the sync",
      "10 data  store      PreSync 0  Job",
      "                    12         Service, Deployment",
      "",
    ]);
  });

  test("nothing to roll out is said", () => {
    expect(orderTable([], style)).toBe("There is nothing to roll out.\n");
  });
});

describe("addresses and images", () => {
  const address: AddressRow = {
    address: "192.168.1.241",
    state: "pinned",
    owner: "store",
    component: "store",
    service: "data/store",
    purpose: null,
  };
  const image: ImageRow = {
    name: "redis",
    repository: "docker.io/library/redis",
    tag: "8.0",
    digest: `sha256:${"0123456789ab".padEnd(64, "0")}`,
    endOfLife: null,
    oneWay: "major" as const,
    evidence: "a release page",
    users: ["Deployment data/redis", "Job data/warm"],
  };

  test("an address, its state and its holder", () => {
    expect(addressTable([address], style)).toMatch(/192\.168\.1\.241 +pinned +store +store +data\/store\n/);
    expect(addressTable([], style)).toContain("No pool is planned");
  });

  test("an image with a short digest, and what is not known said so", () => {
    const text = imageTable(
      [image, { ...image, tag: null, digest: null, endOfLife: "2027-01-31", users: [] }],
      style,
    );
    expect(text).toMatch(/redis +8\.0 +sha256:0123456789ab… +not announced/);
    expect(text).toMatch(/redis +no tag +unknown +2027-01-31/);
    expect(text).toContain("Deployment data/redis, Job data/warm");
    expect(imageTable([], style)).toBe("No pod names an image.\n");
  });
});

describe("explain", () => {
  const rule = {
    id: "quota-fits",
    group: "budget",
    severity: "error",
    title: "Every rollout fits",
    explanation: {
      protects: "Rollouts.",
      incident: "One hung.",
      fix: "Raise it.",
      source: "kubernetes v1.36.3",
    },
    codes: { "too-big": "It needs too much." },
  } as const;

  test("one rule in full", () => {
    const text = explainRule(rule, style);
    for (const part of [
      "Rollouts.",
      "One hung.",
      "Raise it.",
      "kubernetes v1.36.3",
      "too-big  It needs too much.",
    ]) {
      expect(text).toContain(part);
    }
  });

  test("every rule below its group", () => {
    const other = { ...rule, id: "valid-wave", group: "order", title: "Waves are numbers" } as const;
    expect(listRules([rule, other], style)).toBe(
      "budget\n  quota-fits  Every rollout fits\norder\n  valid-wave  Waves are numbers\n",
    );
  });
});
