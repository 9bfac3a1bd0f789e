import { Readable } from 'node:stream'
import { Body } from './body.js'
import type { BodyInit } from './body.js'
import type { EndpointInfo } from './endpoints/endpoint-types.js'
import type { Recognition } from './endpoints/recognise.js'
import { IntermediateError } from './errors.js'
import { Fields, without } from './fields.js'
import { canonical } from './json/canonical.js'
import { requestFields } from './json/request-fields.js'
import type { Place } from './path-params.js'
import { changeVersion, pathParams } from './path-params.js'
import type { Query } from './query.js'
import { TargetQuery } from './query.js'
import type { Exchange } from './wire/exchange.js'
import type { Outgoing } from './wire/outgoing.js'
import type { Field } from './wire/head.js'
import type { Tap } from './wire/tap.js'
import { writeRequestHead } from './wire/write-head.js'

/** What a call asks for, as the layers before have left it; all layers have the same one. */
export class Request {
  readonly exchange: Exchange
  readonly method: string
  readonly headers: Fields
  readonly body: Body
  /** It is the client's, and not one that a layer has made in its place. */
  readonly isClients: boolean
  /** What the path was read as when it came. */
  readonly original: Recognition
  private readonly place: Place
  /** As it came: what the engine reads of it is in `found`. */
  private readonly came: string
  private readQuery: TargetQuery | undefined

  private constructor(
    exchange: Exchange,
    found: Recognition,
    {
      method,
      target,
      headers,
      body,
    }: Pick<Request, 'method' | 'headers'> & { target: string; body?: BodyInit },
  ) {
    this.exchange = exchange
    this.original = found
    this.place = { found, path: pathOf(target) }
    this.method = method
    this.came = target
    this.headers = headers
    this.isClients = headers.isReceived
    const open = () => (this.isClients ? exchange.read() : Readable.from([]))
    this.body = new Body({ ...this.reading(), open }, body)
  }

  /** The request that a client has sent. */
  static received(exchange: Exchange, found: Recognition): Request {
    const { head } = exchange
    const { method, target } = head
    return new Request(exchange, found, { method, target, headers: new Fields(head) })
  }

  /** One of a layer's own, on behalf of the same client. */
  static made(
    from: Request,
    found: Recognition,
    { method, target, body }: { method: string; target: string; body: BodyInit | undefined },
  ): Request {
    const { head } = from.exchange
    const kept: Field[] = [['Host', head.host ?? '']]
    const hijacks = from.exchange.mayTunnel && mayHijack(found)
    for (const field of from.headers) {
      const name = field[0].toLowerCase()
      if (name === 'user-agent' || (hijacks && (name === 'connection' || name === 'upgrade')))
        kept.push(field)
    }
    return new Request(from.exchange, found, { method, target, headers: new Fields(kept), body: body ?? '' })
  }

  /**
   * The same once more, to be asked besides it.
   * @throws TypeError where it has a body that can be sent once
   */
  copied(): Request {
    const { exchange, method, headers } = this
    const body = this.body.copy()
    if (body === undefined && (this.body.touched || (this.isClients && exchange.hasBody)))
      throw new TypeError(
        'the body can be sent once: read it with json(), or assign text or bytes, to ask others the same',
      )
    const fields = without(headers, besidesOthers)
    if (headers.get('host') === undefined) fields.unshift(['Host', ''])
    const { target } = this.sentTarget()
    return new Request(exchange, this.found, {
      method,
      target,
      headers: new Fields(fields),
      body: body ?? '',
    })
  }

  /** What the path is read as, with the parameters that layers gave it. */
  get found(): Recognition {
    return this.place.found
  }

  /** The parameters of the path for an endpoint that it fits. What is changed in them is where the call goes. */
  params(endpoint: EndpointInfo): Record<string, string> {
    return pathParams(endpoint, this.place)
  }

  /** Asks for another version of the API, or with undefined for none. */
  changeVersion(version: string | undefined): void {
    changeVersion(this.place, this.method, version)
  }

  /** The endpoint that the engine acts on; undefined for an unknown one. */
  get endpoint(): EndpointInfo | undefined {
    return this.found.matches[0]?.endpoint
  }

