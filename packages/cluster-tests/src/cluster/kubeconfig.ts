import { writeFile } from "node:fs/promises";

export interface KubeconfigOptions {
  readonly file: string;
  readonly server: string;
  /** File with the certificate that signed the server's. */
  readonly authority: string;
  readonly user: string;
  readonly token: string;
  /** The context's namespace: where a pod would be. */
  readonly namespace?: string | undefined;
}

/** Writes a kubeconfig (JSON, which is YAML) with one context, readable by its owner alone. */
export async function writeKubeconfig({
  file,
  server,
  authority,
  user,
  token,
  namespace,
}: KubeconfigOptions): Promise<string> {
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "proof", cluster: { server, "certificate-authority": authority } }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: "proof", context: { cluster: "proof", user, namespace } }],
    "current-context": "proof",
  };
  await writeFile(file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  return file;
}
