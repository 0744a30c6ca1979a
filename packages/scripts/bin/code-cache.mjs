import { randomBytes } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { constants, Script } from "node:vm";

/**
 * Runs a CommonJS file with the code that V8 kept from an earlier run, so that it need not compile it again.
 * V8 itself refuses code of another version or other flags; the caller names a folder per content of the file.
 * @param {string} file
 * @param {string} cacheFile
 */
export function requireWithCode(file, cacheFile) {
  const cachedData = readOptional(cacheFile);
  const parameters = "exports, require, module, __filename, __dirname";
  const script = new Script(`(function (${parameters}) {${readFileSync(file, "utf8")}\n})`, {
    filename: file,
    ...(cachedData === undefined ? {} : { cachedData }),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file));
  const isMissing = cachedData === undefined || script.cachedDataRejected === true;
  return {
    exports: module.exports,
    /** After the run, when V8 has compiled what this command needs; does nothing when it was cached. */
    keepCode: () => {
      if (isMissing) keep(cacheFile, script.createCachedData());
    },
  };
}

function readOptional(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

function keep(file, data) {
  const draft = `${file}.${randomBytes(4).toString("hex")}`;
  try {
    writeFileSync(draft, data);
    renameSync(draft, file);
  } catch {
    // A folder that cannot be written, or that another run has pruned: the next start is slower, nothing else.
  }
}
