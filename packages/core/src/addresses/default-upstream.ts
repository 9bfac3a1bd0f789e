import { parseAddress } from './address.js'
import { currentContext, dockerContext } from './docker-context.js'
import { dockerHost, onlyOverTcp, tlsFromEnvironment } from './docker-host.js'
import type { Location } from './docker-host.js'

/**
 * The upstream of an intermediate that names none: INTERMEDIATE_UPSTREAM, then what the docker CLI would use, in
 * the CLI's own order: DOCKER_HOST, DOCKER_CONTEXT, the current context of its configuration, the platform's socket.
 */
export async function defaultUpstream(env: NodeJS.ProcessEnv): Promise<Location> {
  if (env.INTERMEDIATE_UPSTREAM) return upstreamAt(env.INTERMEDIATE_UPSTREAM, 'INTERMEDIATE_UPSTREAM', env)
  if (env.DOCKER_HOST) return dockerHost(env.DOCKER_HOST, 'DOCKER_HOST', env)
  const context = env.DOCKER_CONTEXT || (await currentContext(env))
  if (context !== undefined && context !== 'default') return dockerContext(context, env)
  return dockerHost('', "the docker CLI's default", env)
}

/**
 * The upstream at a written address. Like `docker -H`, a TCP address goes with the TLS settings of the environment:
 * who asked for TLS there must not get a connection without it.
 */
export function upstreamAt(text: string, source: string, env: NodeJS.ProcessEnv): Location {
  const address = parseAddress(text, source)
  return { address, tls: onlyOverTcp(address, tlsFromEnvironment(env)), source }
}
