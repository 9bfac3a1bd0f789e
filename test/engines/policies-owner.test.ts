import { expect, it } from 'vitest'
import { isolated } from '../policies/owner-isolated.js'
import { findEngines, noEngine, required } from './engines.js'

const engines = await findEngines()

if (engines.length === 0) (required ? it : it.skip)(noEngine, () => expect.fail(noEngine))

for (const { name, address } of engines)
  isolated(name, async () => ({ address, [Symbol.asyncDispose]: async () => {} }))
