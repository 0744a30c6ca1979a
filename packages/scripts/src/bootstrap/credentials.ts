import { readFile } from "node:fs/promises";
import { InputError } from "@t495/proof/errors";
import type { OptionValues } from "../command.ts";

/** What opens a private repository, and what GitHub signs its webhooks with. */
export interface Credentials {
  /** Keys of Argo CD's repository Secret beside `url`; undefined for a public repository. */
  readonly repository: Readonly<Record<string, string>> | undefined;
  readonly webhookSecret: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads credentials from files and from the environment. Never from arguments: every process of the machine can read
 * those.
 *
 * @throws InputError for an unreadable or empty file, for credentials that do not fit the address, and for two at once
 */
export async function readCredentials(
  options: OptionValues,
  env: Environment,
  repoURL: string,
): Promise<Credentials> {
  const token = await secretFrom(options, env, "git-token-file", "PLATFORM_GIT_TOKEN");
  const sshKey = await secretFrom(options, env, "git-ssh-key-file", "PLATFORM_GIT_SSH_KEY");
  const webhookSecret = await secretFrom(options, env, "webhook-secret-file", "PLATFORM_WEBHOOK_SECRET");
  return { repository: repositoryKeys(token, sshKey, env, repoURL), webhookSecret: webhookSecret?.trim() };
}

function repositoryKeys(
  token: string | undefined,
  sshKey: string | undefined,
  env: Environment,
  repoURL: string,
): Readonly<Record<string, string>> | undefined {
  if (token === undefined && sshKey === undefined) return undefined;
  if (token !== undefined && sshKey !== undefined)
    throw new InputError({
      what: "a token and an SSH key are given; Argo CD uses one",
      fix: "give the token for an https address, the key for an ssh address",
    });
  const isHttp = /^https?:\/\//.test(repoURL);
  if (isHttp !== (token !== undefined))
    throw new InputError({
      what: `${isHttp ? "an SSH key" : "a token"} does not open ${repoURL}`,
      fix: isHttp
        ? "give a token (PLATFORM_GIT_TOKEN or --git-token-file), or an address such as git@github.com:owner/name.git"
        : "give a key (PLATFORM_GIT_SSH_KEY or --git-ssh-key-file), or an https address",
    });
  // GitHub takes any name beside a token.
  if (token !== undefined) return { username: env.PLATFORM_GIT_USERNAME ?? "git", password: token.trim() };
  return { sshPrivateKey: `${(sshKey ?? "").trim()}\n` };
}

async function secretFrom(
  options: OptionValues,
  env: Environment,
  option: string,
  variable: string,
): Promise<string | undefined> {
  const file = options.value(option);
  const value = file === undefined ? env[variable] : await readSecretFile(file);
  if (value === undefined) return undefined;
  if (value.trim() !== "") return value;
  throw new InputError({
    what: "the secret is empty",
    where: file ?? `the variable ${variable}`,
    fix: `write it into the file, or leave --${option} and ${variable} away`,
  });
}

async function readSecretFile(file: string): Promise<string> {
  return readFile(file, "utf8").catch((cause: Error) => {
    throw new InputError({ what: `cannot be read: ${cause.message}`, where: file, cause });
  });
}
