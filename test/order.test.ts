import { type Layer, intermediate, reply } from '@intermediate/core'
import { answer } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { setUpWith } from './matrix.js'

const ok = answer('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK')

/** A layer that writes down when it is asked, and when it has its reply. */
function noting(name: string, notes: string[]): Layer {
  return async (call, next) => {
    notes.push(`${name} sees ${call.endpoint}`)
    const replied = await next(call)
    notes.push(`${name} has ${replied.status}`)
    return replied
  }
}

describe('the order of layers', () => {
  it('the first used is outermost: it sees the call first and the reply last', async () => {
    const notes: string[] = []
    const layers = intermediate().use(noting('first', notes)).use(noting('second', notes))
    await using to = await setUpWith(layers, 'unix', ok)
    await using client = await to.client()
    await client.send('GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n')
    await client.response()
    expect(notes).toEqual([
      'first sees GET /_ping',
      'second sees GET /_ping',
      'second has 200',
      'first has 200',
    ])
  })

  it('one that the others are behind is outermost, of those used later too', async () => {
    const notes: string[] = []
    const file = intermediate().use(noting('first', notes))
    const behind = file.behind(noting('front', notes), { name: 'front' })
    file.use(noting('second', notes))
    expect(behind.layers.map(({ name }) => name)).toEqual(['front', 'for every call', 'for every call'])
    expect(file.layers).toHaveLength(2)
    await using to = await setUpWith(behind, 'unix', ok)
    await using client = await to.client()
    await client.send('GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n')
    await client.response()
    expect(notes.slice(0, 3)).toEqual([
      'front sees GET /_ping',
      'first sees GET /_ping',
      'second sees GET /_ping',
    ])
  })

  it('one behind a layer that lets nothing go on is an error, where that is so for all that it wants', () => {
    const answers: Layer = Object.assign(async () => reply(204), { final: true })
    const other: Layer = (call, next) => next(call)
    const behind =
      'would never be asked, since the layer "answers" in front of it lets no call past: use it before that.'
    const all = () => intermediate().use(answers, { name: 'answers' })
    const some = () => intermediate().use('* /volumes{/*rest}', answers, { name: 'answers' })
    expect(() => all().use(other, { name: 'other' })).toThrow(`The layer "other" ${behind}`)
    expect(() => all().use(intermediate().use('GET /info', other))).toThrow(behind)
    expect(() => intermediate().use(all()).use(other)).toThrow(behind)
    expect(() => some().use('GET /volumes', other)).toThrow(behind)
    expect(some().use(['GET /volumes', 'GET /info'], other).use(other).layers).toHaveLength(3)
    expect(intermediate().use(other).use(answers).layers).toHaveLength(2)
  })

  it('one that is idle is not there, for calls that come then', async () => {
    const notes: string[] = []
    let idle = true
    const layers = intermediate()
      .use(Object.assign(noting('idle', notes), { idle: () => idle }))
      .use(noting('other', notes))
    await using to = await setUpWith(layers, 'unix', ok)
    await using client = await to.client()
    // The second path fits two endpoints.
    for (const call of ['GET /_ping', 'DELETE /containers/web/checkpoints/one']) {
      await client.send(`${call} HTTP/1.1\r\nHost: docker\r\n\r\n`)
      await client.response()
    }
    expect(notes.filter((note) => note.startsWith('idle'))).toEqual([])
    idle = false
    await client.send('GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n')
    await client.response()
    expect(notes.slice(-4)[0]).toBe('idle sees GET /_ping')
  })

  it('what an outer layer answers, no inner one sees, nor the engine', async () => {
    const notes: string[] = []
    const layers = intermediate()
      .use('GET /_ping', async () => reply(418, { message: 'short and stout' }))
      .use(noting('inner', notes))
    await using to = await setUpWith(layers, 'unix', ok)
    await using client = await to.client()
    await client.send('GET /v1.45/_ping HTTP/1.1\r\nHost: docker\r\n\r\n')
    const response = await client.response()
    expect(response.status).toBe(418)
    expect(JSON.parse(response.body.toString())).toEqual({ message: 'short and stout' })
    expect(notes).toEqual([])
    expect(to.upstream.connections).toHaveLength(0)
  })

  it('a layer is asked only about its endpoints, however the path is written', async () => {
    const asked: string[] = []
    const layers = intermediate().use(
      ['GET /containers/:id/json', 'DELETE /containers/:id'],
      async (call, next) => {
        asked.push(`${call.endpoint} ${call.params.id} ${call.version}`)
        return next(call)
      },
    )
    await using to = await setUpWith(layers, 'unix', ok)
    await using client = await to.client()
    for (const target of [
      '/containers/json',
      '/v1.45/containers/%77eb/js%6Fn',
      '/containers/web/db/json',
      '/Containers/web/json',
    ]) {
      await client.send(`GET ${target} HTTP/1.1\r\nHost: docker\r\n\r\n`)
      await client.response()
    }
    expect(asked).toEqual(['GET /containers/:id/json web 1.45', 'GET /containers/:id/json web/db undefined'])
  })

  it('where a path fits several endpoints, the layers of all of them run, each seeing its own', async () => {
    const asked: string[] = []
    const layers = intermediate()
      .use('DELETE /containers/:id', (call, next) => {
        asked.push(call.params.id)
        return next(call)
      })
      .use('DELETE /containers/:id/checkpoints/:checkpoint', (call, next) => {
        asked.push(call.params.checkpoint)
        return next(call)
      })
    await using to = await setUpWith(layers, 'unix', ok)
    await using client = await to.client()
    await client.send('DELETE /containers/web/checkpoints/one HTTP/1.1\r\nHost: docker\r\n\r\n')
    await client.response()
    expect(asked).toEqual(['web/checkpoints/one', 'one'])
  })

  it("another intermediate's layers stand where it is used", async () => {
    const notes: string[] = []
    const inner = intermediate().use(noting('b', notes)).use('GET /info', noting('c', notes))
    const layers = intermediate()
      .use(noting('a', notes))
      .use('GET /_ping', inner.use(noting('d', notes)))
    expect(layers.layers.map(({ endpoints }) => endpoints)).toEqual([
      undefined,
      ['GET /_ping'],
      ['GET /_ping'],
    ])
    await using to = await setUpWith(layers, 'unix', ok)
    await using client = await to.client()
    await client.send('GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n')
    await client.response()
    expect(notes.filter((note) => note.endsWith('_ping'))).toEqual([
      'a sees GET /_ping',
      'b sees GET /_ping',
      'd sees GET /_ping',
    ])
  })
})
