import type { Columns } from './floor.js'
import { ours } from './floor.js'
import type { Line } from './row.js'
import type { RowResult } from './run-row.js'
import { halfRange, median, ratios } from './statistics.js'

/** Cells of text, the first row with the titles of the columns. */
export type Table = readonly (readonly string[])[]

const nothing = '–'

/** The results, one line each. Where a line has a base, it shows its values, and the others show their ratios to it. */
export function resultTable(results: readonly RowResult[], order: readonly string[]): Table {
  const lines = results.flatMap(({ lines: each }) => each).filter(({ columns }) => columns.size > 0)
  const shown = order.filter((column) => lines.some(({ columns }) => columns.has(column)))
  return [
    ['', ...shown, 'floor'],
    ...lines.map(({ line, columns }) => [
      line.title,
      ...shown.map((column) => cell(line, columns, column)),
      verdict(line, columns),
    ]),
  ]
}

/** How much of a core proxy, origin and load generator were busy with each row, in per cent. */
export function busyTable(results: readonly RowResult[], order: readonly string[]): Table {
  const rows = results.filter(({ busy }) => busy.size > 0)
  const shown = order.filter((column) => rows.some(({ busy }) => busy.has(column)))
  return [
    ['proxy · origin · load', ...shown],
    ...rows.map(({ row, busy }) => [
      row,
      ...shown.map((column) => {
        const rounds = busy.get(column)
        if (rounds === undefined) return nothing
        const share = (pick: 'proxy' | 'origin' | 'load') =>
          Math.round(median(rounds.map((round) => round[pick])) * 100)
        return `${share('proxy')} · ${share('origin')} · ${share('load')}`
      }),
    ]),
  ]
}

/** Columns of equal width. */
export function plain(table: Table): string {
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)))
  const line = (row: readonly string[]) => row.map((text, column) => text.padEnd(widths[column]!)).join('  ')
  return table.map((row) => `${line(row).trimEnd()}\n`).join('')
}

export function markdown(table: Table): string {
  const line = (row: readonly string[]) => `| ${row.join(' | ')} |\n`
  const [head, ...body] = table
  return [head!, head!.map((_, column) => (column === 0 ? '---' : '---:')), ...body].map(line).join('')
}

function cell({ base, show }: Line, columns: Columns, column: string): string {
  const values = columns.get(column)
  if (values === undefined || !values.every(Number.isFinite)) return nothing
  const bases = base === undefined || base === column ? undefined : columns.get(base)
  if (bases === undefined) return show(median(values))
  const ratio = ratios(values, bases)
  const text = `${median(ratio).toFixed(2)} ±${halfRange(ratio).toFixed(2)}`
  return column === ours ? `${text} (${show(median(values))})` : text
}

function verdict({ floors = [] }: Line, columns: Columns): string {
  return floors
    .map((floor) => {
      const holds = floor.holds(columns)
      return `${floor.text}: ${holds === undefined ? 'not compared' : holds ? 'met' : 'NOT MET'}`
    })
    .join('; ')
}
