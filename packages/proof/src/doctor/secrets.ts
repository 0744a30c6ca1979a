import { at, stringsIn } from "../manifest/values.ts";
import { secretLedger } from "../secrets/secret-ledger.ts";
import type { Examination } from "./examination.ts";

/** Names only: the doctor never reads a value. */
export const ledgerOfSecrets: Examination = {
  id: "secrets",
  title: "Every Secret of the ledger is there with its keys",
  needs: ["secretKeys"],
  *examine(plan, { secretKeys }) {
    const fix = plan.secrets.generate.enabled
      ? "kubectl -n platform-system logs -l app.kubernetes.io/component=create-secrets says what the Job did"
      : "global.secrets.generate is off: supply it yourself";
    for (const [name, { namespaces, keys }] of secretLedger(plan)) {
      for (const namespace of namespaces) {
        const found = at(secretKeys, `${namespace}/${name}`);
        const object = `Secret ${namespace}/${name}`;
        if (found === undefined) {
          yield { severity: "error", object, message: "it is not there: pods that use it do not start", fix };
          continue;
        }
        const missing = Object.keys(keys).filter((key) => !stringsIn(found).includes(key));
        if (missing.length > 0) {
          yield { severity: "error", object, message: `it lacks ${missing.join(", ")}`, fix };
        }
      }
    }
  },
};
