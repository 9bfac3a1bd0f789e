import { recordingUpstream, temporaryFolder, transcript } from '@intermediate/testing'
import type { Transcript } from '@intermediate/testing'
import { stat, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { start } from './started.js'
import type { Started } from './started.js'

const head = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n'

interface UnderWay extends AsyncDisposable {
  readonly up: Started
  readonly client: Transcript
  /** The engine sends the rest of its answer. */
  finish(): Promise<void>
  readonly socket: string
}

/** A client has half of its answer. */
async function callUnderWay(...flags: readonly string[]): Promise<UnderWay> {
  const folder = await temporaryFolder()
  const upstream = await recordingUpstream(async (connection) => {
    const { target } = await connection.request()
    await connection.send(target === '/version' ? `${head}null` : `${head}ha`)
    await connection.closed({ deadline: Infinity })
  })
  const socket = folder.file('a.sock')
  const up = start(['up', '--listen', `unix://${socket}`, '--upstream', upstream.address, ...flags])
  await up.prints('Warning: ')
  const client = await transcript(`unix://${socket}`)
  await client.send('GET /events HTTP/1.1\r\nHost: docker\r\n\r\n')
  await client.until('ha')
  return {
    up,
    client,
    socket,
    finish: async () => upstream.connections.at(-1)?.send('lf'),
    [Symbol.asyncDispose]: async () => {
      for (const resource of [client, up, upstream, folder]) await resource[Symbol.asyncDispose]()
    },
  }
}

describe('the first signal', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('%s lets calls finish, and nobody new in', async (signal) => {
    await using call = await callUnderWay()
    const { up, client, socket } = call
    up.signal(signal)
    await up.prints(
      `${signal}: 1 connection has a call under way, which may take 10 s to finish. A second signal ends it at once.\n`,
    )
    await expect(stat(socket)).rejects.toThrow('ENOENT')
    await call.finish()
    await client.until('lf')
    expect(await up.ended).toBe(0)
    expect(up.stdout).toMatch(/\nStopped\.\n$/)
    await client.closed()
  })

  it.each(['0', '0.2'])('ends what still goes on after --grace %s', async (grace) => {
    await using call = await callUnderWay('--grace', grace)
    const begun = performance.now()
    call.up.signal('SIGTERM')
    expect(await call.up.ended).toBe(0)
    expect(performance.now() - begun).toBeLessThan(5_000)
    await call.client.closed()
    expect(call.client.receivedText).toMatch(/ha$/)
  })
})

describe('the second signal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends it at once', async (signal, code) => {
    await using call = await callUnderWay()
    call.up.signal(signal === 'SIGINT' ? 'SIGTERM' : 'SIGINT')
    await call.up.prints('A second signal ends it at once')
    call.up.signal(signal)
    expect(await call.up.ended).toBe(code)
    await expect(stat(call.socket)).rejects.toThrow('ENOENT')
    await call.client.closed()
  })
})

it('a signal ends it at once while it still starts', async () => {
  await using folder = await temporaryFolder()
  const file = folder.file('slow.mjs')
  await writeFile(file, `console.log('loading'); await new Promise((resolve) => setTimeout(resolve, 60_000))`)
  await using up = start(['up', file])
  await up.prints('loading')
  up.signal('SIGTERM')
  expect(await up.ended).toBe(143)
})
