/** The streams of a process, by their numbers in the engine's frames. */
export type StreamNumber = 1 | 2

/** How the engine sends stdout and stderr over one connection: stream, three zeros, length, bytes. */
export function frame(stream: StreamNumber, bytes: Buffer): Buffer {
  const framed = Buffer.allocUnsafe(8 + bytes.length)
  framed.writeUInt32BE(stream << 24, 0)
  framed.writeUInt32BE(bytes.length, 4)
  bytes.copy(framed, 8)
  return framed
}
