import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAddress } from './address.js'
import { dockerConfigFolder, onlyOverTcp, platformSocket } from './docker-host.js'
import type { ClientTls, Location } from './docker-host.js'
import { configurationError } from '../errors.js'
import { isThere } from './is-there.js'
import { tlsFilesIn } from './tls-files.js'

/**
 * The name of the context that `docker context use` has chosen, if any.
 * @throws ERR_CONFIGURATION where the CLI's configuration cannot be read: the CLI warns and goes on with the
 *   default engine, but a proxy must not guess in front of which engine it stands
 */
export async function currentContext(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const file = join(dockerConfigFolder(env), 'config.json')
  const text = await readIfThere(file, `The docker configuration ${file}`)
  if (text === undefined || text === '') return undefined
  const name = field(parseJson(text, `The docker configuration ${file}`), 'currentContext')
  if (name !== undefined && name !== null && typeof name !== 'string') {
    throw configurationError(
      `The docker configuration ${file} has a currentContext that is no text: ${orElse}`,
    )
  }
  return name || undefined
}

/** The engine of a named context, read from the CLI's context store. */
export async function dockerContext(name: string, env: NodeJS.ProcessEnv): Promise<Location> {
  const source = `the docker context "${name}"`
  const store = join(dockerConfigFolder(env), 'contexts')
  const id = createHash('sha256').update(name).digest('hex')
  const file = join(store, 'meta', id, 'meta.json')
  const text = await readIfThere(file, `The docker context "${name}" in ${file}`)
  if (text === undefined) {
    throw configurationError(
      `The docker context "${name}" is not in ${store}: choose one that "docker context ls" shows, or set DOCKER_HOST.`,
    )
  }
  const endpoint = field(
    field(parseJson(text, `The docker context "${name}" in ${file}`), 'Endpoints'),
    'docker',
  )
  const host = field(endpoint, 'Host') ?? ''
  if (endpoint === undefined || typeof host !== 'string') {
    throw configurationError(`The docker context "${name}" in ${file} names no docker endpoint: ${orElse}`)
  }
  const address = host === '' ? platformSocket() : parseAddress(host, source)
  if (address.scheme === 'tcp' && address.port === undefined) {
    // The CLI would call port 80 or 443 here, and cannot attach at all.
    throw configurationError(
      `The docker context "${name}" names ${host} without a port: set it with ` +
        `"docker context update ${name} --docker host=tcp://HOST:PORT".`,
    )
  }
  const skipVerify = field(endpoint, 'SkipTLSVerify') === true
  return {
    address,
    tls: onlyOverTcp(address, contextTls(join(store, 'tls', id, 'docker'), skipVerify)),
    source,
  }
}

const orElse = 'repair it, or set DOCKER_HOST.'

/** A context speaks TLS if it has a folder for TLS files, even an empty one, or skips verification. */
function contextTls(folder: string, skipVerify: boolean): ClientTls | undefined {
  if (isThere(folder)) return { files: tlsFilesIn(folder), verify: !skipVerify }
  return skipVerify ? { files: {}, verify: false } : undefined
}

async function readIfThere(file: string, what: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error)
    if (code === 'ENOENT') return undefined
    throw configurationError(
      `${what} cannot be read (${code}): check its permissions, or set DOCKER_HOST.`,
      error,
    )
  }
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw configurationError(`${what} is not valid JSON: ${orElse}`, error)
  }
}

/** A field as Go's decoder finds it: in any case, the last of several. */
function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value).findLast(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]
}
