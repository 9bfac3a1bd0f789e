import { type ErrorReport, intermediate } from '@intermediate/core'
import { answer, closeMidReply, recordingUpstream, temporaryFolder, transcript } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { everyWay, setUp } from './matrix.js'

const ping = 'GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n'
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK'

describe.each(everyWay)('over $transport with $stack', (way) => {
  it('an upstream that goes before it answers is a 502 that says what to check', async () => {
    const reports: ErrorReport[] = []
    await using to = await setUp(way, closeMidReply(''), { onError: (report) => reports.push(report) })
    await using client = await to.client()
    await client.send('GET /v1.45/info?secret=1 HTTP/1.1\r\nHost: docker\r\n\r\n')
    const response = await client.response()
    expect(response.status).toBe(502)
    expect(response.header('content-type')).toBe('application/json')
    expect(JSON.parse(response.body.toString())).toEqual({
      message: `GET /v1.45/info: cannot reach the Docker engine at ${to.upstream.address} (the connection ended before the reply). Check that it is running and that the address is right.`,
    })
    expect(reports).toMatchObject([
      { method: 'GET', path: '/v1.45/info', error: { code: 'ERR_UPSTREAM_UNREACHABLE' } },
    ])
  })

  it('an upstream that goes inside a reply is an end that nobody takes for the whole', async () => {
    await using to = await setUp(way, closeMidReply('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'))
    await using client = await to.client()
    await client.send(ping)
    expect((await client.closed()).toString()).toBe('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')
    if (way.transport === 'tcp') expect(client.wasReset).toBe(true)
  })

  it('an upstream that goes while idle takes the connection with it, as it would without us', async () => {
    await using to = await setUp(way, async (connection) => {
      await connection.request()
      await connection.send(ok)
      await connection.end()
    })
    await using client = await to.client()
    await client.send(ping)
    expect((await client.ended()).toString()).toBe(ok)
  })

  it('an upstream that goes when the next request comes leaves the client to decide, as it would without us', async () => {
    await using to = await setUp(way, async (connection) => {
      await connection.request()
      await connection.send(ok)
      await connection.request()
      connection.destroy()
    })
    await using client = await to.client()
    await client.send(ping)
    await client.response()
    await client.send(ping)
    expect((await client.closed()).toString()).toBe('')
  })
})

describe('an upstream that is not there', () => {
  it('is a 502 for each call, until it is there', async () => {
    await using folder = await temporaryFolder()
    const engine = `unix://${folder.file('engine.sock')}`
    const to = intermediate({ upstream: engine, onError: () => {} })
    await using listening = await to.listen(`unix://${folder.file('i.sock')}`)
    await using client = await transcript(listening.addresses[0]!)
    for (const start of ['GET /_ping', 'POST /containers/create']) {
      await client.send(`${start} HTTP/1.1\r\nHost: docker\r\nContent-Length: 0\r\n\r\n`)
      const response = await client.response()
      expect(response.status).toBe(502)
      expect(JSON.parse(response.body.toString())).toEqual({
        message: `${start}: cannot reach the Docker engine at ${engine} (ENOENT). Check that it is running and that the address is right.`,
      })
    }
    await using upstream = await recordingUpstream(answer(ok))
    upstream.stop()
    await upstream.listen(engine)
    await client.send(ping)
    expect((await client.response()).status).toBe(200)
  })
})
