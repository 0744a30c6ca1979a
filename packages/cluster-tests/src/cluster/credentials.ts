import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What proves who one is in a cluster that lives for one run. */
export interface Credentials {
  /** Signs the tokens of ServiceAccounts. */
  readonly signingKey: string;
  readonly verifyingKey: string;
  /** Static tokens: `token,user,uid,groups`. */
  readonly tokenFile: string;
  /** The token of each user. */
  readonly tokens: Readonly<Record<User, string>>;
}

/** `admin` may everything; the components are who Kubernetes' own bootstrap roles expect. */
export type User = "admin" | "controller-manager" | "scheduler" | "kwok";

const IDENTITIES: Readonly<Record<User, string>> = {
  admin: '"system:masters"',
  "controller-manager": "",
  scheduler: "",
  kwok: '"system:masters"',
};
const NAMES: Readonly<Record<User, string>> = {
  admin: "admin",
  "controller-manager": "system:kube-controller-manager",
  scheduler: "system:kube-scheduler",
  kwok: "kwok",
};

/** Makes keys and tokens anew in `folder`; they are worth nothing once the run has ended. */
export async function makeCredentials(folder: string): Promise<Credentials> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const signingKey = join(folder, "service-account.key");
  const verifyingKey = join(folder, "service-account.pub");
  const tokenFile = join(folder, "tokens.csv");
  const users = Object.keys(NAMES) as User[];
  const tokens = Object.fromEntries(users.map((user) => [user, randomBytes(24).toString("hex")])) as Record<
    User,
    string
  >;
  const lines = users.map((user) => [tokens[user], NAMES[user], user, IDENTITIES[user]].join(","));
  await writeFile(signingKey, privateKey, { mode: 0o600 });
  await writeFile(verifyingKey, publicKey);
  await writeFile(tokenFile, `${lines.join("\n")}\n`, { mode: 0o600 });
  return { signingKey, verifyingKey, tokenFile, tokens };
}
