import type { Intermediate, Listening } from '@intermediate/core'
import type { MemoryEngine } from '@intermediate/testing'
import { memoryEngine, temporaryFolder } from '@intermediate/testing'
import { vi } from 'vitest'
import type { Caller } from '../policies/owner-clients.js'
import { callerOf } from '../policies/owner-clients.js'

/** What an example exports, loaded anew with that in the environment. */
export async function example<More = unknown>(
  name: string,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<{ default: Intermediate } & More> {
  for (const [variable, value] of Object.entries(env)) vi.stubEnv(variable, value)
  vi.resetModules()
  try {
    const module = (await import(`../../examples/${name}.ts`)) as { default: Intermediate } & More
    modules.push(module)
    return module
  } finally {
    vi.unstubAllEnvs()
  }
}

/** The files that examples write stay open as long as they are there: Node warns of those it has to close itself. */
const modules: unknown[] = []

export interface Tried extends AsyncDisposable {
  readonly engine: MemoryEngine
  /** A call through the example: `call('POST /containers/create', { Image: 'busybox' })`. */
  readonly call: Caller
  readonly address: string
  /** The bodies of the calls of that endpoint that came to the engine. */
  arrived(endpoint: string): unknown[]
}

/** An example in front of an engine in memory. */
export async function tried(layers: Intermediate): Promise<Tried> {
  const folder = await temporaryFolder()
  const engine = await memoryEngine()
  const listening: Listening = await layers
    .with({ upstream: engine.address, onError: () => {} })
    .listen(`unix://${folder.file('i.sock')}`)
  const address = listening.addresses[0]!
  return {
    engine,
    call: callerOf(address),
    address,
    arrived: (endpoint) => engine.calls.filter((call) => call.endpoint === endpoint).map(({ body }) => body),
    [Symbol.asyncDispose]: async () => {
      await listening.close({ grace: 0 })
      await engine[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}
