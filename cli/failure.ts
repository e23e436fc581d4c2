/** What keeps the command from working, in one sentence for the person. */
export class Failure extends Error {}

/** A refusal of the operating system, such as a folder that may not be written. */
export const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error;
