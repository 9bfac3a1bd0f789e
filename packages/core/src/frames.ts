import { Transform, type TransformCallback } from 'node:stream'
import { IntermediateError } from './errors.js'

/** `systemerr` carries an error of the engine itself, after which its streams end. */
export type FrameStream = 'stdin' | 'stdout' | 'stderr' | 'systemerr'

/** Bytes of one of the streams that share a multiplexed one. */
export interface Frame {
  readonly stream: FrameStream
  readonly data: Buffer
}

/** By their number in a header. */
const streams: readonly FrameStream[] = ['stdin', 'stdout', 'stderr', 'systemerr']

const headerLength = 8
const maxDataLength = 0xffff_ffff

/**
 * Takes bytes in Docker's multiplexed form (`application/vnd.docker.multiplexed-stream`: attach, exec and logs without
 * a terminal) and gives a `Frame` for what has come. Data is passed on as it comes and not gathered: a frame may be of 4
 * GiB, what is in it would wait for its end, and where the engine cuts a stream into frames says nothing about what is
 * in it. So a frame that comes in several parts is several frames, and an empty one is a frame without data.
 *
 * It fails with an IntermediateError (502) on what is no frame, as the bytes of a terminal are, and where the input ends
 * within one.
 */
export function decodeFrames(): Transform {
  return new FrameDecoder()
}

/**
 * The reverse: takes frames and gives bytes in the multiplexed form. Data is any Uint8Array of less than 4 GiB.
 */
export function encodeFrames(): Transform {
  return new Transform({
    writableObjectMode: true,
    transform(frame: { stream: FrameStream; data: Uint8Array }, _encoding, done) {
      try {
        done(null, encoded(frame))
      } catch (error) {
        done(error as Error)
      }
    },
  })
}

class FrameDecoder extends Transform {
  private readonly header = Buffer.alloc(headerLength)
  private headerBytes = 0
  /** How much of the frame's data is still to come. */
  private missing = 0
  private stream: FrameStream = 'stdin'

  constructor() {
    super({ readableObjectMode: true })
  }

  override _transform(bytes: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let at = 0
    while (at < bytes.length) {
      if (this.missing > 0) {
        const data = bytes.subarray(at, at + this.missing)
        this.missing -= data.length
        at += data.length
        this.pass(data)
        continue
      }
      const taken = bytes.copy(this.header, this.headerBytes, at)
      this.headerBytes += taken
      at += taken
      if (this.headerBytes < headerLength) break
      const wrong = this.begin()
      if (wrong) return done(wrong)
    }
    done()
  }

  override _flush(done: TransformCallback): void {
    const isWithin = this.headerBytes > 0 || this.missing > 0
    done(isWithin ? malformed('it ends within a frame') : null)
  }

  /** The frame of which the header is complete; what is wrong with it, if anything. */
  private begin(): IntermediateError | undefined {
    const { header } = this
    const stream = streams[header[0] as number]
    if (stream === undefined || header[1] !== 0 || header[2] !== 0 || header[3] !== 0)
      return malformed(`${header.toString('hex')} is not the header of a frame`)
    this.headerBytes = 0
    this.stream = stream
    this.missing = header.readUInt32BE(4)
    if (this.missing === 0) this.pass(header.subarray(0, 0))
    return undefined
  }

  private pass(data: Buffer): void {
    this.push({ stream: this.stream, data } satisfies Frame)
  }
}

function encoded({ stream, data }: { stream: FrameStream; data: Uint8Array }): Buffer {
  const number = streams.indexOf(stream)
  if (number === -1)
    throw new TypeError(`${String(stream)} is no stream of a frame: give one of ${streams.join(', ')}.`)
  if (!(data instanceof Uint8Array))
    throw new TypeError('The data of a frame is bytes: give a Buffer or Uint8Array.')
  if (data.length > maxDataLength)
    throw new RangeError('The data of a frame is less than 4 GiB: give it in parts.')
  const bytes = Buffer.allocUnsafe(headerLength + data.length)
  bytes.writeUInt32BE(number * 0x100_0000, 0)
  bytes.writeUInt32BE(data.length, 4)
  bytes.set(data, headerLength)
  return bytes
}

function malformed(what: string): IntermediateError {
  return new IntermediateError(
    'ERR_UPSTREAM_PROTOCOL',
    502,
    `The stream cannot be read as Docker's multiplexed frames: ${what}.`,
  )
}
