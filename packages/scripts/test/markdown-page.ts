import GithubSlugger from "github-slugger";
import type { Nodes, Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { toString as textOf } from "mdast-util-to-string";

/** A link as it is written, with its line. */
interface PageLink {
  readonly url: string;
  readonly line: number;
}

/** Code of a page: a fenced block with its language, or code inside a sentence. */
export interface PageCode {
  readonly text: string;
  /** Empty for a block that names none; undefined inside a sentence. */
  readonly language: string | undefined;
  readonly line: number;
}

/** A file that the page tells its reader to write. */
export interface PageExample {
  /** `create`: the block is the whole file. `edit`: it is added to what stands there. */
  readonly mode: "create" | "edit";
  readonly path: string;
  readonly text: string;
}

/** Commands of one block, and what the page says that they print; undefined where it shows nothing. */
export interface PageCommands {
  readonly mode: "run";
  readonly commands: readonly string[];
  readonly shown: string | undefined;
}

export interface MarkdownPage {
  /** What `#…` may name, as GitHub makes it from headings, and ids written as HTML. */
  readonly anchors: ReadonlySet<string>;
  readonly links: readonly PageLink[];
  readonly codes: readonly PageCode[];
  /** In the order of the page: blocks below a paragraph «New file `path`:» or «In `path`…:», and those in `sh`. */
  readonly steps: readonly (PageExample | PageCommands)[];
}

/** Reads a page as GitHub does. */
export function readMarkdown(text: string): MarkdownPage {
  const slugger = new GithubSlugger();
  const anchors = new Set<string>();
  const links: PageLink[] = [];
  const codes: PageCode[] = [];

  const isFenced = ({ position }: Nodes): boolean => /^[`~]/.test(text.slice(position?.start.offset));
  const visit = (node: Nodes): void => {
    const line = node.position?.start.line ?? 0;
    switch (node.type) {
      case "heading":
        anchors.add(slugger.slug(textOf(node)));
        break;
      case "link":
      case "image":
      case "definition":
        links.push({ url: node.url, line });
        break;
      case "html":
        for (const [, id = ""] of node.value.matchAll(/\b(?:id|name)="([^"]+)"/g)) anchors.add(id);
        for (const [, url = ""] of node.value.matchAll(/\b(?:href|src)="([^"]+)"/g))
          links.push({ url, line });
        break;
      case "code":
        if (isFenced(node)) codes.push({ text: node.value, language: node.lang ?? "", line: line + 1 });
        // An indented block names no language; here it is what one types.
        else codes.push({ text: node.value, language: "sh", line });
        break;
      case "inlineCode":
        // In a table, a bar inside code is written with a backslash.
        codes.push({ text: node.value.replaceAll("\\|", "|"), language: undefined, line });
        break;
    }
    if ("children" in node) for (const child of node.children) visit(child);
  };
  const tree = fromMarkdown(text);
  visit(tree);
  return { anchors, links, codes, steps: stepsOf(tree) };
}

function stepsOf({ children }: Root): (PageExample | PageCommands)[] {
  return children.flatMap((block, at): (PageExample | PageCommands)[] => {
    if (block.type !== "code") return [];
    const after = children[at + 1];
    if (block.lang === "sh") {
      const shown = after?.type === "code" && after.lang === "text" ? after.value : undefined;
      return [{ mode: "run", commands: block.value.split("\n"), shown }];
    }
    const before = children[at - 1];
    if (before?.type !== "paragraph") return [];
    const sentence = textOf(before);
    const path = before.children.find((child) => child.type === "inlineCode")?.value;
    if (path === undefined || !sentence.endsWith(":") || !/^(?:New file|In) /.test(sentence)) return [];
    return [{ mode: sentence.startsWith("In ") ? "edit" : "create", path, text: `${block.value}\n` }];
  });
}
