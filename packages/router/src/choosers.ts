import type { Call, Endpoint } from '@intermediate/core'
import { readCall, selectEndpoints } from '@intermediate/core'

/** Names the upstream that a call is for; undefined where it has nothing to say. */
export interface Chooser {
  (call: Call): string | undefined | Promise<string | undefined>
  /** All that it ever names, where that is known. */
  readonly names?: readonly string[]
}

type Names = Readonly<Record<string, string>>

/**
 * By the endpoint: patterns, as `use()` takes them, to names. The first that fits counts.
 * @throws IntermediateError for a pattern that selects no endpoint
 */
export function byEndpoint(names: Names): Chooser {
  const chosen = new Map<Endpoint, string>()
  for (const [pattern, name] of Object.entries(names))
    for (const { key } of selectEndpoints(pattern)) if (!chosen.has(key)) chosen.set(key, name)
  return among(names, ({ endpoint }) => chosen.get(endpoint))
}

/**
 * By the name of the container, as the call says it: `{ 'ci-*': 'lab' }`, where `*` is any text. The first that fits
 * counts. Calls that say an id instead do not fit.
 */
export function byContainer(names: Names): Chooser {
  const choose = globs(names)
  return among(names, (call) => {
    if (call.endpoint === 'POST /containers/create') return choose(call.query.name)
    if (call.endpoint === 'POST /commit') return choose(call.query.container)
    return / \/containers\/:id(\/|$)/.test(call.endpoint) ? choose(paramOf(call, 'id')) : undefined
  })
}

/**
 * By the name of the image, as the call says it: of containers that are created, of pulls, and of calls on an image.
 * `{ 'registry.local/*': 'lab' }`, where `*` is any text. The first that fits counts.
 */
export function byImage(names: Names): Chooser {
  const choose = globs(names)
  return among(names, async (call) => {
    if (call.endpoint === 'POST /containers/create') return choose((await call.json()).Image)
    if (call.endpoint === 'POST /images/create') return choose(call.query.fromImage)
    return / \/(images|distribution)\/:name(\/|$)/.test(call.endpoint)
      ? choose(paramOf(call, 'name'))
      : undefined
  })
}

/** By the value of a label on the container, volume, network or service that is created: it is the upstream's name. */
export function byLabel(label: string): Chooser {
  return async (call) => {
    if (!creates.has(call.endpoint)) return undefined
    const { body } = (await readCall(call)) as { body: { Labels?: Readonly<Record<string, unknown>> | null } }
    const value = body.Labels?.[label]
    return typeof value === 'string' ? value : undefined
  }
}

const creates: ReadonlySet<Endpoint> = new Set<Endpoint>([
  'POST /containers/create',
  'POST /networks/create',
  'POST /services/create',
  'POST /volumes/create',
])

/** By who calls: the common name of a client's certificate, or else its address. */
export function byClient(names: Names): Chooser {
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

function paramOf(call: Call, name: 'id' | 'name'): string | undefined {
  return (call.params as Partial<Record<string, string>>)[name]
}

function globs(names: Names): (text: string | null | undefined) => string | undefined {
  const all = Object.entries(names).map(([glob, name]) => ({ fits: fits(glob), name }))
  return (text) => (text ? all.find((each) => each.fits(text))?.name : undefined)
}

function fits(glob: string): (text: string) => boolean {
  const parts = glob.split('*').map((part) => part.replaceAll(/[\\^$.+?()[\]{}|/]/g, String.raw`\$&`))
  const pattern = new RegExp(`^${parts.join('.*')}$`, 's')
  return (text) => pattern.test(text)
}
