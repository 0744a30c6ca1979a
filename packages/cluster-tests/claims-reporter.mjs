import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const CLAIMS = join(import.meta.dirname, ".turbo/claims");
const VERDICTS = ["confirmed", "refuted", "not tried"];

/**
 * A reporter of jest: what became of each claim, stage by stage, as `.turbo/cluster-proof.json` and `.md` and as the
 * last lines of a run.
 */
export default class ClaimsReporter {
  onRunStart() {
    rmSync(CLAIMS, { recursive: true, force: true });
    mkdirSync(CLAIMS, { recursive: true });
  }

  onRunComplete() {
    const claims = readdirSync(CLAIMS)
      .filter((file) => file.endsWith(".json"))
      .sort()
      .flatMap((file) => JSON.parse(readFileSync(join(CLAIMS, file), "utf8")));
    const counts = Object.fromEntries(
      VERDICTS.map((verdict) => [verdict, claims.filter((claim) => claim.verdict === verdict).length]),
    );
    const proof = { schemaVersion: 1, counts, claims };
    writeFileSync(join(CLAIMS, "../cluster-proof.json"), `${JSON.stringify(proof, null, 2)}\n`);
    writeFileSync(join(CLAIMS, "../cluster-proof.md"), markdown(counts, claims));
    const summary = VERDICTS.map((verdict) => `${counts[verdict]} ${verdict}`).join(", ");
    process.stdout.write(`${summary} (packages/cluster-tests/.turbo/cluster-proof.md)\n`);
  }
}

function markdown(counts, claims) {
  const lines = [
    `# Cluster proof: ${VERDICTS.map((verdict) => `${counts[verdict]} ${verdict}`).join(", ")}`,
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
