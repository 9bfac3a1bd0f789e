import { randomBytes } from 'node:crypto'
import type { Sink, Source } from '../streams/byte-stream.js'
import { nothing } from '../streams/byte-stream.js'
import { write } from './file-system.js'
import type { DeviceNode, FileNode } from './nodes.js'

const chunk = 64 * 1024

/** Reads a file from its beginning, as it is at each read. */
export class FileSource implements Source {
  readonly #node: FileNode
  #at = 0

  constructor(node: FileNode) {
    this.#node = node
  }

  read(): Promise<Buffer | undefined> {
    const bytes = this.#node.bytes.subarray(this.#at, this.#at + chunk)
    this.#at += bytes.length
    return Promise.resolve(bytes.length > 0 ? bytes : undefined)
  }

  unread(bytes: Buffer): void {
    this.#at -= bytes.length
  }
}

/** Writes to the end of a file. Room is doubled, so that many small writes do not copy the file each. */
export class FileSink implements Sink {
  readonly #node: FileNode
  #room = Buffer.alloc(0)

  constructor(node: FileNode) {
    this.#node = node
  }

  write(bytes: Buffer): Promise<void> {
    const { bytes: before } = this.#node
    const length = before.length + bytes.length
    if (before.buffer !== this.#room.buffer || length > this.#room.length) {
      this.#room = Buffer.allocUnsafeSlow(2 * length)
      before.copy(this.#room)
    }
    bytes.copy(this.#room, before.length)
    write(this.#node, this.#room.subarray(0, length))
    return Promise.resolve()
  }
}

/** `/dev/null`, `/dev/zero` and `/dev/urandom`; a terminal is what the process has as such. */
export function deviceStream({ device }: DeviceNode): Source & Sink {
  if (device === 'zero') return { ...nothing, read: () => Promise.resolve(Buffer.alloc(chunk)) }
  if (device === 'urandom') return { ...nothing, read: () => Promise.resolve(randomBytes(chunk)) }
  return nothing
}
