import type { Manifest } from "../../../manifest/kubernetes-object.ts";
import { isObject, type JsonObject } from "../../../manifest/values.ts";
import { fieldPath } from "../../../schemas/field-path.ts";
import { passwordsInText } from "./embedded-passwords.ts";
import { isLiteralSecret, isPasswordName, isSecretName, looksRandom } from "./literal-passwords.ts";
import { recogniseSecrets, type SecretKind } from "./recognise-secret.ts";

/** A field of an object that holds a secret: by its shape, or by what a password is called there. */
export type ObjectSecret = { readonly path: string } & (
  | { readonly kind: SecretKind }
  | { readonly what: string }
);

interface TextSecrets {
  readonly kinds: ReadonlySet<SecretKind>;
  readonly passwords: ReadonlySet<string>;
}

/** Shorter texts hold neither a secret of a known shape nor a name with a password. */
const SHORTEST = 8;

/** Where a value stands; the path is written out only for what is found. */
interface Place {
  readonly parent: Place | undefined;
  readonly key: string | number;
}

interface Search {
  readonly found: ObjectSecret[];
  readonly isArgo: boolean;
  /** A field that a program has sealed, so that everybody may read it. */
  readonly sealed: string | undefined;
}

/** The secrets in the objects of one run; a text that several objects hold is looked at once. */
export class ObjectSecrets {
  readonly #texts = new Map<string, TextSecrets>();

  /** The secrets in an object, in the order of its fields. */
  in({ object, kind, group }: Manifest): readonly ObjectSecret[] {
    const found: ObjectSecret[] = [];
    const sealed = kind === "SealedSecret" ? "encryptedData" : undefined;
    this.#search(object, undefined, { found, isArgo: group === "argoproj.io", sealed });
    return found;
  }

  #search(value: unknown, place: Place | undefined, search: Search): void {
    if (typeof value === "string") this.#read(value, place, search);
    else if (Array.isArray(value)) {
      for (const [key, item] of value.entries()) {
        if (mayHold(item)) this.#search(item, { parent: place, key }, search);
      }
    } else if (isObject(value)) {
      this.#searchPair(value, place, search);
      for (const [key, item] of Object.entries(value)) {
        if (!mayHold(item) || key === search.sealed) continue;
        const here = { parent: place, key };
        if (typeof item === "string" && holdsPassword(key, item))
          search.found.push({ path: pathOf(here), what: `the field ${key}` });
        this.#search(item, here, search);
      }
    }
  }

  /** A variable of a container, a parameter of a chart: `{ name, value }`. */
  #searchPair({ name, value }: JsonObject, place: Place | undefined, { found }: Search): void {
    if (typeof name !== "string" || typeof value !== "string") return;
    const isVariable = place?.parent?.key === "env";
    if (isVariable ? isSecretName(name) && isLiteralSecret(value) : holdsPassword(name, value)) {
      const what = `${isVariable ? "variable" : "parameter"} ${name}`;
      found.push({ path: pathOf({ parent: place, key: "value" }), what });
    }
  }

  #read(text: string, place: Place | undefined, { found, isArgo }: Search): void {
    if (text.length < SHORTEST) return;
    const isValues = isArgo && place?.key === "values" && place.parent?.key === "helm";
    const { kinds, passwords } = this.#textSecrets(text, isValues);
    for (const kind of kinds) found.push({ path: pathOf(place), kind });
    for (const password of passwords) found.push({ path: pathOf(place), what: `the setting ${password}` });
  }

  #textSecrets(text: string, isValues: boolean): TextSecrets {
    if (isValues) return secretsOf(text, true);
    let known = this.#texts.get(text);
    if (known === undefined) {
      known = secretsOf(text, false);
      this.#texts.set(text, known);
    }
    return known;
  }
}

function secretsOf(text: string, isValues: boolean): TextSecrets {
  return { kinds: recogniseSecrets(text), passwords: passwordsInText(text, isValues) };
}

function pathOf(place: Place | undefined): string {
  return place === undefined ? "" : fieldPath(pathOf(place.parent), place.key);
}

/** Numbers and switches are most of an object, and need no path. */
function mayHold(value: unknown): boolean {
  return typeof value === "string" || (typeof value === "object" && value !== null);
}

/** A key or token by its name may as well be the name of one, so its value has to look like it. */
function holdsPassword(key: string, value: string): boolean {
  if (!isSecretName(key) || value.includes("\n") || !isLiteralSecret(value)) return false;
  return isPasswordName(key) || looksRandom(value);
}
