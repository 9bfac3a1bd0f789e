import { randomBytes } from 'node:crypto'
import { intermediate } from '@intermediate/core'
import type { Layer } from '@intermediate/core'
import { temporaryFolder } from '@intermediate/testing'
import { afterAll, describe, expect, it } from 'vitest'
import { chainOf } from './chain.js'
import { abandoned, ids } from './differences.js'
import type { Difference } from './differences.js'
import { dockerAt } from './docker.js'
import type { Docker } from './docker.js'
import type { Ability, Client, Engine } from './engines.js'
import { environmentFor, findEngines, noEngine, required } from './engines.js'
import { removeLeftOvers } from './left-overs.js'
import { perform } from './play.js'
import type { Play } from './play.js'

/** One client on one engine. */
export interface Way {
  readonly engine: Engine
  readonly client: Client
  /** The start of the names of all that is made; what has one is removed at the end. */
  readonly run: string
  /** A scenario by each of these stacks of policies, and without any: all are told the same. */
  same(title: string, under: Stacks, scenario: Scenario): void
  /** The same, where only the scenario itself can say what it is to be told. */
  under(title: string, under: Stacks, scenario: Scenario): void
}

/** Policies by what they are called together, the first one outermost. */
export type Stacks = Readonly<Record<string, readonly Layer[]>>

export interface Scenario {
  play(on: OnStage): PromiseLike<unknown>
  readonly needs?: Ability
  /** What cannot be the same beside ids, see differences.ts. */
  readonly differs?: readonly Difference[]
}

export interface OnStage extends Play {
  /** To the engine itself. */
  readonly direct: Docker
}

const engines = await findEngines()

/** Runs what is defined with every client on every engine, or with the first of them. */
export function forEachWay(define: (way: Way) => void, clients: 'every client' | 'one client'): void {
  if (engines.length === 0) it.skipIf(!required)(noEngine, () => expect.fail(noEngine))
  for (const engine of engines)
    for (const client of engine.clients.slice(0, clients === 'one client' ? 1 : undefined))
      describe(`${engine.name}, ${client.name}`, () => define(wayOf(engine, client)))
}

let plays = 0

function wayOf(engine: Engine, client: Client): Way {
  const run = `im-${randomBytes(3).toString('hex')}`
  const direct = dockerAt(client.program, environmentFor(engine.address), () => {})

  afterAll(async () => {
    await removeLeftOvers(direct, run)
  })

  async function played(policies: readonly Layer[], { play, differs = [] }: Scenario) {
    const name = `${run}-${String(++plays).padStart(2, '0')}`
    await using folder = await temporaryFolder()
    const layers = policies.reduce((all, policy) => all.use(policy), intermediate())
    await using chain = await chainOf(1, engine.address, 'unix', layers)
    const address = policies.length === 0 ? engine.address : chain.address
    const place = { name, folder: folder.file(name) }
    const stage = { client, engine, run, address, ...place, shared: place }
    return await perform((on) => play({ ...on, direct }), stage, [abandoned, ids, ...differs])
  }

  const skips = ({ needs }: Scenario) => needs !== undefined && !client.abilities.includes(needs)
  return {
    engine,
    client,
    run,
    same(title, under, scenario) {
      it.skipIf(skips(scenario))(title, async () => {
        const all: Stacks = { 'no policies': [], ...under }
        const plays = Object.entries(all).map(
          async ([name, policies]) => [name, await played(policies, scenario)] as const,
        )
        const [direct, ...through] = await Promise.all(plays)
        const { text, failure } = direct![1]
        if (failure) throw new Error(`without policies:\n${text}`, failure)
        for (const [name, outcome] of through) expect.soft(outcome.text, `under ${name}`).toBe(text)
      })
    },
    under(title, under, scenario) {
      it.skipIf(skips(scenario))(title, async () => {
        const outcomes = await Promise.all(Object.values(under).map((policies) => played(policies, scenario)))
        for (const { text, failure } of outcomes) if (failure) throw new Error(text, failure)
      })
    },
  }
}
