import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { describeReal } from "../test/describe-real.ts";
import { type Exporter, exporterImage, POSTGRESQL_EXPORTER } from "../test/exporter.ts";
import { missingFrom } from "../test/expositions.ts";
import { findGoProgram, goProgramMissing } from "../test/go-program.ts";
import { findPostgresql } from "../test/postgresql-programs.ts";
import { PostgresqlServer } from "../test/postgresql-server.ts";
import type { Secrets } from "../test/real-pod.ts";
import { renderDataService } from "../test/render-data-service.ts";

const MISSING = `${goProgramMissing(POSTGRESQL_EXPORTER)} PostgreSQL 18 must be here too: \`apt-get install python3-pip\`.`;
const directory = await findPostgresql("18");
const exporter = await findGoProgram(POSTGRESQL_EXPORTER);
const programs = directory === undefined || exporter === undefined ? undefined : { directory, exporter };
jest.setTimeout(60_000);

describeReal("PostgreSQL's exporter itself", programs, MISSING, ({ directory, exporter }) => {
  const secrets: Secrets = {
    postgresql: { password: randomUUID(), "backup-password": randomUUID() },
    "postgresql-mlflow": { password: randomUUID() },
    "postgresql-jupyterhub": { password: randomUUID() },
    "postgresql-metrics": { password: `metrics'${randomUUID()}` },
  };
  const asMetrics = (text: string, database = "postgres"): Promise<string> =>
    server.sql("metrics", secrets["postgresql-metrics"]?.password, database, text);
  let server: PostgresqlServer;
  let metrics: Exporter;

  beforeAll(async () => {
    server = await PostgresqlServer.create(directory, secrets);
    await server.bootUntilReady();
    metrics = await server.exporter(exporter);
  });

  afterAll(async () => {
    await metrics?.stop();
    await server?.remove();
  });

  test("reports that there is no server for it until its role is provisioned, and lives", async () => {
    expect(await metrics.scrape()).toMatch(/^pg_up 0$/m);
    expect(await metrics.status("/")).toBe(200);
    expect(await server.provision()).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await metrics.scrape()).toMatch(/^pg_up 1$/m);
  });

  test("is the one that is deployed", async () => {
    const image = exporterImage(await renderDataService("postgresql"), "StatefulSet", "postgresql");
    expect(image).toContain(`postgres-exporter:${POSTGRESQL_EXPORTER.version}@`);
  });

  test("reports the server's figures, and is refused nothing", async () => {
    const before = metrics.log().length;
    const text = await metrics.scrape();
    expect(text).toMatch(/^pg_up 1$/m);
    expect(text).toMatch(/^pg_exporter_last_scrape_error 0$/m);
    expect(text).toMatch(/^pg_database_size_bytes\{datname="mlflow"\} [1-9]/m);
    expect(text).toMatch(/^pg_stat_activity_count\{.*datname="mlflow"/m);
    expect(text).toMatch(/^pg_scrape_collector_success\{collector="wal"\} 1$/m);
    expect(text.match(/^pg_scrape_collector_success\{.*\} 0$/gm)).toBeNull();
    expect(await missingFrom("postgresql", text)).toEqual([]);
    expect(metrics.log().slice(before)).not.toMatch(/permission denied|level=ERROR/);
    expect(metrics.log()).not.toContain(secrets["postgresql-metrics"]?.password);
  });

  test("scrapes at once do not need more connections than it has", async () => {
    const texts = await Promise.all([metrics.scrape(), metrics.scrape()]);
    for (const text of texts) expect(text).toMatch(/^pg_up 1$/m);
  });

  test("its role is no superuser, reads no table and enters no application's database", async () => {
    const facts = "SELECT rolsuper, rolcreaterole, rolbypassrls, rolconnlimit FROM pg_roles";
    expect(await server.asSuperuser(`${facts} WHERE rolname = 'metrics'`)).toBe("f|f|f|4");
    expect(await asMetrics("SELECT rolpassword FROM pg_authid")).toMatch(/permission denied/);
    expect(await asMetrics("CREATE TABLE mine (id int)")).toMatch(/read-only|permission denied/);
    expect(await asMetrics("SELECT 1", "mlflow")).toMatch(/no pg_hba.conf entry/);
  });
});
