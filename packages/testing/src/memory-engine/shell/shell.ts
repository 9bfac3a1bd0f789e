import type { Process, Spawn } from '../processes/process.js'
import { Condition } from '../streams/condition.js'
import { readAll } from '../streams/lines.js'
import { Pipe } from '../streams/pipe.js'
import { execute } from './execute.js'
import type { Values } from './expand.js'
import { Jump } from './jump.js'
import { parse } from './parse.js'
import { run } from './run.js'
import { SyntaxFault } from './syntax.js'
import type { Script } from './syntax.js'

/** A shell inside one process: its variables, its jobs, and what it does on signals. */
export class Shell implements Values {
  readonly process: Process
  /** `$0` */
  name = 'sh'
  /** `$1` and on. */
  args: readonly string[] = []
  /** `$?` */
  status = 0
  /** `set -e`: a command that fails ends the shell. */
  exitOnFailure = false
  /** `exit` was said. */
  left = false
  /** How deep this is inside what `if`, `while`, `&&` and `||` test: a failure there decides, and ends nothing. */
  tested = 0
  /** The variables that are not exported. */
  variables = new Map<string, string>()
  /** What `trap` has for a signal, or for EXIT. */
  readonly traps = new Map<string, Script>()
  /** What was started with `&`. */
  readonly jobs: Process[] = []

  readonly #caught: Script[] = []
  readonly #catches = new Condition()

  constructor(process: Process) {
    this.process = process
  }

  get(name: string): string | undefined {
    if (name === '?') return String(this.status)
    if (name === '$') return String(this.process.sandbox.first === this.process ? 1 : this.process.pid)
    if (name === '#') return String(this.args.length)
    if (name === '!') return String(this.jobs.at(-1)?.pid ?? '')
    if (name === '0') return this.name
    if (name === '@' || name === '*') return this.args.join(' ')
    if (/^\d$/.test(name)) return this.args[Number(name) - 1]
    return this.variables.get(name) ?? this.process.env.get(name)
  }

  set(name: string, value: string): void {
    if (this.process.env.has(name)) this.process.env.set(name, value)
    else this.variables.set(name, value)
  }

  async output(script: Script): Promise<string> {
    const pipe = new Pipe()
    const child = this.fork({ stdout: pipe }, (shell) => shell.run(script))
    const ended = child.exited.finally(() => pipe.end())
    const bytes = await this.process.until(readAll(pipe, this.process.signal))
    this.status = await this.process.until(ended)
    return bytes.toString().replace(/\n+$/, '')
  }

  /** Runs a text to its end and the end of the shell; gives the exit code. */
  async main(text: string): Promise<number> {
    try {
      await this.run(parse(text).script, true)
    } catch (error) {
      if (error instanceof SyntaxFault) await this.fault(error)
      else if (!(error instanceof Jump)) throw error
    }
    return this.leave()
  }

  /** Does what was set for the exit; gives the exit code. */
  async leave(): Promise<number> {
    const { status } = this
    const last = this.traps.get('EXIT')
    if (!last) return status
    this.traps.delete('EXIT')
    try {
      await this.run(last)
    } catch (error) {
      if (!(error instanceof Jump)) throw error
      return this.status
    }
    return status
  }

  /** Runs the steps of a script; with `last`, the last of them may take over the process. */
  run(script: Script, last = false): Promise<number> {
    return run(this, script, last)
  }

  /** Runs a command that is a file, as a child or, with `replace`, in place of this shell. */
  execute(
    line: readonly string[],
    variables: ReadonlyMap<string, string>,
    replace: boolean,
  ): Promise<number> {
    return execute(this, line, variables, replace)
  }

  /** A copy of this shell in a process of its own. */
  fork(io: Partial<Spawn>, body: (shell: Shell) => Promise<number>): Process {
    const { process, name, args, status, exitOnFailure } = this
    const variables = new Map(this.variables)
    const program = async (own: Process) => {
      const shell = Object.assign(new Shell(own), { name, args, status, exitOnFailure, variables })
      try {
        return await body(shell)
      } catch (error) {
        if (error instanceof SyntaxFault) return shell.fault(error)
        if (error instanceof Jump) return shell.status
        throw error
      }
    }
    return process.sandbox.spawn({ ...process.inherited, ...io }, program, process)
  }

  /** Makes a signal run a script, between two commands; undefined: makes the signal do nothing. */
  onSignal(signal: string, script: Script | undefined): void {
    const caught = () => {
      if (script) this.#caught.push(script)
      this.#catches.changed()
    }
    this.process.handlers.set(signal, script ? caught : undefined)
  }

  /** Runs what was set for the signals that came. */
  async runTraps(): Promise<void> {
    for (let script = this.#caught.shift(); script; script = this.#caught.shift()) {
      const { status } = this
      await this.run(script)
      this.status = status
    }
  }

  /** What the promise gives; undefined as soon as a signal comes that has a trap. Then `stop` is aborted. */
  async unlessTrapped<T>(promise: Promise<T>, stop = new AbortController()): Promise<T | undefined> {
    const trapped = this.#catches.until(() => (this.#caught.length > 0 ? null : undefined), stop.signal)
    trapped.catch(() => {})
    promise.catch(() => {})
    try {
      return (await this.process.until(Promise.race([promise, trapped]))) ?? undefined
    } finally {
      stop.abort(new Error('no longer waited for'))
    }
  }

  /** Says what is wrong with the script; the exit code is 2. */
  async fault(fault: SyntaxFault): Promise<number> {
    await this.say(`syntax error: ${fault.message}`)
    this.status = 2
    return 2
  }

  async say(text: string): Promise<void> {
    const { process } = this
    await process.until(process.stderr.write(Buffer.from(`${this.name}: ${text}\n`), process.signal))
  }
}
