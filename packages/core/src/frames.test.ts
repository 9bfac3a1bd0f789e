import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeFrames, encodeFrames } from './frames.js'
import type { Frame } from './frames.js'

const decode = (parts: readonly Buffer[]): Promise<Frame[]> =>
  Readable.from(parts).compose(decodeFrames()).toArray()

const encode = async (frames: readonly Frame[]): Promise<Buffer> =>
  Buffer.concat(await Readable.from(frames).compose(encodeFrames()).toArray())

/** Frames that follow each other on one stream, as one: that is all that is said of where they are cut. */
function joined(frames: readonly Frame[]): [string, string][] {
  const result: [string, string][] = []
  for (const { stream, data } of frames) {
    const last = result.at(-1)
    if (last?.[0] === stream) last[1] += data.toString('latin1')
    else result.push([stream, data.toString('latin1')])
  }
  return result
}

function cutAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1))), bytes.length].toSorted(
    (a, b) => a - b,
  )
  return ends
    .map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
    .filter(({ length }) => length > 0)
}

const anyFrames = fc.array(
  fc.record({
    stream: fc.constantFrom('stdin', 'stdout', 'stderr', 'systemerr'),
    data: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  }),
)

describe('transcripts', () => {
  const bytes = Buffer.from('\x01\0\0\0\0\0\0\x03out\x02\0\0\0\0\0\0\x02er\x03\0\0\0\0\0\0\0', 'latin1')
  const frames = [
    { stream: 'stdout', data: Buffer.from('out') },
    { stream: 'stderr', data: Buffer.from('er') },
    { stream: 'systemerr', data: Buffer.alloc(0) },
  ] as const

  test('bytes are frames', async () => {
    expect(await decode([bytes])).toEqual(frames)
  })

  test('frames are bytes', async () => {
    expect(await encode(frames)).toEqual(bytes)
  })

  test('a length is big-endian, without a sign', async () => {
    const data = Buffer.alloc(0x01_02_03, 'x')
    const encoded = await encode([{ stream: 'stdout', data }])
    expect(encoded.subarray(0, 9).toString('latin1')).toBe('\x01\0\0\0\0\x01\x02\x03x')
    const decoder = decodeFrames()
    decoder.write(Buffer.from('\x01\0\0\0\xff\xff\xff\xffhello', 'latin1'))
    expect(decoder.read()).toEqual({ stream: 'stdout', data: Buffer.from('hello') })
  })
})

test('what is written is read, wherever it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(anyFrames, fc.array(fc.nat()), async (frames, cuts) => {
      const bytes = await encode(frames)
      expect(joined(await decode(cutAt(bytes, cuts)))).toEqual(joined(frames))
    }),
    { numRuns: 300 },
  )
})

test('data is passed on before its frame is complete', () => {
  const decoder = decodeFrames()
  decoder.write(Buffer.from('\x01\0\0\0\0\0\0\x05he', 'latin1'))
  expect(decoder.read()).toEqual({ stream: 'stdout', data: Buffer.from('he') })
  decoder.write(Buffer.from('llo'))
  expect(decoder.read()).toEqual({ stream: 'stdout', data: Buffer.from('llo') })
})

test('an end within a frame is an error, wherever it is, and between two is none', async () => {
  const bytes = await encode([{ stream: 'stdout', data: Buffer.from('hello') }])
  for (let end = 1; end < bytes.length; end++)
    await expect(decode([bytes.subarray(0, end)])).rejects.toThrow(
      "The stream cannot be read as Docker's multiplexed frames: it ends within a frame.",
    )
  expect(await decode([])).toEqual([])
})

test.each(['\x04\0\0\0\0\0\0\x01x', '\x01\x01\0\0\0\0\0\x01x', 'hello from a terminal'])(
  'what is no frame is an error: %j',
  async (text) => {
    const bytes = Buffer.from(text, 'latin1')
    await expect(decode([bytes])).rejects.toMatchObject({
      code: 'ERR_UPSTREAM_PROTOCOL',
      status: 502,
      message: `The stream cannot be read as Docker's multiplexed frames: ${bytes.toString('hex', 0, 8)} is not the header of a frame.`,
    })
  },
)

describe('what cannot be a frame is not written', () => {
  test.each([
    [
      { stream: 'stdlog', data: Buffer.alloc(1) },
      'stdlog is no stream of a frame: give one of stdin, stdout, stderr, systemerr.',
    ],
    [{ stream: 'stdout', data: 'text' }, 'The data of a frame is bytes: give a Buffer or Uint8Array.'],
  ])('%j', async (frame, message) => {
    await expect(encode([frame as Frame])).rejects.toThrow(message)
  })
})
