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
    ...['https:\\/\\/', 'https\\u003a//', 'https:\\u002F\\u002f'].flatMap((scheme) =>
      ['labels', 'cachefrom'].map((name): [string, string] => {
        const text = `"${scheme}me:${secret}@host/"`
        const value = encodeURIComponent(name === 'labels' ? `{"a":${text}}` : `[${text}]`)
        return [
          `credentials in JSON of a query, ${name} with ${scheme}`,
          request(`POST /build?${name}=${value}`),
        ]
      }),
    ),
    [
      'credentials in JSON of a query that comes twice in it',
      request(
        `POST /build?labels=${encodeURIComponent(`{"a":"https:\\/\\/${secret}@h","a":"b","token":1}`)}`,
      ),
    ],
    [
      'JSON of a query that something stands behind',
      request(`POST /build?labels=${encodeURIComponent(`{"a":"https:\\/\\/me:${secret}@host/"} x`)}`),
    ],
    [
      'a token among the labels of a query',
      request(`POST /build?labels=${encodeURIComponent(`{"Token":${quoted}}`)}`),
    ],
    ['credentials in a path that was redirected', request(`GET /images/https:/me:${secret}@host/x/json`)],
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
    ...['X-AUTH-token', 'X-Api-Key', 'Intermediate-Call', 'X-Forwarded-Access-Token'].map(
      (name): [string, string] => [name, request('GET /info', [`${name}: ${secret}`])],
    ),
    ['credentials in a header', request('GET /info', [`Referer: http://me:${secret}@proxy/`])],
    ['build arguments of a name in another case', request(`POST /build?BuildArgs=%7B"A":${quoted}%7D`)],
    ['build arguments that come twice', request(`POST /build?buildargs=${secret}&buildargs=%7B%7D`)],
    ['a name that is escaped', request(`POST /build?build%61rgs=%22${secret}%22`)],
    ['a token in a query', request(`GET /info?access_Token=${secret}`)],
    ['a password with @ in a URL', request(`POST /build?remote=https://me:a@${secret}@git/a`)],
    ['the signature of a URL', request(`POST /images/create?fromSrc=https://s3/a%3FX-Sig=${secret}%23b`)],
    ['credentials in a path', request(`GET /images/https://me:${secret}@host/x/json`)],
    ['credentials of a proxy', request('GET /info'), `{"HttpProxy":"http://me:${secret}@proxy:3128"}`],
    [
      'credentials in Env and commands',
      create({
        Env: [`HTTP_PROXY=http://me:${secret}@proxy`],
        Cmd: ['git', 'clone', `https://${secret}@git/a`],
      }),
    ],
    [
      'a name that is escaped in JSON',
      request('POST /containers/create', [], `{"\\u0050assword":${quoted}}`),
    ],
    ['a secret in lists and objects', create({ tokens: [{ a: [secret], b: { c: secret } }] })],
    ['a secret as a number', request('POST /secrets/create', [], '{"Data":31337133713371}')],
    [
      'secrets of volume drivers',
      request(
        'POST /volumes/create',
        [],
        `{"DriverOpts":{"aws_secret_access":${quoted},"access-key":${quoted}}}`,
      ),
    ],
    [
      'the secret of a Ceph mount',
      create({
        HostConfig: {
          Mounts: [{ VolumeOptions: { DriverConfig: { Options: { o: `name=a,secret=${secret}` } } } }],
        },
      }),
    ],
    [
      'credentials of log drivers of services',
      request(
        'POST /services/create',
        [],
        `{"TaskTemplate":{"LogDriver":{"Name":"x","Options":{"x-credential":${quoted}}}}}`,
      ),
    ],
    [
      'build arguments that an image keeps',
      request('GET /images/a/history'),
      `[{"CreatedBy":"|1 A=${secret} /bin/sh -c true"},{"CreatedBy":"RUN |1 A=${secret} /bin/sh -c true"}]`,
    ],
    ...['ARG A=', 'ARG A B=1 C=', '/bin/sh -c #(nop)  ARG A='].map((by): [string, string, string] => [
      `build arguments in a history that has ${by}`,
      request('GET /images/a/history'),
      JSON.stringify([{ CreatedBy: `${by}${secret}` }]),
    ]),
    [
      'build arguments in the command of an image',
      request('GET /images/a/json'),
      `{"ContainerConfig":{"Cmd":["|2","A=${secret}","B=${secret}","/bin/sh","-c","true"]}}`,
    ],
    [
      'ENV that an image keeps by option',
      request('GET /images/a/history'),
      `[{"CreatedBy":"/bin/sh -c #(nop)  ENV A=${secret}"},{"CreatedBy":"ENV A=${secret}"}]`,
      env,
    ],
    [
      'Env that an exec, an image and a plugin have by option',
      request('POST /containers/a/exec', [], `{"ENV":["A=${secret}"]}`),
      `{"Config":{"Env":["A=${secret}"]},"Settings":{"Env":["A=${secret}"]},"ConfigB":{"Env":[{"Value":${quoted}}]}}`,
      env,
    ],
    [
      'what is too deep to be looked at',
      request('POST /containers/create', [], `{"a":${'['.repeat(200)}${quoted}${']'.repeat(200)}}`),
    ],
    ...['a', 'Env', 'token'].map((name): [string, string, string, WireTapOptions] => [
      `a secret in ${name}, deeper than a stack is`,
      request(
        'POST /containers/create',
        [],
        `{"${name}":${'['.repeat(20_000)}${quoted}${']'.repeat(20_000)}}`,
      ),
      '{}',
      env,
    ]),
  ])('%s', async (_what, sent, reply, options) => {
    const sink = await toldOf(sent, reply, options)
    const all = JSON.stringify(sink.events)
    expect(all).toContain(redacted)
    expect(all).not.toContain(secret)
  })

  // As Go writes them: it makes one slash of two, and keeps the query.
  it.each([
    [`/images/https:/me:${secret}@h/x/json`, `/images/https:/${redacted}@h/x/json`],
    [`/images/https:/${secret}@h/json?x=1`, `/images/https:/${redacted}@h/json?x=1`],
    [`/build?t=a%20b&buildargs=%22${secret}%22&q#${secret}`, `/build?t=a%20b&buildargs=${redacted}&q`],
    [`http://me:${secret}@h/build?Token=${secret}`, `http://${redacted}@h/build?Token=${redacted}`],
    [`/build?remote=https://s3/a%3FX-Sig=${secret}`, `/build?remote=https://s3/a?${redacted}`],
  ])('secrets in where a redirect leads: %s', async (location, shown) => {
    const sink = told()
    const moved = response('301 Moved Permanently', '', ['Content-Length: 0', `Location: ${location}`])
    await using to = await setUpWith(intermediate().use(wireTap(sink)), 'unix', answer(moved))
    await using client = await to.client()
    await client.send(request('GET /info'))
    expect((await client.response()).raw.toString()).toContain(location)
    await sink.until('end')
    expect(sink.of('reply')[0]!.headers['location']).toBe(shown)
  })

  it('what a query holds that a layer cannot read', async () => {
    const sink = told()
    const reading = intermediate()
      .use(wireTap(sink))
      .use('POST /build', (call, next) => {
        Object.keys(call.query)
        return next(call)
      })
    await using to = await setUpWith(reading, 'unix', answer(response('200 OK')))
    await using client = await to.client()
    await client.send(request(`POST /build?buildargs=${secret}%zz`))
    const refusal = (await client.response()).body.toString()
    await sink.until('end')
    expect(refusal).toContain(secret)
    expect(sink.of('end')[0]).toMatchObject({
      status: 400,
      error: refusal.slice(12, -3).replace(/\\".*\\"/, redacted),
    })
    expect(JSON.stringify(sink.events)).not.toContain(secret)
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

  it('what JSON of a query says, and places that are like a URL', async () => {
    const labels = '{"a":["http://h:1/a@b"],"n":12345678901234567890}'
    const sink = await toldOf(
      request(`POST /build?labels=${encodeURIComponent(labels)}`, [], '{"Binds":["data:/mnt@home"]}'),
    )
    expect(sink.of('call')[0]!.query).toEqual({ labels })
    expect(sink.of('body')[0]!.json).toEqual({ Binds: ['data:/mnt@home'] })
  })

  it('which arguments a history has', async () => {
    const history = [{ CreatedBy: 'ARG A' }, { CreatedBy: 'ARG A=b c # buildkit' }, { CreatedBy: 'MARG A=b' }]
    const sink = await toldOf(request('GET /images/a/history'), JSON.stringify(history))
    expect(sink.of('body')[0]!.json).toEqual([
      { CreatedBy: 'ARG A' },
      { CreatedBy: `ARG A=${redacted}` },
      { CreatedBy: 'MARG A=b' },
    ])
  })

  it('names that are like those of secrets, and mount options that are none', async () => {
    const body = {
      Secrets: [{ SecretID: 'a', SecretName: 'b' }],
      DriverConfig: { Options: { o: 'rw,addr=10.0.0.1', type: 'nfs' } },
      Labels: { 'my-key': 'x', url: 'https://host/a@b?c=d' },
      Cmd: ['sh', '-c', 'echo $ENV | cat'],
    }
    expect((await toldOf(create(body), '{}', env)).of('body')[0]!.json).toEqual(body)
  })

  it('Env where it is not asked to leave it out, and its names where it is', async () => {
    const sent = create({ Env: ['A=b', 'C'] })
    expect((await toldOf(sent)).of('body')[0]!.json).toEqual({ Env: ['A=b', 'C'] })
    expect((await toldOf(sent, '{}', env)).of('body')[0]!.json).toEqual({ Env: [`A=${redacted}`, 'C'] })
  })
})
