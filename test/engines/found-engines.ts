import { expect, it } from 'vitest'
import type { Engine } from './engines.js'
import { findEngines, noEngine, required } from './engines.js'

/** The engines of this machine. Where there is none, a test of the file says so: skipped, or failed where they have to be. */
export async function foundEngines(): Promise<readonly Engine[]> {
  const engines = await findEngines()
  if (engines.length === 0) it.skipIf(!required)(noEngine, () => expect.fail(noEngine))
  return engines
}
