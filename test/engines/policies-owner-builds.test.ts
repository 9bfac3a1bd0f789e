import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { twoOwners } from '../policies/owner-clients.js'
import type { Caller, Owners } from '../policies/owner-clients.js'
import { entry, gzippedEntry, tarOf } from '../policies/owner-tar.js'
import { foundEngines } from './found-engines.js'

const engines = await foundEngines()

const tar = { 'Content-Type': 'application/x-tar' }

describe.each(engines)('builds of two owners on $name', ({ address }) => {
  const run = `owner-${randomUUID().slice(0, 8)}`
  const made: string[] = []
  let owners: Owners

  /** What the engine says of a build that names its image so. */
  async function build(call: Caller, name: string, context: Buffer): Promise<string> {
    made.push(name)
    return (await call(`POST /build?t=${name}&networkmode=none&forcerm=1`, context, tar)).text
  }

  const secret = `${run}-secret`

  beforeAll(async () => {
    owners = await twoOwners(address, { a: `${run}-a`, b: `${run}-b` })
    const context = tarOf(entry('Dockerfile', 'FROM busybox:latest\nCOPY secret /\n'), entry('secret', run))
    expect(await build(owners.b, secret, context)).toContain('Successfully tagged')
  })
  afterAll(async () => {
    for (const name of made.toReversed()) await owners.direct(`DELETE /images/${name}?force=1`)
    // The stages that an image is not of are left.
    for (const call of [owners.a, owners.b]) await call('POST /images/prune')
    await owners[Symbol.asyncDispose]()
  })

  it('are of stages and images by their ids, and bear the label', async () => {
    const base = `${run}-base`
    const dockerfile = `# syntax=docker/dockerfile:1
FROM busybox:latest AS One
RUN echo one >/one
FROM one
copy --from=ONE /one /two
COPY --from=busybox:latest /bin/busybox /again/busybox
ONBUILD COPY --from=busybox:latest /bin/busybox /later/busybox
ONBUILD RUN /later/busybox true
`
    expect(await build(owners.a, base, tarOf(entry('Dockerfile', dockerfile)))).toContain(
      'Successfully tagged',
    )
    const child = tarOf(entry('Dockerfile', `FROM ${base}\nRUN /again/busybox cat /two\n`))
    const said = await build(owners.a, `${run}-child`, child)
    expect(said).toContain('one')
    expect(said).toContain('Successfully tagged')
    for (const name of [base, `${run}-child`]) {
      const { Config } = (await owners.direct(`GET /images/${name}/json`)).json
      expect(Config.Labels).toEqual({ 'intermediate.owner': `${run}-a` })
      expect((await owners.b(`GET /images/${name}/json`)).status).toBe(404)
    }
  })

  it.each([`FROM ${secret}`, `FROM busybox:latest\nCOPY --from=${secret} /secret /`])(
    'take nothing of each other: %j',
    async (dockerfile) => {
      const context = tarOf(entry('Dockerfile', dockerfile))
      expect(await build(owners.a, `${run}-taken`, context)).toContain(
        `No such image: ${secret} (a build here`,
      )
    },
  )

  it('are of what was read, which the engine unpacks no further', async () => {
    const evil = gzipSync(tarOf(entry('Dockerfile', `FROM ${secret}\nRUN cat /secret\n`)))
    const packed = tarOf(gzippedEntry(evil), entry('Dockerfile', 'FROM busybox:latest\nRUN echo fine\n'))
    // It is what it is said to be: without the layer, the engine builds what is within.
    const direct = await build(owners.direct, `${run}-direct`, packed)
    expect(direct).toContain(`FROM ${secret}`)
    const said = await build(owners.a, `${run}-packed`, gzipSync(packed))
    expect(said).toContain('Successfully tagged')
    expect(said).toContain('fine')
    expect(said).not.toContain(secret)
  })
})
