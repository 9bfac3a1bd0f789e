import { conflict } from '../engine-error.js'
import type { Engine } from '../engine.js'
import type { Exchange } from '../http/exchange.js'
import { frame } from '../streams/frames.js'
import type { Container } from './container.js'
import { emit } from './container-events.js'
import { detachKeys } from './detach-keys.js'
import { Session } from './session.js'

/** `POST /containers/:id/attach` */
export async function attach(exchange: Exchange): Promise<void> {
  const { engine, query } = exchange
  const container = engine.containers.get(exchange.param('id'))
  const keys = detachKeys(query.text('detachKeys'))
  checkAttachable(container)
  const { Tty } = container.config
  const socket = exchange.tunnel(!Tty)
  emit(engine, container, 'attach')
  const wants = { stdin: query.flag('stdin'), stdout: query.flag('stdout'), stderr: query.flag('stderr') }
  if (query.flag('logs')) {
    for (const { stream, bytes } of container.log.lines()) {
      if (Tty || (stream === 1 ? wants.stdout : wants.stderr))
        socket.write(Tty ? bytes : frame(stream, bytes))
    }
  }
  if (query.flag('stream'))
    await stream(engine, container, new Session(socket, sessionOptions(container, wants, keys)))
  else socket.end()
}

/** @throws 409 */
export function checkAttachable(container: Container): void {
  if (container.isPaused) throw conflict(`Container ${container.id} is paused: unpause it before you attach`)
  if (container.state.status === 'restarting')
    throw conflict(`Container ${container.id} is restarting: attach when it runs`)
}

export function sessionOptions(
  container: Container,
  { stdin, stdout, stderr }: { stdin: boolean; stdout: boolean; stderr: boolean },
  keys: Buffer,
) {
  const { Tty: tty, StdinOnce, OpenStdin } = container.config
  // A terminal has one output only.
  const { terminal, stdin: pipe } = container
  const type = (bytes: Buffer, signal: AbortSignal) =>
    terminal?.type(bytes, signal) ?? pipe?.write(bytes, signal) ?? Promise.resolve()
  return {
    framed: !tty,
    stdout: tty ? stdout || stderr : stdout,
    stderr,
    type: stdin && OpenStdin ? type : undefined,
    endOfInput: () => {
      if (!stdin || !OpenStdin) return true
      // The end of a stdin that is open for one client only is the end for the container; else it ends this session.
      if (StdinOnce && !tty) pipe?.end()
      return StdinOnce && !tty
    },
    detachKeys: tty && stdin ? keys : undefined,
  }
}

/** Passes the container's streams on until it ends, or the client leaves it. */
export async function stream(engine: Engine, container: Container, session: Session): Promise<void> {
  const end = () => session.end()
  container.output.add(session)
  container.attached.add(end)
  const how = await session.over
  container.output.remove(session)
  container.attached.delete(end)
  if (how === 'detached') emit(engine, container, 'detach')
}
