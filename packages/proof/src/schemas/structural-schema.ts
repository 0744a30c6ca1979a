/** The part of OpenAPI that Kubernetes' own types and structural schemas of custom resources use. */
export interface StructuralSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly additionalProperties?: StructuralSchema | boolean;
  readonly items?: StructuralSchema;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly allOf?: readonly StructuralSchema[];
  readonly anyOf?: readonly StructuralSchema[];
  readonly oneOf?: readonly StructuralSchema[];
  readonly not?: StructuralSchema;
  readonly "x-kubernetes-int-or-string"?: boolean;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-embedded-resource"?: boolean;
  readonly "x-kubernetes-list-type"?: string;
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
}

export type Scope = "Namespaced" | "Cluster";

/** What is known of one kind. */
interface KindSchema {
  readonly scope: Scope;
  readonly schema: StructuralSchema;
}

/** A committed file of `schemas/`: kinds by `group/version/Kind`, and the definitions their `$ref`s name. */
export interface SchemaBundle {
  /** The modules and versions it was generated from. */
  readonly source: string;
  readonly kinds: Readonly<Record<string, KindSchema>>;
  readonly definitions: Readonly<Record<string, StructuralSchema>>;
}

export type ViolationCode =
  | "unknown-field"
  | "wrong-type"
  | "missing-field"
  | "invalid-value"
  | "duplicate-entry";

/** One place in a value that its schema does not admit. */
export interface Violation {
  readonly code: ViolationCode;
  /** `spec.ports[0].targetPort`; empty for the value itself. */
  readonly path: string;
  /** What is wrong, without the path: `is a string where an integer is expected`. */
  readonly message: string;
  readonly actual?: string | number | undefined;
  readonly limit?: string | number | undefined;
  readonly fix: string;
}
