import { addressTable } from "@t495/proof";
import { tableCommand } from "../platform-table.ts";

/** `platform addresses`. */
export const run = tableCommand("addresses", addressTable);
