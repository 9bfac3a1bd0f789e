import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Intermediate, Layer, UpstreamOptions } from '@intermediate/core'
import { intermediate, onPrivateSocket, reply } from '@intermediate/core'
import { absence, namesNobodys } from './hidden-things.js'
import type { RecordedCall } from './recorded-call.js'
import { targetOf } from './recorded-call.js'
import { configurationError } from './settings.js'

/** What becomes of a call, and who decides it. */
export interface Explanation {
  /**
   * The layer that answers it, or the policy for which core refuses what no rule can cover; undefined: it passes all of
   * them, or core refuses it whatever the layers are.
   */
  readonly decidedBy: string | undefined
  readonly passes: boolean
  /** What the client would get; 200 for a call that passes. */
  readonly status: number
  /** The sentence of a refusal; of a call that passes, what it is when it leaves the last layer. */
  readonly message: string
}

/**
 * Says what layers make of a recorded call, and which of them decides: they are run in earnest, but the call ends behind
 * the last. What they ask the engine about (GET and HEAD) is asked, of `upstream`; nothing else is sent to it.
 *
 *     const { decidedBy, message } = await explain(guard, { method: 'DELETE', target: '/v1.45/containers/web' })
 *     await explain(guard, JSON.parse(line)) // of a file that a wire tap wrote
 *
 * Of a call that several policies refuse, the first one decides. What `owner` hides is told as the engine answers when it
 * is asked for it. What the intermediate of an upstream would say, its own layers have to be asked.
 * @param upstream default: what an intermediate without one uses
 * @throws Error where the engine's answer decides, and the call would have to be sent for it: where a layer has the engine
 * do something first (`owner`, which makes the volumes of a new container), or where what it hides is named in a body
 */
export async function explain(
  layers: Intermediate,
  call: RecordedCall,
  { upstream }: { upstream?: string | UpstreamOptions } = {},
): Promise<Explanation> {
  if (typeof (layers as Intermediate | undefined | null)?.listen !== 'function')
    throw configurationError(
      'explain() was given no layers: give it an intermediate, as in explain(intermediate().use(…), call).',
    )
  const target = targetOf(call)
  const mark = randomUUID()
  let passed: string | undefined
  let decidedBy: string | undefined
  let hidden = false
  let untold: string | undefined
  const end: Layer = async (last, next) => {
    const isClients = last.headers.get(markName) === mark
    if (!isClients && (last.method === 'GET' || last.method === 'HEAD')) return next(last)
    if (!isClients) {
      if (passed === undefined)
        untold ??= `a layer first has the engine do ${last.method} ${last.path}, and that is not sent`
      throw new Error('the call ends here')
    }
    const absent = await absence(last)
    if (absent !== undefined) {
      hidden = true
      return reply(absent.status, { message: absent.message })
    }
    if (await namesNobodys(last)) untold = 'it names what is not there for its client, and is not sent'
    passed = `${last.method} ${last.path}`
    throw new Error('the call ends here')
  }
  const onCall = ({ answeredBy }: { answeredBy: string | undefined }) => (decidedBy = answeredBy)
  const whole = intermediate({ upstream, onCall, onError: () => {} })
    .use(layers)
    .use(end)
  // When this is done, its observers were told.
  const { status, message } = await onPrivateSocket(whole, (path) => sent(path, { ...call, target }, mark))
  if (untold !== undefined)
    throw new Error(`explain() cannot tell how the engine answers ${call.method} ${target}: ${untold}.`)
  if (hidden) return { decidedBy: 'owner', passes: false, status, message }
  return passed === undefined
    ? { decidedBy, passes: false, status, message }
    : { decidedBy: undefined, passes: true, status: 200, message: passed }
}

type Targeted = RecordedCall & { readonly target: string }

/** Calls that a layer makes of its own do not have it. */
const markName = 'intermediate-explain'

/** What is answered there. */
async function sent(
  socketPath: string,
  call: Targeted,
  mark: string,
): Promise<{ status: number; message: string }> {
  const { method, target, headers, body } = call
  const content = body === undefined ? undefined : contentOf(body)
  const fields = Object.entries(headers ?? {}).filter(([name]) => !framing.has(name.toLowerCase()))
  const asked = request({
    socketPath,
    method,
    path: target,
    headers: {
      ...Object.fromEntries(fields),
      [markName]: mark,
      ...(content === undefined ? {} : { 'content-length': content.length }),
    },
  }).end(content)
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  return { status: response.statusCode!, message: messageOf(await text(response)) }
}

/** How it was framed and what it was to become: it is sent in another way, and becomes nothing here. */
const framing = new Set(['content-length', 'transfer-encoding', 'connection', 'upgrade', 'expect', 'host'])

function contentOf(body: string | Uint8Array | object): Buffer {
  if (typeof body === 'string') return Buffer.from(body)
  return body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(JSON.stringify(body))
}

function messageOf(body: string): string {
  try {
    const { message } = JSON.parse(body) as { message?: unknown }
    if (typeof message === 'string') return message
  } catch {
    // a reply that is no error
  }
  return body
}
