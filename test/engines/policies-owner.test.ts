import { isolated } from '../policies/owner-isolated.js'
import { foundEngines } from './found-engines.js'

const engines = await foundEngines()

for (const { name, address } of engines)
  isolated(name, async () => ({ address, [Symbol.asyncDispose]: async () => {} }))
