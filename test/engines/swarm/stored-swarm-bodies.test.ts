import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeJson } from '../../../packages/core/src/json/write-json.js'
import { chainOf } from '../chain.js'
import type { Chain } from '../chain.js'
import { foundEngines } from '../found-engines.js'
import { exactJson } from '../exact-json.js'
import { ask } from '../made.js'
import { reading } from '../reading-layer.js'
import { name } from '../stored-bodies-values.js'
import { config, labelled, node, secret, service, swarm } from './swarm-values.js'

// As stored-bodies.test.ts, for what only a swarm keeps. An engine in a swarm shows it in many places, so that this runs
// when nothing else uses the engines; the swarm is of one node, listens on loopback and runs no task.

/** What an engine said to a body, and what it has kept of it. */
interface Kept {
  readonly status: number
  readonly value: unknown
}

/** Sends a body to an address, and looks at the engine itself for what became of it. */
type Keep = (engine: string, address: string, body: Buffer) => Promise<Kept>

const kinds: readonly { endpoint: string; body: typeof secret; keep: Keep; runs: number }[] = [
  { endpoint: 'POST /secrets/create', body: secret, keep: creating('secrets'), runs: 40 },
  { endpoint: 'POST /secrets/:id/update', body: labelled, keep: updating('secrets'), runs: 30 },
  { endpoint: 'POST /configs/create', body: config, keep: creating('configs'), runs: 40 },
  { endpoint: 'POST /configs/:id/update', body: labelled, keep: updating('configs'), runs: 30 },
  { endpoint: 'POST /services/create', body: service, keep: creating('services'), runs: 60 },
  { endpoint: 'POST /services/:id/update', body: service, keep: updating('services'), runs: 40 },
  { endpoint: 'POST /nodes/:id/update', body: node, keep: keepNode, runs: 20 },
  { endpoint: 'POST /swarm/update', body: swarm, keep: keepSwarm, runs: 30 },
]

const engines = await foundEngines()

describe.each(engines)('what $name keeps of a body in a swarm, read by a layer or not', ({ address }) => {
  let chain: Chain
  beforeAll(async () => {
    chain = await chainOf(1, address, 'unix', reading)
    const init = { ListenAddr: '127.0.0.1:0', AdvertiseAddr: '127.0.0.1:2377' }
    const { status, text } = await ask(address, 'POST', '/swarm/init', json(init))
    expect([status, text]).toEqual([200, expect.any(String)])
  })
  afterAll(async () => {
    await ask(address, 'POST', '/swarm/leave?force=1')
    await chain[Symbol.asyncDispose]()
  })

  test.each(kinds)('$endpoint', async ({ body, keep, runs }) => {
    let taken = 0
    const same = fc.asyncProperty(body.text, async (text) => {
      const direct = await keep(address, address, Buffer.from(text))
      expect(await keep(address, chain.address, Buffer.from(text))).toEqual(direct)
      if (direct.status < 300) taken++
    })
    await fc.assert(same, { numRuns: runs })
    // What is refused by both ways says little.
    expect(taken).toBeGreaterThan(runs / 3)
  })
})

type Kind = 'secrets' | 'configs' | 'services'

const plain: Readonly<Record<Kind, object>> = {
  secrets: { Name: name, Data: 'aGk=' },
  configs: { Name: name, Data: 'aGk=' },
  services: {
    Name: name,
    TaskTemplate: { ContainerSpec: { Image: 'busybox:latest' } },
    Mode: { Replicated: { Replicas: 0 } },
  },
}

function creating(kind: Kind): Keep {
  return async (engine, address, body) => {
    const made = await ask(address, 'POST', `/${kind}/create`, body)
    const id = made.value['ID']
    if (typeof id !== 'string') return { status: made.status, value: exactJson(made.text) }
    try {
      return await specOf(made.status, engine, `/${kind}/${id}`)
    } finally {
      await ask(engine, 'DELETE', `/${kind}/${id}`)
    }
  }
}

function updating(kind: Kind): Keep {
  return async (engine, address, body) => {
    const made = await ask(engine, 'POST', `/${kind}/create`, json(plain[kind]))
    const path = `/${kind}/${made.value['ID'] as string}`
    try {
      return await updated(engine, address, path, body)
    } finally {
      await ask(engine, 'DELETE', path)
    }
  }
}

async function keepNode(engine: string, address: string, body: Buffer): Promise<Kept> {
  const { text } = await ask(engine, 'GET', '/info')
  const { Swarm } = JSON.parse(text) as { Swarm: { NodeID: string } }
  return updated(engine, address, `/nodes/${Swarm.NodeID}`, body)
}

function keepSwarm(engine: string, address: string, body: Buffer): Promise<Kept> {
  return updated(engine, address, '/swarm', body)
}

async function updated(engine: string, address: string, path: string, body: Buffer): Promise<Kept> {
  const { text } = await ask(engine, 'GET', path)
  const { Version } = JSON.parse(text) as { Version: { Index: number } }
  const made = await ask(address, 'POST', `${path}/update?version=${Version.Index}`, body)
  return made.status < 300
    ? specOf(made.status, engine, path)
    : { status: made.status, value: withoutIds(made.text) }
}

async function specOf(status: number, engine: string, path: string): Promise<Kept> {
  const { value } = await ask(engine, 'GET', path)
  return { status, value: exactJson(writeJson(value['Spec'] ?? null).toString()) }
}

function withoutIds(text: string): unknown {
  return exactJson(text.replaceAll(/\b[0-9a-z]{25}\b/g, '<id>'))
}

function json(body: object): Buffer {
  return Buffer.from(JSON.stringify(body))
}
