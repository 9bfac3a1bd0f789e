import { badRequest, conflict, EngineError } from '../engine-error.js'
import { entriesOf } from '../files/archive.js'
import { changesIn } from '../files/changes.js'
import { writeTar } from '../files/write-tar.js'
import type { Exchange } from '../http/exchange.js'
import { parseFilters } from '../http/filters.js'
import { untilTime } from '../until-filter.js'
import { resources, updateBody } from './config.js'
import type { Container } from './container.js'
import { emit } from './container-events.js'
import { remove } from './remove.js'
import { restart, start } from './start.js'
import { kill, notRunning, pause, stop, unpause } from './stop.js'
import { writtenIn } from './inspect-container.js'

/** `POST /containers/:id/start` */
export function startContainer(exchange: Exchange): void {
  start(exchange.engine, theContainer(exchange))
  exchange.send(204)
}

/** `POST /containers/:id/stop` */
export async function stopContainer(exchange: Exchange): Promise<void> {
  const container = theContainer(exchange)
  const options = stopOptions(exchange)
  const isOver = !container.isRunning && container.state.status !== 'restarting'
  if (isOver) throw new EngineError(304, 'it does not run')
  if (container.state.status === 'restarting') container.state.status = 'exited'
  await stop(exchange.engine, container, options)
  exchange.send(204)
}

/** `POST /containers/:id/restart` */
export async function restartContainer(exchange: Exchange): Promise<void> {
  await restart(exchange.engine, theContainer(exchange), stopOptions(exchange))
  exchange.send(204)
}

/** `POST /containers/:id/kill` */
export async function killContainer(exchange: Exchange): Promise<void> {
  await kill(exchange.engine, theContainer(exchange), exchange.query.text('signal') ?? 'KILL')
  exchange.send(204)
}

/** `POST /containers/:id/pause` */
export function pauseContainer(exchange: Exchange): void {
  pause(exchange.engine, theContainer(exchange))
  exchange.send(204)
}

/** `POST /containers/:id/unpause` */
export function unpauseContainer(exchange: Exchange): void {
  unpause(exchange.engine, theContainer(exchange))
  exchange.send(204)
}

/** `POST /containers/:id/rename` */
export function renameContainer(exchange: Exchange): void {
  const { engine } = exchange
  const container = theContainer(exchange)
  const name = exchange.query.text('name')?.replace(/^\//, '')
  if (name === undefined) throw badRequest('the new name is missing: rename needs ?name=')
  if (name === container.name) throw badRequest(`the container already has the name ${name}`)
  engine.containers.checkName(name)
  const oldName = `/${container.name}`
  container.name = name
  emit(engine, container, 'rename', { oldName })
  exchange.send(204)
}

/** `POST /containers/:id/resize` */
export function resizeContainer(exchange: Exchange): void {
  const container = theContainer(exchange)
  const [rows, columns] = [exchange.query.number('h'), exchange.query.number('w')]
  if (rows === undefined || columns === undefined)
    throw badRequest('resize needs h and w, the height and the width')
  if (!container.isRunning) throw conflict(notRunning(container))
  container.terminal?.resize(rows, columns)
  emit(exchange.engine, container, 'resize', { height: String(rows), width: String(columns) })
  exchange.send(200)
}

/** `POST /containers/:id/update` */
export function updateContainer(exchange: Exchange): void {
  const container = theContainer(exchange)
  const { RestartPolicy, ...limits } = exchange.json(updateBody)
  const zero: Record<string, unknown> = resources.zero
  const given = Object.entries(limits).filter(([name, value]) => value !== zero[name])
  Object.assign(container.hostConfig, Object.fromEntries(given))
  if (RestartPolicy.Name !== '') Object.assign(container.hostConfig.RestartPolicy, RestartPolicy)
  emit(exchange.engine, container, 'update')
  exchange.send(200, { Warnings: null })
}

/** `DELETE /containers/:id` */
export async function removeContainer(exchange: Exchange): Promise<void> {
  const container = theContainer(exchange)
  const { query } = exchange
  await remove(exchange.engine, container, { force: query.flag('force'), volumes: query.flag('v') })
  exchange.send(204)
}

/** `GET /containers/:id/changes` */
export function changes(exchange: Exchange): void {
  const { files, untouched } = theContainer(exchange)
  const list = changesIn(untouched, files.root)
  exchange.send(200, list.length > 0 ? list : null)
}

/** `GET /containers/:id/export` */
export async function exportContainer(exchange: Exchange): Promise<void> {
  const container = theContainer(exchange)
  exchange.begin(200, { 'Content-Type': 'application/x-tar' })
  for await (const bytes of writeTar(entriesOf(container.files.root, '', { mounts: false })))
    await exchange.write(bytes)
  emit(exchange.engine, container, 'export')
  exchange.response.end()
}

/** `POST /containers/prune` */
export async function pruneContainers(exchange: Exchange): Promise<void> {
  const { engine } = exchange
  const filters = parseFilters(exchange.query.text('filters'), ['label', 'label!', 'until'])
  const until = untilTime(filters)
  const isGone = ({ isRunning, config, created, state }: Container) => {
    return (
      !isRunning &&
      state.status !== 'restarting' &&
      filters.labels(config.Labels) &&
      (until === undefined || created < until)
    )
  }
  const gone = engine.containers.all.filter(isGone)
  const size = gone.reduce((sum, container) => sum + writtenIn(container), 0)
  for (const container of gone) await remove(engine, container)
  engine.events.emit('container', 'prune', '', { reclaimed: String(size) })
  exchange.send(200, {
    ContainersDeleted: gone.length > 0 ? gone.map(({ id }) => id) : null,
    SpaceReclaimed: size,
  })
}

function theContainer(exchange: Exchange): Container {
  return exchange.engine.containers.get(exchange.param('id'))
}

function stopOptions({ query }: Exchange): { signal: string | undefined; time: number | undefined } {
  return { signal: query.text('signal'), time: query.number('t') }
}