  get hijacks(): boolean {
    return mayHijack(this.found)
  }

  /** As it came, without the query, which can hold secrets. */
  get name(): string {
    return `${this.method} ${pathOf(this.came)}`
  }

  get query(): Query {
    return this.targetQuery.values
  }

  /** All values of one name of the query; of one that was changed, the new one. */
  queryValues(name: string): readonly string[] {
    return this.targetQuery.all(name)
  }

  /** Gives a tap a copy of the body. */
  tap(tap: Tap): void {
    const { exchange } = this
    this.body.tap(tap, () => exchange.tap(exchange.connection.reader, tap))
  }

  /**
   * What is to be sent; undefined: what came, as it came.
   * @throws TypeError where what the layers left of it cannot be sent
   */
  outgoing(): Outgoing | undefined {
    const { exchange, method, headers } = this
    const sent = this.body.sent()
    const { target, isSame } = this.sentTarget()
    const { minor } = exchange.head
    const line = { method, target, minor }
    if (sent === 'untouched') {
      if (exchange.bodyIsGone) throw new TypeError('the call has a body, which can be sent once')
      if (isSame && !headers.changed) return undefined
      return { method, head: writeRequestHead(line, headers), body: undefined }
    }
    const hadBody = this.isClients && exchange.hasBody
    const isStream = sent instanceof Readable
    if (this.isClients && isSame && !headers.changed && !hadBody && !isStream && sent.length === 0)
      return undefined
    const fields = without(headers, framing)
    if (!isStream) {
      // Of a body that came so, the engine refuses JSON without a type, and is left to.
      if (sent.length > 0 && this.body.ownJson !== undefined && headers.get('content-type') === undefined)
        fields.push(['Content-Type', 'application/json'])
      if (sent.length > 0 || hadBody || method !== 'GET') fields.push(['Content-Length', String(sent.length)])
    } else if (minor === 1) {
      fields.push(['Transfer-Encoding', 'chunked'])
    } else {
      throw new IntermediateError(
        'ERR_BAD_REQUEST',
        411,
        `${this.name} is HTTP/1.0, in which a body cannot be sent whose length is not known: use HTTP/1.1.`,
      )
    }
    return { method, head: writeRequestHead(line, fields), body: sent }
  }

  private get targetQuery(): TargetQuery {
    return (this.readQuery ??= new TargetQuery(this.came, this.name))
  }

  private sentTarget(): { target: string; isSame: boolean } {
    const { came, readQuery, place } = this
    const path = pathOf(came)
    const isSame = place.path === path && !readQuery?.isChanged
    if (isSame) return { target: came, isSame }
    return { target: readQuery?.behind(place.path) ?? place.path + came.slice(path.length), isSame }
  }

  private reading() {
    return {
      tooLarge: (limit: number) =>
        new IntermediateError(
          'ERR_TOO_LARGE',
          413,
          `${this.name}: the body has more than the ${limit} bytes that are read of it.`,
        ),
      notJson: ({ code, status, message }: IntermediateError) =>
        new IntermediateError(code, status, `${this.name}: ${message}`),
      jsonEnd: '' as const,
      mostValues,
      canonical: (value: Parameters<typeof canonical>[0]) => {
        const shape = this.endpoint && requestFields(this.endpoint.key)
        return shape === undefined ? value : canonical(value, shape)
      },
    }
  }
}

function pathOf(target: string): string {
  const mark = target.indexOf('?')
  return mark < 0 ? target : target.slice(0, mark)
}

/** Nothing is known of an unknown call, so it may hijack too. */
export function mayHijack({ matches }: Recognition): boolean {
  return matches.length === 0 || matches.some(({ endpoint }) => endpoint.hijack)
}

/** A body of the largest size can have millions, on which one client would keep the process for seconds. */
const mostValues = 100_000

/** What says how a body is sent; a client that waited to send it has been told to. */
const framing = new Set(['content-length', 'transfer-encoding', 'expect', 'trailer'])

/** What is of the client's own connection. */
const besidesOthers = new Set([...framing, 'connection', 'http2-settings', 'keep-alive', 'te', 'upgrade'])
