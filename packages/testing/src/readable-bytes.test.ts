import { expect, test } from 'vitest'
import { readable } from './readable-bytes.js'

test('line ends are shown, and end the line', () => {
  expect(readable(Buffer.from('HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody'))).toBe(
    ['  HTTP/1.1 200 OK\\r\\n', '  A: b\\r\\n', '  \\r\\n', '  body'].join('\n'),
  )
})

test('what does not print is shown as an escape', () => {
  expect(readable(Buffer.from([0, 9, 0x5c, 0x7f, 0xff, 0x20]))).toBe('  \\x00\\t\\\\\\x7f\\xff ')
})

test('what is long is cut in the middle', () => {
  expect(readable(Buffer.from(`${'a'.repeat(500)}${'b'.repeat(500)}`), 10)).toBe(
    '  aaaaa\n  … 990 bytes more …\n  bbbbb',
  )
})
