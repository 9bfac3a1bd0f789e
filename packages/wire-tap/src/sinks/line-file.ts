import type { FileHandle } from 'node:fs/promises'
import { open, rename, rm, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { inTurn } from './in-turn.js'

/** When files are begun anew. */
export interface Rotation {
  /** In bytes, how large the file is at most, if a line is not longer by itself. */
  readonly maxBytes: number
  /** How many full ones stay: `path.1` is the newest. */
  readonly keep: number
}

/** What a line tells of. */
export interface Told {
  /** How much is lost with it. */
  readonly count: number
  /** The line as it is to say that so much before it was lost. */
  readonly afterLoss: (lost: number) => string
}

interface Line {
  readonly text: string
  readonly told: Told | undefined
}

/** In bytes, how many may wait for the disk before whoever writes waits too. */
const maxWaiting = 256 * 1024

/**
 * A file that is written line by line, as fast as the disk takes it. It is made for its owner only. One that somebody moves
 * or removes, as logrotate does, is begun anew. Several of this process can have one path.
 */
export class LineFile {
  private readonly path: string
  private readonly rotation: Rotation | undefined
  private lines: Line[] = []
  /** How much could not be written since the last line that was. */
  private lost = 0
  private waiting = 0
  private file: FileHandle | undefined
  private size = 0
  private identity: { readonly dev: number; readonly ino: number } | undefined
  private writing: Promise<void> | undefined
  private error: Error | undefined

  constructor(path: string, rotation?: Rotation) {
    this.path = resolve(path)
    this.rotation = rotation
  }

  /** @returns what to wait for before more is written; it rejects where lines could not be written, which are lost */
  write(text: string, told?: Told): Promise<void> | undefined {
    this.lines.push({ text, told })
    this.waiting += text.length
    this.writing ??= this.writeAll()
    return this.error !== undefined || this.waiting >= maxWaiting ? this.settle() : undefined
  }

  /** Resolves when every line is written. */
  async close(): Promise<void> {
    try {
      await this.settle()
    } finally {
      await this.closeFile()
    }
  }

  private async settle(): Promise<void> {
    await this.writing
    const { error } = this
    this.error = undefined
    if (error !== undefined) throw error
  }

  private async writeAll(): Promise<void> {
    while (this.lines.length > 0) {
      const { lines } = this
      this.lines = []
      this.waiting = 0
      let written = 0
      const texts = lines.map(({ text }) => text)
      if (this.lost > 0) texts[0] = lines[0]!.told?.afterLoss(this.lost) ?? texts[0]!
      const bytes = Buffer.from(texts.join(''))
      try {
        await inTurn(this.path, () => this.append(bytes, (upTo) => (written = upTo)))
        this.lost = 0
      } catch (error) {
        // Told to whoever writes next, or closes.
        this.error = error as Error
        const whole = linesIn(bytes.subarray(0, written))
        this.lost = lines.slice(whole).reduce(sum, whole === 0 ? this.lost : 0)
      }
    }
    // At once, so that no line can come between that nobody writes.
    this.writing = undefined
  }

  /** @param done is told how many bytes are in the file by now, of lines that are whole */
  private async append(bytes: Buffer, done: (upTo: number) => void): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;) {
        const file = await this.current()
        const end = this.fitting(bytes, at)
        if (end === at) {
          await this.rotate()
          continue
        }
        await this.appendWhole(file, bytes.subarray(at, end), (upTo) => done(at + upTo))
        at = end
      }
    } catch (error) {
      await this.closeFile().catch(() => {})
      throw error
    }
  }

  /** Of a line that a full disk cuts, nothing stays: nobody could read the file past it. */
  private async appendWhole(file: FileHandle, bytes: Buffer, done: (upTo: number) => void): Promise<void> {
    let at = 0
    try {
      while (at < bytes.length) at += (await file.write(bytes, at)).bytesWritten
    } catch (error) {
      const whole = bytes.subarray(0, at).lastIndexOf(0x0a) + 1
      // Where that fails as well, `begin` ends the line.
      if (at > whole) await file.truncate(this.size + whole).catch(() => {})
      done(whole)
      throw error
    }
    done(at)
  }

  /** The file that has this path by now, and how large it is. */
  private async current(): Promise<FileHandle> {
    const found = await stat(this.path).catch(unlessMissing)
    const { file, identity } = this
    if (file !== undefined && found?.dev === identity?.dev && found?.ino === identity?.ino) {
      this.size = found!.size
      return file
    }
    await this.closeFile()
    return (this.file = await this.begin())
  }

  /** A line that was cut, by a full disk or with the process, is ended first. */
  private async begin(): Promise<FileHandle> {
    const file = await open(this.path, 'a+', 0o600)
    try {
      const found = await file.stat()
      this.identity = found
      this.size = found.size
      const last = Buffer.from('\n')
      if (found.isFile() && found.size > 0) await file.read(last, 0, 1, found.size - 1)
      if (last.toString() === '\n') return file
      await file.appendFile('\n')
      this.size++
      return file
    } catch (error) {
      await file.close()
      throw error
    }
  }

  private async closeFile(): Promise<void> {
    const { file } = this
    this.file = undefined
    await file?.close()
  }

  /** Where the lines end that fit into the file. */
  private fitting(bytes: Buffer, at: number): number {
    if (this.rotation === undefined) return bytes.length
    const room = this.rotation.maxBytes - this.size
    if (bytes.length - at <= room) return bytes.length
    const last = room <= 0 ? -1 : bytes.lastIndexOf(0x0a, at + room - 1)
    if (last >= at) return last + 1
    // A line that is longer than a file has one for itself.
    return this.size > 0 ? at : bytes.indexOf(0x0a, at) + 1
  }

  private async rotate(): Promise<void> {
    const { path } = this
    const { keep } = this.rotation!
    await this.closeFile()
    if (keep === 0) await rm(path, { force: true })
    for (let number = keep; number > 0; number--) {
      const from = number === 1 ? path : `${path}.${number - 1}`
      await rename(from, `${path}.${number}`).catch(unlessMissing)
    }
  }
}

function sum(lost: number, { told }: Line): number {
  return lost + (told?.count ?? 0)
}

function linesIn(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) count++
  return count
}

function unlessMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}
