import { router } from '@intermediate/router'
import { describe, expect, it } from 'vitest'
import { asked } from './routed.js'
import { made, two } from './two-engines.js'
import type { Two } from './two-engines.js'

const container = 'POST /containers/create'
const Image = 'busybox'

/** A volume, a network and a container on both, by the same names. */
async function twice(place?: ReturnType<typeof router.byLabel>): Promise<Two> {
  const to = await two(place === undefined ? {} : { place })
  for (const engine of [to.a, to.b]) {
    await engine.request('POST /volumes/create', { body: { Name: 'data' } })
    await engine.request('POST /networks/create', { body: { Name: 'back' } })
    await made(engine, 'db')
  }
  await made(to.a, 'busy')
  return to
}

const needs: readonly [string, (text: string) => object][] = [
  ['volume data', (text) => ({ Binds: [`${text}:/data`] })],
  ['volume data', (text) => ({ Mounts: [{ Type: 'volume', Source: text, Target: '/data' }] })],
  ['network back', (text) => ({ NetworkMode: text })],
  ['container db', (text) => ({ VolumesFrom: [text] })],
  ['container db', (text) => ({ NetworkMode: `container:${text}` })],
]

describe('what a container needs and several engines have by one name', () => {
  it.each(needs)('is told apart by what is said: a %s', async (what, needing) => {
    await using to = await twice(router.byLabel('engine'))
    const name = what.split(' ')[1]!
    const create = (line: string, body: object) => to.one.call(line, { Image, ...body })
    const refused = await create(container, { HostConfig: needing(name) })
    expect([refused.status, refused.body.message]).toEqual([
      400,
      `${container}: there is a ${what} on a and b: say a/${name} or b/${name}.`,
    ])
    expect([...asked(to.a), ...asked(to.b)]).not.toContain(container)
    for (const [line, body] of [
      [container, { HostConfig: needing(`a/${name}`) }],
      [`${container}?name=a%2Fweb`, { HostConfig: needing(name) }],
      [container, { HostConfig: needing(name), Labels: { engine: 'a' } }],
    ] as const) {
      expect((await create(line, body)).status).toBe(201)
      expect([asked(to.a).includes(container), asked(to.b).includes(container)]).toEqual([true, false])
    }
  })

  it('is where the compose project is', async () => {
    await using to = await twice()
    const Labels = { 'com.docker.compose.project': 'shop' }
    await made(to.a, 'shop-db-1', { Labels })
    const HostConfig = { Binds: ['data:/data'], NetworkMode: 'back' }
    expect((await to.one.call(container, { Image, Labels, HostConfig })).status).toBe(201)
    expect(asked(to.a)).toContain(container)
  })

  it('is where the rest of what it needs is', async () => {
    await using to = await twice()
    await to.a.request('POST /networks/create', { body: { Name: 'only' } })
    const HostConfig = { Binds: ['data:/data'], NetworkMode: 'only' }
    expect((await to.one.call(container, { Image, HostConfig })).status).toBe(201)
    expect(asked(to.a)).toContain(container)
  })

  it('is no volume to make again', async () => {
    await using to = await twice(router.byLabel('engine'))
    const refused = await to.one.call('POST /volumes/create', { Name: 'data' })
    expect([refused.status, refused.body.message]).toEqual([
      400,
      'POST /volumes/create: there is a volume data on a and b: say a/data or b/data.',
    ])
    const said = { Name: 'data', Labels: { engine: 'b' } }
    expect((await to.one.call('POST /volumes/create', said)).status).toBe(201)
    expect(asked(to.b)).toContain('POST /volumes/create')
  })
})
