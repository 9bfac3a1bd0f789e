import { finished } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { api, Call, CallArguments, Reply } from '@intermediate/core'
import { reply, writeJson } from '@intermediate/core'
import { isUnreachable } from '../unreachable.js'
import type { EngineSet } from './engine-set.js'
import { nobody, warningsOf } from './engine-set.js'
import type { Member } from './member.js'
import { Merge } from './merge.js'

/** In ms, how long an event waits for an earlier one of another engine. */
const patience = 100

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
  const begun = Date.now() / 1000
  const isPast = until !== undefined && until <= begun
  const answers = await set.askAll(call)
  if (answers.done.length === 0) return nobody(answers)
  const fields = { 'Content-Type': 'application/json', ...(await warningsOf(answers)) }
  const merge = new Merge(isPast ? Infinity : patience)
  for (const { engine } of answers.done) merge.begin(engine)
  const sources = [
    ...answers.done.map(({ engine, reply: first }) => follow(engine, events, merge, first)),
    ...answers.missing.map(({ engine }) => follow(engine, events, merge, undefined)),
  ]
  void Promise.all(sources).then(
    () => merge.end(),
    (error: unknown) => merge.output.destroy(error as Error),
  )
  return reply(200, merge.output, fields)

  /** Hears an engine out, and asks it again where it was lost before it had said all. */
  async function follow(engine: Member, asked: Events, into: Merge, first: Reply | undefined): Promise<void> {
    const since = (first === undefined && asked.query.since) || String(begun)
    let last: bigint | undefined
    for (
      let said = first;
      ;
      said = await askAgain(engine, asked, last === undefined ? since : textOf(last))
    ) {
      if (said?.ok) {
        into.begin(engine)
        last = await hear(engine, said, into, last)
        into.finish(engine)
      }
      const isOver = until !== undefined && until <= Date.now() / 1000
      if (isOver || said?.ok === false) return
      await sleep(pause, undefined, { signal: asked.signal }).catch(() => {})
      if (asked.signal.aborted) return
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

async function askAgain(engine: Member, call: Events, since: string): Promise<Reply | undefined> {
  const query = { ...call.query, since } as NonNullable<CallArguments<'GET /events'>['query']>
  try {
    return await engine.ask(call, (upstream) => upstream.ask(call, 'GET /events', { query }))
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
