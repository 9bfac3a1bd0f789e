import { router } from '@intermediate/router'
import type { Chooser } from '@intermediate/router'
import { memoryEngine, recordingUpstream } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { asked, engineSet, routed } from './routed.js'
import { made } from './two-engines.js'

const container = 'POST /containers/create'
const body = { Image: 'team/app:1', Cmd: ['sleep', '9'], Labels: { engine: 'lab' } }

const forever = { deadline: Infinity }
const beginning = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"Id":'

/** An upstream that is chosen, and one behind. */
async function lab(choose: Chooser, follow?: boolean) {
  const set = await engineSet('lab', 'rest')
  const { rest, ...named } = set.addresses
  const layer = () => router(choose, named, follow === undefined ? {} : { follow })
  const one = await routed(layer(), rest)
  return {
    ...set,
    one,
    /** Another that was not there when things were made. */
    again: () => routed(layer(), rest),
    async [Symbol.asyncDispose]() {
      await one[Symbol.asyncDispose]()
      await set[Symbol.asyncDispose]()
    },
  }
}

const ways: readonly [string, () => Chooser][] = [
  ['its name', () => router.byContainer({ 'ci-*': 'lab' })],
  ['its image', () => router.byImage({ 'team/*': 'lab' })],
  ['a label', () => router.byLabel('engine')],
]

describe('what was made at an upstream that was chosen', () => {
  it.each(ways)('by %s is found there by its id, its execs too', async (_, choose) => {
    await using to = await lab(choose())
    const { Id } = (await to.one.call(`${container}?name=ci-1`, body)).body
    expect((await to.one.call(`POST /containers/${Id}/start`)).status).toBe(204)
    const exec = (await to.one.call(`POST /containers/${Id}/exec`, { Cmd: ['true'] })).body.Id
    expect((await to.one.call(`POST /exec/${exec}/start`, { Detach: true })).status).toBe(200)
    expect(asked(to.rest)).toEqual([])
    asked(to.lab)
    await using again = await to.again()
    for (const text of [Id, Id.slice(0, 12), 'ci-1'])
      expect([text, (await again.call(`POST /containers/${text}/restart?t=0`)).status]).toEqual([text, 204])
    expect((await again.call(`GET /exec/${exec}/json`)).body.ID).toBe(exec)
    expect(asked(to.lab).filter((endpoint) => endpoint.endsWith('/restart'))).toHaveLength(3)
    expect((await again.call(`POST /commit?container=${Id}&repo=x`)).status).toBe(201)
    expect(asked(to.lab)).toContain('POST /commit')
  })

  it('is by an id even where every name is for another', async () => {
    await using to = await lab(router.byContainer({ 'ci-*': 'lab', '*': 'lab' }))
    const id = await made(to.rest, 'web')
    expect((await to.one.call(`GET /containers/${id}/json`)).body.Id).toBe(id)
    expect((await to.one.call(`GET /containers/${id.slice(0, 12)}/json`)).body.Id).toBe(id)
  })

  it('by a label is there by its name: volumes and networks', async () => {
    await using to = await lab(router.byLabel('engine'))
    for (const kind of ['volumes', 'networks']) {
      await to.one.call(`POST /${kind}/create`, { Name: 'data', Labels: { engine: 'lab' } })
      asked(to.rest)
      expect((await to.one.call(`DELETE /${kind}/data`)).status).toBe(204)
      expect(asked(to.rest)).toEqual([`GET /${kind}/:${kind === 'volumes' ? 'name' : 'id'}`])
    }
  })

  it('is refused by a name that is taken on several, where anybody can take it, but for its full id', async () => {
    await using to = await lab(router.byLabel('engine'))
    const left = await made(to.lab, 'web')
    const right = await made(to.rest, 'web')
    for (const engine of [to.lab, to.rest])
      for (const kind of ['volumes', 'networks'])
        await engine.request(`POST /${kind}/create`, { body: { Name: 'data' } })
    const both = 'on the engine behind router() and lab'
    for (const [line, says] of [
      ['POST /containers/web/kill', `there is a container web ${both}: say its full id`],
      ['DELETE /networks/data', `there is a network data ${both}: say its full id`],
      ['DELETE /volumes/data', `there is a volume data ${both}: remove one of them there`],
    ] as const) {
      const refused = await to.one.call(line)
      expect([refused.status, refused.body.message]).toEqual([400, `${line}: ${says}.`])
    }
    await made(to.rest, left)
    for (const id of [left, right]) expect((await to.one.call(`GET /containers/${id}/json`)).body.Id).toBe(id)
    expect((await to.one.call('GET /containers/nosuch/json')).status).toBe(404)
  })

  it('is the same where several lead to one engine', async () => {
    await using rest = await memoryEngine()
    await using one = await routed(router(router.byLabel('engine'), { lab: rest.address }), rest.address)
    const id = await made(rest, 'web')
    expect((await one.call('GET /containers/web/json')).body.Id).toBe(id)
  })

  it.each([
    ['answers', ''],
    ['ends its answer', beginning],
  ])('does not wait for an upstream that never %s', async (_, says) => {
    await using stuck = await recordingUpstream(async (connection) => {
      await connection.request(forever)
      if (says !== '') await connection.send(says)
      await connection.closed(forever)
    })
    await using rest = await memoryEngine()
    await using one = await routed(router(router.byLabel('engine'), { lab: stuck.address }), rest.address)
    const id = await made(rest, 'web')
    const began = performance.now()
    expect((await one.call('GET /containers/web/json')).body.Id).toBe(id)
    expect(performance.now() - began).toBeLessThan(5_000)
  })

  it('is 502 where an upstream is down that may have it', async () => {
    await using rest = await memoryEngine()
    await using one = await routed(
      router(router.byLabel('engine'), { lab: 'unix:///nowhere/x' }),
      rest.address,
    )
    const id = await made(rest, 'web')
    expect((await one.call('GET /containers/web/json')).body.Id).toBe(id)
    const missing = await one.call('GET /containers/ci-1/json')
    expect([missing.status, missing.body.message]).toEqual([502, expect.stringContaining('/nowhere/x')])
  })

  it('is followed for a function of ones own only where that is said', async () => {
    const choose: Chooser = ({ endpoint }) => (endpoint === container ? 'lab' : undefined)
    for (const follow of [true, false]) {
      await using to = await lab(choose, follow)
      const { Id } = (await to.one.call(container, body)).body
      expect((await to.one.call(`POST /containers/${Id}/start`)).status).toBe(follow ? 204 : 404)
    }
    await using to = await lab(choose)
    await to.one.call(container, body)
    asked(to.lab)
    await to.one.call('GET /containers/web/json')
    expect(asked(to.lab)).toEqual([])
  })
})

