import type { Readable } from 'node:stream'
import { Unread } from './unread.js'

/** The bytes of a tar, in the lengths that its heads say. */
export class TarBytes {
  private readonly source: AsyncIterator<Buffer, void>
  private held: Buffer = Buffer.alloc(0)

  constructor(source: Readable) {
    this.source = source[Symbol.asyncIterator]() as AsyncIterator<Buffer, void>
  }

  /** So many bytes; undefined at the end. @throws Unread 400 where it ends within them */
  async take(length: number): Promise<Buffer | undefined> {
    const pieces: Buffer[] = []
    for await (const piece of this.pieces(length)) pieces.push(piece)
    const bytes = Buffer.concat(pieces)
    if (bytes.length === 0 && length > 0) return undefined
    if (bytes.length < length) throw cutShort()
    return bytes
  }

  /** So many bytes. @throws Unread 400 where it ends before */
  async need(length: number): Promise<Buffer> {
    const bytes = await this.take(length)
    if (bytes === undefined) throw cutShort()
    return bytes
  }

  /** So many bytes, as they come, or all that is left. @throws Unread 400 where it ends before so many */
  async *pass(length?: number): AsyncGenerator<Buffer> {
    if (length === undefined) {
      yield* this.pieces(Infinity)
      return
    }
    let left = length
    for await (const piece of this.pieces(length)) {
      left -= piece.length
      yield piece
    }
    if (left > 0) throw cutShort()
  }

  /** Whatever is left. */
  async drop(): Promise<void> {
    for await (const _ of this.pieces(Infinity));
  }

  private async *pieces(length: number): AsyncGenerator<Buffer> {
    for (let left = length; left > 0;) {
      if (this.held.length === 0) {
        const next = await this.source.next()
        if (next.done) return
        this.held = next.value
      }
      const piece = this.held.subarray(0, left)
      this.held = this.held.subarray(piece.length)
      left -= piece.length
      if (piece.length > 0) yield piece
    }
  }
}

function cutShort(): Unread {
  return new Unread(400, 'The build context ends within a file.')
}
