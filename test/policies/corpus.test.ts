import type { Request } from '@intermediate/testing'
import { transcript } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { corpus } from '../disagreements/corpus.js'
import { bytesOf, forms, json, utf8, withNames } from '../disagreements/disagreement.js'
import type { Disagreement, Seen } from '../disagreements/disagreement.js'
import { request } from '../docker-calls.js'
import type { Setup } from '../matrix.js'
import { setUpWith } from '../matrix.js'
import { engine } from './corpus-engine.js'
import { names, prevents, subjects } from './corpus-policies.js'

// Whatever a client writes, past every policy: it is refused and the engine never sees it, or the engine gets what it
// gets for the same call as Docker's own clients write it. What the policy is there to prevent the engine never sees.

describe.each(subjects)('$name', (subject) => {
  it.each(forms)('judges what the engine would act on, $form', async ({ fields }) => {
    await using to = await setUpWith(subject.layers, 'unix', engine)
    const clean = new Map<string, Outcome>()
    for (const entry of corpus) {
      const outcome = await tried(to, entry, bytesOf(entry, [...fields, mark], names))
      const isLeft = subject.leaves?.includes(entry.aim) ?? false
      const told = { entry: entry.name, ...outcome }
      if (typeof entry.seen === 'number') {
        if (!(isLeft && isUntouched(entry, outcome)))
          expect.soft(told).toEqual({ ...told, isRefused: true, reached: outcome.reached.filter(isNobodys) })
        continue
      }
      const seen = JSON.parse(withNames(JSON.stringify(entry.seen), names)) as Seen
      const bytes = written(entry, seen, [...fields, mark])
      const same = clean.get(bytes) ?? (await tried(to, entry, bytes))
      clean.set(bytes, same)
      expect
        .soft({ ...told, ...asRead(outcome, seen, isLeft) })
        .toEqual({ ...told, ...asRead(same, seen, isLeft) })
      if (entry.applied.length > 0 && prevents(subject, entry.aim, seen))
        expect.soft(told).toEqual({ ...told, isRefused: true, reached: outcome.reached.filter(isNobodys) })
    }
  })
})

/** By which the client's own call is known among those that policies make. */
const mark = 'X-Client: here'

interface Outcome {
  readonly isRefused: boolean
  readonly status: number
  /** Of a reply that is no success. */
  readonly said: string
  /** What the engine got of the call itself. */
  readonly reached: readonly { readonly line: string; readonly query: string; readonly body: string }[]
}

/** Has a client write these bytes. What the engine gets besides may only ask. */
async function tried(to: Setup, entry: Disagreement, bytes: string): Promise<Outcome> {
  const before = to.upstream.connections.length
  const { status, said } = await answerTo(to.listening.addresses[0]!, entry, bytes)
  const connections = to.upstream.connections.slice(before)
  const requests = connections
    .flatMap((each) => each.requests)
    .filter(({ target }) => !isBefore(entry, target))
  const asked = requests.filter((each) => each.header('x-client') === undefined)
  expect.soft(asked.filter(({ method, body }) => method !== 'GET' || body.length > 0)).toEqual([])
  expect.soft(connections.every(({ unread }) => unread.length === 0)).toBe(true)
  const reached = requests.filter((each) => !asked.includes(each)).map(asGoReads)
  return { isRefused: status >= 400, status, said: withoutStandIns(said), reached }
}

/** As `lastReply` of the corpus, with what it says. */
async function answerTo(address: string, { before = '', line }: Disagreement, bytes: string) {
  await using client = await transcript(address)
  // What is refused while it is sent need not be taken to its end: the reply tells.
  client.send(bytes).catch(() => {})
  for (let left = before === '' ? 0 : 1; ; left--) {
    const reply = await client.response({ head: left === 0 && line.startsWith('HEAD ') })
    const { status, body } = reply
    if (left === 0 || reply.header('connection') === 'close')
      return { status, said: status < 400 ? '' : body.toString() }
  }
}

/** The call in the one way in which Docker's own clients write it. */
function written({ before = '' }: Disagreement, seen: Seen, formFields: readonly string[]): string {
  const { endpoint, params = {}, query = {}, body = '' } = seen
  const path = endpoint.replace(/:(\w+)/g, (_, name: string) => encodeURI(params[name] ?? ''))
  const pairs = Object.entries(query).map((pair) => pair.map(encodeURIComponent).join('='))
  const line = pairs.length === 0 ? path : `${path}?${pairs.join('&')}`
  const fields = body === '' ? formFields : [...json, ...formFields]
  return withNames(before, names) + request(line, fields, utf8(body))
}

/** A path decoded once, without its version; of a name in the query the first value. */
function asGoReads({ method, target, body }: Request): Outcome['reached'][number] {
  const [path = '', query = ''] = target.split(/\?(.*)/s)
  const read = decodeURIComponent(path).replace(/^\/v[\d.]+\//, '/')
  const values = new Map([...new URLSearchParams(query)].toReversed())
  const line = `${method} ${read} ${JSON.stringify([...values].map(String).toSorted())}`
  return { line: withoutStandIns(line), query, body: body.toString('latin1') }
}

/** The engine got the query as it came, and the body too, unless it was judged. */
function isUntouched(
  { line, body = '', fields = [] }: Disagreement,
  { reached: [reached] }: Outcome,
): boolean {
  const [path = '', query = ''] = withNames(line, names).split(/\?(.*)/s)
  const isJudged = path.endsWith('/create') && fields.includes(json[0]!)
  return reached?.query === query && (isJudged || reached.body === withNames(body, names))
}

/** Bodies that say something, and of what is left to others the one that came for the one that is meant. */
function asRead(outcome: Outcome, { endpoint, body = '' }: Seen, isLeft: boolean): Outcome {
  const says = new Set(['POST /containers/create', 'POST /containers/:id/exec', 'POST /exec/:id/start']).has(
    endpoint,
  )
  const reached = outcome.reached.map((each) => ({
    ...each,
    query: '',
    body:
      !says || each.body === '{}' || each.body === 'null'
        ? ''
        : isLeft && each.body !== ''
          ? body
          : each.body,
  }))
  return { ...outcome, reached }
}

function isNobodys({ line }: Outcome['reached'][number]): boolean {
  return isStandIn(line)
}

/** In it is a name that nobody has, which an owner's client means by that of somebody else's thing. */
function isStandIn(text: string): boolean {
  return text.includes('nobodys-')
}

/** Each is another one. */
function withoutStandIns(text: string): string {
  return text.replaceAll(/nobodys-[\da-f-]{36}/g, 'nobodys-thing')
}

function isBefore({ before = '' }: Disagreement, target: string): boolean {
  return before !== '' && (isStandIn(target) || withNames(before, names).includes(` ${target} HTTP/`))
}
