import { EXIT, planRestore, type Restore, readBackup, SOURCE_NAMESPACE, withData } from "@t495/proof";
import { Kubectl } from "../cluster/kubectl.ts";
import type { CommandAction } from "../command.ts";
import { writeNote, writeOut } from "../output.ts";
import { decryptFile } from "./age-file.ts";
import { confirm } from "./ask.ts";
import { createSecrets, readSecrets, replaceSecret } from "./cluster-secrets.ts";

/** `platform secrets import FILE`: the sources of an export, before foundation's Job would make others. */
export const run: CommandAction = async ({ arguments: [file = ""], options }) => {
  const backup = readBackup(await decryptFile(file, options));
  const kubectl = new Kubectl(options);
  const names = backup.map(({ metadata }) => (metadata as { readonly name: string }).name);
  const present = await readSecrets(kubectl, SOURCE_NAMESPACE, names);
  const restore = planRestore(backup, present);
  writeOut(describe(restore));
  if (restore.conflicts.length > 0) return EXIT.findings;
  const changes = restore.create.length + restore.extend.length;
  if (changes === 0 || options.has("dry-run")) return EXIT.proven;
  if (!options.has("yes")) await confirm("Restore these?");
  if (!(await kubectl.exists(["namespace", SOURCE_NAMESPACE])))
    await kubectl.run(["create", "namespace", SOURCE_NAMESPACE]);
  await createSecrets(kubectl, restore.create);
  for (const { name, data } of restore.extend) {
    const found = present.find(({ metadata }) => metadata.name === name);
    if (found !== undefined) await replaceSecret(kubectl, withData(found, data));
  }
  writeNote(`restored ${changes} Secrets; foundation's Job copies them to where they are used`);
  return EXIT.proven;
};

function describe({ create, extend, same, conflicts }: Restore): string {
  const names = create.map(({ metadata }) => (metadata as { readonly name: string }).name);
  const lines = [
    ...(names.length > 0 ? [`creates  ${names.join(", ")}`] : []),
    ...extend.map(({ name, data }) => `extends  ${name} by ${Object.keys(data).join(", ")}`),
    ...(same.length > 0 ? [`has      ${same.join(", ")}`] : []),
    ...conflicts.map((conflict) => `differs  ${conflict}`),
    ...(conflicts.length > 0
      ? ["Nothing was changed: which value counts is for you to decide. Delete what shall be replaced."]
      : []),
  ];
  return `${lines.join("\n")}\n`;
}
