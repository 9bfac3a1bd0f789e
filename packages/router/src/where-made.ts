import type { Call, CallArguments, IntermediateError, OtherUpstream, Reply } from '@intermediate/core'
import { briefly, letGo } from './in-time.js'
import type { Kind } from './inspects.js'
import { inspects } from './inspects.js'
import { refused } from './refused.js'
import { makesId, Remembered } from './remembered.js'
import { isUnreachable } from './unreachable.js'
import type { NamedUpstreams } from './upstreams.js'

/** In ms, for an upstream to say whether it has something, as long as no other has it. */
const patience = 10_000

/** Behind the layer, rather than at an upstream that has a name. */
const behind = Symbol('behind')

type Place = string | typeof behind

/**
 * Where things were made that later calls name by their ids or names: what was made through here is remembered, of the
 * last 10,000 ids, and the rest is asked for: behind the layer and of the upstreams. What several have by one name is
 * nobody's to choose, since any client can take a name: only a full id says which is meant.
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

  /**
   * The upstream that has what a call is about; undefined: what is behind the layer has it, or nobody.
   * @throws IntermediateError 400 where several have it by one name
   */
  async of(call: Call): Promise<string | undefined> {
    const thing = aboutWhat(call)
    if (thing === undefined) return undefined
    const place = this.remembered.get(thing.text) ?? (await this.found(call, thing))
    return place === behind ? undefined : place
  }

  private async found(call: Call, { kind, text }: Thing): Promise<Place> {
    const { endpoint, param } = inspects[kind]
    const args = { params: { [param]: text } } as CallArguments<typeof endpoint>
    const all = await heardOf([
      [behind, call.ask(endpoint, args) as Promise<Reply>],
      ...this.upstreams.names.map((name) => [name, asks(this.upstreams.get(name))] as const),
    ])
    const there = all.filter(({ said }) => typeof said === 'object')
    const one = there.find((each) => idOf(each) === text) ?? there[0]
    if (one === undefined) return all.find(({ said }) => said === 'nothing')?.place ?? behind
    const isOne = new Set(there.map((each) => idOf(each) ?? each)).size === 1
    if (!isOne && idOf(one) !== text) throw ambiguous(call, kind, text, there)
    this.remembered.set(idOf(one), one.place)
    return one.place

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

/** Undefined for a volume, which has none. */
function idOf({ said }: Said): string | undefined {
  const { Id, ID } = said as { Id?: string; ID?: string }
  return Id ?? ID
}

/** Names can be taken by anybody: which is meant nobody can say. */
function ambiguous(call: Call, kind: Kind, text: string, there: readonly Said[]): IntermediateError {
  const places = there.map(({ place }) => (place === behind ? 'the engine behind router()' : place))
  const instead = kind === 'volume' ? 'remove one of them there' : 'say its full id'
  return refused(call, 400, `there is a ${kind} ${text} on ${places.join(' and ')}: ${instead}`)
}

/** What all say within 10 s and, once one has it, within another second. */
async function heardOf(asked: readonly (readonly [Place, Promise<Reply>])[]): Promise<readonly Said[]> {
  const late = new AbortController()
  const stop = () => late.abort()
  const timers = [setTimeout(stop, patience)]
  try {
    return await Promise.all(
      asked.map(async ([place, reply]): Promise<Said> => {
        const said = await heard(reply, late.signal)
        if (typeof said === 'object') timers.push(setTimeout(stop, briefly))
        return { place, said }
      }),
    )
  } finally {
    timers.forEach(clearTimeout)
  }
}

/** What it is; or that it is not there; or nothing, where the upstream cannot be reached or does not answer in time. */
async function heard(asked: Promise<Reply>, late: AbortSignal): Promise<Said['said']> {
  const nothing = new Promise<'nothing'>((resolve) => {
    late.addEventListener('abort', () => {
      letGo(asked)
      resolve('nothing')
    })
  })
  try {
    return await Promise.race([read(asked), nothing])
  } catch (error) {
    if (isUnreachable(error)) return 'nothing'
    throw error
  }
}

async function read(asked: Promise<Reply>): Promise<object | 'not there'> {
  const reply = await asked
  return reply.ok ? ((await reply.json()) as object) : 'not there'
}
