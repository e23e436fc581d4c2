interface FailureOptions extends ErrorOptions {
  /** 2 where the command was asked for what makes no sense. */
  readonly exitCode?: 1 | 2;
}

/** What keeps the command from working, in one sentence for the person. */
export class Failure extends Error {
  readonly exitCode: 1 | 2;

  constructor(message: string, { exitCode = 1, ...rest }: FailureOptions = {}) {
    super(message, rest);
    this.exitCode = exitCode;
  }
}

/** A refusal of the operating system, such as a folder that may not be written. */
export const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error;
