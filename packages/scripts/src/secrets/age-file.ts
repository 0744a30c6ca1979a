import { readFileSync } from "node:fs";
import { InputError } from "@t495/proof";
import { armor, Decrypter, Encrypter } from "age-encryption";
import type { OptionValues } from "../command.ts";
import { askPassphrase } from "./ask.ts";

/** Whoever has the file can try passphrases for as long as they like. */
const SHORTEST_PASSPHRASE = 12;
const ARMOR = /^-----BEGIN AGE ENCRYPTED FILE-----/;
const IDENTITY = /^AGE-SECRET-KEY-/;

/** Text, encrypted for age recipients or with a passphrase, in age's armor: `age --decrypt` opens it too. */
export async function encryptText(text: string, options: OptionValues): Promise<string> {
  const encrypter = new Encrypter();
  const recipients = options.values("recipient");
  if (recipients.length === 0) encrypter.setPassphrase(await newPassphrase(options));
  else if (options.value("passphrase-file") !== undefined)
    throw new InputError({
      what: "age encrypts for recipients or with a passphrase, not both",
      fix: "leave out --passphrase-file or --recipient",
    });
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient);
    } catch {
      const isKey = IDENTITY.test(recipient);
      throw new InputError({
        what: isKey
          ? "that is the key itself, which must stay secret"
          : `${JSON.stringify(recipient)} is no age recipient`,
        where: "--recipient",
        fix: isKey
          ? "`age-keygen -y FILE` shows the recipient of a key, which begins with age1"
          : "`age-keygen` writes a key to a file and shows its recipient, which begins with age1",
      });
    }
  }
  return `${armor.encode(await encrypter.encrypt(text)).trimEnd()}\n`;
}

/** @throws InputError when the file is none of age's, or no key or passphrase opens it */
export async function decryptFile(file: string, options: OptionValues): Promise<string> {
  const bytes = readBytes(file);
  const decrypter = new Decrypter();
  const identities = options.value("identity-file");
  if (identities === undefined) decrypter.addPassphrase(await passphrase(options, "Passphrase of the file"));
  else if (options.value("passphrase-file") !== undefined)
    throw new InputError({
      what: "a file is opened with a key or with a passphrase, not with both",
      fix: "leave out --passphrase-file or --identity-file",
    });
  else addIdentities(decrypter, identities);
  try {
    const text = bytes.toString("latin1").trimStart();
    return await decrypter.decrypt(ARMOR.test(text) ? armor.decode(text) : bytes, "text");
  } catch (cause) {
    throw new InputError({
      what: `the file cannot be decrypted: ${cause instanceof Error ? cause.message : cause}`,
      where: file,
      fix: "name the right --identity-file or --passphrase-file; a file that was cut off or changed opens with none",
      cause,
    });
  }
}

async function newPassphrase(options: OptionValues): Promise<string> {
  const chosen = await passphrase(options, `New passphrase, ${SHORTEST_PASSPHRASE} characters or more`);
  if (chosen.length < SHORTEST_PASSPHRASE)
    throw new InputError({
      what: `the passphrase is shorter than ${SHORTEST_PASSPHRASE} characters`,
      fix: "take some words by chance, or a key: `age-keygen --output key.txt`, then --recipient",
    });
  if (options.value("passphrase-file") === undefined && (await askPassphrase("Once more")) !== chosen)
    throw new InputError({ what: "the two passphrases differ", fix: "begin anew" });
  return chosen;
}

async function passphrase(options: OptionValues, question: string): Promise<string> {
  const file = options.value("passphrase-file");
  if (file === undefined) return askPassphrase(question);
  const [line = ""] = readBytes(file).toString("utf8").split(/\r?\n/);
  return line;
}

function addIdentities(decrypter: Decrypter, file: string): void {
  const fix = "name the file that `age-keygen` wrote; a line of it begins with AGE-SECRET-KEY-";
  const identities = readBytes(file)
    .toString("utf8")
    .split(/\r?\n/)
    .filter((line) => IDENTITY.test(line));
  if (identities.length === 0) throw new InputError({ what: "there is no age key in it", where: file, fix });
  for (const identity of identities) {
    try {
      decrypter.addIdentity(identity.trim());
    } catch {
      // The library's own message quotes the key.
      throw new InputError({ what: "its age key is damaged", where: file, fix });
    }
  }
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new InputError({
      what: `cannot be read: ${cause instanceof Error ? cause.message : cause}`,
      where: file,
      fix: "name a file that exists",
      cause,
    });
  }
}
