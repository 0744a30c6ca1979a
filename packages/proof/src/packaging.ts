/** What a program that packs charts needs, `@t495/proof/packaging`: the same assembly that is proven. */
export { type AssembleOptions, assembleChart } from "./helm/assemble-chart.ts";
export { helmEnvironment } from "./helm/helm-environment.ts";
export { type ProcessOptions, type ProcessResult, runProcess } from "./helm/run-process.ts";
export { type TarEntry, tarEntries } from "./helm/tarball.ts";
