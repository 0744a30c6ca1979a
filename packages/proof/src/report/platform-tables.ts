import type { AddressRow, ImageRow, OrderBand } from "../proof.ts";
import { forTerminal, type ReportStyle } from "./style.ts";
import { renderTable } from "./table.ts";

/** As `platform addresses` prints it: one line per address or range. */
export function addressTable(rows: readonly AddressRow[], style: ReportStyle): string {
  if (rows.length === 0) return "No pool is planned and no Service asks for an address.\n";
  const cells = rows.map(({ address, state, owner, component, service, purpose }) => [
    address,
    state,
    owner ?? "",
    component ?? "",
    service ?? purpose ?? "",
  ]);
  const columns = ["address", "state", "owner", "component", "Service or purpose"].map((title) => ({
    title,
  }));
  return textOf(renderTable(columns, cells, style.width), style);
}

/** As `platform order` prints it: bands, components in them, and the waves of each. */
export function orderTable(bands: readonly OrderBand[], style: ReportStyle): string {
  if (bands.length === 0) return "There is nothing to roll out.\n";
  const cells = bands.flatMap(({ layer, wave, components }) =>
    components.flatMap(({ name, waves }, atComponent) =>
      waves.map((own, atWave) => [
        atComponent + atWave === 0 ? `${wave ?? ""} ${layer ?? "no layer"}`.trim() : "",
        atWave === 0 ? (name ?? "no component") : "",
        own.phase === "Sync" ? String(own.wave) : `${own.phase} ${own.wave}`,
        Object.entries(own.kinds)
          .map(([kind, count]) => (count === 1 ? kind : `${kind} ×${count}`))
          .join(", "),
      ]),
    ),
  );
  const columns = ["band", "component", "wave", "kinds, in the order of the sync"].map((title) => ({
    title,
  }));
  return textOf(renderTable(columns, cells, style.width), style);
}

/** As `platform images` prints it: pin, end of life, the step that no revert takes back, and users of each image. */
export function imageTable(rows: readonly ImageRow[], style: ReportStyle): string {
  if (rows.length === 0) return "No pod names an image.\n";
  const cells = rows.map(({ repository, tag, digest, endOfLife, oneWay, users }) => [
    repository,
    tag ?? "no tag",
    digest === null ? "unknown" : digest.replace(/^(sha256:.{12}).*$/, "$1…"),
    endOfLife ?? "not announced",
    oneWay ?? "",
    users.join(", "),
  ]);
  const columns = ["image", "tag", "digest", "end of life", "one way", "used by"].map((title) => ({ title }));
  return textOf(renderTable(columns, cells, style.width), style);
}

function textOf(lines: readonly string[], style: ReportStyle): string {
  return forTerminal(`${lines.join("\n")}\n`, style);
}
