import { endpoints } from '@intermediate/core'
import { answer, crlf } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { everyWay, setUp } from './matrix.js'

/** What an engine could say: odd case, spacing and order are part of what has to arrive. */
const reply = crlf`
  HTTP/1.1 200 Fine
  api-VERSION:1.45
  Content-Length:   11
  X-Twice: 1
  X-Twice: \xe9\x20

  {"a": "b"}
  `.replace(/\r\n$/, '\n')

describe.each(everyWay)('over $transport with $stack', (way) => {
  it('every endpoint reaches the engine, and its reply the client, byte for byte', async () => {
    await using to = await setUp(
      way,
      answer(({ method }) => (method === 'HEAD' ? reply.slice(0, -11) : reply)),
    )
    await using client = await to.client()
    const sent: string[] = []
    for (const endpoint of endpoints) {
      const request = requestTo(endpoint.method, endpoint.path)
      sent.push(request)
      await client.send(request)
      const response = await client.response({ head: endpoint.method === 'HEAD' })
      expect(response.raw.toString('latin1')).toBe(endpoint.method === 'HEAD' ? reply.slice(0, -11) : reply)
    }
    expect(to.upstream.connections).toHaveLength(1)
    expect(to.upstream.connections[0]!.receivedText).toBe(sent.join(''))
  })

  it('what is no endpoint passes as well', async () => {
    await using to = await setUp(way, answer(reply))
    await using client = await to.client()
    const request = crlf`
      BREW /coffee/../pot%2f?x=%zz HTTP/1.1
      host:
      X: \t tab

      `
    await client.send(request)
    await client.response()
    expect(to.upstream.connections[0]!.receivedText).toBe(request)
  })

  it('requests that come in one piece are answered in their order', async () => {
    await using to = await setUp(
      way,
      answer(({ target }) => `HTTP/1.1 200 OK\r\nContent-Length: ${target.length}\r\n\r\n${target}`),
    )
    await using client = await to.client()
    const targets = ['/_ping', '/v1.45/info', '/images/library/nginx/json', '/version']
    await client.send(targets.map((target) => `GET ${target} HTTP/1.1\r\nHost: docker\r\n\r\n`).join(''))
    for (const target of targets) expect((await client.response()).body.toString()).toBe(target)
  })
})

function requestTo(method: string, path: string): string {
  const target = `/v1.45${path.replaceAll(/:\w+/g, 'a.b-c')}?x=%2F&y`
  const body =
    method === 'POST' || method === 'PUT' ? '4;x="\\"a"\r\n{"a"\r\n3\r\n:1}\r\n0\r\nX-Sum: 1\r\n\r\n' : ''
  const framing = body === '' ? '' : 'transfer-ENCODING: Chunked\r\n'
  return `${method} ${target} HTTP/1.1\r\nhOST:  docker \r\n${framing}X-Registry-Auth: e30=\r\n\r\n${body}`
}
