/** A program for the supervisor to start. Its output goes to `logs/<name>.log` in the supervised directory. */
export interface StartRequest {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the program. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** How a program ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** What can be asked of the supervisor: parameters and result by method. */
export interface Methods {
  readonly start: { readonly params: StartRequest; readonly result: { readonly pid: number } };
  /** Answers when the program has ended, at once if it is not running. */
  readonly wait: { readonly params: { readonly name: string }; readonly result: Exit };
  readonly signal: {
    readonly params: { readonly name: string; readonly signal: string };
    readonly result: null;
  };
  /** Sends the signal, SIGKILL after the time, and answers when the program has ended. */
  readonly stop: {
    readonly params: { readonly name: string; readonly signal: string; readonly killAfterMs: number };
    readonly result: Exit;
  };
  /** Has a command run when everything ends, last asked for first; for what a killed process leaves in the kernel. */
  readonly runAtEnd: {
    readonly params: { readonly command: string; readonly args: readonly string[] };
    readonly result: null;
  };
  readonly list: { readonly params: null; readonly result: Readonly<Record<string, number>> };
  /** Ends everything; answers when all is gone but the supervisor itself. */
  readonly end: { readonly params: null; readonly result: null };
}

export type Method = keyof Methods;

export interface Request {
  readonly id: number;
  readonly method: Method;
  readonly params: unknown;
}

export type Response =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };

/** Name of the supervisor's socket in the directory it supervises. */
export const socketName = 'supervisor.sock';
