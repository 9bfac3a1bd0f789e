import { intermediate } from '@intermediate/core'
import { certificates, recordingUpstream, transcript } from '@intermediate/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ping } from './docker-calls.js'

afterEach(() => vi.useRealTimers())

describe('the time to connect to the upstream', () => {
  it('includes the TLS handshake; past it the call is answered with 502', async () => {
    await using files = await certificates()
    await using mute = await recordingUpstream(async () => {}, { listen: 'tcp' })
    const upstream = { address: mute.address, tls: { ca: files.ca } }
    const to = intermediate({ upstream, connectTimeout: 50, onError: () => {} })
    await using listening = await to.listen('tcp://127.0.0.1:0')
    await using client = await transcript(listening.addresses[0]!)
    await client.send(ping)
    const failure = await client.response()
    expect(failure.status).toBe(502)
    expect(JSON.parse(failure.body.toString())).toEqual({
      message: `GET /_ping: cannot reach the Docker engine at ${mute.address} (no connection within 0.05 s). Check that it is running and that the address is right.`,
    })
    await mute.connections[0]!.closed()
  })

  it('is no time for the reply', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    await using slow = await recordingUpstream(async () => {})
    const to = intermediate({ upstream: slow.address, connectTimeout: 50 })
    await using listening = await to.listen('tcp://127.0.0.1:0')
    await using client = await transcript(listening.addresses[0]!)
    await client.send(ping)
    const engine = await slow.connection(0)
    await engine.request()
    vi.advanceTimersByTime(100)
    await engine.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK')
    expect((await client.response()).status).toBe(200)
  })
})
