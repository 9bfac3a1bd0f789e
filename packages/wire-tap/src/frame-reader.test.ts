import fc from 'fast-check'
import { expect, it } from 'vitest'
import { FrameReader } from './frame-reader.js'

const names = ['stdin', 'stdout', 'stderr', 'systemerr']

/** What is read of bytes that come in pieces of these lengths, with the neighbours of one stream joined. */
function read(bytes: Buffer, lengths: readonly number[]): [string, string][] {
  const seen: [string, string][] = []
  const reader = new FrameReader((stream, data) => {
    const last = seen.at(-1)
    if (last?.[0] === stream) last[1] += data.toString('hex')
    else seen.push([stream, data.toString('hex')])
  })
  let at = 0
  for (const length of [...lengths, bytes.length]) {
    if (at < bytes.length) reader.take(bytes.subarray(at, (at += length)))
  }
  reader.end()
  return seen
}

function framed(frames: readonly (readonly [number, Uint8Array])[]): Buffer {
  return Buffer.concat(
    frames.flatMap(([stream, data]) => {
      const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0])
      header.writeUInt32BE(data.length, 4)
      return [header, Buffer.from(data)]
    }),
  )
}

const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 30 })
const frames = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.uint8Array({ maxLength: 20 })))

it('frames are read alike wherever they are cut', () => {
  fc.assert(
    fc.property(frames, cuts, (sent, lengths) => {
      const whole = sent
        .filter(([, data]) => data.length > 0)
        .map(([stream, data]): [string, string] => [names[stream]!, Buffer.from(data).toString('hex')])
      const joined: [string, string][] = []
      for (const [stream, data] of whole) {
        const last = joined.at(-1)
        if (last?.[0] === stream) last[1] += data
        else joined.push([stream, data])
      }
      expect(read(framed(sent), lengths)).toEqual(joined)
    }),
  )
})

it('of what a terminal shows, nothing is lost or held back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), cuts, (bytes, lengths) => {
      fc.pre(bytes[0]! > 3)
      expect(read(Buffer.from(bytes), lengths)).toEqual([['raw', Buffer.from(bytes).toString('hex')]])
    }),
  )
})

it('what turns out to be no frame is raw from there', () => {
  const bytes = Buffer.concat([framed([[1, Buffer.from('out')]]), Buffer.from('\x01\0?')])
  expect(read(bytes, [2, 7])).toEqual([
    ['stdout', '6f7574'],
    ['raw', '01003f'],
  ])
  expect(read(Buffer.from([1, 0, 0]), [])).toEqual([['raw', '010000']])
})
