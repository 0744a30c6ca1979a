import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const CLAIMS = join(import.meta.dirname, ".turbo/claims");
const VERDICTS = ["confirmed", "refuted", "not tried"];

/**
 * A reporter of jest: what became of each claim, and the time of each file, as `.turbo/cluster-proof.json` and `.md`
 * and as the last lines of a run.
 */
export default class ClaimsReporter {
  onRunStart() {
    rmSync(CLAIMS, { recursive: true, force: true });
    mkdirSync(CLAIMS, { recursive: true });
  }

  onRunComplete(_contexts, { testResults }) {
    const tried = readdirSync(CLAIMS)
      .filter((file) => file.endsWith(".json"))
      .sort()
      .flatMap((file) => JSON.parse(readFileSync(join(CLAIMS, file), "utf8")));
    const claims = [...tried, ...testResults.flatMap((result) => notBegun(result, tried))];
    const counts = countsOf(claims);
    const files = testResults
      .map(({ testFilePath, perfStats }) => {
        const file = nameOf(testFilePath);
        const ofFile = claims.filter((claim) => claim.file === file);
        return { file, seconds: Math.round(perfStats.runtime / 1000), counts: countsOf(ofFile) };
      })
      .sort((one, other) => one.file.localeCompare(other.file));
    const proof = { schemaVersion: 1, counts, files, claims };
    writeFileSync(join(CLAIMS, "../cluster-proof.json"), `${JSON.stringify(proof, null, 2)}\n`);
    writeFileSync(join(CLAIMS, "../cluster-proof.md"), markdown(proof));
    for (const { file, seconds, counts } of files) {
      process.stdout.write(`${file.padEnd(20)} ${String(seconds).padStart(4)} s  ${inWords(counts)}\n`);
    }
    process.stdout.write(`${inWords(counts)} (packages/cluster-tests/.turbo/cluster-proof.md)\n`);
  }
}

function nameOf(path) {
  return basename(path, ".cluster.test.ts");
}

/** Claims that no test could begin to try, since their cluster did not come up: none of them is confirmed. */
function notBegun({ testFilePath, testResults }, tried) {
  const file = nameOf(testFilePath);
  const known = new Set(tried.filter((claim) => claim.file === file).map(({ claim }) => claim));
  return testResults
    .filter(({ status, title }) => status === "failed" && !known.has(title))
    .map(({ title, failureMessages: [reason = ""] }) => {
      return { file, stage: file, claim: title, verdict: "refuted", figures: {}, reason, seconds: 0 };
    });
}

function countsOf(claims) {
  return Object.fromEntries(
    VERDICTS.map((verdict) => [verdict, claims.filter((claim) => claim.verdict === verdict).length]),
  );
}

function inWords(counts) {
  return VERDICTS.map((verdict) => `${counts[verdict]} ${verdict}`).join(", ");
}

function markdown({ counts, files, claims }) {
  const lines = [
    `# Cluster proof: ${inWords(counts)}`,
    "",
    "| file | verdicts | seconds |",
    "|---|---|---|",
    ...files.map(({ file, counts, seconds }) => `| ${file} | ${inWords(counts)} | ${seconds} |`),
    "",
    "| stage | claim | verdict | figures | seconds |",
    "|---|---|---|---|---|",
    ...claims.map(({ stage, claim, verdict, figures, seconds }) => {
      const measured = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
      return `| ${stage} | ${claim} | ${verdict} | ${measured.join(", ")} | ${seconds} |`;
    }),
  ];
  const unproven = claims.filter(({ verdict }) => verdict !== "confirmed");
  for (const { stage, claim, verdict, reason } of unproven) {
    lines.push("", `## ${stage}: ${claim}`, "", `${verdict}:`, "", "```", reason, "```");
  }
  return `${lines.join("\n")}\n`;
}
