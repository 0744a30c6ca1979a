import { writeFileSync } from "node:fs";
import { generateX25519Identity, identityToRecipient } from "age-encryption";

export interface AgeKey {
  readonly identity: string;
  readonly recipient: string;
  /** Holds the identity, as age-keygen writes it. */
  readonly file: string;
}

/** A new key, written to `file`. */
export async function makeAgeKey(file: string): Promise<AgeKey> {
  const identity = await generateX25519Identity();
  writeFileSync(file, `# created by a test\n${identity}\n`, { mode: 0o600 });
  return { identity, recipient: await identityToRecipient(identity), file };
}
