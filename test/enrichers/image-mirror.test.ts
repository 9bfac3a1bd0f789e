import { gzipSync } from 'node:zlib'
import { enricher } from '@intermediate/enricher'
import { describe, expect, it } from 'vitest'
import { behind } from './behind.js'
import type { Engine } from './behind.js'
import { bzip2Like, entry, tarOf } from '../policies/owner-tar.js'

const hub = enricher.imageMirror({ 'docker.io': 'mirror.local/hub', 'ghcr.io': 'mirror.local:5000' })
const auth = 'X-Registry-Auth: eyJ1c2VybmFtZSI6Im1lIn0='

/** An engine that has these images. */
function having(...images: readonly string[]): Engine {
  return (line) =>
    line.startsWith('GET /images/') && !images.some((image) => line === `GET /images/${image}/json`)
      ? undefined
      : {}
}

describe('imageMirror', () => {
  it.each([
    ['busybox', 'mirror.local/hub/library/busybox'],
    ['busybox:1.36', 'mirror.local/hub/library/busybox:1.36'],
    ['me/app', 'mirror.local/hub/me/app'],
    ['docker.io/busybox', 'mirror.local/hub/library/busybox'],
    ['index.docker.io/me/app:1', 'mirror.local/hub/me/app:1'],
    [`busybox@sha256:${'a'.repeat(64)}`, `mirror.local/hub/library/busybox@sha256:${'a'.repeat(64)}`],
    ['ghcr.io/me/app', 'mirror.local:5000/me/app'],
    ['quay.io/me/app', 'quay.io/me/app'],
    ['localhost/me', 'localhost/me'],
    ['registry:5000/me', 'registry:5000/me'],
    ['mirror.local/hub/library/busybox', 'mirror.local/hub/library/busybox'],
    ['mirror.local:5000/me/app', 'mirror.local:5000/me/app'],
    [`sha256:${'a'.repeat(64)}`, `sha256:${'a'.repeat(64)}`],
    ['b'.repeat(64), 'b'.repeat(64)],
    ['a//b', 'a//b'],
    ['../info', '../info'],
    ['Busybox', 'Busybox'],
    ['', ''],
  ])('%s is taken from %s', async (asked, given) => {
    await using to = await behind([hub], having())
    expect((await to.send('POST /containers/create', { Image: asked })).body).toEqual({ Image: given })
    for (const line of ['POST /services/create', 'POST /services/web/update'])
      expect((await to.send(line, { TaskTemplate: { ContainerSpec: { Image: asked } } })).body).toEqual({
        TaskTemplate: { ContainerSpec: { Image: given } },
      })
    if (asked === '') return
    const pulled = await to.send(`POST /images/create?fromImage=${encodeURIComponent(asked)}&tag=1`)
    expect(pulled.query.get('fromImage')).toBe(given)
    expect(pulled.query.get('tag')).toBe('1')
    const cached = await to.send(`POST /build?cachefrom=${encodeURIComponent(JSON.stringify([asked, 1]))}`)
    expect(JSON.parse(cached.query.get('cachefrom')!)).toEqual([given, 1])
  })

  it('asks the mirror of what a registry has', async () => {
    await using to = await behind([hub])
    expect(
      (await to.send('GET /v1.45/distribution/busybox:latest/json', undefined, [auth])).request,
    ).toMatchObject({
      target: '/v1.45/distribution/mirror.local/hub/library/busybox%3Alatest/json',
    })
  })

  it('takes what the engine has under its own name only as it is', async () => {
    await using built = await behind([hub], having('app'))
    expect((await built.send('POST /containers/create', { Image: 'app' })).body).toEqual({ Image: 'app' })
    expect((await built.send('GET /images/app/json')).line).toBe('GET /images/app/json')
    const cached = await built.send('POST /build?cachefrom=["app"]')
    expect(cached.query.get('cachefrom')).toBe('["app"]')
    const kit = await built.send('POST /build?version=2&cachefrom=["app"]')
    expect(kit.query.get('cachefrom')).toBe('["mirror.local/hub/library/app"]')

    const mirrored = 'mirror.local/hub/library/app'
    await using both = await behind([hub], having('app', mirrored))
    expect((await both.send('POST /containers/create', { Image: 'app' })).body).toEqual({ Image: mirrored })
    expect((await both.send('GET /images/app/json')).line).toBe(`GET /images/${mirrored}/json`)
  })

  it('credentials go to no other host, unless that was said', async () => {
    await using to = await behind([hub], having())
    const none = 'e30='
    const header = async (line: string, body?: unknown) =>
      (await to.send(line, body, [auth])).request.header('x-registry-auth')
    const service = (Image: string) => ({ TaskTemplate: { ContainerSpec: { Image } } })
    expect(await header('POST /images/create?fromImage=busybox')).toBeUndefined()
    expect(await header('GET /distribution/busybox/json')).toBeUndefined()
    expect(await header('POST /services/create', service('busybox'))).toBe(none)
    expect(await header('POST /images/create?fromImage=quay.io/app')).toBe(auth.split(': ')[1])
    expect(await header('POST /services/create', service('quay.io/app'))).toBe(auth.split(': ')[1])

    const sending = enricher.imageMirror({ 'docker.io': 'mirror.local/hub' }, { sendCredentials: true })
    await using all = await behind([sending], having())
    const pull = await all.send('POST /images/create?fromImage=busybox', undefined, [auth])
    expect(pull.request.header('x-registry-auth')).toBe(auth.split(': ')[1])
  })

  it('an update of a service does not go on with the credentials that it has', async () => {
    await using to = await behind([hub], having())
    const update = await to.send('POST /services/web/update', {
      TaskTemplate: { ContainerSpec: { Image: 'app' } },
    })
    expect(update.request.header('x-registry-auth')).toBe('e30=')
  })

  it('a build of the engine’s own builder is FROM the mirror, packed or not', async () => {
    const context = tarOf(entry('data', 'kept'), entry('Dockerfile', 'ARG B=busybox\nFROM $B\nCOPY data /\n'))
    for (const sent of [context, gzipSync(context)]) {
      await using to = await behind([hub], having())
      const { request } = await to.send('POST /build?buildargs=%7B%22B%22%3A%22me%2Fapp%3A2%22%7D', sent)
      const got = request.body.toString('latin1')
      expect(got).toContain('kept')
      expect(got).toContain('FROM mirror.local/hub/me/app:2\nCOPY data /\n')
    }
  })

  it.each([
    ['of BuildKit', '?version=2', tarOf(entry('Dockerfile', 'FROM a'))],
    ['of a remote context', '?remote=http%3A%2F%2Fhost%2Fa.git', Buffer.from('')],
    ['from other registries', '', tarOf(entry('Dockerfile', 'FROM quay.io/a'))],
    ['without its Dockerfile', '', tarOf(entry('data', 'FROM a'))],
    [
      'with an entry that is not read',
      '',
      tarOf(entry('odd', '', { flag: 'Z' }), entry('Dockerfile', 'FROM a')),
    ],
    ['that is packed otherwise', '', bzip2Like],
    ['without a context', '', Buffer.from('')],
  ])('a build %s holds what it held', async (_what, query, context) => {
    await using to = await behind([hub], having())
    const { request } = await to.send(`POST /build${query}`, context)
    expect(request.target).toBe(`/build${query}`)
    const content = context.subarray(0, context.includes('ustar') ? -1024 : undefined)
    expect(request.body.includes(content)).toBe(true)
    expect(request.body.toString('latin1')).not.toContain('mirror.local')
  })

  it.each(['[', '{"a":1}', ''])('cachefrom of %j is left for the engine', async (text) => {
    await using to = await behind([hub], having())
    const { request } = await to.send(`POST /build?cachefrom=${encodeURIComponent(text)}`)
    expect(request.target).toBe(`/build?cachefrom=${encodeURIComponent(text)}`)
  })

  it('a mirror below its own registry is not put below itself', async () => {
    await using to = await behind([enricher.imageMirror({ 'docker.io': 'docker.io/mine' })], having())
    expect((await to.send('POST /containers/create', { Image: 'busybox' })).body).toEqual({
      Image: 'docker.io/mine/library/busybox',
    })
    expect((await to.send('POST /containers/create', { Image: 'mine/library/busybox' })).body).toEqual({
      Image: 'mine/library/busybox',
    })
  })

  it.each([
    [
      { hub: 'mirror.local' },
      '"hub" is no registry that images name: give one such as "docker.io" or "registry:5000".',
    ],
    [{ 'docker.io/library': 'mirror.local' }, '"docker.io/library" is no registry that images name'],
    [{ 'docker.io': 'https://mirror.local' }, '"https://mirror.local" is no place of a mirror'],
    [{ 'docker.io': 'mirror' }, '"mirror" is no place of a mirror'],
    [{ 'docker.io': 'mirror.local/hub/' }, '"mirror.local/hub/" is no place of a mirror'],
  ])('%j is an error at start', (mirrors, message) => {
    expect(() => enricher.imageMirror(mirrors as unknown as Record<string, string>)).toThrow(message)
  })
})
