import { programs } from '../commands/programs.js'
import { conflict } from '../engine-error.js'
import type { Engine } from '../engine.js'
import { fields, flag, list, optional, text, whole, words } from '../http/fields.js'
import type { Value } from '../http/fields.js'
import { newId } from '../ids.js'
import { findExecutable, NotExecutable } from '../processes/executable.js'
import type { Executable } from '../processes/executable.js'
import type { Process } from '../processes/process.js'
import { Terminal } from '../processes/terminal.js'
import { nothing } from '../streams/byte-stream.js'
import { Pipe } from '../streams/pipe.js'
import type { Container } from './container.js'
import { emit } from './container-events.js'
import { Output } from './output.js'
import { notRunning } from './stop.js'
import { environmentOf, userOf } from './user.js'

export const execBody = fields({
  AttachStdin: flag,
  AttachStdout: flag,
  AttachStderr: flag,
  Cmd: words,
  ConsoleSize: optional(list(whole)),
  DetachKeys: text,
  Env: list(text),
  Privileged: flag,
  Tty: flag,
  User: text,
  WorkingDir: text,
})

/** One more command in a container: made, and then started once. */
export class Exec {
  readonly id = newId()
  readonly container: Container
  readonly config: Value<typeof execBody>
  readonly output = new Output()
  readonly terminal: Terminal | undefined
  readonly stdin: Pipe | undefined
  process: Process | undefined
  /** The number of its process, which stays known when that has ended. */
  pid = 0
  exitCode: number | undefined

  constructor(container: Container, config: Value<typeof execBody>) {
    this.container = container
    this.config = config
    this.terminal = config.Tty ? new Terminal('/dev/pts/1', this.output.stream(1)) : undefined
    this.stdin = config.AttachStdin && !config.Tty ? new Pipe() : undefined
    const [rows, columns] = config.ConsoleSize ?? []
    if (rows !== undefined && columns !== undefined) this.terminal?.resize(rows, columns)
  }

  get isRunning(): boolean {
    return this.process !== undefined && this.exitCode === undefined
  }
}

/** Starts it; resolves when it has ended. */
export function runExec(engine: Engine, exec: Exec, { program, args }: Executable): Promise<void> {
  const { container, config, terminal, stdin, output } = exec
  const { running } = container
  if (!running) throw conflict(notRunning(container))
  const more = [...(config.Tty ? ['TERM=xterm'] : []), ...(config.Env ?? [])]
  const process = running.sandbox.spawn(
    {
      args,
      env: environmentOf(container, more),
      cwd: config.WorkingDir || container.config.WorkingDir || '/',
      user: userOf(container.files, config.User || container.config.User),
      stdin: terminal ?? stdin ?? nothing,
      stdout: terminal ?? output.stream(1),
      stderr: terminal ?? output.stream(2),
      terminal,
    },
    program,
  )
  exec.process = process
  exec.pid = process.pid
  tell(engine, exec, `exec_start: ${config.Cmd?.join(' ')}`)
  return process.exited.then((code) => {
    exec.exitCode = code
    stdin?.break()
    terminal?.hangUp()
    tell(engine, exec, 'exec_die', { exitCode: String(code) })
  })
}

/** What it runs, or why it cannot. */
export function findCommand({ container, config }: Exec): Executable | NotExecutable {
  const { files } = container
  const cwd = config.WorkingDir || container.config.WorkingDir || '/'
  const path = environmentOf(container, config.Env ?? []).get('PATH') ?? ''
  try {
    return findExecutable(config.Cmd ?? [], { files, programs, cwd, path })
  } catch (error) {
    if (error instanceof NotExecutable) return error
    throw error
  }
}

/** Tells that something happened to it. */
export function tell(
  engine: Engine,
  { id, container }: Exec,
  action: string,
  attributes: Readonly<Record<string, string>> = {},
): void {
  emit(engine, container, action, { ...attributes, execID: id })
}
