import type { Script } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import {
  byHand,
  execBody,
  execStart,
  meanwhile,
  request,
  response,
  upgrade,
  upgraded,
} from './docker-calls.js'
import { everyWay, setUp } from './matrix.js'

const execHead = execStart.slice(0, -execBody.length)

// An engine that gets them in two reads takes the body for the beginning of stdin.
describe.each(everyWay)('the head and body of a hijacking call, over $transport with $stack', (way) => {
  it.each([
    { pieces: 'a head and a body', cuts: [execHead.length] },
    { pieces: 'three', cuts: [execHead.length + 1, execHead.length + 5] },
    { pieces: 'all and a last byte', cuts: [execStart.length - 1] },
  ])('reach the engine in one read where they come as $pieces', async ({ cuts }) => {
    const reads: string[] = []
    await using to = await setUp(way, noting(reads))
    await using client = await to.client()
    for (const [n, cut] of cuts.entries()) {
      await client.send(execStart.slice(cuts[n - 1] ?? 0, cut))
      await meanwhile(to)
    }
    await client.send(execStart.slice(cuts.at(-1)))
    await (await to.upstream.connection(0)).until(execBody)
    expect(reads).toEqual([execStart])
  })

  it('reach it in one read where the body is chunked', async () => {
    const chunkedHead = request('POST /containers/web/attach', [...upgrade, 'Transfer-Encoding: chunked'])
    const reads: string[] = []
    await using to = await setUp(way, noting(reads))
    await using client = await to.client()
    await client.send(chunkedHead)
    await meanwhile(to)
    await client.send('2\r\n{}\r\n')
    await meanwhile(to)
    await client.send('0\r\n\r\n')
    await (await to.upstream.connection(0)).until('0\r\n\r\n')
    expect(reads).toEqual([`${chunkedHead}2\r\n{}\r\n0\r\n\r\n`])
  })

  it('reach it in one read where the client first waits to be told to go on', async () => {
    const expecting = execHead.replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n')
    const reads: string[] = []
    await using to = await setUp(way, noting(reads))
    await using client = await to.client()
    await client.send(expecting)
    expect((await client.response()).status).toBe(100)
    await client.send(execBody)
    const engine = await to.upstream.connection(0)
    await engine.until(execBody)
    expect(reads).toEqual([expecting + execBody])
    // The engine says so too, as soon as it reads the body; the client has heard it.
    await engine.send(response('100 Continue', '', []) + upgraded)
    expect(await client.head()).toBe(upgraded)
  })

  it('go on when the client ends before the body is whole', async () => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(execStart.slice(0, -1))
    await client.end()
    const engine = await to.upstream.connection(0)
    expect((await engine.ended()).toString()).toBe(execStart.slice(0, -1))
  })
})

/** Notes what each read of the first connection gave. */
function noting(reads: string[]): Script {
  return (engine) => {
    if (engine.index === 0) engine.socket.on('data', (bytes) => reads.push(bytes.toString('latin1')))
    return byHand(engine)
  }
}
