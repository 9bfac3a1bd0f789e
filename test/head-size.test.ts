import { answer } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { ok, ping } from './docker-calls.js'
import { everyWay, setUp } from './matrix.js'
import { create, expectRefusal, host, lines, received } from './refusal.js'

/** The engine's own limit: 1 MiB and the 4 KiB of its read buffer. */
const maxHead = 1024 * 1024 + 4096

describe.each(everyWay)('a head over $transport with $stack', (way) => {
  it('of exactly the size that the engine takes passes', async () => {
    await using to = await setUp(way, answer(ok))
    await using client = await to.client()
    const largest = headOf(maxHead)
    await client.send(largest)
    expect((await client.response()).raw.toString()).toBe(ok)
    expect(received(to)[0] === largest).toBe(true)
  })

  it.each([
    { what: 'with a byte more', text: headOf(maxHead + 1) },
    { what: 'whose target has no end', text: `GET /${'x'.repeat(2 * maxHead)}` },
    { what: 'whose fields have no end', text: `${create}\r\n${'X: x\r\n'.repeat(maxHead / 3)}` },
  ])('$what is too large', async ({ text }) => {
    await using to = await setUp(way, answer(ok))
    await using first = await to.client()
    void first.send(text)
    await expectRefusal(first, 431)
    await using second = await to.client()
    void second.send(ping + text)
    expect((await second.response()).raw.toString()).toBe(ok)
    await expectRefusal(second, 431)
    expect(received(to)).toEqual([ping])
  })
})

/** A request with a head of this many bytes. */
function headOf(size: number): string {
  const rest = lines('GET /_ping HTTP/1.1', host, 'X: ')
  return rest.replace('X: ', `X: ${'x'.repeat(size - rest.length)}`)
}
