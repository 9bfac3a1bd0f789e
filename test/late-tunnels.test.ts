import { EventEmitter, once } from 'node:events'
import { PassThrough } from 'node:stream'
import { intermediate, tunnel } from '@intermediate/core'
import { expect, it } from 'vitest'
import { attach, byHand } from './docker-calls.js'
import { setUpWith } from './matrix.js'

it('a tunnel that a layer returns when its client has left is closed', async () => {
  const stream = new PassThrough()
  const closed = once(stream, 'close')
  const events = new EventEmitter()
  const waiting = once(events, 'waiting')
  const layers = intermediate().use('POST /containers/:id/attach', async (call) => {
    const left = once(call.signal, 'abort')
    events.emit('waiting')
    await left
    return tunnel(stream)
  })
  await using to = await setUpWith(layers, 'tcp', byHand)
  const client = await to.client()
  await client.send(attach)
  await waiting
  client.reset()
  await closed
  expect(stream.destroyed).toBe(true)
})
