import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { decodeFrames, encodeFrames, type Frame, type Intermediate } from '@intermediate/core'
import { answer, memoryEngine, temporaryFolder } from '@intermediate/testing'
import { describe, expect, it, vi } from 'vitest'
import { attach, hijackedMultiplexed, ok, request, response } from './docker-calls.js'
import { setUpWith } from './matrix.js'

const readme = await readFile('packages/core/README.md', 'utf8')
/** By the heading that they stand under. */
const examples = new Map(
  readme.split('\n## ').flatMap((section, index) => {
    const [, code] = /```ts\n(.*?)```/s.exec(section) ?? []
    return code === undefined ? [] : [[index === 0 ? 'The first' : section.split('\n', 1)[0]!, code]]
  }),
)

/** The example under a heading, as a module of its own. */
async function run(heading: string, change = (code: string) => code): Promise<Record<string, unknown>> {
  const folder = resolve('node_modules/.cache/readme')
  await mkdir(folder, { recursive: true })
  const path = join(folder, `core-${heading.toLowerCase().replaceAll(' ', '-')}.ts`)
  await writeFile(path, change(examples.get(heading) ?? ''))
  return (await import(/* @vite-ignore */ path)) as Record<string, unknown>
}

const layersOf = async (heading: string) => (await run(heading)).default as Intermediate
const okReply = response('200 OK', '{}')
const message = ({ body }: { body: Buffer }) => (JSON.parse(body.toString()) as { message: string }).message

describe('the examples of the README of core', () => {
  it('are all run here', () => {
    expect(readme.match(/^```ts$/gm)).toHaveLength(examples.size)
    expect([...examples.keys()]).toEqual([
      'The first',
      'Layers',
      'Layers for others',
      'Tunnels',
      'Private endpoints',
    ])
  })

  it('the first listens, says where, and lets nobody exec', async () => {
    await using engine = await memoryEngine()
    await using folder = await temporaryFolder()
    const said = vi.spyOn(console, 'log').mockReturnValue()
    vi.stubEnv('INTERMEDIATE_UPSTREAM', engine.address)
    try {
      const address = `unix://${folder.file('guard.sock')}`
      const inFolder = (code: string) => {
        expect(code).toContain("'unix:///tmp/guard.sock'")
        return `${code.replace('unix:///tmp/guard.sock', address)}\nexport { guard }\n`
      }
      const { guard } = (await run('The first', inFolder)) as { guard: Intermediate }
      expect(said.mock.calls).toEqual([[[address], engine.address]])
      await using to = await setUpWith(guard, 'unix', answer(ok))
      await using client = await to.client()
      await client.send(request('POST /containers/web/exec', [], '{}'))
      expect(message(await client.response())).toBe('no exec here')
    } finally {
      said.mockRestore()
      vi.unstubAllEnvs()
    }
  })

  it('layers put a label on containers, and hide those that have none from exec', async () => {
    const labels: Record<string, string> = { mine: '{"team":"core"}', other: '{}' }
    const engine = answer(({ target }) => {
      const name = /^\/containers\/(\w+)\/json$/.exec(target)?.[1]
      return name === undefined ? okReply : response('200 OK', `{"Config":{"Labels":${labels[name]}}}`)
    })
    await using to = await setUpWith(await layersOf('Layers'), 'unix', engine)
    await using client = await to.client()
    await client.send(request('POST /containers/create', [], '{"Image":"busybox","Labels":{"a":"b"}}'))
    await client.response()
    await client.send(request('POST /containers/mine/exec', [], '{}'))
    expect((await client.response()).status).toBe(200)
    await client.send(request('POST /containers/other/exec', [], '{}'))
    expect(message(await client.response())).toBe('No such container: other')
    expect(to.upstream.requests[0]!.body.toString()).toBe(
      '{"Image":"busybox","Labels":{"a":"b","team":"core"}}',
    )
    expect(to.upstream.requests.map(({ target }) => target)).not.toContain('/containers/other/exec')
  })

  it('a layer for others lets pass what it may, and policies nothing that no rule knows', async () => {
    const layers = await layersOf('Layers for others')
    await using to = await setUpWith(layers, 'unix', answer(okReply))
    await using client = await to.client()
    await client.send(request('POST /containers/create', [], '{"Image":"registry.local/web"}'))
    expect((await client.response()).status).toBe(200)
    for (const [call, said] of [
      [request('POST /containers/create', [], '{"image":"busybox"}'), 'busybox is not from registry.local'],
      [request('POST /containers/web/exec', [], '{}'), 'no exec here'],
      [request('GET /nosuch'), expect.stringContaining('is no endpoint of the Docker API')],
    ] as const) {
      await client.send(call)
      expect(message(await client.response())).toEqual(said)
    }
    expect(to.upstream.requests).toHaveLength(1)
    expect(layers.layers[0]).toEqual({ name: 'onlyFrom', endpoints: ['POST /containers/create'] })
  })

  describe('a tunnel', () => {
    const attached = async (script: Parameters<typeof setUpWith>[2]) =>
      setUpWith((await layersOf('Tunnels')).with({ onError: () => {} }), 'unix', script)

    it('has its errors in red, its input as it is, and its ends apart', async () => {
      await using to = await attached(async (connection) => {
        await connection.request()
        await connection.send(hijackedMultiplexed)
        await connection.send(frames(['stdout', 'out'], ['stderr', 'err']))
        await connection.ended()
        await connection.send(frames(['stdout', 'after stdin']))
        await connection.end()
      })
      await using client = await to.client()
      await client.send(attach)
      await client.head()
      await client.send('typed')
      await client.end()
      const shown = decodeFrames()
      shown.end(await client.ended())
      expect((await shown.toArray()).map(({ stream, data }: Frame) => [stream, data.toString()])).toEqual([
        ['stdout', 'out'],
        ['stderr', '\x1b[31merr\x1b[m'],
        ['stdout', 'after stdin'],
      ])
      expect(to.upstream.connections[0]!.received.toString()).toMatch(/\r\n\r\ntyped$/)
    })

    it.each([
      ['what is no frame', 'no frame'],
      ['an end within a frame', '\x01\x00\x00\x00\x00\x00\x00\x09half'],
    ])('ends with its client on %s', async (_, bytes) => {
      await using to = await attached(async (connection) => {
        await connection.request()
        await connection.send(hijackedMultiplexed + bytes)
        await connection.end()
        await connection.closed()
      })
      await using client = await to.client()
      await client.send(attach)
      await client.closed()
    })
  })

  it('a private endpoint is answered with what its parameters and body say', async () => {
    await using to = await setUpWith(await layersOf('Private endpoints'), 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('POST /extensions/top/run', [], '{"Args":["a","b"]}'))
    expect((await client.response()).body.toString()).toBe('{"Id":"top-a-b"}\n')
  })
})

function frames(...given: ['stdout' | 'stderr', string][]): Buffer {
  const encoder = encodeFrames()
  for (const [stream, data] of given) encoder.write({ stream, data: Buffer.from(data) })
  return encoder.read() as Buffer
}
