import { intermediate, reply } from '@intermediate/core'
import { answer, neverAnswer, recordingUpstream, temporaryFolder } from '@intermediate/testing'
import type { RecordingUpstream, Script } from '@intermediate/testing'
import { readdir } from 'node:fs/promises'
import { afterEach, expect, it, vi } from 'vitest'
import { findEngine } from './engine.js'

const nobodyCancels = new AbortController().signal

function ok(body: string): Script {
  return answer(`HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
}

function find(upstream: Pick<RecordingUpstream, 'address'>, signal = nobodyCancels, limit?: number) {
  return findEngine(intermediate({ upstream: upstream.address }), signal, limit)
}

afterEach(() => vi.unstubAllEnvs())

it('reads the version of a Docker engine', async () => {
  await using upstream = await recordingUpstream(
    ok(
      '{"Platform":{"Name":""},"Components":[{"Name":"Engine"}],"Version":"26.1","ApiVersion":"1.45","Os":"linux","Arch":"amd64"}',
    ),
  )
  const engine = { name: 'Docker Engine', version: '26.1', apiVersion: '1.45', platform: 'linux/amd64' }
  expect(await find(upstream)).toEqual(engine)
  expect(upstream.requests.map(({ startLine }) => startLine)).toEqual(['GET /version HTTP/1.1'])
})

it.each([
  [
    '{"Platform":{"Name":"Docker Engine - Community"},"Components":[{"Name":"Engine"}]',
    'Docker Engine - Community',
  ],
  ['{"Components":[{"Name":"Podman Engine"}]', 'Podman Engine'],
  ['{"Components":[null]', 'Docker Engine'],
])('names the engine of %s…', async (beginning, name) => {
  await using upstream = await recordingUpstream(ok(`${beginning},"Version":"1","ApiVersion":"1.41"}`))
  expect(await find(upstream)).toEqual({ name, version: '1', apiVersion: '1.41', platform: '' })
})

it.each(['<html>', '{"ok":true}', '[]'])('does not take %s for a version', async (body) => {
  await using upstream = await recordingUpstream(ok(body))
  expect(await find(upstream)).toEqual({
    problem: 'What answers GET /version is no Docker engine: check the address of the upstream.',
    isAway: false,
  })
})

it('says what to check when the engine is away', async () => {
  await using folder = await temporaryFolder()
  const address = `unix://${folder.file('nobody.sock')}`
  expect(await find({ address })).toEqual({
    problem: `Cannot reach the Docker engine at ${address} (ENOENT). Check that it is running and that the address is right.`,
    isAway: true,
  })
})

it('does not wait longer than its limit', async () => {
  await using upstream = await recordingUpstream(neverAnswer())
  expect(await find(upstream, nobodyCancels, 50)).toEqual({
    problem: 'The engine has not answered GET /version in 0.05 s.',
    isAway: true,
  })
})

it('gives up when cancelled, and leaves the engine', async () => {
  await using upstream = await recordingUpstream(neverAnswer())
  const cancel = new AbortController()
  const found = find(upstream, cancel.signal)
  const connection = await upstream.connection(0)
  await connection.head()
  cancel.abort()
  await connection.closed()
  expect(await found).toMatchObject({ isAway: false })
})

it('hears what the layers say, and is a call like any other to the observer of the file', async () => {
  const onCall = vi.fn<() => void>()
  const file = intermediate({ upstream: 'unix:///nobody.sock', onCall }).use('GET /version', async () =>
    reply(403, { message: 'not for you' }),
  )
  expect(await findEngine(file, nobodyCancels)).toEqual({
    problem: 'GET /version answered 403: not for you',
    isAway: false,
  })
  expect(onCall).toHaveBeenCalledOnce()
})

it('leaves nothing behind', async () => {
  await using folder = await temporaryFolder()
  await using upstream = await recordingUpstream(ok('{}'))
  vi.stubEnv('TMPDIR', folder.path)
  await find(upstream)
  expect(await readdir(folder.path)).toEqual([])
})

it('is no reason to fail where no private socket can be made', async () => {
  await using upstream = await recordingUpstream(ok('{}'))
  vi.stubEnv('TMPDIR', '/nowhere')
  expect(await find(upstream)).toMatchObject({
    problem: expect.stringMatching(/^The engine could not be asked for its version: Error: ENOENT/),
    isAway: false,
  })
})
