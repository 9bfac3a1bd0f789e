import { posix } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { claimTags } from './build-query.js'
import { judgeDockerfile } from './dockerfile.js'
import { Refused } from './refused.js'
import { endOfArchive, fileEntry, isEnd, nextName, noEntry, readHead } from './tar-head.js'
import { TarBytes } from './tar-bytes.js'
import type { Visit } from './visit.js'

/**
 * Has the Dockerfile judged that is somewhere in the context. The context passes as it comes, without its end; the
 * Dockerfile that was judged goes behind it under the same path, where it takes the place of whatever an engine finds
 * there otherwise. The engine begins when it has the end, which does not come where the Dockerfile is refused.
 */
export async function judgeContext(visit: Visit): Promise<void> {
  const { query, call } = visit
  const asked = query['dockerfile'] || 'Dockerfile'
  const path = posix.normalize(`/${asked}`).slice(1)
  query['dockerfile'] = path
  call.headers.delete('Content-Encoding')
  call.body = Readable.from(judged(visit, path, call.body), { objectMode: false })
}

async function* judged(visit: Visit, path: string, context: Readable): AsyncGenerator<Buffer> {
  const bytes = new TarBytes(await unpacked(context))
  const paths = path === 'Dockerfile' ? [path, 'dockerfile'] : [path]
  const found = new Map<string, Buffer>()
  let longName: string | undefined
  let isNamed = false
  // The engine unpacks what begins as something packed does, however often it was: this does not.
  yield noEntry
  for (;;) {
    const head = await bytes.take(512)
    if (head === undefined || isEnd(head)) break
    const { kind, name, size } = readHead(head, longName)
    isNamed = kind === 'names'
    const padded = Math.ceil(size / 512) * 512
    const isWanted = kind === 'file' && paths.includes(name)
    yield head
    if (kind === 'names' || isWanted) {
      if (size > largestDockerfile)
        throw new Refused(403, `${name} is larger than is read here: 1 MiB at most`)
      const content = await bytes.need(padded)
      yield content
      if (kind === 'names') longName = nextName(head, content.subarray(0, size), longName)
      else found.set(name, content.subarray(0, size))
    } else {
      yield* bytes.pass(padded)
    }
    if (kind !== 'names') longName = undefined
  }
  if (isNamed)
    throw new Refused(403, 'a build context that ends with the name of nothing is not allowed here')
  const dockerfile = paths.map((each) => found.get(each)).find((each) => each !== undefined)
  if (dockerfile === undefined) throw new Refused(400, `Cannot locate specified Dockerfile: ${path}`)
  const rewritten = await judgeDockerfile(visit, textOf(dockerfile))
  // Others may have made images since the call came.
  await claimTags(visit)
  yield fileEntry(path, Buffer.from(rewritten))
  yield endOfArchive
  await bytes.drop()
}

const largestDockerfile = 1024 * 1024

function textOf(dockerfile: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(dockerfile)
  } catch {
    throw new Refused(403, 'a Dockerfile that is no UTF-8 is not allowed here')
  }
}

/** Plain, or by gzip, which the docker CLI can do; the engine sees it by the first bytes, whatever the header says. */
async function unpacked(context: Readable): Promise<Readable> {
  const pieces = context[Symbol.asyncIterator]() as AsyncIterator<Buffer, void>
  let start: Buffer = Buffer.alloc(0)
  while (start.length < longestMagic) {
    const next = await pieces.next()
    if (next.done) break
    start = Buffer.concat([start, next.value])
  }
  const whole = Readable.from(all(start, pieces), { objectMode: false })
  const [found] = Object.entries(packings).find(([, magic]) => start.indexOf(magic) === 0) ?? []
  const packing = skippable.test(start.toString('latin1')) ? 'zstd' : found
  if (packing === undefined) return whole
  if (packing !== 'gzip')
    throw new Refused(
      403,
      `build contexts packed by ${packing} are not allowed here: pack it by gzip or not at all`,
    )
  // An error of the one is thrown by whoever reads the other.
  return pipeline(whole, createGunzip(), () => {})
}

const longestMagic = 6
const packings = {
  gzip: Buffer.from([0x1f, 0x8b, 0x08]),
  bzip2: Buffer.from([0x42, 0x5a, 0x68]),
  xz: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]),
  zstd: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
}

/** How a zstd file can begin as well: with something that is skipped. */
const skippable = /^[\x50-\x5f]\x2a\x4d\x18/

async function* all(start: Buffer, rest: AsyncIterator<Buffer, void>): AsyncGenerator<Buffer> {
  if (start.length > 0) yield start
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}
