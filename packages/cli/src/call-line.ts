import type { CallRecord } from '@intermediate/core'
import { printable } from './printable.js'

/** Wraps text in a terminal's codes, or leaves it as it is. */
export type Paint = (colour: 'green' | 'yellow' | 'red' | 'gray', text: string) => string

/**
 * One call that is over, in columns: method, path, status, time, bytes in and out, and what was special.
 * @param usual the upstream that is not named
 */
export function callLine(record: CallRecord, usual?: string, paint: Paint = (_, text) => text): string {
  const { method, path, status, duration, received, sent, tunnel, aborted, answeredBy, upstream } = record
  const columns = [
    printable(method).padEnd(6),
    shortened(printable(path)).padEnd(40),
    paint(statusColour(status), status === 0 ? ' - ' : String(status)),
    paint('gray', time(duration).padStart(10)),
    `${bytes(received).padStart(8)} in`,
    `${bytes(sent).padStart(8)} out`,
  ]
  if (tunnel) columns.push('tunnel')
  if (aborted) columns.push('aborted')
  if (answeredBy !== undefined) columns.push(`by ${printable(answeredBy)}`)
  if (upstream !== undefined && upstream !== usual) columns.push(`from ${printable(upstream)}`)
  return columns.join('  ')
}

/** Ids as the docker command shows them. */
function shortened(path: string): string {
  return path.replaceAll(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, '$1')
}

function statusColour(status: number): 'green' | 'yellow' | 'red' {
  if (status === 0 || status >= 500) return 'red'
  return status >= 400 ? 'yellow' : 'green'
}

/** As long as needed and no longer: `0.4 ms`, `12 ms`, `3.4 s`, `5 min 2 s`, `3 h 20 min`. */
function time(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1)} ms`
  if (ms < 999.5) return `${ms.toFixed(0)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** In powers of 1000, as the docker command shows sizes. */
function bytes(count: number): string {
  if (count < 1000) return `${count} B`
  let size = count
  let unit = 'B'
  for (const next of ['kB', 'MB', 'GB', 'TB']) {
    if (size < 999.5) break
    size /= 1000
    unit = next
  }
  return `${size < 9.95 ? size.toFixed(1) : size.toFixed(0)} ${unit}`
}
