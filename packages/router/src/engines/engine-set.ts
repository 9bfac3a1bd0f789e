import type { Call, IntermediateError, OtherUpstream, Reply } from '@intermediate/core'
import { isUnreachable } from '../unreachable.js'
import type { Upstreams } from '../upstreams.js'
import { NamedUpstreams } from '../upstreams.js'
import { warning } from '../warning.js'
import { Member } from './member.js'

/** What an engine has answered. */
export interface Heard {
  readonly engine: Member
  readonly reply: Reply
}

/** An engine that could not be reached. */
export interface Missing {
  readonly engine: Member
  readonly error: IntermediateError
}

/** What all engines have said to one question, in their order. */
export interface Answers {
  readonly done: readonly Heard[]
  readonly failed: readonly Heard[]
  readonly missing: readonly Missing[]
}

/** The engines that are seen as one, in the order in which they were given. */
export class EngineSet {
  readonly members: readonly Member[]
  readonly ready: () => Promise<void>
  /** In ms, how long an engine may take for what all are asked. */
  private readonly patience: number
  private readonly named: NamedUpstreams

  constructor(upstreams: Upstreams, patience: number, say: (line: string) => void) {
    const named = (this.named = new NamedUpstreams('engines()', upstreams))
    this.members = named.names.map((name) => new Member(name, named.get(name), say))
    this.ready = named.ready
    this.patience = patience
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

  /**
   * Asks all at the same time, by default what the call asks.
   * @param limited whether one that does not answer in time counts as down
   */
  async askAll(
    call: Call,
    ask: (upstream: OtherUpstream) => Promise<Reply> = (upstream) => upstream.ask(call) as Promise<Reply>,
    limited = true,
  ): Promise<Answers> {
    const limit = limited ? this.patience : undefined
    const all = await Promise.all(
      this.members.map(async (engine): Promise<Heard | Missing> => {
        try {
          return { engine, reply: await engine.ask(call, ask, limit) }
        } catch (error) {
          if (isUnreachable(error)) return { engine, error }
          throw error
        }
      }),
    )
    const heard = all.filter((each): each is Heard => 'reply' in each)
    return {
      done: heard.filter(({ reply }) => reply.ok),
      failed: heard.filter(({ reply }) => !reply.ok),
      missing: all.filter((each): each is Missing => 'error' in each),
    }
  }
}

/** The `Warning` field of an answer that is not that of all engines; none where it is. */
export async function warningsOf({ failed, missing }: Answers): Promise<Record<string, string>> {
  const texts = [
    ...missing.map(({ engine, error }) => warning(`engine ${engine.name} is down: ${error.message}`)),
    ...(await Promise.all(
      failed.map(async ({ engine, reply }) => warning(`engine ${engine.name}: ${await messageOf(reply)}`)),
    )),
  ]
  return texts.length === 0 ? {} : { Warning: texts.join(', ') }
}

/** Where nobody did what was asked: the first failure. */
export function nobody({ failed, missing }: Answers): Reply {
  if (failed[0] !== undefined) return failed[0].reply
  throw missing[0]!.error
}

export async function messageOf(reply: Reply): Promise<string> {
  const { message } =
    (await (reply.json() as Promise<{ message?: string | null }>).catch(() => undefined)) ?? {}
  return message ?? `status ${reply.status}`
}

/** A reply of several engines is read whole. */
export const largest = { limit: 256 * 1024 * 1024 }
