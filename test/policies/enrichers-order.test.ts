import type { Layer } from '@intermediate/core'
import { intermediate } from '@intermediate/core'
import { enricher } from '@intermediate/enricher'
import { filter } from '@intermediate/filter'
import { memoryEngine, temporaryFolder } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { callerOf } from './owner-clients.js'

const mirror = enricher.imageMirror({ 'docker.io': 'mirror.local/hub' })
const mirrored = 'mirror.local/hub/library/busybox'
const inHost = enricher('POST /containers/create', ({ body }) => {
  body.HostConfig = { ...body.HostConfig, Binds: ['/etc:/host'] }
})

/** What a client is told, of a container that it makes and of one that it then starts; '' where it is done. */
async function told(...layers: readonly Layer[]): Promise<{ create: string; start: string }> {
  await using engine = await memoryEngine({ images: ['busybox:latest', `${mirrored}:latest`] })
  const stack = layers.reduce(
    (all, layer) => all.use(layer),
    intermediate({ upstream: engine.address, onError: () => {} }),
  )
  await using folder = await temporaryFolder()
  await using listening = await stack.listen(`unix://${folder.file('i.sock')}`)
  const call = callerOf(listening.addresses[0]!)
  const create = await call('POST /containers/create?name=web', { Image: 'busybox' })
  const start = await call('POST /containers/web/start')
  return { create: create.json.message ?? '', start: start.json?.message ?? '' }
}

describe('a policy behind an enricher', () => {
  it('judges what was put in', async () => {
    const { create } = await told(inHost, filter.hostPaths())
    expect(create).toBe('the host path /etc is not allowed here: use a volume')
  })

  it('is to allow images by the name of the mirror', async () => {
    const { create } = await told(mirror, filter.images({ allow: ['busybox'] }))
    expect(create).toBe(`the image ${mirrored} is not allowed here: allowed is busybox`)
    expect(await told(mirror, filter.images({ allow: ['mirror.local/hub/**'] }))).toEqual({
      create: '',
      start: '',
    })
  })
})

describe('a policy in front of an enricher', () => {
  it('judges what was put in once somebody gets into the container', async () => {
    expect(await told(filter.hostPaths(), inHost)).toEqual({
      create: '',
      start: 'the host path /etc of the container web is not allowed here',
    })
    expect(await told(filter.images({ allow: ['busybox'] }), mirror)).toEqual({
      create: '',
      start: `the image ${mirrored} of the container web is not allowed here`,
    })
  })
})
