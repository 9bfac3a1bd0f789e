import { flagAddress } from './flag-address.js'
import { listenPlaces } from './listen-flags.js'
import type { ListenPlace } from './listen-flags.js'
import { memoryAddress } from './memory-upstream.js'
import { readFlags, single } from './read-flags.js'
import { tapListenAddress } from './tap-listen-flag.js'
import { upFlags } from './up-flags.js'
import type { UpValues } from './up-flags.js'
import { UsageError } from './usage-error.js'

export interface UpSettings {
  readonly file: string | undefined
  /** Empty: where an intermediate listens that is given no address. */
  readonly listen: readonly ListenPlace[]
  /** Where others may watch; undefined: nowhere. */
  readonly tap: string | undefined
  readonly upstream: string | undefined
  /** An engine in memory takes the place of one that is not there. */
  readonly orMemory: boolean
  /** In ms. */
  readonly grace: number
  readonly json: boolean
}

/**
 * Reads the arguments after `intermediate up`. Whatever would have no effect is refused.
 * @throws UsageError
 */
export function readUpArguments(args: readonly string[], env: NodeJS.ProcessEnv): UpSettings | 'help' {
  const { values, positionals } = readFlags(args, upFlags, 'up')
  if (values.help) return 'help'
  const [file, second] = positionals
  if (second !== undefined) {
    throw new UsageError(
      `up runs one FILE, and was given ${positionals.join(' and ')}: use() one in the other.`,
    )
  }
  const { listen, addresses } = listenPlaces(values, env)
  return {
    file,
    listen,
    tap: tapListenAddress(single(values, 'tap'), addresses),
    upstream: upstreamAddress(single(values, 'upstream')),
    orMemory: orMemory(values),
    grace: milliseconds(single(values, 'grace') ?? '10'),
    json: values.json ?? false,
  }
}

function upstreamAddress(upstream: string | undefined): string | undefined {
  if (upstream !== undefined && upstream !== memoryAddress) flagAddress(upstream, '--upstream')
  return upstream
}

function orMemory(values: UpValues): boolean {
  const wanted = values['or-memory'] ?? false
  if (wanted && values.upstream?.[0] === memoryAddress)
    throw new UsageError('--or-memory has no effect with --upstream memory:: leave it out.')
  return wanted
}

function milliseconds(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Infinity
  // A timer of Node holds no more.
  if (seconds * 1000 < 2 ** 31) return seconds * 1000
  throw new UsageError(`--grace ${text} is no number of seconds: write one from 0 to 2147483, such as 10.`)
}
