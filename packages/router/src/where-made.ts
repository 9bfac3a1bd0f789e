import type { Call, CallArguments, OtherUpstream, Reply } from '@intermediate/core'
import { inTime } from './in-time.js'
import type { Kind } from './inspects.js'
import { inspects } from './inspects.js'
import { makesId, Remembered } from './remembered.js'
import { isUnreachable } from './unreachable.js'
import type { NamedUpstreams } from './upstreams.js'

/** In ms, for an upstream to say whether it has something. */
const patience = 10_000

/** Behind the layer, rather than at an upstream that has a name. */
const behind = Symbol('behind')

type Place = string | typeof behind

/**
 * Where things were made that later calls name by their ids or names: what was made through here is remembered, of the
 * last 10,000 ids, and the rest is asked for: first behind the layer, as it is without it, and then of the upstreams.
 */
export class WhereMade {
  private readonly remembered = new Remembered<Place>(10_000)
  private readonly upstreams: NamedUpstreams

  constructor(upstreams: NamedUpstreams) {
    this.upstreams = upstreams
  }

  /** Notes the id of something new. */
  async note(call: Call, name: string | undefined, reply: Reply): Promise<void> {
    if (reply.ok && makesId.has(call.endpoint))
      this.remembered.set(((await reply.json()) as { Id?: string | null }).Id, name ?? behind)
  }

  /** The upstream that has what a call is about; undefined: what is behind the layer has it, or nobody. */
  async of(call: Call): Promise<string | undefined> {
    const thing = aboutWhat(call)
    if (thing === undefined) return undefined
    const place = this.remembered.get(thing.text) ?? (await this.found(call, thing))
    return place === behind ? undefined : place
  }

  private async found(call: Call, { kind, text }: Thing): Promise<Place> {
    const { endpoint, param } = inspects[kind]
    const args = { params: { [param]: text } } as CallArguments<typeof endpoint>
    const asked: readonly (readonly [Place, Promise<Reply>])[] = [
      [behind, call.ask(endpoint, args) as Promise<Reply>],
      ...this.upstreams.names.map((name) => [name, asks(this.upstreams.get(name))] as const),
    ]
    const all = await Promise.all(
      asked.map(async ([place, reply]): Promise<Said> => ({ place, said: await heard(reply) })),
    )
    const there = all.find(({ said }) => typeof said === 'object')
    if (there === undefined) return all.find(({ said }) => said === 'nothing')?.place ?? behind
    const { Id, ID } = there.said as { Id?: unknown; ID?: unknown }
    this.remembered.set(Id ?? ID, there.place)
    return there.place

    function asks(upstream: OtherUpstream): Promise<Reply> {
      return upstream.ask(call, endpoint, args) as Promise<Reply>
    }
  }
}

interface Said {
  readonly place: Place
  readonly said: object | 'not there' | 'nothing'
}

interface Thing {
  readonly kind: Extract<Kind, 'container' | 'exec' | 'network' | 'volume'>
  readonly text: string
}

function aboutWhat(call: Call): Thing | undefined {
  if (call.endpoint === 'POST /commit')
    return call.query.container ? { kind: 'container', text: call.query.container } : undefined
  const [, kinds, param] =
    / \/(container|exec|network|volume)s?\/:(id|name)(?:\/|$)/.exec(call.endpoint) ?? []
  const text = (call.params as Partial<Record<string, string>>)[param ?? '']
  return text === undefined ? undefined : { kind: kinds as Thing['kind'], text }
}

/** What it is; or that it is not there; or nothing, where the upstream cannot be reached or does not answer in time. */
async function heard(asked: Promise<Reply>): Promise<Said['said']> {
  try {
    const reply = await inTime(patience, asked)
    if (reply === undefined) return 'nothing'
    return reply.ok ? ((await reply.json()) as object) : 'not there'
  } catch (error) {
    if (isUnreachable(error)) return 'nothing'
    throw error
  }
}
