import { imageTable } from "@t495/proof";
import { tableCommand } from "../platform-table.ts";

/** `platform images`. */
export const run = tableCommand("images", imageTable);
