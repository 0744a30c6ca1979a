import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PostgresqlServer } from "./postgresql-server.ts";

/** A dump that the real server wrote; `directory` has its programs. */
export async function realDump(directory: string): Promise<Buffer> {
  const names = ["postgresql-mlflow", "postgresql-jupyterhub", "postgresql-metrics"];
  const server = await PostgresqlServer.create(directory, {
    postgresql: { password: randomUUID(), "backup-password": randomUUID() },
    ...Object.fromEntries(names.map((name) => [name, { password: randomUUID() }])),
  });
  await server.bootUntilReady();
  await server.provision();
  await server.asMlflow("CREATE TABLE runs AS SELECT g AS id FROM generate_series(1, 5000) g");
  await server.backup();
  const [name = ""] = await server.dumps("mlflow");
  const content = await readFile(join(server.backups, "mlflow", name));
  await server.remove();
  return content;
}
