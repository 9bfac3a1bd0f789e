import type { Address } from '@intermediate/core'
import { IntermediateError, parseAddress } from '@intermediate/core'
import { UsageError } from './usage-error.js'

/**
 * The address that a flag was given, or an argument.
 * @param flag for the message: `--listen`; without, it speaks of the text alone
 * @throws UsageError for what is none
 */
export function flagAddress(text: string, flag?: string): Address {
  try {
    return parseAddress(text, flag)
  } catch (error) {
    if (error instanceof IntermediateError) throw new UsageError(error.message, { cause: error })
    throw error
  }
}
