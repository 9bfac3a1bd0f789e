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
  /** Where nobody reads what is written any more, that is an error. */
  on?(event: 'error', listener: (error: Error) => void): unknown
}
