import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** A docker command line on this machine. */
export interface Client {
  readonly name: string
  readonly program: string
  /** What it can do that others, or the same elsewhere, cannot. */
  readonly abilities: readonly Ability[]
}

/** What a client may lack, and why. */
export const abilities = {
  BuildKit: 'a docker before 23.0, or with the plugin buildx',
  buildx: 'a docker with the plugin buildx',
  compose: 'a docker with the plugin compose',
  terminals: "util-linux's script, to give it a terminal",
}

export type Ability = keyof typeof abilities

export interface Engine {
  readonly name: string
  readonly address: string
  readonly clients: readonly Client[]
}

/** Set in CI: a machine without an engine, or without a part of what the tests run, fails them. */
export const required = process.env.INTERMEDIATE_REQUIRE_ENGINES === '1'

/** Why there is nothing to compare where `findEngines` finds nothing. */
export const noEngine =
  'needs a Docker Engine that has busybox:latest, at ENGINE_20 and ENGINE_26 with DOCKER and DOCKER_20, ' +
  'or at DOCKER_HOST (a unix socket, or tcp without TLS) or /var/run/docker.sock with docker on the PATH'

/**
 * The engines of this machine, each with the clients to try on it: ENGINE_20 and ENGINE_26 with DOCKER and
 * DOCKER_20 where those are set, else the one that a docker on the PATH would use. One that is named and does
 * not answer is an error.
 */
export async function findEngines(): Promise<readonly Engine[]> {
  const { ENGINE_20, ENGINE_26, DOCKER, DOCKER_20, DOCKER_HOST, DOCKER_TLS_VERIFY } = process.env
  const programs = [...new Set([DOCKER || 'docker', ...(DOCKER_20 ? [DOCKER_20] : [])])]
  const named = [ENGINE_20, ENGINE_26].filter((address): address is string => Boolean(address))
  if (named.length > 0) {
    const clients = await Promise.all(programs.map(clientAt))
    return Promise.all(named.map((address) => engineAt(address, clients)))
  }
  const address = DOCKER_HOST || 'unix:///var/run/docker.sock'
  if (DOCKER_TLS_VERIFY || !/^(unix|tcp):\/\//.test(address)) return []
  try {
    return [await engineAt(address, await Promise.all(programs.map(clientAt)))]
  } catch {
    return []
  }
}

async function clientAt(program: string): Promise<Client> {
  const version = /\d+\.\d+/.exec(await output(program, ['--version']))?.[0] ?? 'of no known version'
  const [buildx, compose, terminals] = await Promise.all([
    succeeds(output(program, ['buildx', 'version'])),
    succeeds(output(program, ['compose', 'version'])),
    output('script', ['--version']).then(
      (text) => text.includes('util-linux'),
      () => false,
    ),
  ])
  const has = { BuildKit: buildx || parseFloat(version) < 23, buildx, compose, terminals }
  const able = (Object.keys(has) as Ability[]).filter((ability) => has[ability])
  return { name: `docker ${version}`, program, abilities: able }
}

async function engineAt(address: string, clients: readonly Client[]): Promise<Engine> {
  const program = clients[0]?.program ?? 'docker'
  const environment = environmentFor(address)
  const [version] = await Promise.all([
    output(program, ['version', '--format', '{{.Server.Version}}'], environment),
    output(program, ['image', 'inspect', '--format', '{{.Id}}', 'busybox:latest'], environment),
  ])
  return { name: `engine ${/\d+\.\d+/.exec(version)?.[0] ?? version.trim()}`, address, clients }
}

/** What a client is run with, so that it takes the engine at that address whatever the user has set up. */
export function environmentFor(address: string): NodeJS.ProcessEnv {
  const others = { DOCKER_CONTEXT: undefined, DOCKER_TLS_VERIFY: undefined, DOCKER_CERT_PATH: undefined }
  const surroundings = { DOCKER_CLI_HINTS: 'false', TERM: 'xterm', LC_ALL: 'C', TZ: 'UTC' }
  return { ...process.env, ...others, ...surroundings, DOCKER_HOST: address }
}

async function output(program: string, args: readonly string[], env = process.env): Promise<string> {
  return (await promisify(execFile)(program, args, { env, timeout: 30_000 })).stdout
}

async function succeeds(attempt: Promise<unknown>): Promise<boolean> {
  return attempt.then(
    () => true,
    () => false,
  )
}
