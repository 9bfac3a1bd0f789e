import { describe, expect, it, vi } from 'vitest'
import {
  attach,
  execStart,
  hijacked,
  hijackedMultiplexed,
  nobodyLeft,
  plainAttach,
  request,
  response,
  upgraded,
} from '../docker-calls.js'
import { begun, eventsOf, linesOf, recorded, recordedWith, replayed } from './recorded.js'

const frame = (stream: number, text: string) =>
  `${String.fromCharCode(stream)}\0\0\0\0\0\0${String.fromCharCode(text.length)}${text}`
const framed = frame(1, 'out') + frame(2, 'err') + frame(1, 'out')
const upgradedMultiplexed = upgraded.replace('raw-stream', 'multiplexed-stream')

/** A conversation: what the client types, once the engine has said what stands before it, and how it ends. */
async function conversation(call: string, head: string, said: readonly (readonly [string, string])[]) {
  return recordedWith(
    async (connection) => {
      await connection.request()
      await connection.send(head)
      for (const [output, input] of said) {
        await connection.send(Buffer.from(output, 'latin1'))
        await connection.bytes(input.length)
      }
      await connection.end()
    },
    1,
    {},
    async (to) => {
      await using client = await to.client()
      await client.send(call)
      await client.head()
      for (const [output, input] of said) {
        await client.bytes(Buffer.byteLength(output, 'latin1'))
        await client.send(input)
      }
      await client.ended()
      await client.end()
      await client.closed()
    },
  )
}

describe('a recorded tunnel', () => {
  it.each([
    ['raw, with Upgrade', attach, upgraded, 'raw\x80 output'],
    ['raw, without', plainAttach, hijacked, 'raw output'],
    ['of frames, with Upgrade', attach, upgradedMultiplexed, framed],
    ['of frames, without', plainAttach, hijackedMultiplexed, framed],
    ['of frames that are called raw, as engines before 23 do', attach, upgraded, framed],
    ['of exec, with its body', execStart, upgraded, 'raw output'],
    ['that says nothing', attach, upgraded, ''],
  ])('is one again: %s', async (_, call, head, output) => {
    await using to = await replayed(await conversation(call, head, [[output, '']]))
    const { client, head: again } = await begun(to, call)
    const lines = (text: string) => text.trimEnd().toLowerCase().split('\r\n').toSorted()
    expect(lines(again)).toEqual(lines(head))
    expect((await client.ended()).toString('latin1')).toBe(output)
    await client.end()
    await nobodyLeft(to)
  })

  it('waits for as much input as there was, and keeps its halves apart', async () => {
    const recording = await conversation(attach, upgraded, [
      ['$ ', 'ls\r'],
      ['file\r\n$ ', 'exit\r'],
      ['bye', ''],
    ])
    await using to = await replayed(recording)
    const { client } = await begun(to, attach)
    expect((await client.bytes(2)).toString()).toBe('$ ')
    await client.send('l')
    await to.refusal(request('GET /info'))
    expect(client.unread).toHaveLength(0)
    await client.send('l\r')
    expect((await client.bytes(8)).toString()).toBe('file\r\n$ ')
    await client.end()
    expect((await client.ended()).toString()).toBe('bye')
    await client.closed()
    await nobodyLeft(to)
  })

  it('that was cut stays open once everything was said', async () => {
    const cut = await recordedWith(
      async (connection) => {
        await connection.request()
        await connection.send(`${upgraded}output`)
        await connection.closed()
      },
      1,
      {},
      async (to) => {
        const { client } = await begun(to, attach)
        await client.until('output')
        await to.listening.close({ grace: 0 })
        client.destroy()
      },
    )
    expect(eventsOf(cut).at(-1)).toMatchObject({ type: 'end', aborted: true })
    for (const recording of [cut, linesOf(eventsOf(cut).filter(({ type }) => type !== 'end'))]) {
      await using to = await replayed(recording)
      const { client } = await begun(to, attach)
      await client.until('output')
      await client.end()
      await to.refusal(request('GET /info'))
      expect(client.unread).toHaveLength(0)
      await vi.waitFor(() => expect(to.listening.connections).toBe(1), { interval: 1 })
    }
  })

  it('and logs have the same frames', async () => {
    const logs = request('GET /containers/web/logs?stdout=1')
    const type = 'Content-Type: application/vnd.docker.multiplexed-stream'
    const answered = response('200 OK', framed, [type, `Content-Length: ${framed.length}`])
    await using to = await replayed(await recorded([[logs, answered]]))
    const again = await to.ask(logs)
    expect(again.body.toString('latin1')).toBe(framed)
    expect(again.headers.map(([, value]) => value)).toContain(type.split(': ')[1])
  })
})
