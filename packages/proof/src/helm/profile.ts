import { readdir, readFile } from "node:fs/promises";
import { basename, isAbsolute, join, resolve } from "node:path";
import { InputError, isInputError } from "../errors.ts";
import { parseGoYaml } from "../manifest/go-yaml.ts";
import { isObject } from "../manifest/values.ts";
import { toYamlInputError } from "../manifest/yaml-error.ts";
import { nearest } from "../nearest.ts";
import { errorCode, errorMessage } from "./system-error.ts";

/** A values file that turns the umbrella's defaults into one machine's. */
export interface Profile {
  /** Its file's name without the suffix: `small-16gb`. */
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
}

export interface ProfileFolders {
  /** The umbrella chart; its profiles lie in `profiles/`. */
  readonly chart: string;
  /** What relative paths of a person start from. */
  readonly cwd: string;
}

const SUFFIX = /\.ya?ml$/;

/**
 * Finds a profile by its name (`small-16gb`) or by the path of a values file (`profiles/x.yaml`, from the working
 * directory or the umbrella's folder) and makes sure that Helm can read it.
 *
 * @throws InputError for an unknown name, an unreadable file, broken YAML, anything but a mapping, and `null`
 * under `global`, which Helm would treat differently in the umbrella and in its subcharts.
 */
export async function resolveProfile(nameOrFile: string, folders: ProfileFolders): Promise<Profile> {
  const isPath = SUFFIX.test(nameOrFile) || nameOrFile.includes("/");
  const { file, text } = isPath ? await readPath(nameOrFile, folders) : await readNamed(nameOrFile, folders);
  requireValues(text, file);
  return { name: basename(file).replace(SUFFIX, ""), file };
}

/** The names of the profiles that come with the umbrella, sorted. */
export async function listProfiles(chart: string): Promise<string[]> {
  const files = await readdir(join(chart, "profiles")).catch(() => []);
  return files
    .filter((file) => SUFFIX.test(file))
    .map((file) => file.replace(SUFFIX, ""))
    .sort();
}

interface ReadFile {
  readonly file: string;
  readonly text: string;
}

async function readNamed(name: string, { chart }: ProfileFolders): Promise<ReadFile> {
  const known = await listProfiles(chart);
  if (known.includes(name)) return readValues(join(chart, "profiles", `${name}.yaml`));
  const meant = nearest(name, known);
  throw new InputError({
    what: `There is no profile "${name}"${meant === undefined ? "" : `; ${meant} is meant?`}`,
    where: join(chart, "profiles"),
    fix: `Choose one of ${known.join(", ")}, or give the path of a values file.`,
  });
}

async function readPath(path: string, { chart, cwd }: ProfileFolders): Promise<ReadFile> {
  if (isAbsolute(path)) return readValues(path);
  try {
    return await readValues(resolve(cwd, path));
  } catch (error) {
    if (!isMissing(error)) throw error;
    return readValues(resolve(chart, path)).catch((second: unknown) => {
      throw isMissing(second) ? error : second;
    });
  }
}

async function readValues(file: string): Promise<ReadFile> {
  try {
    return { file, text: await readFile(file, "utf8") };
  } catch (error) {
    throw new InputError({
      what: `The values file cannot be read: ${reasonOf(error)}.`,
      where: file,
      fix: "Check the path and its permissions; `--profile` takes a profile's name or a values file.",
      cause: error,
    });
  }
}

function isMissing(error: unknown): boolean {
  return isInputError(error) && errorCode(error.cause) === "ENOENT";
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission is denied",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is no folder",
};

function reasonOf(error: unknown): string {
  return REASONS[errorCode(error) ?? ""] ?? errorMessage(error);
}

function requireValues(text: string, file: string): void {
  let documents: readonly { readonly value: unknown }[];
  try {
    documents = parseGoYaml(text);
  } catch (error) {
    throw toYamlInputError(error, { file });
  }
  const [first, second] = documents;
  if (second !== undefined) {
    throw new InputError({
      what: `A values file is one document, and this holds ${documents.length}: Helm would read only the first.`,
      where: file,
      fix: "Remove the `---` between them, or keep them in files of their own.",
    });
  }
  // Comments alone are a profile that changes nothing.
  const values = first?.value ?? {};
  if (!isObject(values)) {
    throw new InputError({
      what: "A values file is a mapping, and this is none.",
      where: file,
      fix: "Write `key: value` lines, as in the umbrella's values.yaml.",
    });
  }
  const nulls = findNulls(values.global, "global");
  if (nulls.length > 0) {
    throw new InputError({
      what: `null under global: ${nulls.join(", ")}.`,
      where: file,
      fix: "Remove the key to keep the default; what is to be absent says `enabled: false`.",
    });
  }
}

function findNulls(value: unknown, path: string): string[] {
  if (value === null) return [path];
  if (Array.isArray(value)) return value.flatMap((item, at) => findNulls(item, `${path}[${at}]`));
  return isObject(value)
    ? Object.entries(value).flatMap(([key, item]) => findNulls(item, `${path}.${key}`))
    : [];
}
