import type { Call, Endpoint, Layer } from '@intermediate/core'
import { IntermediateError, selectEndpoints } from '@intermediate/core'
import { checkOptions } from '../settings.js'
import { decisions } from './decisions.js'
import { Refused } from './refused.js'
import { refuses } from './simple-rules.js'
import type { Owner, Rule } from './visit.js'
import { Visit } from './visit.js'

export interface OwnerOptions {
  /**
   * The key of the label that says whose a thing is.
   * @default 'intermediate.owner'
   */
  label?: string
  /**
   * Endpoints, as patterns, of which the calls pass although nobody can tell whose things they reach: of those that are
   * refused otherwise, `POST /build` (BuildKit, remote contexts), `POST /images/create` (imports), and endpoints of your own.
   * @default none
   */
  allow?: string | readonly string[]
}

/** Text, or what tells from a call whose it is; undefined: nobody's, and it is refused. */
export type OwnerId = string | ((call: Call) => string | undefined)

/**
 * Lets several clients have one engine as if each had it alone: what a client makes gets a label with their id, and only
 * what bears it is there for them, by name, by id, by the start of an id, and wherever a call refers to it. What is
 * another's is answered as the engine answers for what is not there, in its own words.
 *
 *     filter.owner('ci')
 *     filter.owner(({ client }) => client.certificate?.fingerprint256)
 *
 * Covered: containers and what runs in them, volumes, networks, images, services with their tasks, secrets, configs,
 * and the events of all. Images that bear no label (pulled ones) are everybody's, to use and not to change; one that
 * was pulled with the label on it is that owner's. Builds are the engine's own builder's (DOCKER_BUILDKIT=0), from what is
 * there already; the Dockerfile that a build copies into an image is the one that was sent instead, with images by their
 * ids and the label in it. Services run what an image was when they were made or updated.
 *
 * Not covered, because the engine has one of each for all: names (a name that another has is a conflict, which says that
 * it is taken, not whose; of two who give one name to images at the same time, the later has it), ports, disk space and
 * memory, how long an answer takes, the volumes of services, which nodes make by name whenever a task starts,
 * the default bridge network, in which all containers reach each other, and the host. Who can mount host paths or run
 * privileged containers gets around this: stack `unprivileged()` and the like with it.
 *
 * Each call that names something makes one or two more to the engine.
 * @throws IntermediateError for an id, a label or an option that cannot be used
 */
export function owner(id: OwnerId, options: OwnerOptions = {}): Layer {
  const { label, allowed } = checked(options)
  if (typeof id !== 'function' && !isId(id)) throw misused(`an id has to be text of ${idCharacters}`)
  const allows = (endpoint: Endpoint) => allowed.has(endpoint)
  const layer: Layer = async (call, next) => {
    try {
      const whose: Owner = { id: idOf(id, call), label, allows }
      return await ruleFor(call.endpoint)(new Visit(call, whose, next))
    } catch (error) {
      if (error instanceof Refused) return error.reply
      throw error
    }
  }
  Object.defineProperty(layer, 'name', { value: 'owner' })
  const named = [...Object.keys(decisions), ...allowed]
  return Object.assign(layer, { endpoints: ['* /*rest', ...named], policy: true, oneEngine: true } as const)
}

function ruleFor(endpoint: Endpoint): Rule {
  const rules: Readonly<Record<string, Rule>> = decisions
  return (Object.hasOwn(rules, endpoint) ? rules[endpoint] : undefined) ?? unheardOf
}

/** An endpoint of somebody's own. */
const unheardOf = refuses('is nothing that is known here')

function idOf(id: OwnerId, call: Call): string {
  const given: unknown = typeof id === 'function' ? id(call) : id
  if (given === undefined)
    throw new Refused(
      403,
      `${call.method} ${call.original.path} is not allowed here: nobody knows whose call it is`,
    )
  if (!isId(given))
    throw new Refused(
      403,
      `${call.method} ${call.original.path} is not allowed here: an owner has to be text of ${idCharacters}`,
    )
  return given
}

/** What means nothing else within the quotes of a Dockerfile. */
const idCharacters = 'letters, digits, spaces and . _ : / @ + = , ( ) -, up to 200'

function isId(id: unknown): id is string {
  return typeof id === 'string' && /^[A-Za-z0-9][A-Za-z0-9 ._:/@+=,()-]{0,199}$/.test(id)
}

function checked(options: OwnerOptions): { label: string; allowed: ReadonlySet<string> } {
  checkOptions('owner()', options, ['label', 'allow'])
  const { label = 'intermediate.owner', allow = [] } = options
  if (typeof label !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/.test(label))
    throw misused('a label has to be text of letters, digits and . _ / -, up to 200')
  const patterns = [allow].flat()
  const selected = patterns.length === 0 ? [] : selectEndpoints(patterns)
  const allowed = new Set<string>(selected.map(({ key }) => key))
  for (const endpoint of allowed) {
    const rule = (decisions as Readonly<Record<string, Rule>>)[endpoint]
    if (endpoint === 'unknown' || (rule !== undefined && !rule.asksForLeave))
      throw misused(
        `${endpoint} cannot be allowed by name: it is ${endpoint === 'unknown' ? 'refused by every policy' : 'judged by what it is about'}`,
      )
  }
  return { label, allowed }
}

function misused(why: string): IntermediateError {
  return new IntermediateError('ERR_CONFIGURATION', 500, `owner() cannot be used so: ${why}.`)
}
