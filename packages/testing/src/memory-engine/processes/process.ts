import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises'
import { inspect } from 'node:util'
import { FileError } from '../files/file-system.js'
import { BrokenPipe } from '../streams/byte-stream.js'
import type { Sink, Source } from '../streams/byte-stream.js'
import type { Sandbox } from './sandbox.js'
import { isHarmless, numberOf } from './signals.js'
import type { Signal } from './signals.js'
import type { Terminal } from './terminal.js'

/** What a process is started with. */
export interface Spawn {
  /** The words of the command line; the first is the command's name. */
  readonly args: readonly string[]
  readonly env: ReadonlyMap<string, string>
  readonly cwd: string
  readonly user: User
  readonly stdin: Source
  readonly stdout: Sink
  readonly stderr: Sink
  /** The terminal that it belongs to, whose ^C reaches it. */
  readonly terminal?: Terminal | undefined
}

export interface User {
  readonly uid: number
  readonly gid: number
}

/**
 * A built-in command: what it gives is the exit code. It waits for nothing but through its process, or with that
 * one's signal, so that it ends as soon as it is killed.
 */
export type Program = (self: Process) => Promise<number>

/** Ends a program wherever it waits. */
class Killed extends Error {
  readonly signal: Signal

  constructor(signal: Signal) {
    super(`killed by SIG${signal}`)
    this.signal = signal
  }
}

/** One running command inside a container. */
export class Process implements Spawn {
  readonly pid: number
  readonly parent: Process | undefined
  readonly sandbox: Sandbox
  readonly started = Date.now()
  args: readonly string[]
  env: Map<string, string>
  cwd: string
  readonly user: User
  stdin: Source
  stdout: Sink
  stderr: Sink
  readonly terminal: Terminal | undefined
  /** What a signal does instead of what it does by default; undefined: it is ignored. */
  readonly handlers = new Map<Signal, (() => void) | undefined>()
  /** Its exit code; 128 and the signal's number, where one ended it. */
  readonly exited: Promise<number>

  readonly #end = new AbortController()

  /** Use `Sandbox.spawn()`. */
  constructor(pid: number, sandbox: Sandbox, parent: Process | undefined, spawn: Spawn, program: Program) {
    this.pid = pid
    this.sandbox = sandbox
    this.parent = parent
    this.args = spawn.args
    this.env = new Map(spawn.env)
    this.cwd = spawn.cwd
    this.user = spawn.user
    this.stdin = spawn.stdin
    this.stdout = spawn.stdout
    this.stderr = spawn.stderr
    this.terminal = spawn.terminal
    this.exited = this.#run(program)
  }

  /** What a child has from this process. */
  get inherited(): Spawn {
    const { args, env, cwd, user, stdin, stdout, stderr, terminal } = this
    return { args, env, cwd, user, stdin, stdout, stderr, terminal }
  }

  /** Aborted with Killed when the process is to end. */
  get signal(): AbortSignal {
    return this.#end.signal
  }

  /**
   * The first process of a container ignores what it has no handler for, all but KILL: so does the kernel, and so
   * `docker stop` has to wait for a `sleep` that nobody wrote a trap for.
   */
  kill(signal: Signal): void {
    if (signal === 'KILL') return this.#end.abort(new Killed(signal))
    if (this.handlers.has(signal)) return this.handlers.get(signal)?.()
    if (!isHarmless(signal) && this.sandbox.first !== this) this.#end.abort(new Killed(signal))
  }

  /** What the promise gives, unless this process is killed first; not while the container is paused. */
  async until<T>(promise: Promise<T>): Promise<T> {
    const { signal } = this
    let abort = () => {}
    const killed = new Promise<never>((_, reject) => {
      abort = () => reject(signal.reason as Killed)
      signal.addEventListener('abort', abort)
    })
    try {
      signal.throwIfAborted()
      return await Promise.race([promise, killed])
    } finally {
      signal.removeEventListener('abort', abort)
      if (!signal.aborted) await this.sandbox.thawed(signal)
    }
  }

  async sleep(ms: number): Promise<void> {
    const stop = new AbortController()
    try {
      await this.until(delay(ms, undefined, { signal: stop.signal }))
    } finally {
      stop.abort()
    }
  }

  /** Lets everything else have its turn: a loop that waits for nothing must not stop the engine. */
  turn(): Promise<void> {
    return this.until(turn())
  }

  async read(): Promise<Buffer | undefined> {
    return this.until(this.stdin.read(this.signal))
  }

  async write(bytes: Buffer): Promise<void> {
    await this.until(this.stdout.write(bytes, this.signal))
  }

  async print(text: string): Promise<void> {
    await this.write(Buffer.from(text))
  }

  /** Says on stderr what went wrong, as `cat: x: No such file or directory`, and gives the exit code 1. */
  async complain(text: string): Promise<number> {
    await this.until(this.stderr.write(Buffer.from(`${this.args[0]}: ${text}\n`), this.signal))
    return 1
  }

  /** A program that throws has a fault, or did not expect a file to be as it is: stderr says which. */
  async #fail(error: unknown): Promise<number> {
    const text = error instanceof FileError ? error.message : inspect(error)
    await this.stderr.write(Buffer.from(`${this.args[0]}: ${text}\n`), this.signal).catch(() => {})
    return 1
  }

  async #run(program: Program): Promise<number> {
    // Whoever starts a process knows it before it does anything.
    await turn()
    try {
      this.signal.throwIfAborted()
      return await program(this)
    } catch (error) {
      if (error instanceof Killed) return 128 + numberOf(error.signal)
      if (error instanceof BrokenPipe) return 128 + numberOf('PIPE')
      return await this.#fail(error)
    } finally {
      this.sandbox.remove(this)
    }
  }
}
