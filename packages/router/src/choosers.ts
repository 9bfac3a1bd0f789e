import type { Call, Endpoint } from '@intermediate/core'
import { readCall, selectEndpoints } from '@intermediate/core'
import { shown, wrong } from './at-start.js'
import { allNames } from './image-names.js'

/** Names the upstream that a call is for; undefined where it has nothing to say. */
export interface Chooser {
  (call: Call): string | undefined | Promise<string | undefined>
  /** All that it ever names, where that is known. */
  readonly names?: readonly string[]
  /** It goes by what only some calls on a thing say, such as the one that makes it: the rest are to go where that was made. */
  readonly follows?: boolean
}

type Names = Readonly<Record<string, string>>

/**
 * By the endpoint: patterns, as `use()` takes them, to names. The first that fits counts.
 * @throws IntermediateError for a pattern that selects no endpoint
 */
export function byEndpoint(names: Names): Chooser {
  checkNames('byEndpoint()', names)
  const chosen = new Map<Endpoint, string>()
  for (const [pattern, name] of Object.entries(names))
    for (const { key } of selectEndpoints(pattern)) if (!chosen.has(key)) chosen.set(key, name)
  return among(names, ({ endpoint }) => chosen.get(endpoint))
}

/**
 * By the name of the container, as the call says it: `{ 'ci-*': 'lab' }`, where `*` is any text. The first that fits
 * counts. Ids, and what begins one, are no names: calls by them go where the container was made, and so do calls on execs.
 */
export function byContainer(names: Names): Chooser {
  checkNames('byContainer()', names)
  const fitting = globs(names)
  const choose = (text: string | null | undefined) =>
    text && (Object.hasOwn(names, text) || !isId(text)) ? fitting([text]) : undefined
  return following(names, (call) => {
    if (call.endpoint === 'POST /containers/create') return choose(call.query.name)
    if (call.endpoint === 'POST /commit') return choose(call.query.container)
    return / \/containers\/:id(\/|$)/.test(call.endpoint) ? choose(paramOf(call, 'id')) : undefined
  })
}

/**
 * By the name of the image, as the call says it: of containers that are created, of pulls and imports, and of calls on
 * an image. `{ 'registry.local/*': 'lab' }`, where `*` is any text. The first that fits counts, with a tag or digest or
 * without: `busybox` fits `docker.io/library/busybox:latest` as well. Calls on what was made go there.
 */
export function byImage(names: Names): Chooser {
  checkNames('byImage()', names)
  const fitting = globs(names)
  const choose = (image: string | null | undefined, tag?: string) =>
    image ? fitting(allNames(image, tag)) : undefined
  return following(names, async (call) => {
    if (call.endpoint === 'POST /containers/create') return choose((await call.json()).Image)
    if (call.endpoint === 'POST /images/create')
      return choose(call.query.fromImage || call.query.repo, call.query.tag)
    return / \/(images|distribution)\/:name(\/|$)/.test(call.endpoint)
      ? choose(paramOf(call, 'name'))
      : undefined
  })
}

/**
 * By the value of a label on the container, volume, network or service that is created: it is the upstream's name. Calls
 * on what was made go there.
 */
export function byLabel(label: string): Chooser {
  if (typeof label !== 'string' || label === '')
    throw wrong(`byLabel() was given ${shown(label)}: give it the key of a label.`)
  const choose: Chooser = async (call) => {
    if (!creates.has(call.endpoint)) return undefined
    const { body } = (await readCall(call)) as { body: { Labels?: Readonly<Record<string, unknown>> | null } }
    const value = body.Labels?.[label]
    return typeof value === 'string' ? value : undefined
  }
  return Object.assign(choose, { follows: true })
}

const creates: ReadonlySet<Endpoint> = new Set<Endpoint>([
  'POST /containers/create',
  'POST /networks/create',
  'POST /services/create',
  'POST /volumes/create',
])

/** By who calls: the common name of a client's certificate, or else its address. */
export function byClient(names: Names): Chooser {
  checkNames('byClient()', names)
  const known = new Map(Object.entries(names))
  return among(
    names,
    ({ client: { address, certificate } }) =>
      known.get(certificate === undefined ? '' : String(certificate.subject.CN)) ?? known.get(address ?? ''),
  )
}

function among(names: Names, choose: Chooser): Chooser {
  return Object.assign(choose, { names: Object.values(names) })
}

function following(names: Names, choose: Chooser): Chooser {
  return Object.assign(among(names, choose), { follows: true })
}

function checkNames(chooser: string, names: unknown): void {
  if (typeof names !== 'object' || names === null || Array.isArray(names))
    throw wrong(
      `${chooser} was given ${shown(names)}: give it an object, of what to look for to an upstream's name.`,
    )
  for (const [key, name] of Object.entries(names))
    if (typeof name !== 'string')
      throw wrong(`${chooser} was given ${shown(name)} for "${key}": give the name of an upstream.`)
}

/** As much of it as the docker CLI shows, or all. */
function isId(text: string): boolean {
  return /^[0-9a-f]{12,64}$/.test(text)
}

function paramOf(call: Call, name: 'id' | 'name'): string | undefined {
  return (call.params as Partial<Record<string, string>>)[name]
}

function globs(names: Names): (texts: readonly string[]) => string | undefined {
  const all = Object.entries(names).map(([glob, name]) => ({ fits: fits(glob), name }))
  return (texts) => all.find((each) => texts.some(each.fits))?.name
}

function fits(glob: string): (text: string) => boolean {
  const parts = glob.split('*').map((part) => part.replaceAll(/[\\^$.+?()[\]{}|/]/g, String.raw`\$&`))
  const pattern = new RegExp(`^${parts.join('.*')}$`, 's')
  return (text) => pattern.test(text)
}
