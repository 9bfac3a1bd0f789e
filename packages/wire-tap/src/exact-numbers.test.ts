import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hasLargeIntegers, parseExact, writeExact } from './exact-numbers.js'

/** JSON without white space, in which some numbers are integers that no double holds. */
const text = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string().map((each) => JSON.stringify(each)),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
    fc.bigInt().map((each) => JSON.stringify(`${each}`)),
    fc.constantFrom('1.5', '1795260762691660555', '-9223372036854775808', 'null', '0'),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('value'), { maxLength: 4 }).map((each) => `[${each.join()}]`),
  object: fc
    .dictionary(
      fc.string({ minLength: 1 }).filter((name) => !/^\d+$/.test(name)),
      tie('value'),
      { maxKeys: 4 },
    )
    .map((each) => {
      const members = Object.entries(each).map(([name, value]) => `${JSON.stringify(name)}:${value}`)
      return `{${members.join()}}`
    }),
}))

it('what was read is written digit for digit, and reads as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.oneof(text.list, text.object), (json) => {
      const value = parseExact(json)
      expect(value).toEqual(JSON.parse(json))
      expect(writeExact(value)).toBe(json)
      expect(writeExact({ within: value })).toBe(`{"within":${json}}`)
      if (!hasLargeIntegers(value)) expect(JSON.stringify(value)).toBe(json)
    }),
  )
})

it('a number that was changed is written as it is now', () => {
  const value = parseExact('{"a":1795260762691660555,"b":1795260762691660555}') as Record<string, unknown>
  value.a = 5
  expect(writeExact(value)).toBe('{"a":5,"b":1795260762691660555}')
})

it('nothing else is taken for such an integer', () => {
  for (const json of [
    '[1e20]',
    '[0.12345678901234567890]',
    '[1234567890123456789.5]',
    '["1795260762691660555"]',
  ])
    expect(writeExact(parseExact(json))).toBe(JSON.stringify(JSON.parse(json)))
  expect(() => parseExact('{"a":1795260762691660555')).toThrow(SyntaxError)
})
