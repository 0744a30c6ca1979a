import type { ContainerTexts } from "./memory-setting.ts";

/** A program as containers start it. */
interface Program {
  /** Names of its executable. */
  readonly names: readonly string[];
  /** The last part of images that start it by themselves. */
  readonly image: RegExp;
}

export const REDIS: Program = {
  names: ["redis-server", "valkey-server"],
  image: /^(redis|valkey)(-server|-stack|-stack-server)?$/,
};
export const POSTGRESQL: Program = { names: ["postgres"], image: /^(postgres|postgresql|postgis|pgvector)$/ };
export const MEMCACHED: Program = { names: ["memcached"], image: /^memcached$/ };
export const LOKI: Program = { names: ["loki"], image: /^loki$/ };

/** Programs that only start the one named after them. */
const STARTERS = /(entrypoint[^/]*|tini|dumb-init|gosu|su-exec|setpriv|env|nice)$/;

/**
 * Whether a container runs a program: by its command and arguments, by a mounted script that these run, or by
 * its image where it has no command. A container that only copies the program's configuration does not.
 */
export function runsProgram({ image, words, ownCommand, files }: ContainerTexts, program: Program): boolean {
  const isNamed = (word: string): boolean => program.names.includes(baseName(word));
  const [first = "", ...others] = words;
  if (isNamed(first)) return true;
  if ((STARTERS.test(first) || first === "") && others.some(isNamed)) return true;
  const scripts = files.filter(({ name }) => words.some((word) => baseName(word) === name));
  const texts = [...words.filter((word) => /\s/.test(word)), ...scripts.map(({ text }) => text)];
  if (texts.some((text) => startsIn(text, program))) return true;
  const lastPart = baseName(image.replace(/@.*$/, "")).replace(/:.*$/, "");
  // Arguments that begin with an option or a configuration go to the image's own program.
  const goesToImage = first === "" || first.startsWith("-") || first.endsWith(".conf");
  return !ownCommand && goesToImage && program.image.test(lastPart);
}

/** Whether a shell script starts the program: where a command begins, not as an argument of another one. */
function startsIn(script: string, { names }: Program): boolean {
  return names.some((name) =>
    new RegExp(`(?:^|[;&|(]|\\bexec|\\bdo|\\bthen)[ \\t]*(?:\\S*/)?${name}(?=[\\s;&|)]|$)`, "m").test(script),
  );
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
