import type { Call, IntermediateError, OtherUpstream, Reply } from '@intermediate/core'
import { reply as ownReply } from '@intermediate/core'
import { isUnreachable } from '../unreachable.js'
import type { Upstreams } from '../upstreams.js'
import { NamedUpstreams } from '../upstreams.js'
import { warning } from '../warning.js'
import type { Question } from './member.js'
import { Member } from './member.js'

/** What an engine has answered, as it was asked to: a reply, or the document in it. */
export interface Heard<T> {
  readonly engine: Member
  readonly said: T
}

/** An engine that refused, or failed at, what it was asked to do. */
export interface Failed {
  readonly engine: Member
  readonly status: number
  readonly message: string
}

/** An engine that could not be reached, or was lost before its answer was there. */
export interface Missing {
  readonly engine: Member
  readonly error: IntermediateError
}

/** What all engines have said to one question, in their order. */
export interface Answers<T> {
  readonly done: readonly Heard<T>[]
  readonly failed: readonly Failed[]
  readonly missing: readonly Missing[]
}

/** How all engines are asked. */
export interface Asking {
  /** Asks something of one engine. @default what the call asks */
  readonly ask?: (upstream: OtherUpstream, engine: Member) => Promise<Reply>
  /** @default all */
  readonly of?: readonly Member[]
  /** How long they may take. @default ask */
  readonly how?: 'ask' | 'askBriefly' | 'askPatiently'
}

/** The engines that are seen as one, in the order in which they were given. */
export class EngineSet {
  readonly members: readonly Member[]
  readonly ready: () => Promise<void>
  private readonly named: NamedUpstreams

  /** @param patience in ms, how long an engine may take for what all are asked */
  constructor(upstreams: Upstreams, patience: number, say: (line: string) => void) {
    const named = (this.named = new NamedUpstreams('engines()', upstreams))
    this.members = named.names.map((name) => new Member(name, named.get(name), patience, say))
    this.ready = named.ready
  }

  /** @throws IntermediateError for what is no name of one */
  get(name: unknown): Member {
    const member = this.members.find((each) => each.name === name)
    if (member === undefined) this.named.get(name)
    return member!
  }

  /** The first that is not known to be down, or the first of all. */
  get first(): Member {
    return this.members.find(({ isDown }) => !isDown) ?? this.members[0]!
  }

  /** Takes `engine/name` apart. */
  split(text: string): { engine: Member | undefined; name: string } {
    const slash = text.indexOf('/')
    const engine = this.members.find(({ name }) => slash > 0 && name === text.slice(0, slash))
    return engine === undefined ? { engine, name: text } : { engine, name: text.slice(slash + 1) }
  }

  /** The documents that all engines answer. One of which not all comes in time counts as down. */
  async documents<T>(call: Call, asking?: Asking): Promise<Answers<T>> {
    return this.askAll(call, (reply) => reply.json(largest) as Promise<T>, asking)
  }

  /** The replies of all engines, whose bodies are still to be read. */
  async replies(call: Call, asking?: Asking): Promise<Answers<Reply>> {
    return this.askAll(call, (reply) => reply, asking)
  }

  private async askAll<T>(
    call: Call,
    hear: (reply: Reply) => T | Promise<T>,
    { ask = (upstream) => upstream.ask(call) as Promise<Reply>, of = this.members, how = 'ask' }: Asking = {},
  ): Promise<Answers<T>> {
    const all = await Promise.all(
      of.map(async (engine): Promise<Heard<T> | Failed | Missing> => {
        const question: Question<Omit<Heard<T>, 'engine'> | Omit<Failed, 'engine'>> = {
          ask: (upstream) => ask(upstream, engine),
          hear: async (reply) =>
            reply.ok
              ? { said: await hear(reply) }
              : { status: reply.status, message: await messageOf(reply) },
        }
        try {
          return { engine, ...(await engine[how](call, question)) }
        } catch (error) {
          if (isUnreachable(error)) return { engine, error }
          throw error
        }
      }),
    )
    return {
      done: all.filter((each) => 'said' in each),
      failed: all.filter((each) => 'status' in each),
      missing: all.filter((each) => 'error' in each),
    }
  }
}

/** The `Warning` field of an answer that is not that of all engines; none where it is. */
export function warningsOf({ failed, missing }: Omit<Answers<unknown>, 'done'>): Record<string, string> {
  const texts = [
    ...missing.map(({ engine, error }) => warning(`engine ${engine.name} is down: ${error.message}`)),
    ...failed.map(({ engine, message }) => warning(`engine ${engine.name}: ${message}`)),
  ]
  return texts.length === 0 ? {} : { Warning: texts.join(', ') }
}

/**
 * The failure of a question to all engines, if it is one: where nobody answers it, or one that does calls it a bad
 * request (a version of the API that it does not speak), since half an answer would look like a whole one.
 */
export function failureOf({ done, failed, missing }: Answers<unknown>): Reply | undefined {
  const first = failed.find(({ status }) => status === 400) ?? (done.length === 0 ? failed[0] : undefined)
  if (first !== undefined)
    return ownReply(first.status, { message: first.message }, warningsOf({ failed: [], missing }))
  if (done.length === 0) throw missing[0]!.error
  return undefined
}

export async function messageOf(reply: Reply): Promise<string> {
  const { message } =
    (await (reply.json() as Promise<{ message?: string | null }>).catch(() => undefined)) ?? {}
  return message ?? `status ${reply.status}`
}

/** A reply of several engines is read whole. */
const largest = { limit: 256 * 1024 * 1024 }
