import { writtenIn } from '../containers/inspect-container.js'
import { summary } from '../containers/list-containers.js'
import { badRequest } from '../engine-error.js'
import { sizeOf } from '../files/nodes.js'
import type { Exchange } from '../http/exchange.js'
import { imageSummary } from '../images/image-calls.js'
import { shownVolume } from '../volumes/volume-calls.js'

/** `GET /system/df` */
export function diskUsage(exchange: Exchange): void {
  const { engine, api, query } = exchange
  const types = query.all('type')
  const unknown = types.find((type) => !['container', 'image', 'volume', 'build-cache'].includes(type))
  if (unknown !== undefined)
    throw badRequest(`the type ${unknown} is unknown: there are container, image, volume and build-cache`)
  const isAsked = (type: string) => types.length === 0 || types.includes(type)
  const images = isAsked('image') ? engine.images.all : []
  const containers = isAsked('container') ? engine.containers.all : []
  const volumes = isAsked('volume') ? engine.volumes.all : []
  const used = new Set(engine.containers.all.map(({ image }) => image))
  const items = {
    Images: images.map((image) => imageSummary(exchange, image, true)),
    Containers: containers.map((container) => summary(container, api, true)),
    Volumes: volumes.map((volume) => shownVolume(volume, engine.volumes.users(volume))),
  }
  if (api < 52) {
    const LayersSize = total(images, ({ size }) => size)
    return exchange.send(200, { LayersSize, ...items, ...(api < 42 && { BuilderSize: 0 }), BuildCache: [] })
  }
  const verbose = query.flag('verbose')
  const usage = <T>(
    all: readonly T[],
    Items: object[],
    size: (one: T) => number,
    isActive: (one: T) => boolean,
  ) => ({
    ActiveCount: all.filter(isActive).length,
    TotalCount: all.length,
    Reclaimable: total(
      all.filter((one) => !isActive(one)),
      size,
    ),
    TotalSize: total(all, size),
    ...(verbose && { Items }),
  })
  exchange.send(200, {
    ...(isAsked('image') && {
      ImageUsage: usage(
        images,
        items.Images,
        ({ size }) => size,
        (image) => used.has(image),
      ),
    }),
    ...(isAsked('container') && {
      ContainerUsage: usage(containers, items.Containers, writtenIn, ({ isRunning }) => isRunning),
    }),
    ...(isAsked('volume') && {
      VolumeUsage: usage(
        volumes,
        items.Volumes,
        ({ files }) => sizeOf(files),
        (volume) => engine.volumes.isUsed(volume),
      ),
    }),
    ...(isAsked('build-cache') && {
      BuildCacheUsage: usage<never>(
        [],
        [],
        () => 0,
        () => false,
      ),
    }),
  })
}

function total<T>(all: readonly T[], size: (one: T) => number): number {
  return all.reduce((sum, one) => sum + size(one), 0)
}
