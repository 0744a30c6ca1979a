import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ManifestIndex } from "@t495/proof";
import { load } from "js-yaml";

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly (Alert | { readonly record: string })[] }[];
}

/** Any authority: promtool wants to read one. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBeTCCAR+gAwIBAgIUed5XA61gHnN4cJhXCPb888uqoe8wCgYIKoZIzj0EAwIw
ETEPMA0GA1UEAwwGbm9ib2R5MCAXDTI2MTEyNDEwNTYwNFoYDzIxMjYxMDMxMTA1
NjA0WjARMQ8wDQYDVQQDDAZub2JvZHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AAT6rY4hoTfvZ2mBHk0k9aYoY0FoXikkiXF3gGAnCYj3IsNNlCkMA9LP0rrbpkYB
t+yumqL5niLI/mKFhuCBvZ9do1MwUTAdBgNVHQ4EFgQUzCtduozSz7YyDJmqTnqL
/kOvbtMwHwYDVR0jBBgwFoAUzCtduozSz7YyDJmqTnqL/kOvbtMwDwYDVR0TAQH/
BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiBPjU/Z0bPViciY3M5ODBgO3OooXPAE
YRKSm6YURyF2uwIhAM/Gdt8V1gWlkjtVmeonzWdtc8HufqsqCXq031zIPb4S
-----END CERTIFICATE-----
`;

/** The files of Prometheus' ConfigMap by their names. */
export function prometheusFiles(manifests: ManifestIndex): Readonly<Record<string, string>> {
  const data = manifests.find("", "ConfigMap", "monitoring", "prometheus")?.object.data;
  if (data === undefined) throw new Error("the rendering has no ConfigMap monitoring/prometheus");
  return data as Readonly<Record<string, string>>;
}

/** Every alert of the rendered rules. */
export function alertsOf(manifests: ManifestIndex): readonly Alert[] {
  return Object.entries(prometheusFiles(manifests))
    .filter(([file]) => file.startsWith("alerts-"))
    .flatMap(([, text]) => (load(text) as RuleFile).groups)
    .flatMap(({ rules }) => rules)
    .filter((rule): rule is Alert => "alert" in rule);
}

/**
 * Writes the files into a folder, as they are when every path of the container is below it.
 *
 * @returns the path of prometheus.yml
 */
export async function writePrometheusFiles(manifests: ManifestIndex, folder: string): Promise<string> {
  const account = join(folder, "serviceaccount");
  await mkdir(account, { recursive: true });
  await writeFile(join(account, "token"), "t");
  await writeFile(join(account, "ca.crt"), CERTIFICATE);
  for (const [file, text] of Object.entries(prometheusFiles(manifests))) {
    const here = text
      .replaceAll("/etc/prometheus/", `${folder}/`)
      .replaceAll("/var/run/secrets/kubernetes.io/serviceaccount", account);
    await writeFile(join(folder, file), here);
  }
  return join(folder, "prometheus.yml");
}
