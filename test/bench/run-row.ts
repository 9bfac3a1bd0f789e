import type { Bench } from './bench.js'
import { ours } from './floor.js'
import type { Origins } from './origins/origins.js'
import type { Busy, Contender, Line, Row, Sample } from './row.js'

/** What came of a row. */
export interface RowResult {
  readonly row: string
  readonly lines: readonly LineResult[]
  /** Who was busy with it, by column, one for each round. */
  readonly busy: ReadonlyMap<string, readonly Busy[]>
  /** Who could not take part, and why. */
  readonly leftOut: ReadonlyMap<string, string>
}

/** The values of a line by column, one for each round. */
export interface LineResult {
  readonly line: Line
  readonly columns: ReadonlyMap<string, readonly number[]>
}

/** In s. */
const warmUp = 0.3

/**
 * Measures every contender once in each round, so that what else the machine does meets all of them. The first of one
 * round is the last of the next. Whoever cannot carry what the row measures is left out.
 */
export async function runRow(parent: Bench, row: Row, origins: Origins): Promise<RowResult> {
  await using bench = parent.nested()
  const { rounds, seconds } = bench.options
  let able = await row.contenders(bench, origins)
  const leftOut = new Map<string, string>()
  const runRound = async (order: readonly Contender[], length: number) => {
    const samples = new Map<Contender, Sample>()
    for (const contender of order) {
      bench.signal.throwIfAborted()
      try {
        samples.set(contender, await contender.sample(length))
      } catch (error) {
        if (contender.column === ours || bench.signal.aborted) throw error
        leftOut.set(contender.column, (error as Error).message)
        able = able.filter((one) => one !== contender)
      }
    }
    return samples
  }
  // Once for nothing, until Node has compiled what runs most.
  if (!row.cold) await runRound(able, warmUp)
  const samples: Map<Contender, Sample>[] = []
  const count = Math.max(1, Math.round(rounds * (row.patience ?? 1)))
  for (let round = 0; round < count; round++) samples.push(await runRound(rotated(able, round), seconds))
  const complete = samples.map(
    (round) => new Map([...round].filter(([contender]) => able.includes(contender))),
  )
  return {
    row: row.name,
    lines: row.lines.map((line) => ({ line, columns: columnsOf(line, complete) })),
    busy: columns(complete, ({ busy }) => busy),
    leftOut,
  }
}

function columnsOf(line: Line, samples: readonly Map<Contender, Sample>[]): Map<string, number[]> {
  const found = columns(samples, ({ values }) => values[line.key])
  const { minus } = line
  if (minus === undefined) return found
  const less = found.get(minus)
  found.delete(minus)
  for (const values of found.values())
    values.forEach((value, round) => (values[round] = value - less![round]!))
  return found
}

function columns<T>(
  samples: readonly Map<Contender, Sample>[],
  pick: (sample: Sample) => T | undefined,
): Map<string, T[]> {
  const found = new Map<string, T[]>()
  for (const round of samples)
    for (const [{ column }, sample] of round) {
      const value = pick(sample)
      if (value !== undefined) found.set(column, [...(found.get(column) ?? []), value])
    }
  return found
}

function rotated<T>(items: readonly T[], by: number): T[] {
  const at = by % Math.max(1, items.length)
  return [...items.slice(at), ...items.slice(0, at)]
}
