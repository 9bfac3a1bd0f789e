import { intermediate } from '@intermediate/core'
import { filter } from '@intermediate/filter'
import { router } from '@intermediate/router'
import { memoryEngine } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { asked, engineSet, routed } from './routed.js'
import { made } from './two-engines.js'

const at = { a: 'unix:///a', b: 'unix:///b' }

describe('a layer that judges what one engine has', () => {
  it.each([
    ['engines', () => router.engines(at)],
    ['fallback', () => router.fallback(at)],
    ['recipientList', () => router.recipientList(() => ['a'], at)],
    ['router', () => router(router.byLabel('engine'), at)],
  ])('is not in front of %s, which sends calls to several', (name, several) => {
    const message = (layer: string) =>
      `The layer "${layer}" judges what one engine has, and "${name}" behind it has several: use "${layer}" in front of each engine, in an intermediate of its own that is given to "${name}" as its upstream.`
    const owned = () => intermediate().use(filter.owner('ci'))
    expect(() => owned().use(several())).toThrow(message('owner'))
    expect(() => owned().use(intermediate().use(several()))).toThrow(message('owner'))
    const guarded = () => intermediate().use(filter.unprivileged()).use(several())
    if (name === 'engines') expect(guarded().layers).toHaveLength(2)
    else expect(guarded).toThrow(message('unprivileged'))
  })

  it('is in front of a router that has one upstream for each client', () => {
    const byClient = router(router.byClient({ '10.0.0.7': 'a' }), at)
    expect(intermediate().use(filter.owner('ci')).use(byClient).layers).toHaveLength(2)
  })

  it('is in front of each engine, and judges what that has', async () => {
    // What is not there has to be answered so: by default, an engine in memory has every image.
    await using a = await memoryEngine({ images: ['busybox'] })
    await using b = await memoryEngine({ images: ['busybox'] })
    const seenBy = (whose: string) => {
      const owned = (upstream: string) => intermediate({ upstream }).use(filter.owner(whose))
      const place = router.byLabel('engine')
      return routed(router.engines({ a: owned(a.address), b: owned(b.address) }, { place }))
    }
    await using one = await seenBy('one')
    await using two = await seenBy('two')
    // An image of one name on both, of another owner on each, as an outage can bring it about.
    for (const [engine, whose] of [
      [a, 'one'],
      [b, 'two'],
    ] as const) {
      const Id = await made(engine, 'base')
      const label = encodeURIComponent(`LABEL intermediate.owner=${whose}`)
      await engine.request(`POST /commit?container=${Id}&repo=team%2Fapp&tag=1&changes=${label}`)
      await engine.request(`DELETE /containers/${Id}?force=1`)
    }
    const create = (engine: string) => ({ Image: 'team/app:1', Labels: { engine } })
    expect((await one.call('POST /containers/create', create('b'))).status).toBe(404)
    expect((await one.call('POST /containers/create?name=b%2Fweb', create('a'))).status).toBe(404)
    expect((await one.call('POST /containers/create', create('a'))).status).toBe(201)
    expect((await two.call('POST /containers/create', create('b'))).status).toBe(201)
    asked(b)
    expect((await one.call('DELETE /images/team/app:1?force=1')).status).toBe(200)
    expect(asked(b)).not.toContain('DELETE /images/:name')
    expect((await two.call('GET /images/team/app:1/json')).status).toBe(200)
    expect((await one.call('GET /images/team/app:1/json')).status).toBe(404)
  })
})

describe('unprivileged() in front of several engines', () => {
  it('judges what is made on any of them', async () => {
    await using to = await engineSet('a', 'b')
    const guarded = intermediate().use(filter.unprivileged()).use(router.engines(to.addresses))
    await using one = await routed(guarded)
    const bind = { type: 'none', o: 'bind', device: '/etc' }
    for (const [engine, Name, DriverOpts] of [
      [to.b, 'etc', bind],
      [to.a, 'twice', {}],
      [to.b, 'twice', bind],
    ] as const)
      await engine.request('POST /volumes/create', { body: { Name, DriverOpts } })
    for (const HostConfig of [
      { Privileged: true },
      { Binds: ['/etc:/etc'] },
      { Binds: ['etc:/etc'] },
      { Binds: ['b/etc:/etc'] },
      { Binds: ['twice:/etc'] },
      { NetworkMode: 'a/host' },
    ]) {
      const refused = await one.call('POST /containers/create?name=b%2Fweb', { Image: 'busybox', HostConfig })
      expect([HostConfig, refused.status >= 400]).toEqual([HostConfig, true])
    }
    expect([...asked(to.a), ...asked(to.b)]).not.toContain('POST /containers/create')
    expect((await one.call('POST /containers/create?name=b%2Fweb', { Image: 'busybox' })).status).toBe(201)
  })
})
