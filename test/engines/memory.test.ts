import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { memoryEngine, temporaryFolder } from '@intermediate/testing'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { chainOf } from './chain.js'
import type { forEachClient, Same, Scenario } from './compare.js'
import { abandoned, counts, ids, networkAddresses, runtimes, times } from './differences.js'
import { dockerAt } from './docker.js'
import { environmentFor, findEngines, required } from './engines.js'
import type { Client, Engine } from './engines.js'
import { removeLeftOvers } from './left-overs.js'
import { perform } from './play.js'
import type { Outcome } from './play.js'

/**
 * Where the engine in memory and a real one come out differently, by the titles of the scenarios, and why. Of these
 * only the commands and their exit codes are compared; all others must be equal to the byte.
 */
const otherwise: Readonly<Record<string, string>> = {
  'inspect, ps, port, top, diff and stats of one container':
    'drivers, paths, pids, ports and sizes are its own',
  'rename, and ps by name, label and status': 'its sentences are its own',
  'errors keep their words': 'its sentences are its own',
  'exec, with and without stdin, with its exit code': 'its sentences are its own',
  'logs, from one end and from the other':
    'a real engine mixes stdout and stderr of one moment as it finds them',
  version: 'it says what it is',
  info: 'it says what it is',
  'an engine that is named on the command line': 'it says what it is',
  'a volume is made, used, listed and removed': 'its paths and sentences are its own',
  'cp carries folders, links and modes': 'its ls is a smaller one',
  'cp says what is not there': 'its sentences are its own',
  'export gives the same bytes': 'its image is a smaller one',
  'save, history, inspect and ls of one image': 'an image of it has one layer, saved without blobs',
  'commit and diff': 'an image of it has one layer',
  'import, save, rm and load': 'an image of it has one layer',
  'images that are not there': 'its sentences are its own',
}

/** What it cannot do, by the titles of the scenarios, and what it says to that. */
const beyond: Readonly<Record<string, string>> = {
  'a tmpfs volume keeps its options': 'grep: /proc/mounts: No such file or directory',
  'a network is made, joined, left and removed': 'ping: not found',
  'cp takes and gives a tar': 'to be greater than 1048576',
}

/** The scenarios of these files are collected here, instead of run on real engines only. */
const collected = vi.hoisted(() => [] as Parameters<typeof forEachClient>[])
vi.mock(import('./compare.js'), () => ({
  forEachClient: (...scenarios) => void collected.push(scenarios),
  forEachEngine: () => {},
}))
await import('./containers.test.js')
await import('./streams.test.js')
await import('./terminals.test.js')
await import('./system.test.js')
await import('./volumes-and-networks.test.js')
await import('./files.test.js')
await import('./images.test.js')

const engines = await findEngines()
const clients = engines[0]?.clients ?? (await clientsHere())
if (clients.length === 0) it.skipIf(!required)('needs a docker command', () => expect.fail('there is none'))

/** The newest of the real engines, whose API is nearest. */
const real = engines.at(-1)
const run = `im-${randomBytes(3).toString('hex')}`
let plays = 0

for (const client of clients) {
  describe(client.name, async () => {
    const memory = await memoryEngine({ images: ['busybox:latest'] })
    const engine: Engine = { name: 'memory', address: memory.address, clients }
    const chain = await chainOf(3, memory.address)
    afterAll(async () => {
      await chain[Symbol.asyncDispose]()
      await memory.close()
      if (real)
        await removeLeftOvers(
          dockerAt(client.program, environmentFor(real.address), () => {}),
          run,
        )
    })
    const routes: Routes = { client, memory: engine, chained: chain.address, real }
    const same: Same = (title, given) =>
      compare(title, typeof given === 'function' ? { each: given } : given, routes)
    for (const [define, ability] of collected) {
      if (!ability || client.abilities.includes(ability)) define(same, engine, client)
    }
  })
}

interface Routes {
  readonly client: Client
  readonly memory: Engine
  /** The same, behind three intermediates. */
  readonly chained: string
  readonly real: Engine | undefined
}

function compare(title: string, scenario: Scenario, { client, memory, chained, real: other }: Routes): void {
  it(title, { timeout: 180_000 }, async () => {
    const here = await playedOn(memory, scenario, client, [memory.address, chained])
    const [direct, through] = here.map(({ text }) => text)
    if (title in beyond) return expect(direct).toContain(beyond[title])
    expect(here[0]?.failure?.cause).toBeUndefined()
    expect(through, 'through three intermediates').toBe(direct)
    if (!other) return
    const [there] = await playedOn(other, scenario, client, [other.address])
    if (title in otherwise) expect(exits(direct), `on ${other.name}`).toEqual(exits(there?.text))
    else expect(direct, `on ${other.name}`).toBe(there?.text)
  })
}

/** Plays it on an engine, by each of the ways to it in turn. */
async function playedOn(
  engine: Engine,
  { once, each, differs = [] }: Scenario,
  client: Client,
  ways: readonly string[],
): Promise<readonly Outcome[]> {
  await using folder = await temporaryFolder()
  const start = `${run}-${++plays}`
  const named = (part: string) => ({ name: `${start}${part}`, folder: folder.file(part) })
  const differences = [...differs, abandoned, counts, ids, networkAddresses, runtimes, times]
  const shared = named('s')
  const common = { client, engine, run, shared }
  if (once) {
    const made = await perform(once, { ...common, address: engine.address, ...shared }, differences)
    expect(made.failure?.cause).toBeUndefined()
  }
  const outcomes: Outcome[] = []
  for (const [index, address] of ways.entries()) {
    const { text, failure } = await perform(
      each,
      { ...common, address, ...named(String(index)) },
      differences,
    )
    const own = text.replaceAll(shared.folder, 'SHARED').replaceAll(shared.name, 'SHARED')
    outcomes.push({ text: own, failure })
  }
  return outcomes
}

/** The commands and how each ended. */
function exits(text = ''): string[] {
  return text.split('\n').filter((line) => /^(\$|\[exit\]) /.test(line))
}

/** Where there is no engine there may still be a docker command. */
async function clientsHere(): Promise<readonly Client[]> {
  const program = process.env.DOCKER || 'docker'
  try {
    const { stdout } = await promisify(execFile)(program, ['--version'])
    return [{ name: `docker ${/\d+\.\d+/.exec(stdout)?.[0]}`, program, abilities: [] }]
  } catch {
    return []
  }
}
