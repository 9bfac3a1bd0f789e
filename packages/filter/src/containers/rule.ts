import type { Call } from '@intermediate/core'
import type { Policy } from '../policy.js'
import { policy } from '../policy.js'
import type { Verdict } from '../verdict.js'
import { refuse } from '../verdict.js'
import { allowedAre } from './allow-list.js'
import type { Ask, Item, Topic } from './ask.js'
import { Inquiry, Unanswered } from './inquiry.js'
import { askedByName, saidOutright } from './resolve.js'
import type { AnyCall } from './routes.js'
import { routes } from './routes.js'

/** What is allowed of a topic. */
export interface Rule {
  readonly topic: Topic
  /** Undefined for what is allowed, else what to do instead, or ''. */
  judge(ask: Ask): string | undefined
}

/** A policy of these rules: what a call asks for that one of them does not allow is refused, on every route to it. */
export function ruled(name: string, rules: readonly Rule[]): Policy {
  const topics = new Set(rules.map(({ topic }) => topic))
  const byTopic = new Map(rules.map((rule) => [rule.topic, rule]))
  const judged = policy(name, [...routes.keys()], async (call: Call): Promise<Verdict> => {
    const items = await itemsOf(call)
    const reasons = refusals(saidOutright(items), byTopic)
    if (reasons.length > 0) return reasons
    try {
      const found = refusals(await askedByName(items, topics, new Inquiry(call)), byTopic)
      return found.length === 0 || found
    } catch (error) {
      if (error instanceof Unanswered) return refuse(error.status, error.message)
      throw error
    }
  })
  // Volumes and networks are asked about, and taken, by their names.
  return Object.assign(judged, { oneEngine: 'or told apart' } as const)
}

async function itemsOf(call: AnyCall): Promise<readonly Item[]> {
  const { body, route } = routes.get(call.endpoint)!
  const ofBody = body === undefined ? [] : body(await call.json(), '')
  return route === undefined ? ofBody : [...ofBody, ...route(call)]
}

function refusals(asks: readonly Ask[], rules: ReadonlyMap<Topic, Rule>): string[] {
  const reasons = asks.flatMap((ask) => {
    const advice = rules.get(ask.topic)?.judge(ask)
    if (advice === undefined) return []
    if (ask.refusal !== undefined) return [ask.refusal]
    // What to leave out is for whoever makes a container to know.
    return [`${ask.what} is not allowed here${advice === '' || ask.there ? '' : `: ${advice}`}`]
  })
  return [...new Set(reasons)]
}

/** Refuses a topic as a whole. */
export function never(topic: Topic, advice = ''): Rule {
  return { topic, judge: () => advice }
}

/** What no policy about containers lets pass: the host as a whole, and what nobody here can read. */
export const beyond: readonly Rule[] = [never('everything'), never('unknown'), never('unreadable')]

/** What is mounted has to be said before it is judged. */
export const noTemplates: Rule = never('template', 'write out what it stands for')

/** Allows what is on a list by its name. */
export function listed(topic: Topic, allowed: readonly string[], otherwise: string): Rule {
  const names = new Set(allowed)
  const advice = allowedAre(allowed, otherwise)
  return { topic, judge: ({ name }) => (name !== '' && names.has(name) ? undefined : advice) }
}
