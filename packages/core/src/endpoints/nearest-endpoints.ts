import type { EndpointInfo } from './endpoint-types.js'

/** The three endpoints whose text is nearest to what was written, nearest first. */
export function nearestEndpoints(written: string, table: readonly EndpointInfo[]): readonly string[] {
  return table
    .map(({ key }) => ({ key, distance: editDistance(withoutNames(written), withoutNames(key)) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ key }) => key)
}

/** `:name` and `:id` are the same. */
function withoutNames(text: string): string {
  return text.replaceAll(/:\w+/g, ':')
}

/** How many characters must be put in, taken out or replaced (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (let i = 0; i < from.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < to.length; j++) {
      const replaced = row[j]! + (from[i] === to[j] ? 0 : 1)
      next.push(Math.min(replaced, row[j + 1]! + 1, next[j]! + 1))
    }
    row = next
  }
  return row[to.length]!
}
