import { expect, it } from 'vitest'
import { ago, fixedTimestamp, now, parseTime, timestamp } from './time.js'

it.each([
  ['1700000000', 1_700_000_000_000_000_000n],
  ['1700000000.5', 1_700_000_000_500_000_000n],
  ['1700000000.000000001', 1_700_000_000_000_000_001n],
  ['2023-11-14T22:13:20Z', 1_700_000_000_000_000_000n],
  ['2023-11-14T23:13:20.123456789+01:00', 1_700_000_000_123_456_789n],
])('reads %s', (text, ns) => {
  expect(parseTime(text)).toBe(ns)
})

it.each(['', 'yesterday', '1.2.3', '2023-11-14'])('does not read %j', (text) => {
  expect(parseTime(text)).toBeUndefined()
})

it.each([
  [1_700_000_000_000_000_000n, '2023-11-14T22:13:20Z', '2023-11-14T22:13:20.000000000Z'],
  [1_700_000_000_120_000_000n, '2023-11-14T22:13:20.12Z', '2023-11-14T22:13:20.120000000Z'],
  [1_700_006_400_000_000_001n, '2023-11-15T00:00:00.000000001Z', '2023-11-15T00:00:00.000000001Z'],
])('writes %s', (ns, short, long) => {
  expect([timestamp(ns), fixedTimestamp(ns)]).toEqual([short, long])
})

it.each([
  [0, 'Less than a second'],
  [1, '1 second'],
  [59, '59 seconds'],
  [60, 'About a minute'],
  [150, '2 minutes'],
  [3600, 'About an hour'],
  [47 * 3600, '47 hours'],
  [48 * 3600, '2 days'],
  [20 * 86_400, '2 weeks'],
  [100 * 86_400, '3 months'],
  [800 * 86_400, '2 years'],
])('%i seconds are "%s"', (seconds, text) => {
  expect(ago(now() - BigInt(seconds) * 1_000_000_000n)).toBe(text)
})
