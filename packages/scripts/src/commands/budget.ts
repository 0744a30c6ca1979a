import { budgetTable } from "@t495/proof";
import { tableCommand } from "../platform-table.ts";

/** `platform budget`. */
export const run = tableCommand("budget", budgetTable);
