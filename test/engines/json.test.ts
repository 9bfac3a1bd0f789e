import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonical } from '../../packages/core/src/json/canonical.js'
import type { JsonObject, JsonValue } from '../../packages/core/src/json/json-value.js'
import { parseJson } from '../../packages/core/src/json/parse-json.js'
import { requestFields } from '../../packages/core/src/json/request-fields.js'
import { writeJson } from '../../packages/core/src/json/write-json.js'
import { anyCreateBody } from './any-create-body.js'
import { forEachEngine } from './compare.js'
import { broken, followed, refused } from './json-bodies.js'
import { ask, made } from './made.js'
import type { Create } from './made.js'

// What a layer reads is what the engine applies. Each body goes to the engine as it is, and as it goes on after a layer
// has read it: the engine must make the same of both, and apply what the layer saw. Or reading it is refused.

const name = `im-json-${randomBytes(3).toString('hex')}`
const container = 'POST /containers/create'

forEachEngine((_, { address }) => {
  describe('a container', () => {
    test.each(followed)('with %s', (_title, body) => expectSame(address, container, body))

    test('with any fields, however they are written', async () => {
      const same = fc.asyncProperty(anyCreateBody(), (body) => expectSame(address, container, body))
      await fc.assert(same, { numRuns: 40 })
    })

    test.each(broken)('that is no JSON to the engine: %j', async (body) => {
      expect(() => seen(container, body)).toThrow(expect.objectContaining({ status: 400 }))
      expect((await made(address, container, Buffer.from(body))).status).toBeGreaterThanOrEqual(400)
    })
  })

  test('a volume', async () => {
    await expectSame(
      address,
      'POST /volumes/create',
      `{"name":"${name}","label\u017F":{"a":"1","A":"2"},"DRIVEROPTS":{"type":"tmpfs","device":"tmpfs","o":"size=1m"}}`,
    )
  })

  test('a network', async () => {
    await expectSame(
      address,
      'POST /networks/create',
      `{"NAME":"${name}","internal":true,"options":{"a":"1","A":"2"},"ipam":{"config":[{"subnet":"172.28.99.0/24","AUXILIARYADDRESSES":{"a":"172.28.99.7"}}]}}`,
    )
  })

  test('an exec', async () => {
    const { value } = await ask(
      address,
      'POST',
      '/containers/create',
      Buffer.from('{"Image":"busybox:latest","Cmd":["sleep","100"]}'),
    )
    const path = `/containers/${value['Id'] as string}`
    try {
      await ask(address, 'POST', `${path}/start`)
      const body = '{"CMD":["true"],"privileged":true,"u\u017Fer":"1:2"}'
      const read = seen('POST /containers/:id/exec', body)
      expect(read).toEqual({ Cmd: ['true'], Privileged: true, User: '1:2' })
      for (const bytes of [Buffer.from(body), writeJson(read)]) {
        const exec = await ask(address, 'POST', `${path}/exec`, bytes)
        const { value: kept } = await ask(address, 'GET', `/exec/${exec.value['Id'] as string}/json`)
        expect(kept['ProcessConfig']).toMatchObject({ entrypoint: 'true', privileged: true, user: '1:2' })
      }
    } finally {
      await ask(address, 'DELETE', `${path}?force=1`)
    }
  })
})

test.each(refused)('%s is refused', (_title, body, message) => {
  expect(() => seen(container, body)).toThrow(
    expect.objectContaining({ status: 400, message: expect.stringMatching(message) }),
  )
})

async function expectSame(address: string, endpoint: Create, text: string | Buffer): Promise<void> {
  const body = Buffer.from(text)
  const judged = seen(endpoint, body) as Record<string, JsonObject | null | undefined>
  const direct = await made(address, endpoint, body)
  expect(await made(address, endpoint, writeJson(judged))).toEqual(direct)
  if (direct.status !== 201 || endpoint !== container) return
  const { HostConfig: applied, Config } = direct.object as { HostConfig: JsonObject; Config: JsonObject }
  expect(applied['Privileged']).toBe(judged['HostConfig']?.['Privileged'] ?? false)
  expect(applied['PidMode']).toBe(judged['HostConfig']?.['PidMode'] ?? '')
  expect(applied['Binds'] ?? []).toEqual(judged['HostConfig']?.['Binds'] ?? [])
  expect(Config['Labels']).toEqual(judged['Labels'] ?? {})
}

/** The body as a layer sees it. */
function seen(endpoint: Create | 'POST /containers/:id/exec', body: string | Buffer): JsonValue {
  const fields = requestFields(endpoint)
  if (!fields) throw new Error(`${endpoint} has no fields`)
  return canonical(parseJson(Buffer.from(body)), fields)
}
