import type { Manifest } from "@t495/proof";
import type { ApiClient } from "../api/api-client.ts";
import type { ControlPlane } from "../cluster/control-plane.ts";

/** Kinds that the API server keeps under another name than it serves them. */
const STORED_AS: Readonly<Record<string, string>> = {
  services: "services/specs",
  ingresses: "ingress",
  nodes: "minions",
};

/**
 * The moment at which each object was made, as etcd counts them: one number for each write, so that no two objects share
 * one, where creation timestamps only know seconds.
 */
export class CreationOrder {
  readonly #revisions: ReadonlyMap<string, number>;
  readonly #api: ApiClient;

  private constructor(api: ApiClient, revisions: ReadonlyMap<string, number>) {
    this.#api = api;
    this.#revisions = revisions;
  }

  static async read({ api, etcdUrl }: ControlPlane): Promise<CreationOrder> {
    const base64 = (text: string): string => Buffer.from(text).toString("base64");
    const answer = await fetch(`${etcdUrl}/v3/kv/range`, {
      method: "POST",
      // The end is the first key behind the prefix.
      body: JSON.stringify({ key: base64("/registry/"), range_end: base64("/registry0"), keys_only: true }),
    });
    const { kvs } = (await answer.json()) as { kvs: { key: string; create_revision: string }[] };
    const revisions = kvs.map(({ key, create_revision }): [string, number] => [
      Buffer.from(key, "base64").toString("utf8"),
      Number(create_revision),
    ]);
    return new CreationOrder(api, new Map(revisions));
  }

  /** When an object was made; undefined when it is not there, or no longer. */
  async of({ object, group, namespace, name }: Manifest): Promise<number | undefined> {
    const { plural, namespaced } = await this.#api.resourceOf(object);
    const stored = STORED_AS[plural] ?? plural;
    const path = namespaced ? `${stored}/${namespace}/${name}` : `${stored}/${name}`;
    return this.#revisions.get(`/registry/${path}`) ?? this.#revisions.get(`/registry/${group}/${path}`);
  }
}
