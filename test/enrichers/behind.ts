import { intermediate } from '@intermediate/core'
import type { Intermediate, Layer } from '@intermediate/core'
import { answer, transcript } from '@intermediate/testing'
import type { Request, Response } from '@intermediate/testing'
import { request, response } from '../docker-calls.js'
import { setUpWith } from '../matrix.js'

/** What an engine says to a call of a layer's own, or to any: a JSON document, or undefined for 404. */
export type Engine = (line: string) => unknown

export interface Sent {
  /** What the engine got last, without its query. */
  readonly line: string
  readonly query: URLSearchParams
  readonly auth: string | undefined
  /** Parsed where it is JSON. */
  readonly body: unknown
  /** Throws where the engine got nothing. */
  readonly request: Request
  readonly response: Response
}

export interface Behind extends AsyncDisposable {
  /** Makes a call, and says what the engine got of it. */
  send(line: string, body?: unknown, fields?: readonly string[]): Promise<Sent>
  /** Every line that the engine got since the last time. */
  lines(): readonly string[]
}

/** An engine behind these layers, and behind those of another intermediate in front of it, if there are some. */
export async function behind(
  layers: readonly Layer[],
  engine: Engine = () => ({}),
  front: readonly Layer[] = [],
): Promise<Behind> {
  const setup = await setUpWith(
    stacked(layers),
    'unix',
    answer(({ method, target }) => {
      const said = engine(`${method} ${target}`)
      if (said === undefined) return response('404 Not Found', '{"message":"not here"}')
      return response('200 OK', JSON.stringify(said))
    }),
  )
  const upstream = setup.listening.addresses[0]!
  const first =
    front.length === 0 ? undefined : await stacked(front).with({ upstream }).listen('tcp://127.0.0.1:0')
  const client = await transcript(first?.addresses[0] ?? upstream)
  let seen = 0
  return {
    async send(line, body, fields = []) {
      const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body)
      const latin1 = (Buffer.isBuffer(body) ? body : Buffer.from(text)).toString('latin1')
      const before = setup.upstream.requests.length
      await client.send(request(line, ['Content-Type: application/json', ...fields], latin1))
      const reply = await client.response()
      const sent = setup.upstream.requests.slice(before)
      // A layer may ask while the body is on its way.
      const last = sent.findLast(({ method }) => line.startsWith(`${method} `))
      const [path = '', query = ''] = last?.target.split('?') ?? []
      return {
        line: `${last?.method} ${path}`,
        query: new URLSearchParams(query),
        auth: last?.header('x-registry-auth'),
        body: jsonOf(last),
        get request() {
          if (last === undefined) throw new Error(`${line} never reached the engine`)
          return last
        },
        response: reply,
      }
    },
    lines() {
      const lines = setup.upstream.requests.slice(seen).map(({ method, target }) => `${method} ${target}`)
      seen += lines.length
      return lines
    },
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]()
      await first?.close({ grace: 0 })
      await setup[Symbol.asyncDispose]()
    },
  }
}

function stacked(layers: readonly Layer[]): Intermediate {
  const stack = intermediate()
  for (const layer of layers) stack.use(layer)
  return stack
}

function jsonOf(request: Request | undefined): unknown {
  const text = request?.body.toString() ?? ''
  return /^[[{"]/.test(text) ? JSON.parse(text) : undefined
}
