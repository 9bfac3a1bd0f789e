import { expect, it } from 'vitest'
import { printable } from './printable.js'

it('what steers a terminal, ends a line or turns its direction is written as JSON escapes it', () => {
  const steering = '\0\x1b[2J\r\n\x7f\x9b\u00ad\u061c\u200b\u2028\u202e\u2066\ufeff\u{e0041}'
  expect(printable(steering)).toBe(
    String.raw`\u0000\u001b[2J\u000d\u000a\u007f\u009b\u00ad\u061c\u200b\u2028\u202e\u2066\ufeff\udb40\udc41`,
  )
  expect(JSON.parse(`"${printable(steering)}"`)).toBe(steering)
})

it('what only shows stays as it is', () => {
  const shown = 'é 漢字 😀 a\u0301 \\u001b %1B'
  expect(printable(shown)).toBe(shown)
})
