import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { bzip2Like, entry, gzippedEntry, tarOf } from './owner-tar.js'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readTar } from '../../packages/testing/src/memory-engine/files/read-tar.js'
import { twoOwners } from './owner-clients.js'
import { fakeEngine } from './owner-fake-engine.js'
import type { FakeEngine } from './owner-fake-engine.js'

const tar = { 'Content-Type': 'application/x-tar' }

/** `base` is everybody's, `mine` and `theirs` are A's and B's, `step` is an unlabelled step of somebody's build. */
function images(call: string): object | undefined {
  const image = (RepoTags: string[], Labels: object | null, OnBuild: string[] | null = null) => ({
    Id: idOf(RepoTags[0] ?? 'step'),
    RepoTags,
    Config: { Labels, OnBuild },
  })
  const all: Record<string, object> = {
    base: image(['base:latest'], null),
    mine: image(['mine:latest'], { 'intermediate.owner': 'A' }),
    theirs: image(['theirs:latest'], { 'intermediate.owner': 'B' }),
    step: image([], null),
    copies: image(['copies:latest'], null, ['COPY --from=theirs / /']),
    plants: image(['plants:latest'], null, ['LABEL intermediate.owner=B']),
    harmless: image(['harmless:latest'], null, ['COPY . /app', 'ENV A=b']),
    runs: image(['runs:latest'], null, ['RUN true']),
    'mine-runs': image(['mine-runs:latest'], { 'intermediate.owner': 'A' }, [
      'RUN true',
      `COPY --from=${idOf('mine:latest')} / /`,
    ]),
    'mine-copies': image(['mine-copies:latest'], { 'intermediate.owner': 'A' }, ['COPY --from=mine / /']),
    escapes: image(['escapes:latest'], { 'intermediate.owner': 'A' }, ['# escape=`\nRUN true']),
    two: image(['two:latest'], null, ['ENV A=b\nCOPY . /']),
  }
  const byId = Object.entries(all).map(([name, one]) => [idOf(`${name}:latest`), one] as const)
  return call.startsWith('GET /images/')
    ? { ...all, ...Object.fromEntries(byId) }[call.slice('GET /images/'.length, -'/json'.length)]
    : buildOrNothing(call)
}

/** What the engine calls an image that is exchanged by nobody. */
function idOf(name: string): string {
  return `sha256:${createHash('sha256').update(name).digest('hex')}`
}

const base = idOf('base:latest')
const mine = idOf('mine:latest')

const buildOrNothing = (call: string) => (call === 'POST /build' ? {} : undefined)

/** What the engine builds from: of several files with one path, the last. */
async function built(engine: FakeEngine, path = 'Dockerfile'): Promise<string | undefined> {
  const [build] = engine.of('POST /build')
  const files = new Map<string, string>()
  for await (const { name, bytes } of readTar(Readable.from([build!.bytes]))) files.set(name, String(bytes))
  return files.get(path)
}

