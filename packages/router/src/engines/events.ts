import { finished } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { api, Call, CallArguments, Reply } from '@intermediate/core'
import { reply, writeJson } from '@intermediate/core'
import { isUnreachable } from '../unreachable.js'
import type { EngineSet } from './engine-set.js'
import { messageOf, failureOf, warningsOf } from './engine-set.js'
import { filtersForEach, filtersOf } from './filters.js'
import type { Member } from './member.js'
import { Merge } from './merge.js'

/** In ms, how long an event waits for an earlier one of another engine. */
const patience = 100

/** In ms, the same of the past, of which every engine says all at once, unless it stalls. */
const patienceForPast = 10_000

/** In ms, between attempts to reach an engine that is down. */
const pause = 1000

type Events = Call<'GET /events'>

/**
 * The events of all engines, by their times as far as the engines' clocks agree; those of the past in that order, those
 * that happen now with 100 ms for each to overtake. An engine that is lost is asked again, once a second while the
 * client listens, for what happened meanwhile.
 */
export async function mergeEvents(set: EngineSet, call: Call): Promise<Reply> {
  const events = call as Events
  const until = seconds(events.query.until)
  const begun = String(Date.now() / 1000)
  const isOver = () => until !== undefined && until <= Date.now() / 1000
  const filters = filtersOf(call)
  const own = filters && filtersForEach(set, filters, ['container', 'network', 'volume'])
  const queryOf = (engine: Member) => ({
    ...events.query,
    ...(own && { filters: JSON.stringify(own.get(engine)) }),
  })
  const answers = await set.replies(call, {
    ...(own && {
      of: [...own.keys()],
      ask: (upstream, engine) =>
        upstream.ask(call, 'GET /events', { query: queryOf(engine) }) as Promise<Reply>,
    }),
  })
  const failure = failureOf(answers)
  if (failure !== undefined) return failure
  const merge = new Merge(isOver() ? patienceForPast : patience)
  for (const { engine } of answers.done) merge.begin(engine)
  const first = new Map(answers.done.map(({ engine, said }) => [engine, said]))
  const sources = [...(own?.keys() ?? set.members)]
    .filter((engine) => !answers.failed.some((each) => each.engine === engine))
    .map(async (engine) => follow(engine, first.get(engine)))
  void Promise.all(sources).then(
    () => merge.end(),
    (error: unknown) => merge.output.destroy(error as Error),
  )
  return reply(200, merge.output, { 'Content-Type': 'application/json', ...warningsOf(answers) })

  /** Hears an engine out, and asks it again where it was lost before it had said all. */
  async function follow(engine: Member, said: Reply | undefined): Promise<void> {
    let last: bigint | undefined
    let from = said
    for (;;) {
      if (from?.ok) {
        merge.begin(engine)
        last = await hear(engine, from, merge, last)
        merge.finish(engine)
      } else if (from !== undefined && from.status < 500) {
        engine.say(`engine ${engine.name} does not tell its events any more: ${await messageOf(from)}`)
        return
      }
      if (isOver()) return
      await sleep(pause, undefined, { signal: events.signal }).catch(() => {})
      if (events.signal.aborted) return
      const since = last === undefined ? events.query.since || begun : textOf(last)
      from = await askAgain(engine, events, { ...queryOf(engine), since })
    }
  }
}

/** Resolves with the time of the last one, in ns. What was told before is left out: engines say the last one again. */
async function hear(
  engine: Member,
  said: Reply,
  into: Merge,
  before: bigint | undefined,
): Promise<bigint | undefined> {
  let last = before
  const heard = said as Extract<Reply<'GET /events'>, { ok: true }>
  heard.items(async (event: api.EventMessage) => {
    const time = timeOf(event)
    if (before !== undefined && time <= before) return undefined
    last = time
    await into.offer(engine, time, writeJson(event, '\n'))
    return undefined
  })
  // Lost or ended, there is no more of it.
  await finished(heard.body.resume()).catch(() => {})
  return last
}

async function askAgain(
  engine: Member,
  call: Events,
  query: NonNullable<CallArguments<'GET /events'>['query']>,
): Promise<Reply | undefined> {
  try {
    return await engine.ask(call, {
      ask: (upstream) => upstream.ask(call, 'GET /events', { query }) as Promise<Reply>,
      hear: (answer) => answer,
    })
  } catch (error) {
    if (isUnreachable(error) || call.signal.aborted) return undefined
    throw error
  }
}

function textOf(time: bigint): string {
  return `${time / 1_000_000_000n}.${String(time % 1_000_000_000n).padStart(9, '0')}`
}

function timeOf({ time, timeNano }: api.EventMessage): bigint {
  return timeNano ? BigInt(timeNano) : BigInt(time ?? 0) * 1_000_000_000n
}

/** As the engine takes it: seconds since 1970, with a fraction. */
function seconds(text: string | undefined): number | undefined {
  const number = Number(text || Number.NaN)
  return Number.isNaN(number) ? undefined : number
}
