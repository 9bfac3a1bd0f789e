import { createHash } from 'node:crypto'
import { FileError } from '../files/file-system.js'
import { deviceStream, FileSource } from '../files/open-files.js'
import type { Process } from '../processes/process.js'
import type { Source } from '../streams/byte-stream.js'
import { readAll } from '../streams/lines.js'
import { pathIn } from './paths.js'

/** `cat [file...]` */
export function cat(self: Process): Promise<number> {
  return eachFile(self, self.args.slice(1), async (source) => {
    for (let bytes = await next(self, source); bytes; bytes = await next(self, source))
      await self.write(bytes)
  })
}

/** `head [-n lines | -c bytes] [file...]` */
export function head(self: Process): Promise<number> {
  const { count, bytes, files } = amount(self)
  return eachFile(self, files, async (source) => {
    let left = count
    while (left > 0) {
      const chunk = await next(self, source)
      if (!chunk) return
      const end = bytes ? Math.min(left, chunk.length) : endOfLines(chunk, left)
      left -= bytes ? end : linesIn(chunk.subarray(0, end))
      await self.write(chunk.subarray(0, end))
    }
  })
}

/** `tail [-n lines | -c bytes] [file...]` */
export function tail(self: Process): Promise<number> {
  const { count, bytes, files } = amount(self)
  return eachFile(self, files, async (source) => {
    const all = await self.until(readAll(source, self.signal))
    const skipped = Math.max(0, linesIn(all) + (all.at(-1) === newline || all.length === 0 ? 0 : 1) - count)
    await self.write(
      all.subarray(bytes ? Math.max(0, all.length - count) : skipped === 0 ? 0 : endOfLines(all, skipped)),
    )
  })
}

/** `wc [-lwc] [file...]` */
export function wc(self: Process): Promise<number> {
  const flags =
    self.args
      .slice(1)
      .filter((word) => word.startsWith('-'))
      .join('') || '-lwc'
  const files = self.args.slice(1).filter((word) => !word.startsWith('-'))
  return eachFile(self, files, async (source, name) => {
    const all = await self.until(readAll(source, self.signal))
    const counts = { l: linesIn(all), w: all.toString('latin1').match(/\S+/g)?.length ?? 0, c: all.length }
    const shown = (['l', 'w', 'c'] as const)
      .filter((flag) => flags.includes(flag))
      .map((flag) => counts[flag])
    await self.print(`${[...shown, ...(name === undefined ? [] : [name])].join(' ')}\n`)
  })
}

/** `sha256sum [file...]` */
export function sha256sum(self: Process): Promise<number> {
  return eachFile(self, self.args.slice(1), async (source, name = '-') => {
    const hash = createHash('sha256')
    for (let bytes = await next(self, source); bytes; bytes = await next(self, source)) hash.update(bytes)
    await self.print(`${hash.digest('hex')}  ${name}\n`)
  })
}

const newline = 0x0a

export async function eachFile(
  self: Process,
  names: readonly string[],
  act: (source: Source, name: string | undefined) => Promise<void>,
): Promise<number> {
  if (names.length === 0) {
    await act(self.stdin, undefined)
    return 0
  }
  let code = 0
  for (const name of names) {
    try {
      await act(name === '-' ? self.stdin : open(self, name), name)
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      code = await self.complain(`${name}: ${error.message}`)
    }
  }
  return code
}

function open(self: Process, name: string): Source {
  const node = self.sandbox.files.get(pathIn(self, name))
  if (node.kind === 'file') return new FileSource(node)
  if (node.kind === 'folder') throw new FileError('EISDIR')
  if (node.kind === 'device')
    return node.device === 'tty' && self.terminal ? self.terminal : deviceStream(node)
  throw new FileError('ENOENT')
}

function next(self: Process, source: Source): Promise<Buffer | undefined> {
  return self.until(source.read(self.signal))
}

/** `-n 3`, `-n3`, `-3`, `-c 10`; then the files. */
function amount(self: Process): { count: number; bytes: boolean; files: string[] } {
  const words = self.args.slice(1)
  const [, kind = 'n', number = ''] = /^-([nc])?(\d*)$/.exec(words[0] ?? '') ?? []
  if (!words[0]?.startsWith('-') || words[0] === '-') return { count: 10, bytes: false, files: words }
  words.shift()
  return { count: Number(number || words.shift()) || 0, bytes: kind === 'c', files: words }
}

function linesIn(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) count++
  return count
}

/** Where the line of that number ends. */
function endOfLines(bytes: Buffer, lines: number): number {
  let end = 0
  for (let line = 0; line < lines; line++) {
    const at = bytes.indexOf(newline, end)
    if (at < 0) return bytes.length
    end = at + 1
  }
  return end
}
