import type { Intermediate } from '@intermediate/core'
import { intermediate } from '@intermediate/core'
import { answer } from '@intermediate/testing'
import type { Sink, TapEvent } from '@intermediate/wire-tap'
import { wireTap } from '@intermediate/wire-tap'
import { ok } from '../docker-calls.js'
import { setUpWith } from '../matrix.js'
import { told } from './told.js'

/** Makes the calls through the layers, and waits until the sinks in front have been told of all. */
export async function calling(sink: Sink, lines: readonly string[], behind: Intermediate = intermediate()) {
  const last = told()
  // It is told after the sink, which stands behind it, of the same call.
  const layers = intermediate().use(wireTap(last)).use(wireTap(sink)).use(behind)
  await using to = await setUpWith(layers, 'unix', answer(ok))
  await using client = await to.client()
  for (const line of lines) {
    await client.send(line)
    await client.response()
  }
  await last.until('end', lines.length)
  await new Promise((resolve) => setImmediate(resolve))
  return to.upstream.requests
}

export const frame = (text: string, more: Partial<Extract<TapEvent, { type: 'frame' }>> = {}): TapEvent => ({
  type: 'frame',
  call: 1,
  endpoint: 'POST /exec/:id/start',
  path: '/exec/x/start',
  time: 1000,
  stream: 'raw',
  data: Buffer.from(text, 'latin1'),
  ...more,
})
