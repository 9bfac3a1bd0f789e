import type { Call, Layer, Pattern } from '@intermediate/core'
import { layer, reply } from '@intermediate/core'
import type { Refusal } from './verdict.js'
import { refusalOf } from './verdict.js'

/** A layer that lets calls pass as they are, or answers them with a refusal. */
export interface Policy extends Layer {
  readonly endpoints: readonly string[]
  /** What it answers a call in the engine's place; undefined: it lets it pass. */
  readonly refusal: (call: Call) => Promise<Refusal | undefined>
}

/** What a policy is made of. `Verdict` says what the judge may return; anything else denies. */
export interface Judge {
  (call: Call): unknown
}

/**
 * A layer with this name that asks a judge about each call of the endpoints, patterns that `use` will check.
 * @param name in listings, logs and errors
 */
export function policy(name: string, endpoints: readonly string[], judge: Judge): Policy {
  const refusal = async (call: Call) => refusalOf(await judge(call), `${call.method} ${call.original.path}`)
  const reasons = async (call: Call) => {
    const refused = await refusal(call)
    return refused?.status === 403 ? [refused.message] : []
  }
  const judged = layer(
    endpoints as readonly Pattern[],
    async (call, next) => {
      const refused = await refusal(call)
      return refused === undefined ? next(call) : reply(refused.status, { message: refused.message })
    },
    { name, policy: true, reasons },
  )
  return Object.assign(judged, { refusal })
}
