/**
 * The system's code of an error, `ENOENT`. Not by `instanceof`: errors of Node's own modules belong to another
 * realm in tests.
 */
export function errorCode(error: unknown): string | undefined {
  const holdsCode = typeof error === "object" && error !== null && "code" in error;
  return holdsCode && typeof error.code === "string" ? error.code : undefined;
}

/** The message of an error of any realm. */
export function errorMessage(error: unknown): string {
  const holdsMessage = typeof error === "object" && error !== null && "message" in error;
  return holdsMessage ? String(error.message) : String(error);
}
