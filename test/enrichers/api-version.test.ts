import { enricher } from '@intermediate/enricher'
import { intermediate } from '@intermediate/core'
import type { Layer } from '@intermediate/core'
import { answer, memoryEngine } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { request, response } from '../docker-calls.js'
import { setUpWith } from '../matrix.js'
import { behind } from './behind.js'

const engine = (line: string) =>
  line.endsWith('/version') ? { ApiVersion: '1.41', MinAPIVersion: '1.24', Components: [] } : {}

describe('apiVersion', () => {
  it.each([
    ['/v1.45/info', '/v1.41/info'],
    ['/v1.41/info', '/v1.41/info'],
    ['/v1.30/info', '/v1.30/info'],
    ['/v1.9/info', '/v1.24/info'],
    ['/v2.0/info', '/v1.41/info'],
    ['/v1.41.0/info', '/v1.41.0/info'],
    ['/v99/containers/a%20b/json?size=1', '/v1.41/containers/a%20b/json?size=1'],
    ['/%761.45/info', '/v1.41/info'],
    ['/v1.45/no/such%2fthing', '/v1.41/no/such%2fthing'],
    ['/info', '/info'],
  ])('%s goes to %s', async (asked, sent) => {
    await using to = await behind([enricher.apiVersion()], engine)
    expect((await to.send(`GET ${asked}`)).request.target).toBe(sent)
  })

  it('asks once, without a version', async () => {
    await using to = await behind([enricher.apiVersion()], engine)
    for (let at = 0; at < 3; at++) await to.send('GET /v1.45/info')
    expect(to.lines()).toEqual(['GET /version', ...Array<string>(3).fill('GET /v1.41/info')])
  })

  it('leaves versions as they are where the engine does not say', async () => {
    for (const said of [undefined, {}, { ApiVersion: 1, MinAPIVersion: null }]) {
      await using to = await behind([enricher.apiVersion()], (line) =>
        line.endsWith('/version') ? said : {},
      )
      expect((await to.send('GET /v1.45/info')).request.target).toBe('/v1.45/info')
    }
  })

  it('asks again once a version was refused: the engine may be another', async () => {
    let newest = '1.45'
    await using to = await setUpWith(
      stacked(enricher.apiVersion()),
      'unix',
      answer(({ target }) => {
        if (target === '/version')
          return response('200 OK', JSON.stringify({ ApiVersion: newest, MinAPIVersion: '1.24' }))
        return target.startsWith(`/v${newest}/`)
          ? response('200 OK', '{}')
          : response('400 Bad Request', '{}')
      }),
    )
    await using client = await to.client()
    const status = async () => {
      await client.send(request('GET /v1.45/info'))
      return (await client.response()).status
    }
    expect(await status()).toBe(200)
    newest = '1.41'
    expect([await status(), await status()]).toEqual([400, 200])
  })

  it('a layer behind sees the version that is sent, and asks with it', async () => {
    const seen: (string | undefined)[] = []
    const asks: Layer = async (call, next) => {
      seen.push(call.version)
      if (call.endpoint === 'GET /info') await call.ask('GET /containers/json')
      return next(call)
    }
    await using to = await behind([enricher.apiVersion(), asks], engine)
    await to.send('GET /v1.45/info')
    expect(to.lines()).toEqual(['GET /version', 'GET /v1.41/containers/json', 'GET /v1.41/info'])
    expect(seen).toEqual([undefined, '1.41'])
  })

  it('clients are told what is shown', async () => {
    await using memory = await memoryEngine({ apiVersion: '1.41' })
    const shown = stacked(enricher.apiVersion({ shown: '1.45' }))
    await using listening = await shown.with({ upstream: memory.address }).listen('tcp://127.0.0.1:0')
    const base = listening.addresses[0]!.replace('tcp:', 'http:')
    const ping = await fetch(`${base}/_ping`)
    expect(ping.headers.get('api-version')).toBe('1.45')
    const version = (await (await fetch(`${base}/v1.45/version`)).json()) as Record<string, unknown>
    expect(version['ApiVersion']).toBe('1.45')
    expect(version['Components']).toMatchObject([{ Details: { ApiVersion: '1.45' } }])
    expect((await fetch(`${base}/v1.45/containers/json`)).status).toBe(200)
    expect(memory.calls.at(-1)?.version).toBe('1.41')
  })

  it('nothing is shown as too old that is not', async () => {
    const said = { ApiVersion: '1.55', MinAPIVersion: '1.44' }
    await using to = await behind([enricher.apiVersion({ shown: '1.30' })], () => said)
    const { response, request } = await to.send('GET /v1.24/version')
    expect(JSON.parse(response.body.toString())).toEqual({ ApiVersion: '1.30', MinAPIVersion: '1.30' })
    expect(request.target).toBe('/v1.44/version')
  })

  it.each([
    [{ shown: '1' }, 'enricher.apiVersion() was given the version "1": give one such as "1.45".'],
    [
      { newest: '1.45' },
      'enricher.apiVersion() was given the option newest, which does not exist: there is shown.',
    ],
  ])('%j is an error at start', (options, message) => {
    expect(() => enricher.apiVersion(options as object)).toThrow(message)
  })
})

function stacked(layer: Layer) {
  return intermediate().use(layer)
}

describe('a call’s version', () => {
  it.each(['x', '1.45/..', '', '1 45'])('%j is none, and nothing is sent', async (version) => {
    let thrown: unknown
    await using to = await behind([
      async (call, next) => {
        try {
          call.version = version
        } catch (error) {
          thrown = error
        }
        return next(call)
      },
    ])
    expect((await to.send('GET /v1.41/info')).request.target).toBe('/v1.41/info')
    expect(thrown).toEqual(new TypeError(`${version} is no version of the API: give one such as 1.45`))
  })

  it('can be taken out', async () => {
    await using to = await behind([
      async (call, next) => {
        call.version = undefined
        return next(call)
      },
    ])
    expect((await to.send('GET /v1.41/info?a=1')).request.target).toBe('/info?a=1')
  })
})
