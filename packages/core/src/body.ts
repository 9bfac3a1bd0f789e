import { Readable } from 'node:stream'
import { IntermediateError } from './errors.js'
import type { JsonValue } from './json/json-value.js'
import { emptyObject } from './json/json-value.js'
import { parseJson } from './json/parse-json.js'
import { writeJson } from './json/write-json.js'
import { tappedBody } from './tapped-streams.js'
import type { Tap } from './wire/tap.js'
import { TapFeed } from './wire/tap.js'
import { bytesOnly } from './wire/bytes-of.js'
import { announcedLength } from './wire/content.js'

/** A body to send: streams, text and bytes as they are, anything else as JSON. A stream gives bytes or text. */
export type BodyInit = Readable | string | Uint8Array | object

/** A body to send where its JSON has this type: undefined is no JSON, unknown any. */
export type JsonOr<T> = Readable | string | Uint8Array | (unknown extends T ? object : NonNullable<T>)

/** In bytes, what is read of a body at once. */
export const defaultBodyLimit = 8 * 1024 * 1024

export interface ReadOptions {
  /**
   * In bytes, how much of the body is read at most.
   * @default 8 MiB
   */
  limit?: number
}

/** Where a body comes from, and what is said of one that cannot be read. */
export interface BodySource {
  /** Its content, once. */
  open(): Readable
  tooLarge(limit: number): IntermediateError
  /** What is told instead of an error of `parseJson`. */
  notJson(error: IntermediateError): IntermediateError
  /** What stands behind a JSON document: the engine ends its own with a line feed. */
  readonly jsonEnd: '' | '\n'
  /** How many values are read of a JSON document; undefined: any number. */
  readonly mostValues?: number
  /** Puts the fields under the names that the engine reads them by. */
  canonical(value: JsonValue): JsonValue
}

type State =
  | { readonly kind: 'untouched' }
  | { readonly kind: 'taken' }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'stream'; readonly stream: Readable }
  | { readonly kind: 'json'; value: JsonValue; readonly wasEmpty: boolean; readonly isNew: boolean }

/** What is to be sent: nothing that was looked at, bytes, or a stream that is sent once. */
export type Sent = 'untouched' | Buffer | Readable

/**
 * The body of a call or of a reply, as the layers have it. Nothing is read of it until one of them wants it. What a
 * layer has read as JSON is what goes on: the serialisation of that very value, never the bytes that came.
 */
export class Body {
  private readonly source: BodySource
  private state: State
  private reading: Promise<JsonValue> | undefined

  constructor(source: BodySource, init?: BodyInit) {
    this.source = source
    this.state = init === undefined ? { kind: 'untouched' } : stateOf(init)
  }

  get touched(): boolean {
    return this.state.kind !== 'untouched'
  }

  /** What a layer has given to be sent as JSON; undefined: that is what came, read and perhaps changed, or no JSON. */
  get ownJson(): JsonValue | undefined {
    return this.state.kind === 'json' && this.state.isNew ? this.state.value : undefined
  }

  /** The content as a stream; whoever takes it says what is sent in its place. */
  take(): Readable {
    const { state } = this
    this.checkNotReading()
    if (state.kind === 'taken') throw new TypeError('the body was taken before: it can be read once')
    this.state = { kind: 'taken' }
    switch (state.kind) {
      case 'untouched':
        return this.source.open()
      case 'bytes':
        return streamOf(state.bytes)
      case 'json':
        return streamOf(this.written(state))
      case 'stream':
        return bytesOnly(state.stream)
    }
  }

  /**
   * Gives a copy of what is here now, as the layers before have left it.
   * @param tapSource taps what nobody has touched yet, as it comes
   */
  tap(tap: Tap, tapSource: () => void): void {
    const { state } = this
    this.checkNotReading()
    switch (state.kind) {
      case 'untouched':
        tapSource()
        break
      case 'bytes':
        giveAll(tap, state.bytes)
        break
      case 'json':
        giveAll(tap, this.written(state))
        break
      case 'stream':
        this.state = { kind: 'stream', stream: tappedBody(state.stream, new TapFeed(tap)) }
        break
      case 'taken':
        throw new TypeError('the body was taken before: tap it before that, or what was put in its place')
    }
  }

