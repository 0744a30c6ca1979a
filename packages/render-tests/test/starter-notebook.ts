import { renderDataService } from "./render-data-service.ts";

interface Notebook {
  readonly nbformat: number;
  readonly cells: readonly { readonly cell_type: string; readonly source: readonly string[] }[];
}

/** The starter notebook as users get it. */
export async function starterNotebook(): Promise<Notebook> {
  const manifests = await renderDataService("jupyterhub");
  const data = manifests.find("", "ConfigMap", "jupyter", "jupyterhub-starter")?.object.data;
  return JSON.parse((data as Record<string, string>)["start.ipynb"] ?? "") as Notebook;
}

/** Its code, cell after cell, as one Python program. */
export async function starterScript(): Promise<string> {
  const { cells } = await starterNotebook();
  return cells
    .filter(({ cell_type }) => cell_type === "code")
    .map(({ source }) => source.join(""))
    .join("\n");
}
