import { randomBytes, randomUUID } from 'node:crypto'
import { text } from 'node:stream/consumers'
import type { Call, CallArguments, Endpoint, Endpoints, Handler, Reply } from '@intermediate/core'
import { endpoints, IntermediateError } from '@intermediate/core'
import { changeItems } from './change-items.js'
import type { Fields } from './go-values.js'
import { asObject } from './go-values.js'
import { Refused } from './refused.js'

/** Whose a call is, and how it shows on what they make. */
export interface Owner {
  readonly id: string
  /** The key of the label. */
  readonly label: string
  /** True for an endpoint that was allowed by name. */
  readonly allows: (endpoint: Endpoint) => boolean
}

/** What becomes of a call. */
export interface Rule {
  (visit: Visit): Promise<Reply>
  /** It refuses what can be allowed by name. */
  readonly asksForLeave?: true
}

/**
 * A call of an owner on its way to the engine. What is not theirs is taken out of it by a stand-in, a name that nobody
 * has: so that what is hidden gets the very answer that the engine gives to what is not there, of whatever version.
 */
export class Visit {
  readonly call: Call
  readonly owner: Owner
  private readonly next: Handler
  private readonly standIns = new Map<string, string>()

  constructor(call: Call, owner: Owner, next: Handler) {
    this.call = call
    this.owner = owner
    this.next = next
  }

  /** What is changed in them is where the call goes. */
  get params(): Record<string, string> {
    return this.call.params
  }

  get query(): Record<string, string | undefined> {
    return this.call.query
  }

  /** The body as an object, the one that is sent. @throws Refused 400 for any other JSON */
  async body(): Promise<Fields> {
    const body = asObject(await this.call.json(), 'The body')
    if (body === undefined) throw new Refused(400, 'The body has to be an object.')
    return body
  }

  /**
   * What the engine says to a question of ours; undefined where it knows nothing of the kind.
   * @throws IntermediateError 502 where it fails: whose a thing is stays unknown then, and the call is not forwarded
   */
  async ask<E extends Endpoint>(
    endpoint: E,
    args: Partial<CallArguments<E>>,
  ): Promise<Endpoints[E]['reply'] | undefined> {
    const answer = await this.answerTo(endpoint, args)
    if (answer.ok) return answer.json()
    await answer.json().catch(() => undefined)
    return undefined
  }

  /** As `ask`, but with what the engine has against it. */
  async answerTo<E extends Endpoint>(endpoint: E, args: Partial<CallArguments<E>>): Promise<Reply<E>> {
    const call = this.call as unknown as Asks
    const answer = await call.ask(endpoint, args)
    if (answer.status < 500) return answer
    const { message } = (await answer.json().catch(() => ({}))) as { message?: string | null }
    // What every client is told of an engine without a swarm.
    if (answer.status === 503) throw new Refused(503, message ?? 'The engine is not available.')
    const { method, path } = this.call
    throw new IntermediateError(
      'ERR_UPSTREAM_PROTOCOL',
      502,
      `${method} ${path} was not forwarded: the engine failed when it was asked whose things it is about.`,
    )
  }

  /** A name that nobody has, which the reply will not show. */
  standIn(name: string): string {
    const other = `nobodys-${randomUUID()}`
    this.standIns.set(other, name)
    return other
  }

  /** The same for the name or id of an image: what the engine shows of it has the form of what it was given. */
  imageStandIn(name: string): string {
    const [, algorithm = '', id] = /^(sha256:)?([0-9a-f]{64})$/.exec(name) ?? []
    if (id === undefined)
      return name.replace(
        /^((?:.*\/)?)([^/:@]*)/s,
        (_, path: string, last: string) => path + this.standIn(last),
      )
    const other = randomBytes(32).toString('hex')
    this.standIns.set(other, id)
    return algorithm + other
  }

  /** Sends the call on as it is now. */
  async forward(): Promise<Reply> {
    const reply: Reply = await this.next(this.call)
    if (this.standIns.size === 0 || reply.tunnel !== undefined) return reply
    if (!reply.ok) reply.body = this.restored(await text(reply.body), withinText)
    // Progress that ends in an error, as that of a push.
    else if (reply.status === 200 && streams.has(this.call.endpoint))
      changeItems(reply, (item: unknown) => this.restoredIn(item))
    return reply
  }

  private restoredIn(value: unknown): unknown {
    if (typeof value === 'string') return this.restored(value, (name) => name)
    if (Array.isArray(value)) return value.map((item) => this.restoredIn(item))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.restoredIn(item)]))
  }

  private restored(shown: string, written: (name: string) => string): string {
    let restored = shown
    for (const [other, name] of this.standIns) restored = restored.replaceAll(other, () => written(name))
    return restored
  }
}

/** As a text of JSON holds it. */
function withinText(name: string): string {
  return JSON.stringify(name).slice(1, -1)
}

/** The endpoints whose replies are progress. */
const streams: ReadonlySet<Endpoint> = new Set(
  endpoints.filter(({ jsonStream }) => jsonStream).map(({ key }) => key),
)

/** `call.ask` of a call of any endpoint. */
interface Asks {
  ask<E extends Endpoint>(endpoint: E, args: Partial<CallArguments<E>>): Promise<Reply<E>>
}
