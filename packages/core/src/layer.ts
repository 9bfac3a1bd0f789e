import type { Call } from './call.js'
import type { Checked, Patterns, Selected } from './endpoints/pattern-types.js'
import { configurationError } from './errors.js'
import type { Reply } from './replies/reply.js'
import type { Handler, Layer } from './stack.js'

/** What a layer may bring along besides its endpoints. */
export interface LayerParts<C extends Call = Call> {
  /** What listings, logs and errors call it. Default: the function's name. */
  name?: string
  /**
   * It decides what may pass, as the option of `use`.
   * @default false
   */
  policy?: boolean
  /** Of a policy: all that it has against a call, without answering it. */
  reasons?: (call: C) => Promise<readonly string[]>
}

/**
 * A layer that brings its own endpoints, for authors who hand layers to others: `use(noExec)` asks it about these only,
 * and `use(endpoints, noExec)` about those that both name. Its call is typed as in `use(endpoints, …)`.
 *
 *     export const noExec = layer('POST /containers/:id/exec', async ({ params }) =>
 *       reply(403, { message: `exec into ${params.id} is not allowed here` }), { name: 'noExec', policy: true })
 *
 * A pattern that selects nothing is an error when the layer is used: until then, private endpoints may be declared.
 * @throws IntermediateError for what is no function, an option that does not exist, and reasons of what is no policy
 */
export function layer<const P extends Patterns>(
  endpoints: P & Checked<P>,
  handle: (call: Call<Selected<P>>, next: Handler) => Promise<Reply>,
  parts: LayerParts<Call<Selected<P>>> = {},
): Layer & { readonly endpoints: readonly string[] } {
  checkParts(handle, parts, endpoints)
  const { name = handle.name, policy, reasons } = parts
  const made = (call: Call, next: Handler) => handle(call as Call<Selected<P>>, next)
  Object.defineProperty(made, 'name', { value: name })
  return Object.assign(made, {
    endpoints: Object.freeze([endpoints].flat() as string[]),
    ...(policy !== undefined && { policy }),
    ...(reasons !== undefined && { reasons: (call: Call) => reasons(call as Call<Selected<P>>) }),
  })
}

const optionNames = new Set(['name', 'policy', 'reasons'])

function checkParts(handle: unknown, parts: LayerParts<never>, endpoints: Patterns): void {
  const which = `The layer for ${[endpoints].flat().join(', ')}`
  if (typeof handle !== 'function')
    throw configurationError(`${which} is not a function: give layer() its endpoints, then the function.`)
  const unknownOption = Object.keys(parts).find((option) => !optionNames.has(option))
  if (unknownOption !== undefined)
    throw configurationError(`${which} was given the option ${unknownOption}, which does not exist.`)
  if (parts.reasons !== undefined && parts.policy !== true)
    throw configurationError(`${which} was given reasons, which only a policy has: say policy: true as well.`)
}
