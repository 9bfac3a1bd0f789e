import type { Intermediate } from '@intermediate/core'
import type { MemoryEngine } from '@intermediate/testing'
import type { NoEngine } from './engine.js'
import type { UpSettings } from './up-arguments.js'

/** The upstream that is no address: an engine in memory, run by this process. */
export const memoryAddress = 'memory:'

/**
 * Starts an engine in memory where the settings ask for one: by its address, or with `orMemory` where nothing answers
 * where calls would go. `onMissing` is told why then.
 */
export async function memoryUpstream(
  { upstream, orMemory }: Pick<UpSettings, 'upstream' | 'orMemory'>,
  file: Intermediate,
  onMissing: (engine: NoEngine) => void,
): Promise<MemoryEngine | undefined> {
  if (upstream !== memoryAddress) {
    // It would take the place of what is never asked.
    if (!orMemory || file.answeredBy !== undefined) return undefined
    const { findEngine } = await import('./engine.js')
    const found = await findEngine(file, new AbortController().signal)
    if ('version' in found || !found.isAway) return undefined
    onMissing(found)
  }
  const { memoryEngine } = await import('@intermediate/testing')
  return memoryEngine()
}
