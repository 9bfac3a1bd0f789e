import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { pinned } from './cores.js'
import { accepting } from './ports.js'

/** In ms, to be ready, and to end when told to. */
const limit = 10_000

/** A program that runs beside this one, with whatever it starts itself, until it is stopped. */
export class Started implements AsyncDisposable {
  readonly pid: number
  private readonly child: ChildProcess
  private readonly name: string
  private complaint = ''

  private constructor(child: ChildProcess, name: string, pid: number) {
    this.child = child
    this.name = name
    this.pid = pid
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.complaint = (this.complaint + text).slice(-2000)
    })
  }

  /** Starts it on one core, with no environment but what is given: no DOCKER_HOST or NODE_OPTIONS gets in the way. */
  static async start(
    command: string,
    args: readonly string[],
    { core, env = {} }: { core: number | undefined; env?: Record<string, string> },
  ): Promise<Started> {
    const [program, rest] = pinned(core, command, args)
    const child = spawn(program, rest, {
      // A group of its own, which can be ended as one and hears no Ctrl-C.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    })
    const failed = once(child, 'error')
    await Promise.race([once(child, 'spawn'), failed.then(([error]) => Promise.reject(error as Error))])
    return new Started(child, command, child.pid!)
  }

  /** Resolves once it listens on this port. */
  async listening(port: number): Promise<this> {
    const signal = AbortSignal.any([AbortSignal.timeout(limit), this.gone()])
    try {
      await accepting(port, signal)
    } catch (error) {
      throw new Error(`${this.name} does not listen on port ${port}.\n${this.complaint}`, { cause: error })
    }
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exit = once(this.child, 'exit')
      this.signal('SIGTERM')
      const timer = setTimeout(() => this.signal('SIGKILL'), limit)
      await exit
      clearTimeout(timer)
    }
    this.signal('SIGKILL')
  }

  private gone(): AbortSignal {
    const controller = new AbortController()
    this.child.once('exit', () => controller.abort())
    return controller.signal
  }

  /** To the group: a program may have started others. */
  private signal(name: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, name)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}
