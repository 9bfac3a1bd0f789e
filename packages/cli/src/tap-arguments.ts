import { readFlags, single } from './read-flags.js'
import { tapAddress } from './tap-address.js'
import type { TapAddress } from './tap-address.js'
import { tapFlags } from './tap-flags.js'
import { UsageError } from './usage-error.js'

export interface TapSettings {
  readonly address: TapAddress
  /** Patterns; none: every call. */
  readonly endpoints: readonly string[]
  readonly container: string | undefined
  readonly json: boolean
}

/**
 * Reads the arguments after `intermediate tap`.
 * @throws UsageError
 */
export function readTapArguments(args: readonly string[]): TapSettings | 'help' {
  const { values, positionals } = readFlags(args, tapFlags, 'tap')
  if (values.help) return 'help'
  const [address, second] = positionals
  if (address === undefined)
    throw new UsageError(
      'tap needs the ADDR that "intermediate up --tap ADDR" has: write "intermediate tap unix:///PATH".',
    )
  if (second !== undefined)
    throw new UsageError(
      `tap watches one ADDR, and was given ${positionals.join(' and ')}: put a pattern after --endpoint, in quotes.`,
    )
  return {
    address: tapAddress(address),
    endpoints: values.endpoint ?? [],
    container: single(values, 'container'),
    json: values.json ?? false,
  }
}
