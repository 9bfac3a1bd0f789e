import { posix } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Call } from '../call.js'
import { endOfArchive, fileEntry, isEnd, nextName, noEntry, readHead } from './tar-head.js'
import { TarBytes } from './tar-bytes.js'
import { Unread } from './unread.js'

export interface DockerfileOptions {
  /**
   * What becomes of a context that is not read here as every engine reads it: packed by other than gzip, without the
   * Dockerfile that is asked for, with entries that readers do not agree on, or a Dockerfile of more than 1 MiB or that is
   * no UTF-8. `refuse`: the call fails with 403, or 400 where there is no Dockerfile. `pass`: it goes on as it is.
   */
  unread: 'refuse' | 'pass'
}

/**
 * Has a build of the engine's own builder (`version` other than 2, without `remote`) use another Dockerfile than the one
 * in its context. `change` is given that, wherever it is in the context, once its last byte has come, and gives what is
 * built. The context passes as it comes, without its end; the new Dockerfile goes behind it under the same path, where it
 * takes the place of whatever an engine finds there otherwise. The engine begins when it has the end, which does not come
 * where `change` throws.
 */
export function changeDockerfile(
  call: Call<'POST /build'>,
  change: (dockerfile: string) => string | Promise<string>,
  { unread }: DockerfileOptions,
): void {
  const { query } = call
  const path = posix.normalize(`/${query.dockerfile || 'Dockerfile'}`).slice(1)
  if (unread === 'refuse') query.dockerfile = path
  call.headers.delete('Content-Encoding')
  const context = changed(call.body, path, change, unread === 'pass')
  call.body = Readable.from(context, { objectMode: false })
}

async function* changed(
  context: Readable,
  path: string,
  change: (dockerfile: string) => string | Promise<string>,
  mayPass: boolean,
): AsyncGenerator<Buffer> {
  const pieces = context[Symbol.asyncIterator]() as AsyncIterator<Buffer, void>
  const start = await beginning(pieces)
  if (start.length === 0 && mayPass) return
  const packing = packingOf(start)
  const whole = Readable.from(all(start, pieces), { objectMode: false })
  if (packing !== undefined && packing !== 'gzip') {
    if (!mayPass)
      throw new Unread(
        403,
        `build contexts packed by ${packing} are not allowed here: pack it by gzip or not at all`,
      )
    yield* whole as AsyncIterable<Buffer>
    return
  }
  // An error of the one is thrown by whoever reads the other.
  const bytes = new TarBytes(packing === undefined ? whole : pipeline(whole, createGunzip(), () => {}))
  // The engine unpacks what begins as something packed does, however often it was: this does not.
  yield noEntry
  try {
    const found = yield* dockerfileOf(bytes, path)
    const made = await change(found)
    // What another reader may find in its place must not be what is built.
    if (!mayPass || made !== found) yield fileEntry(path, Buffer.from(made))
  } catch (error) {
    if (!mayPass || !(error instanceof Unread)) throw error
    yield* bytes.pass()
  }
  yield endOfArchive
  await bytes.drop()
}

/** Passes what a context holds, up to its end, and gives the Dockerfile that an engine would find in it. */
async function* dockerfileOf(bytes: TarBytes, path: string): AsyncGenerator<Buffer, string> {
  const paths = path === 'Dockerfile' ? [path, 'dockerfile'] : [path]
  const found = new Map<string, Buffer>()
  let longName: string | undefined
  let isNamed = false
  for (;;) {
    const head = await bytes.take(512)
    if (head === undefined || isEnd(head)) break
    yield head
    const { kind, name, size } = readHead(head, longName)
    isNamed = kind === 'names'
    const padded = Math.ceil(size / 512) * 512
    const isWanted = kind === 'file' && paths.includes(name)
    if (kind === 'names' || isWanted) {
      if (size > largestDockerfile)
        throw new Unread(403, `${name} is larger than is read here: 1 MiB at most`)
      const content = await bytes.need(padded)
      yield content
      if (kind === 'names') longName = nextName(head, content.subarray(0, size), longName)
      else found.set(name, content.subarray(0, size))
    } else {
      yield* bytes.pass(padded)
    }
    if (kind !== 'names') longName = undefined
  }
  if (isNamed) throw new Unread(403, 'a build context that ends with the name of nothing is not allowed here')
  const dockerfile = paths.map((each) => found.get(each)).find((each) => each !== undefined)
  if (dockerfile === undefined) throw new Unread(400, `Cannot locate specified Dockerfile: ${path}`)
  return textOf(dockerfile)
}

const largestDockerfile = 1024 * 1024

function textOf(dockerfile: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(dockerfile)
  } catch {
    throw new Unread(403, 'a Dockerfile that is no UTF-8 is not allowed here')
  }
}

/** Gzip is what the docker CLI can do; the engine sees it by the first bytes, whatever the header says. */
function packingOf(start: Buffer): string | undefined {
  if (skippable.test(start.toString('latin1'))) return 'zstd'
  return Object.entries(packings).find(([, magic]) => start.indexOf(magic) === 0)?.[0]
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

async function beginning(pieces: AsyncIterator<Buffer, void>): Promise<Buffer> {
  let start: Buffer = Buffer.alloc(0)
  while (start.length < longestMagic) {
    const next = await pieces.next()
    if (next.done) break
    start = Buffer.concat([start, next.value])
  }
  return start
}

async function* all(start: Buffer, rest: AsyncIterator<Buffer, void>): AsyncGenerator<Buffer> {
  if (start.length > 0) yield start
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}
