import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { type KnownCommands, wrongCommands } from "./documented-commands.ts";
import { type MarkdownPage, readMarkdown } from "./markdown-page.ts";

const LEFT_OUT = new Set([".git", ".turbo", "coverage", "dist", "node_modules"]);
/** Paths that a sentence names; those with a placeholder do not match. */
const NAMED_PATH = /^(?:argocd|charts|docs|node|packages)\/[\w./-]*\.[a-z]+$/;
const RUN_FILE = /\b(?:sh|bash|node) ((?:argocd|charts|node|packages)\/[\w./-]+\.(?:sh|mjs))/g;

/** Every Markdown page below a folder, by its path there. */
export function readPages(root: string): Map<string, MarkdownPage> {
  const pages = new Map<string, MarkdownPage>();
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!LEFT_OUT.has(entry.name)) visit(path);
      } else if (entry.isFile() && entry.name.endsWith(".md")) {
        pages.set(relative(root, path), readMarkdown(readFileSync(path, "utf8")));
      }
    }
  };
  visit(root);
  return pages;
}

/** `page:line: what is wrong` for each link, named path and command of the pages that leads nowhere. */
export function brokenReferences(
  root: string,
  pages: ReadonlyMap<string, MarkdownPage>,
  known: KnownCommands,
): string[] {
  // What a page tells its reader to write will be there.
  const written = new Set(
    [...pages.values()].flatMap(({ steps }) =>
      steps.flatMap((step) => (step.mode === "run" ? [] : [step.path])),
    ),
  );
  return [...pages].flatMap(([path, { links, codes }]) => {
    const at = (line: number) => (problem: string) => `${path}:${line}: ${problem}`;
    return [
      ...links.flatMap(({ url, line }) => linkProblems(root, pages, path, url).map(at(line))),
      ...codes.flatMap((code) => {
        const named = code.language === undefined && NAMED_PATH.test(code.text) ? [code.text] : [];
        const run = [...code.text.matchAll(RUN_FILE)].map(([, file = ""]) => file);
        const missing = [...named, ...run].filter((file) => !written.has(file) && !isThere(root, path, file));
        return [...missing.map((file) => `there is no ${file}`), ...wrongCommands(code, known)].map(
          at(code.line),
        );
      }),
    ];
  });
}

/** Pages below `folder` to which no chain of links leads from `start`. */
export function unreachablePages(
  pages: ReadonlyMap<string, MarkdownPage>,
  start: string,
  folder: string,
): string[] {
  const reached = new Set([start]);
  for (const path of reached) {
    for (const { url } of pages.get(path)?.links ?? []) {
      if (isExternal(url)) continue;
      const target = normalize(join(dirname(path), decodeURIComponent(url.split("#")[0] ?? "")));
      if (pages.has(target)) reached.add(target);
    }
  }
  return [...pages.keys()].filter((path) => path.startsWith(`${folder}/`) && !reached.has(path));
}

function linkProblems(
  root: string,
  pages: ReadonlyMap<string, MarkdownPage>,
  from: string,
  url: string,
): string[] {
  if (isExternal(url)) return URL.canParse(url) ? [] : [`${url} is no address`];
  const [file = "", anchor] = url.split("#");
  const target = file === "" ? from : normalize(join(dirname(from), decodeURIComponent(file)));
  if (url.startsWith("/") || target.startsWith("..")) return [`${url} leads out of the repository`];
  if (!existsSync(join(root, target))) return [`${url}: there is no ${target}`];
  if (anchor === undefined) return [];
  const page = pages.get(statSync(join(root, target)).isDirectory() ? join(target, "README.md") : target);
  return page?.anchors.has(decodeURIComponent(anchor)) ? [] : [`${url}: there is no heading #${anchor}`];
}

function isExternal(url: string): boolean {
  return /^[a-z][a-z+.-]*:/i.test(url);
}

/** A sentence names files from the repository's folder or from its own. */
function isThere(root: string, page: string, file: string): boolean {
  return existsSync(join(root, file)) || existsSync(join(root, dirname(page), file));
}
