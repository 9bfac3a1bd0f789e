import { randomBytes } from 'node:crypto'
import { temporaryFolder } from '@intermediate/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chainOf } from './chain.js'
import type { Chain } from './chain.js'
import type { Difference } from './differences.js'
import { dockerAt } from './docker.js'
import { abilities, environmentFor, findEngines, noEngine, required } from './engines.js'
import type { Ability, Client, Engine } from './engines.js'
import { removeLeftOvers } from './left-overs.js'
import { perform } from './play.js'
import type { Outcome, Play } from './play.js'
import { reading } from './reading-layer.js'

export interface Scenario {
  /** Made once, without an intermediate, for all to look at. */
  once?(play: Play): PromiseLike<unknown>
  /**
   * Done directly, through one and three intermediates, and through one with a layer that reads everything, at the same
   * time; all must come out the same.
   */
  each(play: Play): PromiseLike<unknown>
  /** Met on unix sockets only, where a client is not the same on TCP. @default false */
  readonly onUnix?: boolean
  /** Done one after the other instead, where the engine itself shows one call what another one does. */
  readonly inTurn?: boolean
  /** What cannot be the same, see differences.ts. */
  readonly differs?: readonly Difference[]
}

export type Same = (title: string, scenario: Scenario | Scenario['each']) => void

const engines = await findEngines()

/** Runs the scenarios with every client that is able to, on every engine. */
export function forEachClient(
  define: (same: Same, engine: Engine, client: Client) => void,
  ability?: Ability,
): void {
  describeEngines((engine) => {
    const clients = engine.clients.filter((client) => !ability || client.abilities.includes(ability))
    if (ability && clients.length === 0) missing(`needs ${abilities[ability]}`)
    for (const client of clients) describe(client.name, () => define(sameOn(engine, client), engine, client))
  })
}

/** Runs the scenarios on every engine, for clients other than docker's own. */
export function forEachEngine(define: (same: Same, engine: Engine) => void): void {
  describeEngines((engine) => {
    for (const client of engine.clients.slice(0, 1)) define(sameOn(engine, client), engine)
  })
}

function describeEngines(define: (engine: Engine) => void): void {
  if (engines.length === 0) missing(noEngine)
  for (const engine of engines) describe(engine.name, () => define(engine))
}

/** A test that says what is not there: skipped, or failed where everything has to be. */
function missing(what: string): void {
  it.skipIf(!required)(what, () => expect.fail(what))
}

/** Of this test file in this run: several can use one engine at the same time. */
const run = `im-${randomBytes(3).toString('hex')}`
let scenarios = 0

function sameOn(engine: Engine, client: Client): Same {
  let one: Chain
  let three: Chain
  let threeOnUnix: Chain
  let oneThatReads: Chain
  beforeAll(async () => {
    one = await chainOf(1, engine.address)
    three = await chainOf(3, engine.address, 'tcp')
    threeOnUnix = await chainOf(3, engine.address)
    oneThatReads = await chainOf(1, engine.address, 'unix', reading)
  })
  afterAll(async () => {
    for (const chain of [one, three, threeOnUnix, oneThatReads]) await chain[Symbol.asyncDispose]()
    await removeLeftOvers(
      dockerAt(client.program, environmentFor(engine.address), () => {}),
      run,
    )
  })

  return (title, given) => {
    const {
      once,
      each,
      onUnix,
      inTurn,
      differs = [],
    }: Scenario = typeof given === 'function' ? { each: given } : given
    it(title, { timeout: 180_000 }, async () => {
      // Another try has other names: what failed may have left something.
      const number = String(++scenarios).padStart(2, '0')
      await using folder = await temporaryFolder()
      const named = (route: string): Play['shared'] => {
        const name = `${run}-${number}${route}`
        return { name, folder: folder.file(name) }
      }
      const play = (script: Scenario['each'], route: string, address: string): Promise<Outcome> =>
        perform(script, { client, engine, run, address, shared: named('s'), ...named(route) }, differs)

      if (once) expectToWork(await play(once, 's', engine.address))
      const routes = [engine, one, onUnix ? threeOnUnix : three, oneThatReads]
      const plays = routes.map(
        ({ address }, place) =>
          () =>
            play(each, String(place), address),
      )
      const [direct, ...through] = inTurn
        ? await oneByOne(plays)
        : await Promise.all(plays.map((start) => start()))
      if (direct) expectToWork(direct)
      for (const [index, outcome] of through.entries()) {
        const route = ['one intermediate', 'three intermediates', 'a layer that reads everything'][index]
        expect.soft(outcome.text, `through ${route}`).toBe(direct?.text)
      }
    })
  }
}

/** Without an intermediate a scenario must do what it says, or equal failures would pass for success. */
function expectToWork({ text, failure }: Outcome): void {
  if (!failure) return
  throw new Error(`without an intermediate:\n${text}`, failure)
}

async function oneByOne<T>(steps: readonly (() => Promise<T>)[]): Promise<readonly T[]> {
  const results: T[] = []
  for (const step of steps) results.push(await step())
  return results
}
