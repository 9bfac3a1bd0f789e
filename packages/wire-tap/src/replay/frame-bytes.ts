import type { FrameSeen } from '../events.js'

/** By their number in the header of a frame. */
const streams: readonly FrameSeen['stream'][] = ['stdin', 'stdout', 'stderr', 'systemerr']

/** Output as the wire has it: of a terminal as it is, of another behind the header that says which stream it is of. */
export function frameBytes(stream: FrameSeen['stream'], data: Buffer): Buffer {
  if (stream === 'raw') return data
  const header = Buffer.alloc(8)
  header.writeUInt8(streams.indexOf(stream), 0)
  header.writeUInt32BE(data.length, 4)
  return Buffer.concat([header, data])
}
