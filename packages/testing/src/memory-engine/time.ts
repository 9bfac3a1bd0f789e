const epoch = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint()

/** Now, in nanoseconds since 1970; never the same twice in a row. */
export function now(): bigint {
  return epoch + process.hrtime.bigint()
}

/** Go's zero time, which the API has for "never". */
export const never = '0001-01-01T00:00:00Z'

/** RFC 3339 as Go writes it: nanoseconds without the zeros at their end. */
export function timestamp(ns: bigint): string {
  return fixedTimestamp(ns).replace(/\.?0+Z$/, 'Z')
}

/** RFC 3339 with all nine digits, as in front of log lines. */
export function fixedTimestamp(ns: bigint): string {
  const seconds = new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 19)
  return `${seconds}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z`
}

export function seconds(ns: bigint): number {
  return Number(ns / 1_000_000_000n)
}

/** A time as clients write it: `1700000000`, `1700000000.123456789`, or RFC 3339; undefined for what is none. */
export function parseTime(text: string): bigint | undefined {
  const [, whole, fraction = ''] = /^(-?\d+)(?:\.(\d{1,9}))?$/.exec(text) ?? []
  if (whole !== undefined) return BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'))
  const [, upToSeconds, digits = '', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[-+]\d\d:\d\d)?$/.exec(text) ?? []
  if (upToSeconds === undefined) return undefined
  return BigInt(Date.parse(upToSeconds + zone)) * 1_000_000n + BigInt(digits.padEnd(9, '0'))
}

const units: readonly (readonly [seconds: number, below: number, one: string, many: string])[] = [
  [1, 60, '1 second', 'seconds'],
  [60, 60, 'About a minute', 'minutes'],
  [3600, 48, 'About an hour', 'hours'],
  [86_400, 14, '', 'days'],
  [7 * 86_400, 8, '', 'weeks'],
  [30 * 86_400, 24, '', 'months'],
  [365 * 86_400, Infinity, '', 'years'],
]

/** How long ago something was, in words, as `docker ps` shows it. */
export function ago(since: bigint): string {
  const passed = seconds(now() - since)
  if (passed < 1) return 'Less than a second'
  for (const [length, below, one, many] of units) {
    const count = Math.floor(passed / length)
    if (count >= below) continue
    return count === 1 && one !== '' ? one : `${count} ${many}`
  }
  return `${passed} seconds`
}
