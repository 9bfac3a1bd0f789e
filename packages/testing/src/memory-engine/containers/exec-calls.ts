import { badRequest, conflict } from '../engine-error.js'
import type { Exchange } from '../http/exchange.js'
import { fields, flag, list, optional, whole } from '../http/fields.js'
import { NotExecutable } from '../processes/executable.js'
import { frame } from '../streams/frames.js'
import type { Container } from './container.js'
import { detachKeys } from './detach-keys.js'
import { Exec, execBody, findCommand, runExec, tell } from './exec.js'
import { Session } from './session.js'
import { notRunning } from './stop.js'

const startBody = fields({ Detach: flag, Tty: flag, ConsoleSize: optional(list(whole)) })

/** `POST /containers/:id/exec` */
export function createExec(exchange: Exchange): void {
  const { engine } = exchange
  const container = engine.containers.get(exchange.param('id'))
  const config = exchange.json(execBody)
  if (!config.Cmd?.length) throw badRequest('no exec command is specified: Cmd is missing')
  detachKeys(config.DetachKeys || undefined)
  checkRunning(container)
  const exec = new Exec(container, config)
  engine.execs.set(exec.id, exec)
  tell(engine, exec, `exec_create: ${config.Cmd.join(' ')}`)
  exchange.send(201, { Id: exec.id })
}

/** `POST /exec/:id/start` */
export async function startExec(exchange: Exchange): Promise<void> {
  const { engine } = exchange
  const exec = engine.exec(exchange.param('id'))
  const body = exchange.optionalJson(startBody)
  const { config, container } = exec
  checkRunning(container)
  if (exec.process || exec.exitCode !== undefined) {
    throw conflict(
      `exec ${exec.id} ${exec.isRunning ? 'is already running' : 'has already run'}: make another`,
    )
  }
  const [rows, columns] = body.ConsoleSize ?? []
  if (rows !== undefined && columns !== undefined) exec.terminal?.resize(rows, columns)
  const executable = findCommand(exec)
  if (body.Detach) {
    if (executable instanceof NotExecutable) throw badRequest(failure(exec, executable))
    void runExec(engine, exec, executable)
    exchange.response.statusCode = 200
    exchange.response.end()
    return
  }
  const socket = exchange.tunnel(!config.Tty)
  if (executable instanceof NotExecutable) {
    // The head is sent by then, so that all that is left is to say it on the stream.
    const message = Buffer.from(`${failure(exec, executable)}\r\n`)
    socket.end(config.Tty ? message : frame(1, message))
    return
  }
  const session = new Session(socket, {
    framed: !config.Tty,
    stdout: config.AttachStdout || (config.Tty && config.AttachStderr),
    stderr: config.AttachStderr,
    type: config.AttachStdin
      ? (bytes, signal) =>
          exec.terminal?.type(bytes, signal) ?? exec.stdin?.write(bytes, signal) ?? Promise.resolve()
      : undefined,
    endOfInput: () => {
      exec.stdin?.end()
      return !config.AttachStdin || !config.Tty
    },
    detachKeys: config.Tty && config.AttachStdin ? detachKeys(config.DetachKeys || undefined) : undefined,
  })
  exec.output.add(session)
  const ended = runExec(engine, exec, executable)
  void ended.then(() => session.end())
  const how = await session.over
  exec.output.remove(session)
  if (how === 'detached') tell(engine, exec, 'exec_detach')
}

/** `GET /exec/:id/json` */
export function inspectExec(exchange: Exchange): void {
  const { id, config, container, pid, exitCode, isRunning } = exchange.engine.exec(exchange.param('id'))
  const [entrypoint, ...args] = config.Cmd ?? []
  exchange.send(200, {
    ID: id,
    Running: isRunning,
    ExitCode: exitCode ?? null,
    ProcessConfig: {
      tty: config.Tty,
      entrypoint,
      arguments: args,
      privileged: config.Privileged,
      ...(config.User && { user: config.User }),
    },
    OpenStdin: config.AttachStdin,
    OpenStderr: config.AttachStderr,
    OpenStdout: config.AttachStdout,
    CanRemove: exitCode !== undefined,
    ContainerID: container.id,
    DetachKeys: config.DetachKeys === '' ? '' : detachKeys(config.DetachKeys).toString('base64'),
    Pid: pid,
  })
}

/** `POST /exec/:id/resize` */
export function resizeExec(exchange: Exchange): void {
  const { engine, query } = exchange
  const exec = engine.exec(exchange.param('id'))
  const [rows, columns] = [query.number('h'), query.number('w')]
  if (rows === undefined || columns === undefined)
    throw badRequest('resize needs h and w, the height and the width')
  if (!exec.isRunning) throw conflict(`exec ${exec.id} is not running`)
  exec.terminal?.resize(rows, columns)
  exchange.send(200)
}

/** Whatever the reason is, the engine has 126 as the exit code of such an exec. */
function failure(exec: Exec, { message }: NotExecutable): string {
  exec.exitCode = 126
  return `exec failed: unable to start container process: exec: ${JSON.stringify(exec.config.Cmd?.[0])}: ${message}`
}

function checkRunning(container: Container): void {
  if (container.isPaused) throw conflict(`Container ${container.id} is paused: unpause it before exec`)
  if (!container.isRunning) throw conflict(notRunning(container))
}
