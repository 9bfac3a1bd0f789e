import { temporaryFolder } from '@intermediate/testing'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tryAttach } from './attach.js'
import { Bench } from './bench.js'
import { chooseCores } from './cores.js'
import { conditions } from './machine.js'
import type { Options } from './options.js'
import { readOptions, usage } from './options.js'
import { startOrigins } from './origins/origins.js'
import { direct, proxies } from './proxies/proxies.js'
import { report } from './report.js'
import { rows } from './rows/rows.js'
import type { RowResult } from './run-row.js'
import { runRow } from './run-row.js'
import { checkAnswers } from './same-answers.js'
import { findTools, missingText } from './tools.js'

const rowNames = rows.map(({ name }) => name)
const proxyNames = [...new Set(proxies.map(({ option }) => option))]

const ending = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => ending.abort(new Error(`${signal}: everything is stopped.`)))

try {
  const options = readOptions(process.argv.slice(2), { rows: rowNames, proxies: proxyNames })
  if (options === undefined) process.stdout.write(usage(rowNames, proxyNames))
  else if (existsSync('/proc/self/stat')) await measure(options)
  else throw new Error('The benchmark reads processor times from /proc: run it on Linux.')
} catch (error) {
  console.error(ending.signal.aborted ? (ending.signal.reason as Error).message : (error as Error).message)
  process.exitCode = ending.signal.aborted ? 130 : 1
}

async function measure(options: Options): Promise<void> {
  await using folder = await temporaryFolder()
  const tools = findTools()
  const cores = chooseCores()
  await using bench = new Bench({ options, tools, cores, folder: folder.path, signal: ending.signal })
  say(missingText(tools))
  const origins = await startOrigins(bench)
  say('Checking that every answer is the same through each proxy …')
  const checked = await checkAnswers(bench, origins)
  const attach = await tryAttach(bench, origins.engine)
  const results: RowResult[] = []
  for (const row of rows) {
    if (options.only.length > 0 && !options.only.includes(row.name)) continue
    if (!row.needs.every((tool) => tools.has(tool))) continue
    say(`Measuring ${row.name} …`)
    results.push(await runRow(bench, row, origins))
  }
  const order = [...new Set([...proxies.map(({ name }) => name), direct])]
  const findings = { conditions: conditions(bench), results, order, checked, attach }
  process.stdout.write(`\n${report(findings, 'plain')}`)
  if (options.markdown !== undefined) await writeFile(options.markdown, report(findings, 'markdown'))
  if (options.json !== undefined) await writeFile(options.json, json(results))
}

/** Progress goes where it does not mix with the table. */
function say(line: string | undefined): void {
  if (line !== undefined) console.error(line)
}

function json(results: readonly RowResult[]): string {
  const plain = results.map(({ row, lines, busy }) => ({
    row,
    lines: lines.map(({ line, columns }) => ({ title: line.title, columns: Object.fromEntries(columns) })),
    busy: Object.fromEntries(busy),
  }))
  return `${JSON.stringify(plain, undefined, 2)}\n`
}
