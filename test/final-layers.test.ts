import { type Intermediate, type Layer, intermediate, reply, upstream } from '@intermediate/core'
import { transcript } from '@intermediate/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ping } from './docker-calls.js'

/** A layer that answers every call, and what else it says of itself. */
function answers(more: Partial<Layer> = {}): Layer {
  return Object.assign(async () => reply(204), { final: true, ...more })
}

async function pinged(layers: Intermediate): Promise<{ status: number; body: Buffer }> {
  await using listening = await layers.listen('tcp://127.0.0.1:0')
  await using client = await transcript(listening.addresses[0]!)
  await client.send(ping)
  return await client.response()
}

const passes: Layer = (call, next) => next(call)

beforeEach(() => {
  vi.stubEnv('INTERMEDIATE_UPSTREAM', '')
  vi.stubEnv('DOCKER_HOST', 'ssh://nonsense')
})
afterEach(() => vi.unstubAllEnvs())

describe('a layer that answers every call', () => {
  const all = () => intermediate().use(passes).use(answers(), { name: 'all' })

  it('is known by its name, and the default upstream, to which no call goes, may be nonsense', async () => {
    expect(all().answeredBy).toBe('all')
    expect(await pinged(all())).toMatchObject({ status: 204 })
  })

  it('does not excuse an upstream that was named', async () => {
    await expect(pinged(all().with({ upstream: 'engine' }))).rejects.toThrow('"engine" is not an address')
    vi.stubEnv('INTERMEDIATE_UPSTREAM', 'other')
    await expect(pinged(all())).rejects.toThrow('In INTERMEDIATE_UPSTREAM, "other" is not an address')
  })

  it('may still need the default, for another intermediate that names none: then the call fails', async () => {
    const there = upstream(intermediate())
    const sends: Layer = Object.assign((...[call]: Parameters<Layer>) => there.send(call), { final: true })
    const { status, body } = await pinged(intermediate({ onError: () => {} }).use(sends))
    expect(status).toBe(500)
    expect(JSON.parse(body.toString())).toEqual({
      message: expect.stringMatching(/^In DOCKER_HOST, "ssh:\/\/nonsense" is not supported yet: /),
    })
  })
})

describe.each([
  ['answers some calls', intermediate().use('GET /info', answers())],
  ['may be left out', intermediate().use(answers(), { onError: 'open' })],
  ['may be idle', intermediate().use(answers({ idle: () => false }))],
  ['passes calls on', intermediate().use(passes)],
])('a layer that %s', (_, layers) => {
  it('needs the default upstream', async () => {
    expect(layers.answeredBy).toBeUndefined()
    await expect(pinged(layers)).rejects.toThrow('In DOCKER_HOST, "ssh://nonsense" is not supported yet')
  })
})
