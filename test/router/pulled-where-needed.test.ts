import { router } from '@intermediate/router'
import type { EnginesOptions } from '@intermediate/router'
import { memoryEngine } from '@intermediate/testing'
import type { MemoryEngine } from '@intermediate/testing'
import { describe, expect, it, vi } from 'vitest'
import { asked, routed } from './routed.js'
import { made } from './two-engines.js'

const container = 'POST /containers/create'
const pull = 'POST /images/create'

/** Engines without images, but busybox; there is more room on a. */
async function bare(options: EnginesOptions = {}) {
  const [a, b] = [await memoryEngine({ images: ['busybox'] }), await memoryEngine({ images: ['busybox'] })]
  await made(b, 'busy')
  const one = await routed(router.engines({ a: a.address, b: b.address }, options))
  return {
    a,
    b,
    one,
    async [Symbol.asyncDispose]() {
      await one[Symbol.asyncDispose]()
      await a.close()
      await b.close()
    },
  }
}

const pulled = (engine: MemoryEngine) => asked(engine).includes(pull)

describe('an image that is not where the container is to be', () => {
  it.each([
    ['said by a label', container, { Labels: { engine: 'b' } }],
    ['said by its name', `${container}?name=b%2Fweb`, {}],
    ['its compose project', container, { Labels: { 'com.docker.compose.project': 'shop' } }],
  ])('is pulled there: %s', async (_, line, more) => {
    await using to = await bare({ place: router.byLabel('engine') })
    await made(to.b, 'shop-db-1', { Labels: { 'com.docker.compose.project': 'shop' } })
    const create = () => to.one.call(line, { Image: 'team/app:1', ...more })
    const missing = await create()
    expect([missing.status, missing.body.message]).toEqual([
      404,
      'No such image: team/app:1 on b, where the container is to be: pull it, which goes there for the next ten minutes, unless place says where',
    ])
    await to.one.call(`${pull}?fromImage=team%2Fapp&tag=1`)
    expect([pulled(to.a), pulled(to.b)]).toEqual([false, true])
    expect((await create()).status).toBe(201)
    await to.one.call(`${pull}?fromImage=team%2Fapp&tag=1`)
    expect([pulled(to.a), pulled(to.b)]).toEqual([true, false])
  })

  it.each([
    ['alpine', 'fromImage=alpine&tag=latest'],
    ['alpine', 'fromImage=docker.io%2Flibrary%2Falpine&tag=latest'],
    ['docker.io/library/alpine:latest', 'fromImage=alpine'],
    ['localhost:5000/app', 'fromImage=localhost:5000%2Fapp:latest'],
    [`alpine:3@sha256:${'a'.repeat(64)}`, `fromImage=alpine&tag=sha256:${'a'.repeat(64)}`],
  ])('is the same whatever it is called: %s, ?%s', async (Image, query) => {
    await using to = await bare()
    expect((await to.one.call(`${container}?name=b%2Fweb`, { Image })).status).toBe(404)
    await to.one.call(`${pull}?${query}`)
    expect([pulled(to.a), pulled(to.b)]).toEqual([false, true])
  })

  it('is pulled where the function says, whatever container another client failed to make of it', async () => {
    await using to = await bare({ place: router.byImage({ 'team/*': 'a' }) })
    await to.one.call(`${container}?name=b%2Fweb`, { Image: 'team/app:1' })
    await to.one.call(`${pull}?fromImage=team%2Fapp&tag=1`)
    expect([pulled(to.a), pulled(to.b)]).toEqual([true, false])
  })

  it('is another than one that was not asked for', async () => {
    await using to = await bare()
    await to.one.call(`${container}?name=b%2Fweb`, { Image: 'alpine:3' })
    await to.one.call(`${pull}?fromImage=alpine&tag=4`)
    expect([pulled(to.a), pulled(to.b)]).toEqual([true, false])
  })

  it('is pulled anywhere once ten minutes are over', async () => {
    await using to = await bare()
    await to.one.call(`${container}?name=b%2Fweb`, { Image: 'alpine' })
    const now = performance.now()
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now + 601_000)
    try {
      await to.one.call(`${pull}?fromImage=alpine&tag=latest`)
    } finally {
      clock.mockRestore()
    }
    expect([pulled(to.a), pulled(to.b)]).toEqual([true, false])
  })

  it('is something else than a network that is not there', async () => {
    await using to = await bare()
    to.b.misbehave(container, { status: 404, message: 'network back not found' })
    await to.one.call(`${container}?name=b%2Fweb`, { Image: 'alpine' })
    await to.one.call(`${pull}?fromImage=alpine&tag=latest`)
    expect([pulled(to.a), pulled(to.b)]).toEqual([true, false])
  })
})
