import type { FileHandle } from 'node:fs/promises'
import { open, rename, rm } from 'node:fs/promises'

/** When files are begun anew. */
export interface Rotation {
  /** In bytes, how large the file is at most, if a line is not longer by itself. */
  readonly maxBytes: number
  /** How many full ones stay: `path.1` is the newest. */
  readonly keep: number
}

/** In bytes, how many may wait for the disk before whoever writes waits too. */
const maxWaiting = 256 * 1024

/** A file that is written line by line, as fast as the disk takes it. It is made for its owner only. */
export class LineFile {
  private readonly path: string
  private readonly rotation: Rotation | undefined
  private lines: string[] = []
  private waiting = 0
  private file: FileHandle | undefined
  private size = 0
  private writing: Promise<void> | undefined
  private error: Error | undefined

  constructor(path: string, rotation?: Rotation) {
    this.path = path
    this.rotation = rotation
  }

  /** @returns what to wait for before more is written; it rejects where lines could not be written, which are lost */
  write(line: string): Promise<void> | undefined {
    this.lines.push(line)
    this.waiting += line.length
    this.writing ??= this.writeAll().finally(() => (this.writing = undefined))
    return this.error !== undefined || this.waiting >= maxWaiting ? this.settle() : undefined
  }

  /** Resolves when every line is written. */
  async close(): Promise<void> {
    try {
      await this.settle()
    } finally {
      await this.file?.close()
      this.file = undefined
    }
  }

  private async settle(): Promise<void> {
    await this.writing
    const { error } = this
    this.error = undefined
    if (error !== undefined) throw error
  }

  private async writeAll(): Promise<void> {
    try {
      while (this.lines.length > 0) {
        const bytes = Buffer.from(this.lines.join(''))
        this.lines = []
        this.waiting = 0
        await this.append(bytes)
      }
    } catch (error) {
      // Told to whoever writes next, or closes.
      this.error = error as Error
    }
  }

  private async append(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      this.file ??= await this.begin()
      const end = this.fitting(bytes, at)
      if (end === at) {
        await this.rotate()
        continue
      }
      await this.file.appendFile(bytes.subarray(at, end))
      this.size += end - at
      at = end
    }
  }

  private async begin(): Promise<FileHandle> {
    const file = await open(this.path, 'a', 0o600)
    this.size = (await file.stat()).size
    return file
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
    await this.file?.close()
    this.file = undefined
    if (keep === 0) await rm(path, { force: true })
    for (let number = keep; number > 0; number--) {
      const from = number === 1 ? path : `${path}.${number - 1}`
      await rename(from, `${path}.${number}`).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      })
    }
  }
}
