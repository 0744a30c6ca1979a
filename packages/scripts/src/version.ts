import manifest from "../package.json" with { type: "json" };

/** The version of this command line. */
export function version(): string {
  return manifest.version;
}
