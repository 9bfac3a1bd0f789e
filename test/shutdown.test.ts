import { existsSync } from 'node:fs'
import { intermediate } from '@intermediate/core'
import {
  answer,
  echoTunnel,
  recordingUpstream,
  type Script,
  temporaryFolder,
  transcript,
} from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { everyWay, setUp } from './matrix.js'

const ping = 'GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n'
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK'
const attach =
  'POST /containers/web/attach HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n'

/** Sends the first half of a reply, and the second when it is told to. */
function inTwoHalves(): { script: Script; goOn: () => void } {
  let goOn = () => {}
  const told = new Promise<void>((resolve) => (goOn = resolve))
  const script: Script = async (connection) => {
    await connection.request()
    await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf')
    await told
    await connection.send('half')
    await connection.closed({ deadline: Infinity })
  }
  return { script, goOn: () => goOn() }
}

describe.each(everyWay)('over $transport with $stack, closing', (way) => {
  it('accepts nothing more, and ends idle connections at once', async () => {
    await using to = await setUp(way, answer(ok))
    await using used = await to.client()
    await used.send(ping)
    await used.response()
    await using silent = await to.client()
    const closed = to.listening.close({ grace: 600_000 })
    await used.ended()
    await silent.ended()
    await Promise.all([used.end(), silent.end(), closed])
    expect(to.listening.connections).toBe(0)
    await expect(to.client()).rejects.toThrow(/ECONNREFUSED|ENOENT/)
  })

  it('lets a call finish, and then ends its connection', async () => {
    const { script, goOn } = inTwoHalves()
    await using to = await setUp(way, script)
    await using client = await to.client()
    await client.send(ping)
    await client.until('half')
    const closed = to.listening.close({ grace: 600_000 })
    goOn()
    expect((await client.ended()).toString()).toBe('half')
    await Promise.all([client.end(), closed])
  })

  it('cuts tunnels at the end of the grace period', async () => {
    await using to = await setUp(way, echoTunnel())
    await using client = await to.client()
    await client.send(attach)
    await client.head()
    await to.listening.close({ grace: 1 })
    await client.closed()
    await to.upstream.connections[0]!.closed()
  })

  it('a second time with less cuts short what the first one left', async () => {
    await using to = await setUp(way, echoTunnel())
    await using client = await to.client()
    await client.send(attach)
    await client.head()
    const patient = to.listening.close({ grace: 600_000 })
    await client.send('still here')
    await client.until('still here')
    await to.listening.close({ grace: 0 })
    await patient
  })
})

describe('a listening intermediate', () => {
  it('removes its socket when it is disposed of', async () => {
    await using folder = await temporaryFolder()
    const path = folder.file('i.sock')
    {
      await using _ = await intermediate({ upstream: 'unix:///nowhere.sock' }).listen(`unix://${path}`)
      expect(existsSync(path)).toBe(true)
    }
    expect(existsSync(path)).toBe(false)
  })

  it('listens on several addresses at once, all of them or none', async () => {
    await using upstream = await recordingUpstream(answer(ok))
    await using folder = await temporaryFolder()
    const at = `unix://${folder.file('i.sock')}`
    const to = intermediate({ upstream: upstream.address })
    {
      await using listening = await to.listen(at, 'tcp://127.0.0.1:0')
      for (const address of listening.addresses) {
        await using client = await transcript(address)
        await client.send(ping)
        expect((await client.response()).status).toBe(200)
      }
    }
    await expect(to.listen(at, 'tcp://192.0.2.1:0')).rejects.toThrow()
    expect(existsSync(folder.file('i.sock'))).toBe(false)
  })

  it('refuses to stand in front of itself', async () => {
    await using folder = await temporaryFolder()
    const at = `unix://${folder.file('i.sock')}`
    await expect(intermediate({ upstream: at }).listen(at)).rejects.toThrow(
      `the upstream option names ${at} as the upstream, but that is where this intermediate listens: name the engine with INTERMEDIATE_UPSTREAM.`,
    )
  })
})
