import { EngineError } from '../engine-error.js'
import { sizeOf } from '../files/nodes.js'
import type { Exchange } from '../http/exchange.js'
import { fields, map, text } from '../http/fields.js'
import { fitsPattern, parseFilters } from '../http/filters.js'
import { timestamp } from '../time.js'
import { untilTime } from '../until-filter.js'
import { anonymous, mountpoint } from './volumes.js'
import type { Volume } from './volumes.js'

const createBody = fields({ Name: text, Driver: text, DriverOpts: map(text), Labels: map(text) })

/** `GET /volumes` */
export function listVolumes(exchange: Exchange): void {
  const { engine } = exchange
  const filters = parseFilters(exchange.query.text('filters'), [
    'dangling',
    'driver',
    'label',
    'label!',
    'name',
  ])
  const dangling = filters.flag('dangling')
  const list = engine.volumes.all.filter((volume) => {
    return (
      filters.some('name', (value) => fitsPattern(volume.name, value)) &&
      filters.some('driver', (value) => value === 'local') &&
      filters.labels(volume.labels) &&
      (dangling === undefined || engine.volumes.isUsed(volume) !== dangling)
    )
  })
  exchange.send(200, { Volumes: list.map((volume) => shownVolume(volume)), Warnings: null })
}

/** `GET /volumes/:name` */
export function inspectVolume(exchange: Exchange): void {
  exchange.send(200, shownVolume(exchange.engine.volumes.get(exchange.param('name'))))
}

/** `POST /volumes/create` */
export function createVolume(exchange: Exchange): void {
  const { Name, Driver, DriverOpts, Labels } = exchange.optionalJson(createBody)
  const volume = exchange.engine.volumes.create({
    name: Name,
    driver: Driver,
    options: DriverOpts,
    labels: Labels,
  })
  exchange.send(201, shownVolume(volume))
}

/** `DELETE /volumes/:name` */
export function removeVolume(exchange: Exchange): void {
  const { volumes } = exchange.engine
  try {
    volumes.remove(volumes.get(exchange.param('name')))
  } catch (error) {
    // Forced, it is no error that it is gone already.
    if (!(error instanceof EngineError) || error.status !== 404 || !exchange.query.flag('force')) throw error
  }
  exchange.send(204)
}

/** `POST /volumes/prune` */
export function pruneVolumes(exchange: Exchange): void {
  const { engine, api } = exchange
  const filters = parseFilters(exchange.query.text('filters'), ['all', 'label', 'label!', 'until'])
  const until = untilTime(filters)
  // Before 1.42 those with a name went, too.
  const all = api < 42 || filters.flag('all') === true
  const { names, size } = engine.volumes.prune(({ labels, created }) => {
    const isMeant = all || (labels !== null && anonymous in labels)
    return isMeant && filters.labels(labels) && (until === undefined || created < until)
  })
  engine.events.emit('volume', 'prune', '', { reclaimed: String(size) })
  exchange.send(200, { VolumesDeleted: names.length > 0 ? names : null, SpaceReclaimed: size })
}

export function shownVolume(volume: Volume, users?: number): object {
  const { name, created, labels, options, files } = volume
  return {
    CreatedAt: timestamp(created - (created % 1_000_000_000n)),
    Driver: 'local',
    Labels: labels,
    Mountpoint: mountpoint(volume),
    Name: name,
    Options: options,
    Scope: 'local',
    ...(users !== undefined && { UsageData: { RefCount: users, Size: sizeOf(files) } }),
  }
}
