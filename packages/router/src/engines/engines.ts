import type { Call, Layer, Reply } from '@intermediate/core'
import { makesId, Remembered } from '../remembered.js'
import { checkChooser, checkFunction, checkOptions, shown, wrong } from '../at-start.js'
import type { Chooser } from '../choosers.js'
import type { Upstreams } from '../upstreams.js'
import type { Kind } from '../inspects.js'
import { EngineSet } from './engine-set.js'
import { mergeEvents } from './events.js'
import { Finder } from './finder.js'
import { connect } from './connect.js'
import { isOfSwarm, managerOf } from './swarm-manager.js'
import { create } from './create.js'
import { rename } from './rename.js'
import { save } from './save.js'
import { removeImage } from './remove-image.js'
import { joinLists } from './lists.js'
import type { Member } from './member.js'
import { Placement } from './placement.js'
import { sumUp } from './sum-up.js'
import { info, ping, version } from './system.js'
import type { Way } from './ways.js'
import { wayOf } from './ways.js'

export interface EnginesOptions {
  /**
   * Names the engine for what is made anew: containers, networks, volumes, and images that are pulled, loaded or
   * imported. Undefined: as without it. @default the one that has what a container needs, or others of its compose
   * project; else, of those that have its image, the one with the fewest containers
   */
  place?: Chooser
  /** The engine that builds. @default the first */
  builds?: string
  /** How many ids of containers, networks and execs are remembered with their engine. @default 10_000 */
  remember?: number
  /** In ms, how long an engine may take to answer what all are asked, before it counts as down. @default 10_000 */
  patience?: number
  /** Is told in a line when an engine goes down, and when it is back. @default a line on stderr */
  log?: (line: string) => void
}

/**
 * A layer in which several engines are one; nothing is asked of the layers and the upstream behind it. What becomes of
 * each endpoint is in `ways`.
 *
 * Its only state is which of them has which id, in memory, and found again by asking: several processes can serve the
 * same engines.
 *
 *     engines({ a: 'unix:///run/a.sock', b: { address: 'tcp://b:2376', tls: { ca, cert, key } } })
 *
 * @throws IntermediateError for an engine without a name or address, and for an option that is none
 */
export function engines(upstreams: Upstreams, options: EnginesOptions = {}): Layer {
  checkEach(options)
  const { patience = 10_000, remember = 10_000, log = onStderr } = options
  checkOnce(upstreams)
  const set = new EngineSet(upstreams, patience, log)
  if (options.place !== undefined)
    checkChooser(
      'engines()',
      'place',
      options.place,
      set.members.map(({ name }) => name),
    )
  const remembered = new Remembered<Member>(remember)
  const finder = new Finder(set, remembered)
  const placement = new Placement(set, finder, options.place)
  const builder = builderOf(set, options.builds)

  const ofPath =
    (kind: Kind, param: 'id' | 'name'): Answer =>
    async (call) => {
      const params = call.params as Record<string, string>
      const { engine, name } = await finder.find(call, kind, params[param]!)
      params[param] = name
      return noteId(engine, call, await engine.send(call))
    }

  const noteId = async (engine: Member, call: Call, reply: Reply): Promise<Reply> => {
    if (reply.ok && makesId.has(call.endpoint))
      remembered.set(((await reply.json()) as { Id?: string | null }).Id, engine)
    return reply
  }

  const answers: Readonly<Record<Way, Answer>> = {
    build: (call) => builder.send(call),
    commit: async (call) => {
      const query = (call as Call<'POST /commit'>).query
      const { engine, name } = await finder.find(call, 'container', query.container ?? '')
      query.container = name
      return engine.send(call)
    },
    connect: (call) => connect(set, finder, call as Call<'POST /networks/:id/connect'>),
    container: ofPath('container', 'id'),
    create: (call) => create(placement, call, (engine, answer) => noteId(engine, call, answer)),
    disk: (call) => sumUp(set, call),
    events: (call) => mergeEvents(set, call),
    exec: ofPath('exec', 'id'),
    first: async (call) => (isOfSwarm(call.endpoint) ? await managerOf(set, call) : set.first).send(call),
    image: ofPath('image', 'name'),
    info: (call) => info(set, call),
    list: (call) => joinLists(set, finder, remembered, call),
    network: ofPath('network', 'id'),
    ping: (call) => ping(set, call),
    plugin: ofPath('plugin', 'name'),
    prune: (call) => sumUp(set, call),
    pull: async (call) => (await placement.ofImages(call)).send(call),
    'remove image': (call) => removeImage(finder, call as Call<'DELETE /images/:name'>),
    rename: (call) => rename(set, finder, call as Call<'POST /containers/:id/rename'>),
    save: (call) => save(finder, call as Call<'GET /images/get'>),
    version: (call) => version(set, call),
    volume: ofPath('volume', 'name'),
  }
  const layer: Layer = (call) => answers[wayOf(call.endpoint)](call)
  Object.defineProperty(layer, 'name', { value: 'engines' })
  return Object.assign(layer, { ready: set.ready, final: true, severalEngines: 'told apart' } as const)
}

type Answer = (call: Call) => Promise<Reply>

const optionNames = ['builds', 'log', 'patience', 'place', 'remember']

function checkEach(options: EnginesOptions): void {
  checkOptions('engines()', options, optionNames)
  for (const [name, value] of Object.entries(options)) {
    if (
      (name === 'patience' || name === 'remember') &&
      !(Number.isInteger(value) && value > 0 && value < 2 ** 31)
    )
      throw wrong(
        `engines() was given ${name}: ${String(value)}: give a whole number from 1 to ${2 ** 31 - 1}.`,
      )
    if (name === 'log' && value !== undefined) checkFunction('engines()', name, value)
  }
}

function builderOf({ members }: EngineSet, name: string | undefined): Member {
  const builder = members.find((each) => name === undefined || each.name === name)
  if (builder !== undefined) return builder
  const names = members.map((each) => each.name).join(', ')
  throw wrong(`engines() was given builds: ${shown(name)}, which is no engine of it: there is ${names}.`)
}

/** An engine that is there twice would have everything twice, and no name would say which. */
function checkOnce(upstreams: Upstreams): void {
  const names = new Map<string, string>()
  for (const [name, to] of Object.entries(upstreams ?? {})) {
    const address = typeof to === 'object' && to !== null && 'address' in to ? to.address : to
    if (typeof address !== 'string') continue
    const place = address.replace(/\/+$/, '')
    const other = names.get(place)
    if (other !== undefined)
      throw wrong(`engines() was given ${address} as ${other} and as ${name}: name each engine once.`)
    names.set(place, name)
  }
}

function onStderr(line: string): void {
  process.stderr.write(`intermediate: ${line}\n`)
}
