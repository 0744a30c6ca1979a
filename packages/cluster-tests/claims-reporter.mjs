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
    const claims = readdirSync(CLAIMS)
      .filter((file) => file.endsWith(".json"))
      .sort()
      .flatMap((file) => JSON.parse(readFileSync(join(CLAIMS, file), "utf8")));
    const counts = countsOf(claims);
    const files = testResults
      .map((result) => {
        const file = basename(result.testFilePath, ".cluster.test.ts");
        const titles = new Set(result.testResults.map(({ title }) => title));
        const ofFile = claims.filter(({ stage, claim }) => stage === file || titles.has(claim));
        return { file, seconds: Math.round(result.perfStats.runtime / 1000), counts: countsOf(ofFile) };
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