describe('a build', () => {
  it('labels each stage, with the instructions as they are read', async () => {
    await using engine = await fakeEngine(images)
    await using owners = await twoOwners(engine.address)
    const dockerfile = `# a comment
ARG BASE=nosuch
ARG QUOTED="mine"
from \${BASE:-x} as First
RUN echo one \\
  # within

  && echo two
FROM $QUOTED
COPY --from=first --chown=0 /a /b
COPY --from=0 /a /b
copy --from=base /a /b
ONBUILD  copy --from=mine /a /b
FROM FIRST
FROM scratch
LABEL a=b \\
  c="$x"
`
    const buildargs = encodeURIComponent(JSON.stringify({ BASE: 'base' }))
    const labels = encodeURIComponent(JSON.stringify({ 'intermediate.owner': 'B', x: 'y' }))
    const cachefrom = encodeURIComponent(JSON.stringify(['mine', 'theirs', 'base', 'nosuch']))
    const { status } = await owners.a(
      `POST /build?t=new&buildargs=${buildargs}&labels=${labels}&cachefrom=${cachefrom}`,
      tarOf(entry('other', 'content'), entry('Dockerfile', dockerfile)),
      tar,
    )
    expect(status).toBe(200)
    const [build] = engine.of('POST /build')
    expect(JSON.parse(build!.query.get('labels')!)).toEqual({ x: 'y', 'intermediate.owner': 'A' })
    expect(JSON.parse(build!.query.get('cachefrom')!)).toEqual([mine])
    expect(await built(engine, 'other')).toBe('content')
    expect(await built(engine)).toBe(`ARG BASE=nosuch
ARG QUOTED="mine"
FROM ${base} as First
LABEL intermediate.owner="A"
RUN echo one   && echo two
FROM ${mine}
LABEL intermediate.owner="A"
COPY --from=first --chown=0 /a /b
COPY --from=0 /a /b
COPY --from=${base} /a /b
ONBUILD COPY --from=${mine} /a /b
FROM FIRST
LABEL intermediate.owner="A"
FROM scratch
LABEL intermediate.owner="A"
LABEL a=b   c="$x"
`)
  })

  it.each([
    ['gzip', gzipSync, 'Dockerfile'],
    ['nothing', (bytes: Buffer) => bytes, 'sub/File'],
    ['a folder of the long path', (bytes: Buffer) => bytes, `${'long/'.repeat(30)}Dockerfile`],
  ])('reads a context packed by %s', async (_, pack, path) => {
    await using engine = await fakeEngine(images)
    await using owners = await twoOwners(engine.address)
    const context = pack(tarOf(entry(`./${path}`, 'FROM base\n'), entry('big', 'x'.repeat(100_000))))
    expect((await owners.a(`POST /build?dockerfile=./x/../${path}`, context, tar)).status).toBe(200)
    expect(await built(engine, path)).toBe(`FROM ${base}\nLABEL intermediate.owner="A"\n`)
    expect((await built(engine, 'big'))!.length).toBe(100_000)
  })

  it('is of the Dockerfile that was judged, wherever the context hides others', async () => {
    await using engine = await fakeEngine(images)
    await using owners = await twoOwners(engine.address)
    const evil = 'FROM theirs\n'
    const context = tarOf(
      entry('Dockerfile', evil),
      entry('Dockerfile', 'FROM base\n'),
      entry('evil', evil),
      entry('Dockerfile', '', { flag: '2', target: 'evil' }),
      entry('./sub/../Dockerfile', 'FROM mine\n'),
      entry('Dockerfile', '', { flag: '1', target: 'evil' }),
      entry('dockerfile', evil),
    )
    const behind = Buffer.concat([context, tarOf(entry('Dockerfile', evil))])
    expect((await owners.a('POST /build', behind, tar)).status).toBe(200)
    expect(await built(engine)).toBe(`FROM ${mine}\nLABEL intermediate.owner="A"\n`)
  })

  it.each([
    ['FROM theirs', 404, 'No such image: theirs (a build here takes what was pulled or built before)'],
    ['FROM nosuch', 404, 'No such image: nosuch (a build here takes what was pulled or built before)'],
    ['FROM step', 404, 'No such image: step (a build here takes what was pulled or built before)'],
    ['FROM --platform=linux/amd64 theirs', 404, 'No such image: theirs'],
    ['ARG A=theirs\nFROM $A', 404, 'No such image: theirs'],
    ['ARG A\nFROM ${A:-theirs}', 404, 'No such image: theirs'],
    ['ARG A=x\nFROM ${A:+theirs}', 404, 'No such image: theirs'],
    ['FROM base\nCOPY --from=theirs / /', 404, 'No such image: theirs'],
    ['FROM base\ncopy --chown=0 \\\n# x\n --from=theirs / /', 404, 'No such image: theirs'],
    ['FROM base\nCOPY --from=1 / /', 404, 'No such image: 1'],
    ['FROM copies', 403, 'its ONBUILD "COPY --from=theirs / /" is run before'],
    ['FROM mine-copies', 403, 'its ONBUILD "COPY --from=mine / /" is run before'],
    // Where and how it was run is not in the key of the cache, and no label is.
    ['FROM runs', 403, 'its ONBUILD "RUN true" is run before a label can say whose build it is'],
    ['FROM mine-runs', 200, ''],
    ['FROM escapes', 403, 'with the escape character'],
    ['FROM two', 403, 'is run before'],
    // The stage that is being built is none yet, and the engine looks for an image of that name.
    ['FROM base AS theirs\nCOPY --from=theirs / /', 404, 'No such image: theirs'],
    ['FROM base\nCOPY --from=0 / /', 404, 'No such image: 0'],
    ['FROM base AS x\nONBUILD COPY --from=theirs / /\nFROM x', 404, 'No such image: theirs'],
    ['FROM base AS x\nONBUILD COPY --from=x / /\nFROM x', 404, 'No such image: x'],
    ['FROM base\nONBUILD LABEL intermediate.owner=B', 403, 'leave out intermediate.owner'],
    ['FROM base\nONBUILD RUN true', 200, ''],
    ['FROM base\nRUN true \\\u00A0\nFROM theirs', 403, 'with spaces and tabs only'],
    ['FROM base\nCOPY --chown=1\uFEFFx --from=theirs / /', 403, 'with spaces and tabs only'],
    ['FROM base\n\u00A0# RUN x \\\nFROM theirs', 403, 'with spaces and tabs only'],
    ['FROM base\n# a comment\u00A0of two words', 200, ''],
    ['FROM "theirs"', 403, 'write it as FROM image AS stage'],
    ['FROM the\\irs', 403, 'write it as FROM image AS stage'],
    ['FROM ${A%x}', 403, 'write it as FROM image AS stage'],
    ['FROM base\nCOPY --fr\\om=theirs / /', 403, 'without quotes and variables'],
    ['FROM base\nCOPY "--from=theirs" / /', 200, ''],
    ['FROM base\nCOPY --fr"om"=theirs / /', 403, 'without quotes and variables'],
    ['FROM base\nCOPY --from=$A / /', 403, 'without quotes and variables'],
    ['FROM base\nLABEL intermediate.owner=B', 403, 'leave out intermediate.owner'],
    ['FROM base\nLABEL a=b "inter"mediate.ow\\ner=B', 403, 'leave out intermediate.owner'],
    ['FROM base\nENV A=intermediate\nLABEL $A.owner=B', 403, 'variables in keys'],
    ['FROM base\nLABEL ${A} B', 403, 'variables in keys'],
    ['FROM plants', 403, 'leave out intermediate.owner'],
    ['FROM harmless', 200, ''],
    ['# escape=`\nFROM base\nRUN x `\n FROM theirs', 403, 'with the escape character \\'],
    ['FROM base\nRUN x \\\\\nFROM theirs', 403, 'without two backslashes'],
    ['FROM base\nRUN <<EOF\nFROM theirs\nEOF', 403, 'without << and heredocs'],
    ['FROM base\nRUN cat ${X:+}<<"E "', 403, 'without << and heredocs'],
    ['FROM base\nONBUILD RUN cat <<-EOF', 403, 'without << and heredocs'],
    ['FROM base\nENV A=<<', 200, ''],
    ['FROM base\nNOSUCH x', 403, 'with the instructions of the engine’s own builder: ADD, ARG,'],
    ['FROM base\nONBUILD NOSUCH x', 403, 'with the instructions of the engine’s own builder'],
    ['FROM base\nONBUILD # escape=x', 403, 'with the escape character'],
    ['FROM base\nONBUILD', 403, 'write it with one instruction'],
    ['FROM base\nRUN --mount=type=bind,from=theirs true', 403, 'builder has none of RUN'],
    ['FROM base\nCOPY --link a b', 403, 'with flags of COPY as --chown=value, --from=value, without quotes'],
    ['FROM base\nCOPY --parents=1 a b', 403, 'with flags of COPY as'],
    ['FROM base\nCOPY -- --from=theirs b', 403, 'with flags of COPY as'],
    ['FROM base\nADD --from=theirs / /', 403, 'with flags of ADD as --chown=value'],
    ['FROM base\nHEALTHCHECK --interval=5s CMD true', 200, ''],
    ['# syntax=docker/dockerfile:1\nFROM base', 200, ''],
    ['FROM base AS $x', 403, 'write it as FROM image AS stage'],
    ['FROM base\nRUN a\0b', 403, 'with spaces and tabs only'],
    ['FROM base\rFROM theirs', 403, 'without other line ends'],
    ['\uFEFFFROM theirs', 404, 'No such image: theirs'],
    ['FROM base\r\nFROM theirs\r\n', 404, 'No such image: theirs'],
  ])('of %j gets %i %s', async (dockerfile, status, message) => {
    await using engine = await fakeEngine(images)
    await using owners = await twoOwners(engine.address)
    const answer = await owners.a('POST /build', tarOf(entry('Dockerfile', dockerfile)), tar)
    expect([answer.status, answer.json.message ?? '']).toEqual([status, expect.stringContaining(message)])
    expect(engine.of('POST /build')).toHaveLength(status === 200 ? 1 : 0)
  })

  it.each([
    [
      'no Dockerfile',
      tarOf(entry('other', 'FROM base')),
      400,
      'Cannot locate specified Dockerfile: Dockerfile',
    ],
    ['a link', tarOf(entry('Dockerfile', '', { flag: '2', target: 'x' })), 400, 'Cannot locate specified'],
    ['a sparse file', tarOf(entry('x', '', { flag: 'S' })), 403, 'an entry of the type "S"'],
    ['a link with content', tarOf(entry('x', 'content', { flag: '2' })), 403, 'an entry of the type "2"'],
    ['a folder with content', tarOf(entry('x/', 'content')), 403, 'an entry of the type "0"'],
    [
      'a size in binary',
      tarOf(entry('x', '', { size: '\x80\0\0\0\0\0\0\0\0\0\x02\0' })),
      403,
      'a size that is not octal',
    ],
    ['another size', tarOf(entry('x', '99 size=1\n', { flag: 'x' })), 403, 'a record that cannot be read'],
    ['a size by PAX', tarOf(entry('x', '12 size=999\n', { flag: 'x' })), 403, 'a record of size'],
    ['one path for all', tarOf(entry('x', '21 path=Dockerfile_x\n', { flag: 'g' })), 403, 'a record of path'],
    ['half a file', tarOf(entry('x', 'x'.repeat(2000))).subarray(0, 1000), 400, 'ends within a file'],
    ['bzip2', bzip2Like, 403, 'packed by bzip2'],
    [
      'a Dockerfile that is no text',
      tarOf(entry('Dockerfile', Buffer.from('FROM \xE4', 'latin1'))),
      403,
      'no UTF-8',
    ],
    ['what zstd skips', tarOf(entry('\x50\x2A\x4D\x18', 'FROM base')), 403, 'packed by zstd'],
    [
      'a name of nothing',
      tarOf(entry('Dockerfile', 'FROM base'), entry('x', 'other\0', { flag: 'L' })),
      403,
      'that ends with the name of nothing',
    ],
  ])('of a context with %s is refused', async (_, context, status, message) => {
    await using engine = await fakeEngine(images)
    await using owners = await twoOwners(engine.address)
    const answer = await owners.a('POST /build', context, tar)
    expect([answer.status, answer.json.message]).toEqual([status, expect.stringContaining(message)])
    expect(engine.of('POST /build')).toEqual([])
  })

  it('is of what was read, and not of what the engine would unpack of that', async () => {
    await using engine = await fakeEngine(images)
    await using owners = await twoOwners(engine.address)
    const evil = gzipSync(tarOf(entry('Dockerfile', 'FROM theirs')))
    const packed = tarOf(gzippedEntry(evil), entry('Dockerfile', 'FROM base'))
    expect(gunzipSync(packed.subarray(0, 512 + evil.length)).toString()).toContain('FROM theirs')
    expect((await owners.a('POST /build', gzipSync(packed), tar)).status).toBe(200)
    const [{ bytes } = { bytes: Buffer.alloc(0) }] = engine.of('POST /build')
    expect(bytes.subarray(0, 4).toString()).toBe('pax_')
    expect(await built(engine)).toContain(base)
  })

  it('takes no name that another has come to have since it began', async () => {
    let isTaken = false
    await using engine = await fakeEngine((call) => {
      if (call !== 'GET /images/new:latest/json') return images(call)
      return isTaken ? images('GET /images/theirs/json') : undefined
    })
    await using owners = await twoOwners(engine.address)
    const context = tarOf(entry('Dockerfile', 'FROM base'))
    async function* slowly(): AsyncGenerator<Buffer> {
      yield context.subarray(0, 600)
      await expect.poll(() => engine.of('GET /images/new:latest/json').length).toBe(1)
      isTaken = true
      yield context.subarray(600)
    }
    const answer = await owners.a('POST /build?t=new', Readable.from(slowly()), tar)
    expect(answer.json).toEqual({
      message: 'Conflict. The image name "new:latest" is already in use: choose another one.',
    })
  })

  it('is asked in no way that is not known', async () => {
    await using engine = await fakeEngine(images)
    await using owners = await twoOwners(engine.address)
    const { status, json } = await owners.a('POST /build?nocache=1&inherit=theirs')
    expect([status, json]).toEqual([
      403,
      { message: 'builds with inherit= are not allowed here: leave it out' },
    ])
    expect((await owners.a('POST /build?version=3')).status).toBe(403)
    expect(engine.got).toEqual([])
  })

  it('has no outputs, which can name an image too', async () => {
    await using engine = await fakeEngine(images)
    await using allowed = await twoOwners(engine.address, { allow: 'POST /build' })
    const answer = await allowed.a('POST /build?version=2&outputs=[{}]')
    expect(answer.json).toEqual({
      message: 'outputs of a build are not allowed here: name the image with --tag',
    })
    expect(engine.of('POST /build')).toEqual([])
  })

  it.each([
    ['version=2', 'builds with BuildKit are not allowed here: set DOCKER_BUILDKIT=0'],
    ['remote=https://example.org/x.git', 'builds of remote contexts are not allowed here: send the context'],
    ['pull=1', 'builds with --pull are not allowed here: pull the images first'],
  ])('with %s is for those who are allowed to by name', async (query, message) => {
    await using engine = await fakeEngine(images)
    await using owners = await twoOwners(engine.address)
    expect((await owners.a(`POST /build?${query}`)).json).toEqual({ message })
    await using allowed = await twoOwners(engine.address, { allow: 'POST /build' })
    const context = tarOf(entry('Dockerfile', 'FROM base'))
    expect((await allowed.a(`POST /build?${query}`, context, tar)).status).toBe(200)
    expect(JSON.parse(engine.got.at(-1)!.query.get('labels')!)).toEqual({ 'intermediate.owner': 'A' })
  })
})

