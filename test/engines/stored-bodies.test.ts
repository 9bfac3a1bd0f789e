import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requestFieldTrees } from '../../packages/core/src/json/request-fields-table.js'
import { chainOf } from './chain.js'
import type { Chain } from './chain.js'
import { forEachEngine } from './compare.js'
import { ids, times } from './differences.js'
import { exactJson } from './exact-json.js'
import { ask } from './made.js'
import { reading } from './reading-layer.js'
import { container, exec, image, name, network, update, volume } from './stored-bodies-values.js'

// What a body that a layer has read and returned leaves behind in an engine is what it leaves when nothing is between:
// each is sent both ways, what the engine then has is looked at directly, and removed.

/** What an engine said to a body, and what it has kept of it. */
interface Kept {
  readonly status: number
  readonly value: unknown
}

/** A body on its way to an engine, past a layer or not; what came of it is looked at directly. */
interface Sent {
  readonly engine: string
  readonly address: string
  readonly body: string
}

const kinds = [
  { endpoint: 'POST /containers/create', body: container, keep: keepContainer, runs: 60 },
  { endpoint: 'POST /containers/:id/update', body: update, keep: keepUpdate, runs: 40 },
  { endpoint: 'POST /containers/:id/exec', body: exec, keep: keepExec, runs: 60 },
  { endpoint: 'POST /commit', body: image, keep: keepImage, runs: 20 },
  { endpoint: 'POST /volumes/create', body: volume, keep: keepVolume, runs: 60 },
  { endpoint: 'POST /networks/create', body: network, keep: keepNetwork, runs: 8 },
] as const

forEachEngine((_, { address }) => {
  describe('what is kept of a body, read by a layer or not', () => {
    let chain: Chain
    beforeAll(async () => {
      chain = await chainOf(1, address, 'unix', reading)
      await ask(
        address,
        'POST',
        `/containers/create?name=${name}-runs`,
        json({ Image: 'busybox:latest', Cmd: ['sleep', '600'] }),
      )
      await ask(address, 'POST', `/containers/${name}-runs/start`)
    })
    afterAll(async () => {
      await ask(address, 'DELETE', `/containers/${name}-runs?force=1`)
      await chain[Symbol.asyncDispose]()
    })

    test.each(kinds)('$endpoint', async ({ body, keep, runs }) => {
      let taken = 0
      const same = fc.asyncProperty(body.text, async (text) => {
        const direct = await keep({ engine: address, address, body: text })
        expect(await keep({ engine: address, address: chain.address, body: text })).toEqual(direct)
        if (direct.status < 300) taken++
      })
      await fc.assert(same, { numRuns: runs })
      // What is refused by both ways says little.
      expect(taken).toBeGreaterThan(runs / 2)
    })
  })
})

test.each(kinds)('every field of $endpoint has values', ({ endpoint, body }) => {
  const tree = requestFieldTrees.get(endpoint)
  expect(body.tree).toEqual(endpoint === 'POST /volumes/create' ? withoutSwarm(tree) : tree)
})

/** A volume of a cluster needs one. */
function withoutSwarm(tree: object | true | undefined): object {
  return Object.fromEntries(Object.entries(tree ?? {}).filter(([field]) => field !== 'ClusterVolumeSpec'))
}

async function keepContainer(sent: Sent): Promise<Kept> {
  const made = await ask(sent.address, 'POST', `/containers/create?name=${name}`, Buffer.from(sent.body))
  return kept(sent, made, 201, `/containers/${name}/json`, `/containers/${name}?force=1&v=1`)
}

async function keepUpdate(sent: Sent): Promise<Kept> {
  await ask(sent.engine, 'POST', `/containers/create?name=${name}`, json({ Image: 'busybox:latest' }))
  const made = await ask(sent.address, 'POST', `/containers/${name}/update`, Buffer.from(sent.body))
  return kept(sent, made, 200, `/containers/${name}/json`, `/containers/${name}?force=1&v=1`)
}

async function keepExec(sent: Sent): Promise<Kept> {
  const made = await ask(sent.address, 'POST', `/containers/${name}-runs/exec`, Buffer.from(sent.body))
  return kept(sent, made, 201, `/exec/${made.value['Id'] as string}/json`)
}

async function keepImage(sent: Sent): Promise<Kept> {
  const path = `/commit?container=${name}-runs&pause=0&repo=${name}`
  const made = await ask(sent.address, 'POST', path, Buffer.from(sent.body))
  return kept(sent, made, 201, `/images/${name}/json`, `/images/${name}?force=1`)
}

async function keepVolume(sent: Sent): Promise<Kept> {
  const made = await ask(sent.address, 'POST', '/volumes/create', Buffer.from(sent.body))
  return kept(sent, made, 201, `/volumes/${name}`, `/volumes/${name}`)
}

async function keepNetwork(sent: Sent): Promise<Kept> {
  const made = await ask(sent.address, 'POST', '/networks/create', Buffer.from(sent.body))
  return kept(sent, made, 201, `/networks/${name}`, `/networks/${name}`)
}

async function kept(
  { engine, body }: Sent,
  made: { readonly status: number; readonly text: string },
  success: number,
  at: string,
  removal?: string,
): Promise<Kept> {
  try {
    if (made.status !== success) return { status: made.status, value: rewritten(made.text, body) }
    const { status, text } = await ask(engine, 'GET', at)
    expect(status).toBe(200)
    return { status: made.status, value: rewritten(`[${made.text},${text}]`, body) }
  } finally {
    if (removal !== undefined) await ask(engine, 'DELETE', removal)
  }
}

/** With ids numbered, the mounts of a container, which come in any order, sorted, and no times or addresses but given ones. */
function rewritten(text: string, body: string): unknown {
  const sorted = JSON.stringify(
    exactJson(text),
    (key, value: unknown) => (key === "'Mounts" ? inOrder(value) : value),
    1,
  )
  const withoutAddresses = sorted.replaceAll(/\b\d+\.\d+\.\d+\.\d+(\/\d+)?\b/g, (address) =>
    body.includes(address) ? address : '<address>',
  )
  return JSON.parse(times.rewrite(ids.rewrite(withoutAddresses)))
}

/** Of mounts in a HostConfig, which have no Destination, the order stays. */
function inOrder(mounts: unknown): unknown {
  const destination = (mount: unknown): string => String((mount as Record<string, unknown>)["'Destination"])
  return Array.isArray(mounts)
    ? mounts.toSorted((a, b) => destination(a).localeCompare(destination(b)))
    : mounts
}

function json(body: object): Buffer {
  return Buffer.from(JSON.stringify(body))
}
