import { parseArgs } from 'node:util'

/** What the command line says. */
export interface Options {
  /** How often each contender is measured in each row. */
  readonly rounds: number
  /** How long one measurement takes, in s. */
  readonly seconds: number
  /** Names of rows; empty: all. */
  readonly only: readonly string[]
  /** Proxies that take no part. */
  readonly without: readonly string[]
  /** The Node that runs the proxies written for Node. */
  readonly node: string
  /** Where the samples go. */
  readonly json: string | undefined
  /** Where the table goes as Markdown. */
  readonly markdown: string | undefined
  /** The command as it was given, for whoever wants to repeat it. */
  readonly command: string
}

/** @throws Error, one sentence that says which option is wrong */
export function readOptions(
  args: readonly string[],
  known: { readonly rows: readonly string[]; readonly proxies: readonly string[] },
): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '1' },
      only: { type: 'string', multiple: true, default: [] },
      without: { type: 'string', multiple: true, default: [] },
      node: { type: 'string', default: process.execPath },
      json: { type: 'string' },
      markdown: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return undefined
  return {
    rounds: count('rounds', values.rounds, 100),
    seconds: count('seconds', values.seconds, 60),
    only: names('only', values.only, known.rows),
    without: names('without', values.without, known.proxies),
    node: values.node,
    json: values.json,
    markdown: values.markdown,
    command: `npm run bench${args.length > 0 ? ` -- ${args.join(' ')}` : ''}`,
  }
}

export function usage(rows: readonly string[], proxies: readonly string[]): string {
  return `Usage: npm run bench -- [OPTIONS]

  --rounds N       How often each proxy is measured in each row. Default: 3
  --seconds N      How long one measurement takes. Default: 1
  --only ROW,…     Only these rows: ${rows.join(', ')}
  --without NAME,… Leave these out: ${proxies.join(', ')}
  --node PATH      The Node that runs the proxies written for Node. Default: this one
  --markdown FILE  Write the table as Markdown too
  --json FILE      Write every sample too
`
}

function count(option: string, text: string, most: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw new Error(`--${option} is ${text}: give a whole number from 1 to ${most}.`)
}

function names(option: string, given: readonly string[], known: readonly string[]): string[] {
  const wanted = given.flatMap((text) => text.split(','))
  const stranger = wanted.find((name) => !known.includes(name))
  if (stranger === undefined) return wanted
  throw new Error(`--${option} names ${stranger}, which is none of ${known.join(', ')}.`)
}
