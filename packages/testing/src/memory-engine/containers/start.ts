import { setTimeout as delay } from 'node:timers/promises'
import { programs } from '../commands/programs.js'
import { badRequest, conflict, EngineError } from '../engine-error.js'
import type { Engine } from '../engine.js'
import { findExecutable, NotExecutable } from '../processes/executable.js'
import type { Executable } from '../processes/executable.js'
import { Sandbox } from '../processes/sandbox.js'
import { now, seconds } from '../time.js'
import type { Container } from './container.js'
import { emit } from './container-events.js'
import { joinNetworks, leaveNetworks } from './endpoints.js'
import { publishedPorts } from './ports.js'
import { remove } from './remove.js'
import { stop } from './stop.js'
import type { StopOptions } from './stop.js'
import { environmentOf, userOf } from './user.js'

/** Starts a container. @throws 400 where its command cannot run, 404 where a network is gone, 409 */
export function start(engine: Engine, container: Container): void {
  if (container.isPaused) throw conflict('a paused container cannot be started: unpause it')
  if (container.isRunning) throw new EngineError(304, 'it runs already')
  const executable = findCommand(engine, container)
  joinNetworks(engine, container)
  for (const { volume, target, writable } of container.mounts) {
    if (!volume) continue
    const attributes = { container: container.id, destination: target, 'read/write': String(writable) }
    engine.events.emit('volume', 'mount', volume.name, { ...attributes, driver: 'local', propagation: '' })
  }
  const { config, files, terminal, input, output, state } = container
  const init = container.hostConfig.Init ?? false
  const sandbox = new Sandbox({ files, programs, hostname: config.Hostname, nextPid: engine.nextPid, init })
  const cwd = config.WorkingDir || '/'
  const { args, program } = executable
  const main = sandbox.spawn(
    {
      args,
      env: environmentOf(container),
      cwd,
      user: userOf(container.files, config.User),
      stdin: input,
      stdout: terminal ?? output.stream(1),
      stderr: terminal ?? output.stream(2),
      terminal,
    },
    program,
  )
  container.running = { sandbox, main }
  container.ports = publishedPorts(container, engine.nextPort)
  container.isStopped = false
  Object.assign(state, { status: 'running', exitCode: 0, error: '', started: now(), finished: undefined })
  emit(engine, container, 'start')
  container.changed()
  void main.exited.then((code) => onExit(engine, container, code))
}

export async function restart(engine: Engine, container: Container, options: StopOptions): Promise<void> {
  await stop(engine, container, options)
  start(engine, container)
  emit(engine, container, 'restart')
}

function findCommand(engine: Engine, container: Container): Executable {
  const { args, files, config } = container
  const path = environmentOf(container).get('PATH') ?? ''
  try {
    return findExecutable(args, { files, programs, cwd: config.WorkingDir || '/', path })
  } catch (error) {
    if (!(error instanceof NotExecutable)) throw error
    const message = `unable to start container process: exec: ${JSON.stringify(args[0])}: ${error.message}`
    Object.assign(container.state, { exitCode: error.code, error: message })
    if (container.hostConfig.AutoRemove) void remove(engine, container, { volumes: true })
    throw badRequest(message)
  }
}

async function onExit(engine: Engine, container: Container, code: number): Promise<void> {
  const { state, running, terminal, stdin } = container
  running?.sandbox.end()
  await Promise.all(running?.sandbox.processes.map(({ exited }) => exited) ?? [])
  terminal?.hangUp()
  stdin?.break()
  container.log.flush()
  container.running = undefined
  container.ports = []
  container.exits++
  Object.assign(state, { status: 'exited', exitCode: code, finished: now() })
  leaveNetworks(engine, container)
  for (const { volume } of container.mounts) {
    if (volume)
      engine.events.emit('volume', 'unmount', volume.name, { container: container.id, driver: 'local' })
  }
  const execDuration = String(seconds((state.finished ?? 0n) - (state.started ?? 0n)))
  emit(engine, container, 'die', { exitCode: String(code), execDuration })
  container.renewInput()
  const attached = [...container.attached]
  container.attached.clear()
  const again = !container.isStopped && mayRestart(container) && !engine.closing.signal.aborted
  if (again) state.status = 'restarting'
  container.changed()
  for (const end of attached) end()
  if (again) await restartLater(engine, container)
  else if (container.hostConfig.AutoRemove) await remove(engine, container, { volumes: true })
}

function mayRestart({ hostConfig, state, restarts }: Container): boolean {
  const { Name, MaximumRetryCount } = hostConfig.RestartPolicy
  if (Name === 'always' || Name === 'unless-stopped') return true
  return (
    Name === 'on-failure' && state.exitCode !== 0 && (MaximumRetryCount === 0 || restarts < MaximumRetryCount)
  )
}

/** As the engine does: after 100 ms, and twice as long each time, to a minute at most. */
async function restartLater(engine: Engine, container: Container): Promise<void> {
  const ms = Math.min(60_000, 100 * 2 ** container.restarts)
  container.restarts++
  await delay(ms, undefined, { signal: engine.closing.signal, ref: false }).catch(() => {})
  if (container.isStopped || container.isRunning || container.isRemoved || engine.closing.signal.aborted)
    return
  try {
    start(engine, container)
  } catch (error) {
    container.state.status = 'exited'
    if (!(error instanceof EngineError)) throw error
  }
}