  replace(init: BodyInit): void {
    this.checkNotReading()
    if (this.state.kind === 'stream') this.state.stream.destroy()
    this.state = stateOf(init)
  }

  /** The same value each time, as the layers before have left it. */
  json(options: ReadOptions = {}): Promise<JsonValue> {
    const reading = this.value(options)
    // A layer that does something else first must not end the process when this fails.
    reading.catch(() => {})
    return reading
  }

  private async value({ limit = defaultBodyLimit }: ReadOptions): Promise<JsonValue> {
    const { state } = this
    if (state.kind === 'json') return (state.value = this.source.canonical(state.value))
    this.reading ??= this.readJson(this.take(), limit).finally(() => (this.reading = undefined))
    return this.reading
  }

  /**
   * What is to be sent.
   * @throws TypeError where a layer took the body and put nothing in its place
   */
  sent(): Sent {
    const { state } = this
    switch (state.kind) {
      case 'untouched':
        return 'untouched'
      case 'bytes':
        return state.bytes
      case 'json':
        state.value = this.source.canonical(state.value)
        return this.written(state)
      case 'stream':
        this.state = { kind: 'taken' }
        return state.stream
      case 'taken':
        throw new TypeError(
          'the body was taken, and nothing was put in its place: assign to body what is to be sent',
        )
    }
  }

  /** What can be sent as often as is wanted; undefined of a body that nobody has read, and of a stream. */
  copy(): Buffer | undefined {
    const { kind } = this.state
    return kind === 'json' || kind === 'bytes' ? (this.sent() as Buffer) : undefined
  }

  private checkNotReading(): void {
    if (this.reading !== undefined) throw new TypeError('the body is being read as JSON: await json() first')
  }

  private async readJson(stream: Readable, limit: number): Promise<JsonValue> {
    const bytes = await this.collect(stream, limit)
    const wasEmpty = bytes.length === 0
    const value = wasEmpty ? emptyObject() : this.source.canonical(this.parse(bytes))
    this.state = { kind: 'json', value, wasEmpty, isNew: wasEmpty }
    return value
  }

  private parse(bytes: Buffer): JsonValue {
    try {
      return parseJson(bytes, undefined, this.source.mostValues)
    } catch (error) {
      throw error instanceof IntermediateError ? this.source.notJson(error) : error
    }
  }

  /** Without an async iterator, which costs a small body more than its JSON does. */
  private collect(stream: Readable, limit: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const pieces: Buffer[] = []
      let length = 0
      stream.on('data', (piece: Buffer | string) => {
        const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece
        length += bytes.length
        if (length > limit) stream.destroy(this.source.tooLarge(limit))
        else pieces.push(bytes)
      })
      stream.on('end', () => resolve(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, length)))
      stream.on('error', reject)
      stream.on('close', () => reject(new Error('the body was closed before its end')))
      // Before a client is told to send it.
      if (announcedLength(stream) > limit) stream.destroy(this.source.tooLarge(limit))
    })
  }

  /** An empty body, which the engine takes for an empty object, stays empty unless somebody has put something in. */
  private written({ value, wasEmpty }: { value: JsonValue; wasEmpty: boolean }): Buffer {
    const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0
    return wasEmpty && isEmpty ? Buffer.alloc(0) : writeJson(value, this.source.jsonEnd)
  }
}

function stateOf(init: BodyInit): State {
  if (init instanceof Readable) return { kind: 'stream', stream: init }
  if (typeof init === 'string') return { kind: 'bytes', bytes: Buffer.from(init) }
  if (init instanceof Uint8Array)
    return { kind: 'bytes', bytes: Buffer.from(init.buffer, init.byteOffset, init.byteLength) }
  if (typeof init !== 'object' || init === null)
    throw new TypeError('a body is a stream, text, bytes, or an object that is sent as JSON')
  return { kind: 'json', value: init as JsonValue, wasEmpty: false, isNew: true }
}

function giveAll(tap: Tap, bytes: Buffer): void {
  const feed = new TapFeed(tap)
  feed.give(bytes)
  feed.end(true)
}

function streamOf(bytes: Buffer): Readable {
  return Readable.from(bytes.length === 0 ? [] : [bytes], { objectMode: false })
}
