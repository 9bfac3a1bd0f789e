import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'

export interface CommandOptions {
  /** The exit code or signal that it is to end with; `'any'` where only the comparison can say. @default 0 */
  readonly exits?: number | NodeJS.Signals | 'any'
  /** What it reads; `'open'` for what `write` and `end` send. @default nothing, ended at once */
  readonly stdin?: string | Uint8Array | 'open'
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>
  /**
   * How its output is compared: lines that come in any order sorted, BuildKit's as a set. @default 'as it
   * came'
   */
  readonly compared?: 'as it came' | 'sorted' | 'as progress' | 'not at all'
  /** The terminal it runs on; stdout and stderr are then one. @default none, three pipes */
  readonly terminal?: Terminal
}

export interface Terminal {
  readonly rows: number
  readonly columns: number
  /** The size that it gets as soon as there is a file of that name. */
  readonly resized?: { readonly rows: number; readonly columns: number; readonly when: string }
}

export interface Result {
  readonly code: number | NodeJS.Signals
  readonly stdout: string
  readonly stderr: string
  /** stdout, where it is not text. */
  readonly bytes: Buffer
}

/**
 * Nothing that is compared takes near as long; a command that hangs is to fail its own test, with its output.
 */
const deadline = 90_000

/** A program that runs, and what became of it: `await` it for its end, having talked to it before. */
export class Command implements PromiseLike<Result> {
  readonly line: string
  readonly compared: NonNullable<CommandOptions['compared']>
  readonly #child: ChildProcessWithoutNullStreams
  readonly #ended: Promise<Result>
  readonly #stdout: Buffer[] = []
  readonly #stderr: Buffer[] = []
  #result: Result | undefined
  #late = false

  constructor(
    line: string,
    program: string,
    args: readonly string[],
    options: Omit<CommandOptions, 'env'> & { readonly env: NodeJS.ProcessEnv },
  ) {
    this.line = line
    this.compared = options.compared ?? 'as it came'
    // A process group of its own: docker's plugins are processes beside it, and end with it.
    this.#child = spawn(program, args, { env: options.env, detached: true })
    this.#child.stdout.on('data', (chunk: Buffer) => this.#stdout.push(chunk))
    this.#child.stderr.on('data', (chunk: Buffer) => this.#stderr.push(chunk))
    // A command may end before it has read everything; how it ends is what is compared.
    this.#child.stdin.on('error', () => {})
    if (options.stdin !== 'open') this.#child.stdin.end(options.stdin)
    this.#ended = this.#end(options.exits ?? 0)
    this.#ended.catch(() => {})
  }

  // oxlint-disable-next-line unicorn/no-thenable -- it is awaited for its end
  then<A = Result, B = never>(
    resolved?: ((result: Result) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    return this.#ended.then(resolved, rejected)
  }

  /** What it wrote and how it ended, or that it still runs. */
  get soFar(): Omit<Result, 'code'> & { code: Result['code'] | 'still runs' } {
    return this.#result ?? { code: 'still runs', ...this.#written() }
  }

  /** Until stdout or stderr holds that text. */
  async shows(text: string | RegExp): Promise<void> {
    const { stdout, stderr } = this.#child
    const isShown = (written: string): boolean =>
      typeof text === 'string' ? written.includes(text) : text.test(written)
    while (![this.#written().stdout, this.#written().stderr].some(isShown)) {
      if (this.#result) throw new Error(`${this.line} ended without showing ${String(text)}`)
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          for (const source of [stdout, stderr]) source.off('data', wake)
          this.#child.off('close', wake)
          resolve()
        }
        for (const source of [stdout, stderr]) source.on('data', wake)
        this.#child.on('close', wake)
      })
    }
  }

  write(text: string): void {
    this.#child.stdin.write(text)
  }

  /** The end of its stdin. */
  end(): void {
    this.#child.stdin.end()
  }

  /** A signal to the program itself, not to the processes beside it. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Ends it and the processes beside it, if they run. */
  async kill(): Promise<void> {
    this.#kill()
    await this.#ended.catch(() => {})
  }

  async #end(expected: NonNullable<CommandOptions['exits']>): Promise<Result> {
    const timer = setTimeout(() => {
      this.#late = true
      this.#kill()
    }, deadline)
    const code = await new Promise<Result['code']>((resolve, reject) => {
      this.#child.on('error', reject)
      this.#child.on('close', (code, signal) => resolve(code ?? signal ?? -1))
    }).finally(() => clearTimeout(timer))
    this.#result = { code, ...this.#written() }
    if (this.#late) throw new Error(`${this.line} did not end within ${deadline / 1000} s`)
    if (expected !== 'any' && code !== expected)
      throw new Error(`${this.line} ended with ${code}, not ${expected}: ${this.#result.stderr}`)
    return this.#result
  }

  #kill(): void {
    if (this.#result || this.#child.pid === undefined) return
    try {
      process.kill(-this.#child.pid, 'SIGKILL')
    } catch {
      this.#child.kill('SIGKILL')
    }
  }

  #written(): Omit<Result, 'code'> {
    const bytes = Buffer.concat(this.#stdout)
    return { stdout: bytes.toString(), stderr: Buffer.concat(this.#stderr).toString(), bytes }
  }
}
