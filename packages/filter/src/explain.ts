import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Intermediate, Layer, UpstreamOptions } from '@intermediate/core'
import { intermediate } from '@intermediate/core'
import type { RecordedCall } from './recorded-call.js'
import { targetOf } from './recorded-call.js'

/** What becomes of a call, and who decides it. */
export interface Explanation {
  /** The layer that answers it; undefined: it passes all of them, or core itself refuses it. */
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
 * Of a call that several policies refuse, the first one decides. What the intermediate of an upstream would say, its own
 * layers have to be asked.
 * @param upstream default: what an intermediate without one uses
 */
export async function explain(
  layers: Intermediate,
  call: RecordedCall,
  { upstream }: { upstream?: string | UpstreamOptions } = {},
): Promise<Explanation> {
  const target = targetOf(call)
  const mark = randomUUID()
  let passed: string | undefined
  let decidedBy: string | undefined
  const end: Layer = (last, next) => {
    if (last.headers.get(markName) !== mark && (last.method === 'GET' || last.method === 'HEAD'))
      return next(last)
    if (last.headers.get(markName) === mark) passed = `${last.method} ${last.path}`
    throw new Error('the call ends here')
  }
  const onCall = ({ answeredBy }: { answeredBy: string | undefined }) => (decidedBy = answeredBy)
  const whole = intermediate({ upstream, onCall, onError: () => {} })
    .use(layers)
    .use(end)
  const { status, message } = await answer(whole, { ...call, target }, mark)
  return passed === undefined
    ? { decidedBy, passes: false, status, message }
    : { decidedBy: undefined, passes: true, status: 200, message: passed }
}

type Targeted = RecordedCall & { readonly target: string }

/** Calls that a layer makes of its own do not have it. */
const markName = 'intermediate-explain'

/** What an intermediate answers. When this is done, its observers were told. */
async function answer(
  whole: Intermediate,
  call: Targeted,
  mark: string,
): Promise<{ status: number; message: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'explain-'))
  try {
    const path = join(folder, 'i.sock')
    const listening = await whole.listen(`unix://${path}`)
    try {
      return await sent(path, call, mark)
    } finally {
      await listening.close({ grace: 0 })
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

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