describe('a copy of an image', () => {
  const of = (owner: string, tag: string) => ({
    Id: `sha256:${owner}`,
    RepoTags: [`shop:${tag}`],
    Labels: { 'intermediate.owner': owner },
    Config: { Labels: { 'intermediate.owner': owner } },
  })
  const shared = (call: string) => {
    if (call === 'GET /images/json') return [of('A', 'latest'), of('B', '1')]
    if (call === 'GET /images/shop/json' || call === 'GET /images/shop:latest/json') return of('A', 'latest')
    return call.startsWith('GET /images/') && !call.includes('nobodys-') ? {} : undefined
  }

  it.each(['/images/shop/get', '/images/get?names=shop'])(
    'by a name without a tag has all tags, so that all have to be the owner’s: %s',
    async (path) => {
      await using engine = await fakeEngine(shared)
      await using owners = await twoOwners(engine.address)
      await owners.a(`GET ${path}`)
      expect(engine.got.at(-1)!.call + engine.got.at(-1)!.query.toString()).toContain('nobodys-')
    },
  )

  it('by a name with a tag has that one', async () => {
    await using engine = await fakeEngine(shared)
    await using owners = await twoOwners(engine.address)
    expect((await owners.a('GET /images/shop:latest/get')).status).toBe(200)
    expect(engine.of('GET /images/shop:latest/get')).toHaveLength(1)
  })
})
