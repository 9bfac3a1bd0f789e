import { Readable } from 'node:stream'
import { Body } from './body.js'
import type { BodyInit } from './body.js'
import type { EndpointInfo } from './endpoints/endpoint-types.js'
import type { Recognition } from './endpoints/recognise.js'
import { IntermediateError } from './errors.js'
import { Fields, without } from './fields.js'
import { canonical } from './json/canonical.js'
import { requestFields } from './json/request-fields.js'
import type { Query } from './query.js'
import { isChanged, parseQuery, withQuery } from './query.js'
import type { Exchange, Outgoing } from './wire/exchange.js'
import type { Field } from './wire/head.js'
import { writeRequestHead } from './wire/write-head.js'

/** What a call asks for, as the layers before have left it; all layers have the same one. */
export class Request {
  readonly exchange: Exchange
  readonly found: Recognition
  readonly method: string
  readonly target: string
  readonly headers: Fields
  readonly body: Body
  /** It is the client's, and not one that a layer has made in its place. */
  readonly isClients: boolean
  private parsedQuery: Query | undefined

  private constructor(
    exchange: Exchange,
    found: Recognition,
    { method, target, headers, body }: Pick<Request, 'method' | 'target' | 'headers'> & { body?: BodyInit },
  ) {
    this.exchange = exchange
    this.found = found
    this.method = method
    this.target = target
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

  /** The endpoint that the engine acts on; undefined for an unknown one. */
  get endpoint(): EndpointInfo | undefined {
    return this.found.matches[0]?.endpoint
  }

  get hijacks(): boolean {
    return mayHijack(this.found)
  }

  /** Without the query, which can hold secrets. */
  get name(): string {
    return `${this.method} ${this.target.split('?', 1)[0]}`
  }

  get query(): Query {
    return (this.parsedQuery ??= parseQuery(this.target))
  }

  /**
   * What is to be sent; undefined: what came, as it came.
   * @throws TypeError where what the layers left of it cannot be sent
   */
  outgoing(): Outgoing | undefined {
    const { exchange, method, headers, parsedQuery } = this
    const sent = this.body.sent()
    const isSame = parsedQuery === undefined || !isChanged(this.target, parsedQuery)
    const target = isSame ? this.target : withQuery(this.target, parsedQuery)
    const { minor } = this.isClients ? exchange.head : { minor: 1 }
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
      if (sent.length > 0 && this.body.isJson && headers.get('content-type') === undefined)
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

  private reading() {
    return {
      tooLarge: (limit: number) =>
        new IntermediateError(
          'ERR_TOO_LARGE',
          413,
          `${this.name}: the body has more than the ${limit} bytes that are read of it.`,
        ),
      notJson: (error: IntermediateError) => error,
      jsonEnd: '' as const,
      canonical: (value: Parameters<typeof canonical>[0]) => {
        const shape = this.endpoint && requestFields(this.endpoint.key)
        return shape === undefined ? value : canonical(value, shape)
      },
    }
  }
}

/** Nothing is known of an unknown call, so it may hijack too. */
export function mayHijack({ matches }: Recognition): boolean {
  return matches.length === 0 || matches.some(({ endpoint }) => endpoint.hijack)
}

/** What says how a body is sent; a client that waited to send it has been told to. */
const framing = new Set(['content-length', 'transfer-encoding', 'expect', 'trailer'])
