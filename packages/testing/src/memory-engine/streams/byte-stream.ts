/** Where a process reads: a pipe, a file, a terminal, or nothing. */
export interface Source {
  /** The bytes that are there, some at least; undefined at the end. Nothing is taken once the signal is aborted. */
  read(signal?: AbortSignal): Promise<Buffer | undefined>
  /** Gives bytes back, to be read next. */
  unread(bytes: Buffer): void
}

/** Where a process writes. */
export interface Sink {
  /** Resolves when there is room for more. @throws BrokenPipe when nobody reads any more */
  write(bytes: Buffer, signal?: AbortSignal): Promise<void>
}

/** What a process dies of that writes where nobody reads: SIGPIPE. */
export class BrokenPipe extends Error {}

/** `/dev/null`, both ways. */
export const nothing: Source & Sink = {
  read: () => Promise.resolve(undefined),
  unread: () => {},
  write: () => Promise.resolve(),
}
