import { orderTable } from "@t495/proof";
import { tableCommand } from "../platform-table.ts";

/** `platform order`. */
export const run = tableCommand("order", orderTable);
