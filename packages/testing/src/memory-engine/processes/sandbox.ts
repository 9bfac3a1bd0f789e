import type { FileSystem } from '../files/file-system.js'
import { Condition } from '../streams/condition.js'
import { Process } from './process.js'
import type { Program, Spawn } from './process.js'

export interface SandboxOptions {
  readonly files: FileSystem
  /** The built-in commands by name. */
  readonly programs: ReadonlyMap<string, Program>
  readonly hostname: string
  readonly nextPid: () => number
  /** A process of the engine's own has number 1, passes signals on and has no part in anything else. */
  readonly init: boolean
}

/** The inside of a running container: its files and its processes. */
export class Sandbox {
  readonly files: FileSystem
  readonly programs: ReadonlyMap<string, Program>
  readonly hostname: string
  /** Those that run, in the order of their start. */
  readonly processes: Process[] = []
  /** The process with number 1 in the container, with whose end all others end; with `init`, that is not ours. */
  first: Process | undefined

  readonly #nextPid: () => number
  readonly #init: boolean
  readonly #thaw = new Condition()
  #frozen = false

  constructor({ files, programs, hostname, nextPid, init }: SandboxOptions) {
    this.files = files
    this.programs = programs
    this.hostname = hostname
    this.#nextPid = nextPid
    this.#init = init
  }

  spawn(spawn: Spawn, program: Program, parent?: Process): Process {
    const process = new Process(this.#nextPid(), this, parent, spawn, program)
    if (this.processes.length === 0 && !this.#init) this.first = process
    this.processes.push(process)
    process.terminal?.processes.add(process)
    return process
  }

  remove(process: Process): void {
    const index = this.processes.indexOf(process)
    if (index >= 0) this.processes.splice(index, 1)
    process.terminal?.processes.delete(process)
  }

  /** Ends every process at once. */
  end(): void {
    for (const process of [...this.processes]) process.kill('KILL')
    this.thaw()
  }

  freeze(): void {
    this.#frozen = true
  }

  thaw(): void {
    this.#frozen = false
    this.#thaw.changed()
  }

  /** Resolves when the container is not paused. */
  async thawed(signal: AbortSignal): Promise<void> {
    if (this.#frozen) await this.#thaw.until(() => (this.#frozen ? undefined : true), signal)
  }
}
