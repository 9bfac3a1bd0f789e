import { configurationError } from '../errors.js'
import type { EndpointInfo } from './endpoint-types.js'
import { overlap } from './overlap.js'
import type { PrivateEndpointOptions } from './private-endpoints.js'

/**
 * Says what is wrong with an endpoint that is to be declared.
 * @throws IntermediateError for what would never be recognised, or be taken for another endpoint
 */
export function checkPrivateEndpoint(
  endpoint: EndpointInfo,
  options: PrivateEndpointOptions,
  api: readonly EndpointInfo[],
  declared: readonly EndpointInfo[],
): void {
  const wrong =
    wrongForm(endpoint) ??
    wrongSegment(endpoint) ??
    wrongParams(endpoint) ??
    wrongOption(options) ??
    takenByApi(endpoint, api) ??
    declaredBefore(endpoint, declared)
  if (wrong !== undefined) throw configurationError(`The private endpoint "${endpoint.key}" ${wrong}`)
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

function wrongForm({ key, method, path }: EndpointInfo): string | undefined {
  if (key !== `${method} ${path}` || !/^\/[^/]/.test(path))
    return 'must be a method and a path: write "POST /extensions/:name/run".'
  if (!methods.includes(method)) return `has the method ${method}: use one of ${methods.join(', ')}.`
  if (/^\/v[\d.]+(\/|$)/.test(path))
    return 'has a version, which is taken off before a path is recognised: leave it out.'
  if (path.startsWith('/:')) return 'begins with a parameter: begin with a fixed segment of your own.'
  return undefined
}

/** Fixed segments are compared with decoded ones, and patterns must be able to name them. */
function wrongSegment({ path }: EndpointInfo): string | undefined {
  const [braces] = /\{\w+\}/.exec(path) ?? []
  if (braces !== undefined) return `has a parameter in braces: write ":${braces.slice(1, -1)}".`
  for (const segment of path.slice(1).split('/')) {
    if (segment === '' || segment === '.' || segment === '..')
      return `has the segment "${segment}", which the engine redirects or reads as another path: leave it out.`
    if (segment.startsWith(':')) {
      if (!/^:[A-Za-z]\w*$/.test(segment))
        return `has the parameter "${segment}": give it a name of letters, digits and _, as in ":id".`
    } else if (!/^[\w.~-]+$/.test(segment)) {
      return `has the segment "${segment}": make it of letters, digits, "-", ".", "_" and "~", or of one parameter.`
    }
  }
  return undefined
}

function wrongParams({ path, slashes }: EndpointInfo): string | undefined {
  const names = path.split('/').filter((segment) => segment.startsWith(':'))
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) return `has the parameter "${twice}" twice: give each its own name.`
  if (slashes && names.length !== 1)
    return `has ${names.length} parameters, but slashes can span only where there is one.`
  return undefined
}

const optionNames = new Set(['slashes', 'hijack', 'json', 'items'])

function wrongOption(options: PrivateEndpointOptions): string | undefined {
  const unknownOption = Object.keys(options).find((option) => !optionNames.has(option))
  if (unknownOption !== undefined) return `was given the option ${unknownOption}, which does not exist.`
  for (const name of ['slashes', 'hijack', 'json'] as const) {
    const value = options[name]
    if (value !== undefined && typeof value !== 'boolean')
      return `was given the ${name} ${String(value)}: say true or false.`
  }
  const { items } = options
  if (items !== undefined && items !== 'list' && items !== 'stream')
    return `was given the items ${String(items)}: say "list" or "stream".`
  return undefined
}

/** What the engine would act on must never be known under another name. */
function takenByApi(endpoint: EndpointInfo, api: readonly EndpointInfo[]): string | undefined {
  if (api.some(({ key }) => key === endpoint.key))
    return 'is an endpoint of the Docker API: use it without declaring it.'
  const taken = api.find((each) => each.method === endpoint.method && overlap(each, endpoint))
  return (
    taken && `fits paths of "${taken.key}", on which the engine acts: begin with a fixed segment of your own.`
  )
}

function declaredBefore(endpoint: EndpointInfo, declared: readonly EndpointInfo[]): string | undefined {
  const same = declared.find(({ key }) => withoutNames(key) === withoutNames(endpoint.key))
  if (same === undefined) return undefined
  return same.key === endpoint.key
    ? 'was declared before: declare it once.'
    : `was declared before, as "${same.key}": declare it once.`
}

function withoutNames(key: string): string {
  return key.replaceAll(/\/:\w+/g, '/:')
}
