import { intermediate } from '@intermediate/core'
import { answer } from '@intermediate/testing'
import type { WireTapOptions } from '@intermediate/wire-tap'
import { redacted, wireTap } from '@intermediate/wire-tap'
import { describe, expect, it } from 'vitest'
import { request, response } from '../docker-calls.js'
import { setUpWith } from '../matrix.js'
import { told } from './told.js'

const secret = 'hunter2hunter2'

/** What is told of a call, which reaches the engine as it is. */
async function toldOf(sent: string, reply = '{}', options: WireTapOptions = {}) {
  const sink = told()
  await using to = await setUpWith(
    intermediate().use(wireTap(sink, options)),
    'unix',
    answer(response('200 OK', reply)),
  )
  await using client = await to.client()
  await client.send(sent)
  expect((await client.response()).body.toString()).toBe(reply)
  await sink.until('end')
  expect(to.upstream.connections[0]!.receivedText).toBe(sent)
  return sink
}

const env = { redact: { env: true } }
const create = (body: unknown) => request('POST /containers/create', [], JSON.stringify(body))
const quoted = JSON.stringify(secret)

describe('a tap never tells', () => {
  it.each<[what: string, sent: string, reply?: string, options?: WireTapOptions]>([
    ...['X-Registry-Auth', 'x-registry-CONFIG', 'Authorization', 'Proxy-Authorization', 'cookie'].map(
      (name): [string, string] => [name, request('POST /images/create?fromImage=a', [`${name}: ${secret}`])],
    ),
    [
      'a header by option',
      request('GET /info', [`X-Mine: ${secret}`]),
      '{}',
      { redact: { headers: ['x-MINE'] } },
    ],
    ...['password', 'PASSWORD', 'paſſword', 'identitytoken', 'RegistryToken', 'auth', 'AUTH'].map(
      (name): [string, string] => [
        `${name} of a login`,
        request('POST /auth', [], Buffer.from(`{"username":"me","${name}":${quoted}}`).toString('latin1')),
      ],
    ),
    [
      'the token that a login gives',
      request('POST /auth', [], '{}'),
      `{"Status":"ok","IdentityToken":${quoted}}`,
    ],
    ['data of a secret', request('POST /secrets/create', [], `{"Name":"s","data":${quoted}}`)],
    [
      'data of a secret that is updated',
      request('POST /secrets/s/update?version=1', [], `{"Data":${quoted}}`),
    ],
    ['data of a config', request('POST /configs/create', [], `{"DATA":${quoted}}`)],
    ['data of a config that is shown', request('GET /configs/c'), `{"Spec":{"Name":"c","Data":${quoted}}}`],
    ['data of configs in a list', request('GET /configs'), `[{"Spec":{"Data":${quoted}}}]`],
    ['join tokens', request('GET /swarm'), `{"JoinTokens":{"Worker":${quoted},"Manager":${quoted}}}`],
    ['the token to join with', request('POST /swarm/join', [], `{"JoinToken":${quoted}}`)],
    [
      'the key to unlock with',
      request('POST /swarm/unlock', [], `{"UnlocKKey":${quoted}}`.replace('KK', 'kK')),
    ],
    ['the unlock key', request('GET /swarm/unlockkey'), `{"UnlockKey":${quoted}}`],
    [
      'the key of a CA',
      request('POST /swarm/update?version=1', [], `{"CAConfig":{"SigningCAKey":${quoted}}}`),
    ],
    ['build arguments', request(`POST /build?t=a&buildargs=${encodeURIComponent(`{"A":${quoted}}`)}`)],
    ['build arguments that are no JSON', request(`POST /build?buildargs=${secret}`)],
    [
      'credentials in a URL',
      request(`POST /build?remote=${encodeURIComponent(`https://me:${secret}@git/a`)}`),
    ],
    [
      'the password of a CIFS mount',
      request('POST /volumes/create', [], `{"DriverOpts":{"o":"user=a,password=${secret}"}}`),
    ],
    ['tokens of log drivers', create({ HostConfig: { LogConfig: { Config: { 'splunk-token': secret } } } })],
    ['Env by option', create({ env: [`A=${secret}`] }), '{}', env],
    [
      'Env of an inspected container by option',
      request('GET /containers/a/json'),
      `{"Config":{"Env":["A=${secret}"]}}`,
      env,
    ],
    [
      'Env of services by option',
      request('POST /services/create', [], `{"TaskTemplate":{"ContainerSpec":{"Env":["A=${secret}"]}}}`),
      '{}',
      env,
    ],
    ['settings of a plugin by option', request('POST /plugins/a/set', [], `["A=${secret}"]`), '{}', env],
    ['ENV in changes by option', request(`POST /commit?container=a&changes=ENV%20A=${secret}`), '{}', env],
  ])('%s', async (_what, sent, reply, options) => {
    const sink = await toldOf(sent, reply, options)
    const all = JSON.stringify(sink.events)
    expect(all).toContain(redacted)
    expect(all).not.toContain(secret)
  })

  it('secrets among the items of a stream', async () => {
    const sink = await toldOf(request('GET /events'), `{"a":{"Password":${quoted}}}\n`)
    expect(sink.of('item').map(({ json }) => json)).toEqual([{ a: { Password: redacted } }])
  })
})

describe('a tap tells', () => {
  it('everything around a secret', async () => {
    const sink = await toldOf(
      request(`POST /build?t=a&buildargs=${encodeURIComponent(`{"A":${quoted},"B":null}`)}`, [
        `X-Registry-Config: ${secret}`,
      ]),
    )
    expect(sink.of('call')[0]).toMatchObject({
      query: { t: 'a', buildargs: `{"A":"${redacted}","B":null}` },
      headers: { 'x-registry-config': redacted },
    })
  })

  it('Env where it is not asked to leave it out, and its names where it is', async () => {
    const sent = create({ Env: ['A=b', 'C'] })
    expect((await toldOf(sent)).of('body')[0]!.json).toEqual({ Env: ['A=b', 'C'] })
    expect((await toldOf(sent, '{}', env)).of('body')[0]!.json).toEqual({ Env: [`A=${redacted}`, 'C'] })
  })
})
