import { intermediate } from '@intermediate/core'
import { answer, certificates, recordingUpstream, transcript } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { everyWay, setUp } from './matrix.js'

const ok = answer('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK')

/** What a page in a browser, or a name that somebody else points at this machine, brings along. */
const foreign = {
  'an Origin': 'Host: localhost\r\nOrigin: http://evil.example',
  'an Origin of null': 'Host: localhost\r\norigin: null',
  'a fetch from another site': 'Host: localhost\r\nSec-Fetch-Site: cross-site',
  'a Host that somebody rebound': 'Host: docker.evil.example:2375',
  'a Host that only looks like an address': 'Host: 127.0.0.1.evil.example',
}

const attach =
  'GET /v1.45/containers/web/attach/ws?stream=1&stdin=1 HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket'

describe.each(everyWay.filter(({ transport }) => transport !== 'unix'))(
  'over $transport with $stack',
  (way) => {
    it.each(Object.entries(foreign))('%s is refused, and the engine sees nothing', async (_name, fields) => {
      await using to = await setUp(way, ok)
      for (const start of ['GET /_ping HTTP/1.1', attach]) {
        await using client = await to.client()
        await client.send(`${start}\r\n${fields}\r\n\r\n`)
        const refused = await client.response()
        expect(refused.status).toBe(403)
        expect(JSON.parse(refused.body.toString())).toEqual({ message: expect.stringMatching(/^[A-Z].*\.$/) })
      }
      expect(to.upstream.connections).toHaveLength(0)
    })

    it.each(['localhost:2375', '127.0.0.1', '[::1]:2375', 'engine', 'api.moby.localhost', ''])(
      'the Host %j passes',
      async (host) => {
        await using to = await setUp(way, ok)
        await using client = await to.client()
        await client.send(`GET /_ping HTTP/1.1\r\nHost: ${host}\r\nSec-Fetch-Site: none\r\n\r\n`)
        expect((await client.response()).status).toBe(200)
      },
    )
  },
)

describe('over unix sockets', () => {
  it.each(Object.entries(foreign))('%s passes: no page reaches them', async (_name, fields) => {
    await using to = await setUp({ transport: 'unix', stack: 'no layer' }, ok)
    await using client = await to.client()
    await client.send(`GET /_ping HTTP/1.1\r\n${fields}\r\n\r\n`)
    expect((await client.response()).status).toBe(200)
  })
})

describe('names that were configured', () => {
  it('pass, whatever their case and port', async () => {
    await using upstream = await recordingUpstream(ok)
    const to = intermediate({ upstream: upstream.address })
    await using listening = await to.listen({ address: 'tcp://127.0.0.1:0', hosts: ['docker.example.com'] })
    await using client = await transcript(listening.addresses[0]!)
    await client.send('GET /_ping HTTP/1.1\r\nHost: Docker.Example.COM:2375\r\n\r\n')
    expect((await client.response()).status).toBe(200)
    await client.send('GET /_ping HTTP/1.1\r\nHost: example.com\r\n\r\n')
    expect((await client.response()).status).toBe(403)
  })

  it('are also those in the certificate', async () => {
    await using upstream = await recordingUpstream(ok)
    await using files = await certificates()
    const to = intermediate({ upstream: upstream.address })
    await using listening = await to.listen({
      address: 'tcp://127.0.0.1:0',
      tls: { cert: files.cert, key: files.key },
    })
    await using client = await transcript(listening.addresses[0]!, { tls: { ca: files.ca } })
    await client.send('GET /_ping HTTP/1.1\r\nHost: localhost\r\n\r\n')
    expect((await client.response()).status).toBe(200)
  })
})