it('an image is chosen by its name, whatever of it is said', async () => {
  for (const [glob, names] of [
    ['busybox', ['busybox', 'busybox:latest', 'docker.io/library/busybox', 'busybox:1']],
    ['busybox:latest', ['busybox', 'docker.io/library/busybox:latest', 'index.docker.io/library/busybox']],
    ['docker.io/library/*', ['busybox', 'busybox:1']],
    ['team/app:1', ['team/app:1', 'docker.io/team/app:1']],
    ['localhost:5000/app', ['localhost:5000/app:2', `localhost:5000/app@sha256:${'a'.repeat(64)}`]],
  ] as const) {
    await using to = await lab(router.byImage({ [glob]: 'lab' }))
    for (const Image of names) {
      const [repository = '', tag] = Image.split(/[:@](?!.*\/)(?=.)/, 2)
      await to.one.call(container, { Image })
      const digest = Image.includes('@') ? Image.split('@')[1] : tag
      await to.one.call(`POST /images/create?fromImage=${repository}${digest ? `&tag=${digest}` : ''}`)
      expect([glob, Image, asked(to.lab), asked(to.rest)]).toEqual([
        glob,
        Image,
        [container, 'POST /images/create'],
        [],
      ])
    }
    await to.one.call(container, { Image: 'other/busybox' })
    expect(asked(to.rest)).toEqual([container])
  }
})
