import { reply } from '@intermediate/core'
import type { Reply } from '@intermediate/core'
import type { Asked } from './asked.js'
import { differences, textDifferences } from './differences.js'
import type { AnsweredCall, RecordedCall } from './recorded-call.js'

/** So many phrases say what differs. */
const mostPhrases = 3

/** In how many places calls are compared to find the nearest. */
const mostCounted = 50

/**
 * The calls of a recording, to be found by what they say. Of several that say the same, each is found once, in their
 * order, and then the last one again and again: a client may look more often than it did.
 */
export class FindCall {
  private readonly calls: readonly RecordedCall[]
  /** What the calls are in, for messages. */
  private readonly where: string
  private readonly byPlace = new Map<string, RecordedCall[]>()
  private readonly found = new Set<RecordedCall>()

  constructor(calls: readonly RecordedCall[], where: string) {
    this.calls = calls
    this.where = where
    for (const call of calls) {
      const place = placeOf(call.begun)
      const there = this.byPlace.get(place)
      if (there === undefined) this.byPlace.set(place, [call])
      else there.push(call)
    }
  }

  /** @returns the call, or what to say where there is none */
  find(asked: Asked): AnsweredCall | Reply {
    const there = this.byPlace.get(placeOf(asked))
    if (there === undefined) return missing(this.elsewhere(asked))
    const same = there.filter((call) => isSame(call, asked))
    if (same.length === 0) return missing(this.nearest(there, asked))
    const answered = same.filter((call): call is AnsweredCall => call.reply !== undefined)
    if (answered.length === 0) return missing(this.unanswered(same[0]!, asked))
    // Replies differ with the version of the API: another is given only where this one was not asked for.
    const sameVersion = answered.filter(({ begun }) => begun.version === asked.version)
    const calls = sameVersion.length === 0 ? answered : sameVersion
    const call = calls.find((each) => !this.found.has(each)) ?? calls.at(-1)!
    this.found.add(call)
    return call
  }

  private elsewhere(asked: Asked): string {
    const paths = this.calls
      .filter(({ begun }) => begun.endpoint === asked.endpoint)
      .map(({ begun }) => begun.path)
    const others = [...new Set(paths)]
    if (others.length === 0)
      return `${nameOf(asked)} is not in ${this.where}, and nothing else of ${asked.endpoint} is.`
    const more = others.length > mostPhrases ? `, and ${others.length - mostPhrases} more` : ''
    return `${nameOf(asked)} is not in ${this.where}, which has ${others.slice(0, mostPhrases).join(', ')}${more}.`
  }

  private nearest(there: readonly RecordedCall[], asked: Asked): string {
    const [phrases] = there
      .map((call) => [...firsts(differing(call, asked), mostCounted)])
      .toSorted((one, other) => one.length - other.length)
    const more = phrases!.length > mostPhrases ? '; and more' : ''
    return `${nameOf(asked)} is in ${this.where}, but not like this: ${phrases!.slice(0, mostPhrases).join('; ')}${more}.`
  }

  private unanswered({ end }: RecordedCall, asked: Asked): string {
    const why = end?.error === undefined ? '' : `: ${end.error}`
    return `${nameOf(asked)} was not answered when ${this.where} was recorded${why}`
  }
}

/** What a recording cannot answer. */
export function missing(message: string): Reply {
  return reply(501, { message })
}

export function nameOf({ endpoint, path }: Pick<Asked, 'endpoint' | 'path'>): string {
  return endpoint === 'unknown' ? path : `${endpoint.split(' ', 1)[0]} ${path}`
}

function placeOf({ endpoint, path }: Pick<Asked, 'endpoint' | 'path'>): string {
  return `${endpoint} ${path}`
}

function isSame(call: RecordedCall, asked: Asked): boolean {
  return differing(call, asked).next().done === true
}

function* differing(call: RecordedCall, asked: Asked): Generator<string> {
  const { begun } = call
  if (begun.endpoint === 'unknown' && begun.method !== asked.method)
    yield `the method is ${asked.method} and was ${begun.method}`
  if (begun.query === undefined) yield 'the query was one that cannot be read'
  else yield* queryDifferences(begun.query, asked.query)
  yield* bodyDifferences(call, asked)
}

function* queryDifferences(was: Asked['query'], is: Asked['query']): Generator<string> {
  for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
    const [before, now] = [was[name], is[name]]
    const place = `query.${name}`
    if (typeof before === 'string' && typeof now === 'string') yield* textDifferences(before, now, place)
    else if (before === undefined) yield `${place} is ${JSON.stringify(now)} and was not there`
    else if (now === undefined) yield `${place} is not there and was ${JSON.stringify(before)}`
    else yield* differences(before, now, place)
  }
}

function* bodyDifferences(
  { body, reply: answer, end }: RecordedCall,
  { body: asked }: Asked,
): Generator<string> {
  // What came through a tunnel counts as received, too.
  const hadOther = body === undefined && answer?.tunnel !== true && (end?.received ?? 0) > 0
  if (body !== undefined) {
    if (asked.kind === 'json') yield* differences(body.json, asked.json, 'body')
    else yield `the body is ${asked.kind === 'none' ? 'empty' : 'no JSON'} and was JSON`
  } else if (asked.kind === 'json') {
    yield hadOther
      ? `the body is JSON, and what was there was not recorded: it was none, or larger than the tap's "bodies"`
      : 'the body is JSON and was empty'
  } else if (hadOther !== (asked.kind === 'other')) {
    yield hadOther ? 'the body is empty and was not' : 'the body is no JSON and was empty'
  }
}

function* firsts<T>(values: Iterable<T>, count: number): Generator<T> {
  for (const value of values) {
    if (count-- === 0) return
    yield value
  }
}
