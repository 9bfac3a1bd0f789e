import type { Intermediate, OtherUpstream, UpstreamOptions } from '@intermediate/core'
import { IntermediateError, upstream } from '@intermediate/core'
import { shown, wrong } from './at-start.js'

/** Where calls can go, by name: an address, one with TLS files, or another intermediate. Names are letters, digits, `.`, `_` and `-`. */
export type Upstreams = Readonly<Record<string, string | UpstreamOptions | Intermediate>>

/** Upstreams by their names, in the order in which they were given. */
export class NamedUpstreams {
  readonly names: readonly string[]
  private readonly layer: string
  private readonly byName: ReadonlyMap<string, OtherUpstream>

  /**
   * @param layer what errors call it
   * @throws IntermediateError for no upstream, and for a name or an address that is none
   */
  constructor(layer: string, upstreams: Upstreams) {
    const given = Object.entries(upstreams ?? {})
    if (given.length === 0) throw wrong(`${layer} was given no upstream: name at least one.`)
    for (const [name, to] of given) {
      if (!/^[A-Za-z0-9][\w.-]*$/.test(name))
        throw wrong(`${layer} was given an upstream called "${name}": use letters, digits, ".", "_" and "-".`)
      if (/^\d+$/.test(name) && given.length > 1)
        throw wrong(
          `${layer} was given an upstream called "${name}": put a letter in it, since JavaScript has whole numbers come first, wherever they are written.`,
        )
      checkUpstream(`${layer} was given for "${name}"`, to)
    }
    this.layer = layer
    this.names = given.map(([name]) => name)
    this.byName = new Map(given.map(([name, to]) => [name, upstreamFor(layer, name, to)]))
  }

  /** @throws IntermediateError for what is no name of one */
  get(name: unknown): OtherUpstream {
    const found = this.byName.get(name as string)
    if (found !== undefined) return found
    const chosen = typeof name === 'string' ? `"${name}"` : String(name)
    throw new IntermediateError(
      'ERR_LAYER',
      500,
      `${this.layer} was told to go to ${chosen}, which is no upstream of it: there is ${this.names.join(', ')}.`,
    )
  }

  /** Reads the files that they need. */
  readonly ready = async (): Promise<void> => {
    await Promise.all([...this.byName.values()].map((each) => each.ready()))
  }
}

/** @throws IntermediateError for what is no address, which says for which name it was given */
function upstreamFor(layer: string, name: string, to: Upstreams[string]): OtherUpstream {
  try {
    return upstream(to)
  } catch (error) {
    if (!(error instanceof IntermediateError)) throw error
    const what = error.message.replace(/^In the upstream option, /, '')
    throw new IntermediateError(error.code, error.status, `${layer} was given for "${name}": ${what}`)
  }
}

/** @throws IntermediateError for what is no upstream; what is no address, `upstream()` says */
export function checkUpstream(given: string, to: unknown): void {
  if (typeof to !== 'string' && !(typeof to === 'object' && to !== null))
    throw wrong(`${given} ${shown(to)}: give an address, { address, tls } or an intermediate.`)
}
