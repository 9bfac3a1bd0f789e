/** Where a command writes: `process`, or in a test two streams that keep what they get. */
export interface Output {
  readonly stdout: OutputStream
  readonly stderr: OutputStream
}

interface OutputStream {
  readonly isTTY?: boolean | undefined
  write(text: string): unknown
  /** False where NO_COLOR is set or the terminal has none. */
  hasColors?(): boolean
}
