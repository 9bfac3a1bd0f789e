import { ours } from './floor.js'
import type { RowResult } from './run-row.js'
import { median, ratios } from './statistics.js'
import type { Table } from './table.js'
import { busyTable, markdown, plain, resultTable } from './table.js'

export interface Findings {
  readonly conditions: readonly string[]
  readonly results: readonly RowResult[]
  /** The columns of the tables, from left to right. */
  readonly order: readonly string[]
  /** Whose answers were compared before. */
  readonly checked: readonly string[]
  /** What became of `docker attach`, a line for each proxy. */
  readonly attach: readonly string[]
}

/** Lines of text, or a table. */
type Block = readonly string[] | { readonly table: Table }

/** The report, for a terminal or as Markdown. */
export function report(findings: Findings, format: 'plain' | 'markdown'): string {
  return blocks(findings)
    .map((block) => {
      if ('table' in block) return format === 'plain' ? plain(block.table) : markdown(block.table)
      return block.map((line) => (format === 'plain' ? `${line}\n` : `- ${line}\n`)).join('')
    })
    .join('\n')
}

function blocks({ conditions, results, order, checked, attach }: Findings): Block[] {
  return [
    conditions,
    { table: resultTable(results, order) },
    [
      'Numbers with ± are ratios to HAProxy, or to what the line names: the median of the rounds, and half the distance from the lowest to the highest.',
      'Added latency is the time of a call less its time without a proxy. Memory is what a proxy grows by for each, both connections together.',
      `Before it was timed, every answer was compared byte for byte with the origin's: ${checked.join(', ')}.`,
      ...leftOut(results),
    ],
    ...busyBlocks(results, order),
    [...whyNotHttpProxy(results), ...attach],
  ]
}

function busyBlocks(results: readonly RowResult[], order: readonly string[]): Block[] {
  if (results.every(({ busy }) => busy.size === 0)) return []
  return [
    { table: busyTable(results, order) },
    [
      `In per cent of a core. Other programs took up to ${othersShare(results)} % of the proxies' core meanwhile.`,
      'Where the load generator and the origin share a core that is full, and the proxy is not, the line per CPU second compares better.',
    ],
  ]
}

function leftOut(results: readonly RowResult[]): string[] {
  return results.flatMap(({ row, leftOut: reasons }) =>
    [...reasons].map(([column, reason]) => `Left out of ${row}: ${column}. ${reason.split('\n', 1)[0]}`),
  )
}

function othersShare(results: readonly RowResult[]): number {
  const shares = results.flatMap(({ busy }) => [...busy.values()].flat().map(({ others }) => others))
  return Math.round(Math.max(0, ...shares) * 100)
}

/** With the figures of this run, where they were taken. */
function whyNotHttpProxy(results: readonly RowResult[]): string[] {
  const times = (row: string) => {
    const columns = results.find((result) => result.row === row)?.lines[0]?.columns
    const [mine, theirs] = [columns?.get(ours), columns?.get('http-proxy')]
    return mine && theirs && median(ratios(mine, theirs)).toFixed(1)
  }
  const [small, larger] = [times('small'), times('10k')]
  const figures =
    small && larger
      ? `: here it carries 1/${small} of the small calls and 1/${larger} of the 10 KB replies that core does`
      : ''
  return [
    `Core does not use http-proxy${figures}, and it destroys every upgrade that is not a GET, so docker attach and exec cannot pass.`,
    'What a docker attach (POST with Upgrade: tcp) meets:',
  ]
}
