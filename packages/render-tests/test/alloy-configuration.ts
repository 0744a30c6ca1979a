/** A value of Alloy's syntax; what is computed or refers to another component stays text. */
type AlloyValue =
  | string
  | number
  | boolean
  | readonly AlloyValue[]
  | { readonly [name: string]: AlloyValue }
  | { readonly expression: string };

/** Arguments and blocks of one block; several blocks of a name are a list. `$label` is the block's own label. */
export interface AlloyBlock {
  readonly [name: string]: AlloyValue | readonly AlloyBlock[];
}

/** Comments and white space; strings; numbers; names with dots; everything else by one character. */
const TOKEN = /(?:\s|\/\/[^\n]*)+|("(?:[^"\\\n]|\\.)*")|(-?\d+)|([A-Za-z_][\w.]*)|(.)/gy;

interface Token {
  readonly kind: "string" | "number" | "name" | "sign" | "end";
  readonly text: string;
  readonly line: number;
}

/**
 * Reads a configuration of Grafana Alloy as far as the chart writes one: blocks, literals, and expressions that are
 * kept as text. It decides nothing about what the names mean; a schema does.
 *
 * @throws Error with the line, when the text is not of that form.
 */
export function parseAlloy(text: string): AlloyBlock {
  return new Reader(tokensOf(text)).body("end");
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (const [whole, string, number, name, sign] of text.matchAll(TOKEN)) {
    if (string !== undefined) tokens.push({ kind: "string", text: string, line });
    else if (number !== undefined) tokens.push({ kind: "number", text: number, line });
    else if (name !== undefined) tokens.push({ kind: "name", text: name, line });
    else if (sign !== undefined) tokens.push({ kind: "sign", text: sign, line });
    line += whole.split("\n").length - 1;
  }
  return [...tokens, { kind: "end", text: "end", line }];
}

class Reader {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** Arguments and blocks until a closing brace or the end. */
  body(closing: string): AlloyBlock {
    const block: Record<string, AlloyValue | AlloyBlock[]> = {};
    while (this.#peek().text !== closing) {
      const { text: name, line } = this.#take("name");
      if (this.#peek().text === "=") {
        this.#take("sign", "=");
        if (name in block) throw new Error(`line ${line}: ${name} is there twice`);
        block[name] = this.#value();
        continue;
      }
      const label = this.#peek().kind === "string" ? { $label: JSON.parse(this.#take("string").text) } : {};
      this.#take("sign", "{");
      const inner = { ...label, ...this.body("}") };
      this.#take("sign", "}");
      const others = block[name] ?? [];
      if (!Array.isArray(others)) throw new Error(`line ${line}: ${name} is an argument and a block`);
      block[name] = [...others, inner];
    }
    return block;
  }

  #value(): AlloyValue {
    const { kind, text, line } = this.#peek();
    const start = this.#next;
    if (text === "[") return this.#list();
    if (text === "{") return this.#object();
    this.#next += 1;
    // An operator, a call or an index makes it an expression, which ends with its line.
    if (!this.#endsHere(line)) return this.#expression(start, line);
    if (kind === "string") return JSON.parse(text) as string;
    if (kind === "number") return Number(text);
    if (text === "true" || text === "false") return text === "true";
    return this.#expression(start, line);
  }

  #list(): readonly AlloyValue[] {
    const items: AlloyValue[] = [];
    this.#take("sign", "[");
    while (this.#peek().text !== "]") {
      items.push(this.#value());
      if (this.#peek().text === ",") this.#next += 1;
    }
    this.#take("sign", "]");
    return items;
  }

  #object(): { readonly [name: string]: AlloyValue } {
    const fields: Record<string, AlloyValue> = {};
    this.#take("sign", "{");
    while (this.#peek().text !== "}") {
      const { kind, text } = this.#peek();
      this.#next += 1;
      this.#take("sign", "=");
      fields[kind === "string" ? (JSON.parse(text) as string) : text] = this.#value();
      if (this.#peek().text === ",") this.#next += 1;
    }
    this.#take("sign", "}");
    return fields;
  }

  #expression(start: number, line: number): { readonly expression: string } {
    while (!this.#endsHere(line)) this.#next += 1;
    const text = this.#tokens.slice(start, this.#next).map((token) => token.text);
    return { expression: text.join(" ") };
  }

  #endsHere(line: number): boolean {
    const { text, kind, line: its } = this.#peek();
    return kind === "end" || its !== line || [",", "]", "}"].includes(text);
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: "end", text: "end", line: 0 };
  }

  #take(kind: Token["kind"], text?: string): Token {
    const token = this.#peek();
    if (token.kind !== kind || (text !== undefined && token.text !== text))
      throw new Error(`line ${token.line}: ${text ?? `a ${kind}`} instead of ${token.text}`);
    this.#next += 1;
    return token;
  }
}
