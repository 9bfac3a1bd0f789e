import type { Source } from './byte-stream.js'

const newline = 0x0a

/** Reads to the next newline and not a byte further, as a shell does: the next command may read on. */
export async function readLine(
  source: Source,
  signal?: AbortSignal,
): Promise<{ line: string; ended: boolean }> {
  const chunks: Buffer[] = []
  for (;;) {
    const bytes = await source.read(signal)
    if (bytes === undefined) return { line: Buffer.concat(chunks).toString(), ended: true }
    const end = bytes.indexOf(newline)
    chunks.push(end < 0 ? bytes : bytes.subarray(0, end))
    if (end < 0) continue
    source.unread(bytes.subarray(end + 1))
    return { line: Buffer.concat(chunks).toString(), ended: false }
  }
}

/** Everything up to the end. */
export async function readAll(source: Source, signal?: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = []
  for (let bytes = await source.read(signal); bytes; bytes = await source.read(signal)) chunks.push(bytes)
  return Buffer.concat(chunks)
}
