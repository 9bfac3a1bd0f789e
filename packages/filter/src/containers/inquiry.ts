import type { Call, Endpoint } from '@intermediate/core'
import { mostNamed, tooManyNamed } from '../most-named.js'
import { isObject } from './fields.js'

type Found = Readonly<Record<string, unknown>>

/** What the engine did not say: the status and the sentence it gave instead. */
export class Unanswered extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** How many things the engine is asked about at a time. */
const atOnce = 16

/** Asks the engine about what a call names, each thing once. */
export class Inquiry {
  /** The containers that were judged for this call: two that share namespaces are not judged for ever. */
  readonly seen = new Set<string>()
  private readonly call: Call
  private readonly answers = new Map<string, Promise<Found>>()
  private asking = 0
  private readonly waiting: (() => void)[] = []

  constructor(call: Call) {
    this.call = call
  }

  /** By its name, also with the slash in front that the engine gives it, or its id. */
  container(name: string): Promise<Found> {
    const id = name.replace(/^\//, '')
    // What is no part of a path is no name either.
    if (id.split('/').some((part) => /^\.{0,2}$/.test(part)))
      return Promise.reject(new Unanswered(404, `No such container: ${name}`))
    return this.get('GET /containers/:id/json', { id })
  }

  exec(id: string): Promise<Found> {
    return this.get('GET /exec/:id/json', { id })
  }

  /** Undefined for a network that is not there. */
  network(id: string): Promise<Found | undefined> {
    return orMissing(this.get('GET /networks/:id', { id }))
  }

  service(id: string): Promise<Found> {
    return this.get('GET /services/:id', { id })
  }

  info(): Promise<Found> {
    return this.get('GET /info', {})
  }

  /** Undefined for a volume that is not there. */
  volume(name: string): Promise<Found | undefined> {
    return orMissing(this.get('GET /volumes/:name', { name }))
  }

  private get(endpoint: Endpoint, params: Record<string, string>): Promise<Found> {
    const key = `${endpoint} ${JSON.stringify(params)}`
    const known = this.answers.get(key)
    if (known !== undefined) return known
    const answer = this.inTurn(() => this.ask(endpoint, params))
    this.answers.set(key, answer)
    return answer
  }

  /** @throws Unanswered once there are too many, of those too that have not had their turn */
  private async inTurn<T>(ask: () => Promise<T>): Promise<T> {
    if (this.asking < atOnce) this.asking++
    else await new Promise<void>((resolve) => this.waiting.push(resolve))
    try {
      // All that a call names are in line by now.
      await Promise.resolve()
      if (this.answers.size > mostNamed) throw new Unanswered(400, tooManyNamed)
      return await ask()
    } finally {
      const next = this.waiting.shift()
      if (next === undefined) this.asking--
      else next()
    }
  }

  private async ask(endpoint: Endpoint, params: Record<string, string>): Promise<Found> {
    // One type for every endpoint would be that of none.
    const reply = await this.call.ask(endpoint as 'GET /containers/:id/json', {
      params: params as { id: string },
    })
    const said: unknown = await reply.json()
    if (reply.ok && isObject(said)) return said
    const status = reply.ok || reply.status < 400 ? 502 : reply.status
    const message = isObject(said) && typeof said.message === 'string' ? said.message : ''
    throw new Unanswered(
      status,
      message || `the engine did not say what ${Object.values(params).join(' ')} is`,
    )
  }
}

async function orMissing(answer: Promise<Found>): Promise<Found | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Unanswered && error.status === 404) return undefined
    throw error
  }
}

/** The text at a place in what the engine said; '' where there is none. */
export function textAt(found: Found, name: string): string {
  const value = found[name]
  return typeof value === 'string' ? value : ''
}

/**
 * The id of what the engine described, for the call to go to.
 * @throws Unanswered where there is none
 */
export function idOf(found: Found, name: 'Id' | 'ID' | 'ContainerID' = 'Id'): string {
  const id = textAt(found, name)
  if (id === '') throw new Unanswered(502, `the engine did not say the ${name} of what it was asked about`)
  return id
}

/** The object at a place in what the engine said; an empty one where there is none. */
export function objectAt(found: Found, name: string): Found {
  const value = found[name]
  return isObject(value) ? value : {}
}
