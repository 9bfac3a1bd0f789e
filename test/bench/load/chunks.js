// Chunks as the engine and the docker command send them: of 32 KiB, the size of the buffer that Go copies through.

/** A chunk with its framing. */
export function chunkOf(content) {
  return Buffer.concat([Buffer.from(`${content.length.toString(16)}\r\n`), content, Buffer.from('\r\n')])
}

/** The content of one block of chunks. Nothing in it repeats soon, so that nothing can go astray unseen. */
export const content = Buffer.alloc(1024 * 1024)
for (let at = 0; at < content.length; at += 4) content.writeUInt32LE(Math.imul(at + 1, 0x9e3779b1) >>> 0, at)

const chunkSize = 32 * 1024

/** One block, as it is sent. */
export const chunks = Buffer.concat(
  Array.from({ length: content.length / chunkSize }, (_, index) =>
    chunkOf(content.subarray(index * chunkSize, (index + 1) * chunkSize)),
  ),
)
