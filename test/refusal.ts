import type { RecordedSocket, Transcript } from '@intermediate/testing'
import { expect } from 'vitest'
import { request } from './docker-calls.js'
import type { Setup } from './matrix.js'

/** What somebody wants to get past whoever judges requests here: nothing behind a refused request is one. */
export const smuggled = request('DELETE /containers/web?force=1')

export const create = 'POST /containers/create HTTP/1.1'
export const host = 'Host: docker'
export const chunked = 'Transfer-Encoding: chunked'

/** A head of these lines. */
export function lines(...all: readonly string[]): string {
  return `${all.join('\r\n')}\r\n\r\n`
}

/** The client is told so in Docker's form, and nothing after it: the connection is over. */
export async function expectRefusal(client: Transcript, status: number): Promise<void> {
  const refusal = await client.response()
  expect(refusal.status).toBe(status)
  expect(refusal.header('connection')).toBe('close')
  expect(JSON.parse(refusal.body.toString())).toEqual({
    message: expect.stringMatching(/^The request has .*\.$/),
  })
  expect((await client.closed()).toString()).toBe('')
}

/** Sends byte by byte what is not too long for that, until it is refused. */
export async function sendInPieces(to: RecordedSocket, text: string): Promise<void> {
  const size = Math.ceil(text.length / 100)
  for (let at = 0; at < text.length && !to.isEnded; at += size) await to.send(text.slice(at, at + size))
}

/** What came on each connection of the engine. */
export function received(to: Setup): string[] {
  return to.upstream.connections.map(({ receivedText }) => receivedText)
}
