import { setTimeout as delay } from 'node:timers/promises'
import { badRequest, conflict, EngineError } from '../engine-error.js'
import type { Engine } from '../engine.js'
import { numberOf, signalOf } from '../processes/signals.js'
import type { Container } from './container.js'
import { emit } from './container-events.js'

/** How a container is asked to end. */
export interface StopOptions {
  /** @default the container's own, or TERM */
  readonly signal?: string | undefined
  /** In seconds, until it gets KILL; -1: never. @default the container's own, or 10 */
  readonly time?: number | undefined
}

/** Sends the stop signal, and after the time (in seconds, -1 for none) KILL; resolves when it has ended. */
export async function stop(engine: Engine, container: Container, options: StopOptions): Promise<void> {
  const { config } = container
  container.isStopped = true
  if (!container.running) return
  const name = options.signal ?? (config.StopSignal || 'TERM')
  const signal = signalOf(name)
  if (signal === undefined) throw badRequest(`invalid signal: ${name}`)
  const time = options.time ?? config.StopTimeout ?? 10
  const ended = untilStopped(container)
  sendSignal(engine, container, signal)
  const timer = new AbortController()
  const timeout =
    time < 0
      ? new Promise<never>(() => {})
      : delay(time * 1000, undefined, { signal: timer.signal, ref: false })
  timeout.catch(() => {})
  await Promise.race([ended, timeout])
  timer.abort()
  if (container.isRunning) sendSignal(engine, container, 'KILL')
  await ended
  emit(engine, container, 'stop')
}

/** @throws 400 for what is no signal, 409 where nothing runs */
export async function kill(engine: Engine, container: Container, name: string): Promise<void> {
  const signal = signalOf(name)
  if (signal === undefined)
    throw badRequest(`cannot kill container ${container.name}: invalid signal: ${name}`)
  if (!container.isRunning)
    throw conflict(`cannot kill container ${container.name}: ${notRunning(container)}`)
  if (signal === 'KILL' || signal === (signalOf(container.config.StopSignal) ?? 'TERM'))
    container.isStopped = true
  const ended = untilStopped(container)
  sendSignal(engine, container, signal)
  if (signal === 'KILL') await ended
}

export function pause(engine: Engine, container: Container): void {
  if (!container.running) throw conflict(notRunning(container))
  if (container.isPaused) throw conflict(`Container ${container.id} is already paused`)
  container.running.sandbox.freeze()
  container.state.status = 'paused'
  emit(engine, container, 'pause')
}

export function unpause(engine: Engine, container: Container): void {
  if (!container.isPaused) throw new EngineError(500, `Container ${container.id} is not paused`)
  container.state.status = 'running'
  container.running?.sandbox.thaw()
  emit(engine, container, 'unpause')
}

/** Resolves when it does not run. */
function untilStopped(container: Container): Promise<true> {
  return container.changes.until(() => (container.isRunning ? undefined : true))
}

export function notRunning({ id }: Container): string {
  return `container ${id} is not running`
}

function sendSignal(engine: Engine, container: Container, signal: string): void {
  const { running } = container
  if (!running) return
  emit(engine, container, 'kill', { signal: String(numberOf(signal)) })
  if (signal === 'KILL' && container.isPaused) running.sandbox.thaw()
  running.main.kill(signal)
}
