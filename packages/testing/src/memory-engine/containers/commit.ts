import type { Exchange } from '../http/exchange.js'
import { copyOf } from '../files/nodes.js'
import { parseReference } from '../images/reference.js'
import { changedConfig } from './changed-config.js'
import { containerConfig } from './config.js'
import { emit } from './container-events.js'
import { pause, unpause } from './stop.js'

/** `POST /commit`: an image of a container's files and configuration. */
export function commit(exchange: Exchange): void {
  const { engine, query } = exchange
  const container = engine.containers.get(query.text('container') ?? '')
  const { config } = container
  const given = exchange.optionalJson(containerConfig)
  const repository = query.text('repo')
  const name =
    repository && parseReference(`${repository}${query.text('tag') ? `:${query.text('tag')}` : ''}`).name
  const pauses = query.flag('pause', true) && container.isRunning && !container.isPaused
  if (pauses) pause(engine, container)
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => Boolean(value)))
  const image = engine.images.add(
    {
      config: {
        ...config,
        Image: container.imageName,
        ...set,
        ...changedConfig(query.all('changes')),
      },
      files: copyOf(container.files.root),
      comment: query.text('comment') ?? '',
      author: query.text('author') ?? '',
      parent: container.image.id,
    },
    name,
  )
  if (pauses) unpause(engine, container)
  emit(engine, container, 'commit', { comment: image.comment, imageID: image.id, imageRef: name ?? '' })
  exchange.send(201, { Id: image.id })
}
