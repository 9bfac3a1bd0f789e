import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Cores } from './cores.js'
import { pinned } from './cores.js'
import type { Options } from './options.js'
import { Scope } from './scope.js'
import { Started } from './started.js'
import type { Found } from './tools.js'

type Role = keyof Cores

export interface BenchSettings {
  readonly options: Options
  readonly tools: Found
  readonly cores: Cores
  /** For configurations and the like; it is removed in the end. */
  readonly folder: string
  /** Aborts when nothing more is to be begun. */
  readonly signal: AbortSignal
}

/** Where programs are run, each on its core, and what ends them. */
export class Bench implements AsyncDisposable {
  readonly options: Options
  readonly tools: Found
  readonly cores: Cores
  readonly signal: AbortSignal
  private readonly settings: BenchSettings
  private readonly scope: Scope

  constructor(settings: BenchSettings, scope = new Scope()) {
    this.settings = settings
    this.options = settings.options
    this.tools = settings.tools
    this.cores = settings.cores
    this.signal = settings.signal
    this.scope = scope
  }

  /** The same, for what ends before the rest. */
  nested(): Bench {
    return new Bench(this.settings, this.scope.nested())
  }

  /** A path in the temporary folder. */
  file(name: string): string {
    return join(this.settings.folder, name)
  }

  /** Starts a program that runs until this ends. */
  async start(role: Role, command: string, ...args: readonly string[]): Promise<Started> {
    this.signal.throwIfAborted()
    const started = await Started.start(command, args, { core: this.cores[role] })
    return this.scope.use(started)
  }

  /** Runs a program of the load generator to its end, and gives what it printed. */
  async load(command: string, ...args: readonly string[]): Promise<string> {
    const [program, rest] = pinned(this.cores.load, command, args)
    const { stdout } = await promisify(execFile)(program, rest, { signal: this.signal, maxBuffer: 1 << 20 })
    return stdout
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.scope[Symbol.asyncDispose]()
  }
}

/** The path of a file that stands beside the sources of the benchmark. */
export function beside(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
