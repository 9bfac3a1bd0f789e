import type { Call, CallArguments, Reply } from '@intermediate/core'
import { IntermediateError } from '@intermediate/core'
import type { Kind } from '../inspects.js'
import { inspects } from '../inspects.js'
import { refused } from '../refused.js'
import type { Remembered } from '../remembered.js'
import type { Answers, EngineSet } from './engine-set.js'
import type { Member } from './member.js'

/** The engine that has something, and what it is called there. */
export interface Found {
  readonly engine: Member
  readonly name: string
  /** It was seen there, or may be there. */
  readonly isThere: boolean
}

/** Finds the engine that has what a client names: by what is remembered, or by asking all of them. */
export class Finder {
  private readonly set: EngineSet
  private readonly remembered: Remembered<Member>

  constructor(set: EngineSet, remembered: Remembered<Member>) {
    this.set = set
    this.remembered = remembered
  }

  /**
   * The one engine that has it. Where none does that answers, the first one is to say so.
   * @throws IntermediateError 400 where several have it, 502 where one that is down may have it
   */
  async find(call: Call, kind: Kind, text: string): Promise<Found> {
    const named = this.set.split(text)
    if (named.engine !== undefined && kind !== 'image')
      return { ...named, engine: named.engine, isThere: true }
    const known = this.remembered.get(text)
    if (known !== undefined) return { engine: known, name: text, isThere: true }
    const { engines, isOne, isExact, answers } = await this.having(call, kind, text)
    const [engine] = engines
    const unsure = answers.failed.find(({ status }) => status !== 404)
    // Of what a prefix fits twice on another engine, nobody can say which is meant.
    if (unsure !== undefined && !isExact && kind !== 'image')
      return { engine: unsure.engine, name: text, isThere: true }
    if (engine !== undefined && isOne) return { engine, name: text, isThere: true }
    if (engine !== undefined) throw ambiguous(call, kind, text, engines)
    const nowhere = unsure ?? answers.failed[0]
    // An image can be pulled, so that it is not there on those that answer is the answer.
    if (nowhere === undefined || (answers.missing.length > 0 && kind !== 'image'))
      throw maybeDown(call, kind, text, answers)
    return { engine: nowhere.engine, name: text, isThere: nowhere === unsure }
  }

  /** Every engine that has it. Where some have it by its name or id, those whose own only begins so do not count. */
  async having(call: Call, kind: Kind, text: string): Promise<Having> {
    const { endpoint, param } = inspects[kind]
    const args = { params: { [param]: text } } as CallArguments<typeof endpoint>
    const answers = await this.set.documents<Named>(call, {
      ask: (upstream) => upstream.ask(call, endpoint, args) as Promise<Reply>,
    })
    const found = answers.done.map(({ engine, said }) => {
      const id = said.Id ?? said.ID
      if (kind !== 'image') this.remembered.set(id, engine)
      return { engine, id, isExact: [id, said.Name].some((name) => isSame(name, text)) }
    })
    const exact = found.filter(({ isExact }) => isExact)
    const isExact = exact.length > 0
    const those = isExact ? exact : found
    // A network of a swarm is the same on every engine in it, and so can an image be anywhere.
    const isOne = kind === 'image' || new Set(those.map(({ id, engine }) => id ?? engine)).size === 1
    return { engines: those.map(({ engine }) => engine), isOne, isExact, answers }
  }
}

export interface Having {
  readonly engines: readonly Member[]
  /** It is the same on all of them. */
  readonly isOne: boolean
  /** It is the name or id itself, and not the beginning of an id. */
  readonly isExact: boolean
  readonly answers: Answers<Named>
}

interface Named {
  readonly Id?: string | null
  readonly ID?: string | null
  readonly Name?: string | null
}

function isSame(name: string | null | undefined, text: string): boolean {
  return name === text || name === `/${text}`
}

/** Several engines have something of this name, and it is not the same. */
export function ambiguous(
  call: Call,
  kind: Kind,
  text: string,
  engines: readonly Member[],
): IntermediateError {
  const names = engines.map(({ name }) => name)
  const instead = names.map((name) => `${name}/${text}`).join(' or ')
  return refused(call, 400, `there is a ${kind} ${text} on ${names.join(' and ')}: say ${instead}`)
}

/**
 * No engine has it that answers, and one that does not may have it.
 * @param instead what to say to have another one
 */
export function maybeDown(
  call: Call,
  kind: Kind,
  text: string,
  { missing }: Pick<Answers<unknown>, 'missing'>,
  instead = '',
): IntermediateError {
  const names = missing.map(({ engine }) => engine.name).join(' and ')
  return new IntermediateError(
    'ERR_UPSTREAM_UNREACHABLE',
    502,
    `${call.method} ${call.path}: no engine that answers has the ${kind} ${text}, but ${names} may have it and cannot be reached${instead}.`,
    { cause: missing[0]!.error },
  )
}
