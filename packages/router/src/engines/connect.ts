import type { Call, IntermediateError, Reply } from '@intermediate/core'
import { refused } from '../refused.js'
import type { EngineSet } from './engine-set.js'
import type { Finder } from './finder.js'
import { maybeDown } from './finder.js'

type Connecting = Call<'POST /networks/:id/connect'> | Call<'POST /networks/:id/disconnect'>

/**
 * Puts a container into a network, or takes it out: on the engine of the container, since every engine has a network
 * `bridge`. What is left of a container that is gone is taken out on the engine of the network.
 * @throws IntermediateError 409 where they are apart
 */
export async function connect(set: EngineSet, finder: Finder, call: Connecting): Promise<Reply> {
  const body = await call.json()
  const text = call.params.id
  const container = body.Container ?? ''
  const found = await finder.find(call, 'container', container)
  const { engine } = found.isThere ? found : await finder.find(call, 'network', text)
  const network = set.split(text)
  if (network.engine !== undefined && network.engine !== engine) throw apart(network.engine.name)
  body.Container = found.name
  call.params.id = network.name
  const answer = await engine.send(call)
  if (answer.status !== 404 || !found.isThere) return answer
  if (network.engine !== undefined) return answer
  const { engines, answers } = await finder.having(call, 'network', text)
  const [other] = engines
  if (other === undefined && answers.missing.length > 0) throw maybeDown(call, 'network', text, answers)
  if (other === undefined || engines.includes(engine)) return answer
  throw apart(other.name)

  function apart(there: string): IntermediateError {
    const message = `the container ${container} is on ${engine.name}, the network ${text} on ${there}`
    return refused(call, 409, message)
  }
}
