import { intermediate } from '@intermediate/core'
import { answer, certificates, recordingUpstream, transcript } from '@intermediate/testing'
import { expect, it } from 'vitest'
import { ok, request } from './docker-calls.js'

it.each([true, false])(
  'a certificate that nobody has verified is none, where the client has one: %s',
  async (hasOne) => {
    const seen: unknown[] = []
    const layers = intermediate().use('GET /info', (call, next) => {
      seen.push(call.client.certificate)
      return next(call)
    })
    await using files = await certificates()
    await using upstream = await recordingUpstream(answer(ok))
    const { ca, cert, key, clientCert, clientKey } = files
    await using listening = await layers
      .with({ upstream: upstream.address })
      .listen({ address: 'tcp://127.0.0.1:0', tls: { cert, key } })
    const own = hasOne ? { cert: clientCert, key: clientKey } : {}
    await using client = await transcript(listening.addresses[0]!, { tls: { ca, ...own } })
    await client.send(request('GET /info', ['Host: 127.0.0.1']).replace('Host: docker\r\n', ''))
    expect((await client.response()).status).toBe(200)
    expect(seen).toEqual([undefined])
  },
)
