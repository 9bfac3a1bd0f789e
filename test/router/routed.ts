import { intermediate } from '@intermediate/core'
import type { ErrorReport, Intermediate, Layer } from '@intermediate/core'
import { memoryEngine } from '@intermediate/testing'
import type { MemoryEngine } from '@intermediate/testing'

export interface Routed extends AsyncDisposable {
  /** Where it listens, for a docker client. */
  readonly address: string
  readonly errors: readonly ErrorReport[]
  /** A call, and its reply: JSON where it is that, or text. */
  call(line: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** A call of which the reply is a stream. */
  stream(line: string, signal?: AbortSignal): Promise<Response>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any
}

/** These layers, in front of an upstream if they need one. */
export async function routed(
  layers: Layer | Intermediate,
  upstream = 'unix:///nowhere.sock',
): Promise<Routed> {
  const errors: ErrorReport[] = []
  const listening = await intermediate({ upstream, onError: (report) => errors.push(report) })
    .use(layers)
    .listen('tcp://127.0.0.1:0')
  const address = listening.addresses[0]!
  const base = address.replace('tcp:', 'http:')
  const send = (line: string, body?: unknown, headers = {}, signal?: AbortSignal) => {
    const [method = '', path = ''] = line.split(' ')
    return fetch(base + path, {
      method,
      headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal && { signal }),
    })
  }
  return {
    address,
    errors,
    async call(line, body, headers) {
      const answer = await send(line, body, headers)
      const text = await answer.text()
      return { status: answer.status, headers: answer.headers, body: parsed(text) }
    },
    stream: (line, signal) => send(line, undefined, {}, signal),
    [Symbol.asyncDispose]: () => listening.close({ grace: 0 }),
  }
}

/** A stream of several documents is text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Engines of these names, and their addresses. */
export async function engineSet<N extends string>(...names: readonly N[]): Promise<EngineSet<N>> {
  const all = await Promise.all(names.map(async (name) => [name, await memoryEngine()] as const))
  const engines = Object.fromEntries(all) as Record<N, MemoryEngine>
  const addresses = Object.fromEntries(all.map(([name, { address }]) => [name, address])) as Record<N, string>
  return {
    ...engines,
    addresses,
    async [Symbol.asyncDispose]() {
      for (const [, engine] of all) await engine.close()
    },
  }
}

export type EngineSet<N extends string> = Readonly<Record<N, MemoryEngine>> &
  AsyncDisposable & { readonly addresses: Readonly<Record<N, string>> }

/** The endpoints that an engine was called on since the last time. */
export function asked({ calls }: MemoryEngine): string[] {
  return calls.splice(0).map(({ endpoint }) => endpoint ?? 'unknown')
}
