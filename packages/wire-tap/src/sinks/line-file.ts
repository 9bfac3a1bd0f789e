import type { FileHandle } from 'node:fs/promises'
import { open, rename, rm, stat } from 'node:fs/promises'
import { resolve } from 'node:path'

/** When files are begun anew. */
export interface Rotation {
  /** In bytes, how large the file is at most, if a line is not longer by itself. */
  readonly maxBytes: number
  /** How many full ones stay: `path.1` is the newest. */
  readonly keep: number
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
  private lines: string[] = []
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
  write(line: string): Promise<void> | undefined {
    this.lines.push(line)
    this.waiting += line.length
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
      const bytes = Buffer.from(this.lines.join(''))
      this.lines = []
      this.waiting = 0
      try {
        await inTurn(this.path, () => this.append(bytes))
      } catch (error) {
        // Told to whoever writes next, or closes.
        this.error = error as Error
      }
    }
    // At once, so that no line can come between that nobody writes.
    this.writing = undefined
  }

  private async append(bytes: Buffer): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;) {
        const file = await this.current()
        const end = this.fitting(bytes, at)
        if (end === at) {
          await this.rotate()
          continue
        }
        await file.appendFile(bytes.subarray(at, end))
        at = end
      }
    } catch (error) {
      // Half a line may have been written, which `begin` sees.
      await this.closeFile().catch(() => {})
      throw error
    }
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
      if (last.toString() !== '\n') await file.appendFile('\n')
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

/** The last that was begun with each path. */
const turns = new Map<string, Promise<unknown>>()

/** One after the other for each path, or two would take the same file for full and move it twice. */
async function inTurn(path: string, act: () => Promise<void>): Promise<void> {
  const before = turns.get(path)
  const acting = before === undefined ? act() : before.then(act, act)
  turns.set(path, acting)
  try {
    await acting
  } finally {
    if (turns.get(path) === acting) turns.delete(path)
  }
}

function unlessMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}
