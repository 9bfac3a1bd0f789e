import { badRequest } from './engine-error.js'
import type { Filters } from './http/filters.js'
import { now, parseTime } from './time.js'

const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 }

/** The time that the `until` filter names: a time, or how long ago as `1h30m`. */
export function untilTime(filters: Filters): bigint | undefined {
  const [text] = filters.get('until')
  if (text === undefined) return undefined
  const time = parseTime(text) ?? timeAgo(text)
  if (time === undefined)
    throw badRequest(`the filter until=${text} is invalid: write a time, or how long ago as 1h30m`)
  return time
}

function timeAgo(text: string): bigint | undefined {
  if (!/^(\d+(\.\d+)?(h|ms|m|s))+$/.test(text)) return undefined
  const parts = [...text.matchAll(/([\d.]+)(h|ms|m|s)/g)]
  const ms = parts.reduce((sum, [, count, unit = 's']) => sum + Number(count) * (units[unit] ?? 0), 0)
  return now() - BigInt(Math.round(ms)) * 1_000_000n
}
