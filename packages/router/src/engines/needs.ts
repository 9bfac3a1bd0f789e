import type { api, Call, IntermediateError } from '@intermediate/core'
import { refused } from '../refused.js'
import type { EngineSet } from './engine-set.js'
import type { Finder, Having } from './finder.js'
import { ambiguous, maybeDown } from './finder.js'
import type { Member } from './member.js'
import type { Reference } from './references.js'
import { isNameOf, referencesOf } from './references.js'

/** Where a container can be, for what it needs beside it. */
export interface Fitting {
  readonly engines: readonly Member[]
  /** What each of these engines has one of by the same name, if there is such a thing: choosing one would be a guess. */
  readonly guess: IntermediateError | undefined
  /** Those that were asked and did not answer. */
  readonly missing: readonly Member[]
}

/**
 * Of these engines, those that have what the body of a create names: networks, volumes, other containers. What none of
 * them has is for an engine to say, or to make.
 * @throws IntermediateError 409 where no engine has all of it; 502 where none that answers has something, one is down
 * that may have it, and the client does not say on which engine: made on another, an empty volume would look like a lost one
 */
export async function besideNeeds(
  set: EngineSet,
  finder: Finder,
  call: Call,
  body: api.ContainerCreateBody,
  among: readonly Member[],
): Promise<Fitting> {
  const needs = referencesOf(body).map((reference) => ({ reference, named: set.split(reference.text) }))
  const on: { what: string; engines: readonly Member[] }[] = []
  for (const { reference, named } of needs) {
    if (named.engine === undefined) continue
    if (!isNameOf(reference.kind, named.name)) throw noName(call, reference)
    reference.rename(named.name)
    on.push({ what: `the ${reference.kind} ${named.name}`, engines: [named.engine] })
  }
  const isSaid = among.length === 1 || on.length > 0
  const missing = new Set<Member>()
  const several: { reference: Reference; having: Having }[] = []
  for (const { reference, named } of needs) {
    if (named.engine !== undefined) continue
    const { kind, text } = reference
    const having = await finder.having(call, kind, text)
    const { answers } = having
    for (const { engine } of answers.missing) missing.add(engine)
    const unsure = answers.failed.find(({ status }) => status !== 404)?.engine
    const engines = having.engines.length === 0 && unsure !== undefined ? [unsure] : having.engines
    if (engines.length === 0 && answers.missing.length > 0 && !isSaid)
      throw maybeDown(call, kind, text, answers, kind === 'volume' ? another(text, answers) : '')
    if (engines.length === 0) continue
    on.push({ what: `the ${kind} ${text}`, engines })
    if (engines.length > 1 && !having.isOne) several.push({ reference, having })
  }
  const engines = among.filter((each) => on.every((need) => need.engines.includes(each)))
  if (engines.length === 0) throw apart(call, among, on)
  const [first] = several
  const guess =
    first === undefined ? undefined : ambiguous(call, first.reference.kind, first.reference.text, engines)
  return { engines, guess, missing: [...missing] }
}

/** How to have a new one in spite of an engine that is down. */
export function another(name: string, { failed }: Pick<Having['answers'], 'failed'>): string {
  return failed[0] === undefined ? '' : `: say ${failed[0].engine.name}/${name} for another one`
}

function apart(
  call: Call,
  among: readonly Member[],
  on: readonly { what: string; engines: readonly Member[] }[],
): IntermediateError {
  const only = among.length === 1 ? ` on ${among[0]!.name}` : ''
  const places = on.map(
    ({ what, engines }) => `${what} is on ${engines.map(({ name }) => name).join(' and ')}`,
  )
  const all = [...new Set(places)].join(', ')
  return refused(call, 409, `the container cannot be made${only} with all that it needs: ${all}`)
}

function noName(call: Call, { kind, text }: Reference): IntermediateError {
  const instead = 'say what is behind the slash alone, or another name'
  return refused(call, 400, `${text} is no name of a ${kind} on an engine: ${instead}`)
}
