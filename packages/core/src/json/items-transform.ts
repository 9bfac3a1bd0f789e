import { Duplex } from 'node:stream'
import { ByteSink } from './byte-sink.js'
import { JsonItems, maxItemBytes } from './json-items.js'
import type { ItemPlace, Piece } from './json-items.js'
import type { JsonValue } from './json-value.js'
import { inReply } from './not-json.js'
import { parseJson } from './parse-json.js'
import { isBareByte } from './value-scan.js'
import { writeJsonTo } from './write-json.js'

/** What becomes of an item: the item to send instead, which may be the same, or undefined to drop it. */
export type ChangeItem = (item: JsonValue) => JsonValue | undefined | Promise<JsonValue | undefined>

/**
 * A stream that takes the bytes of a reply and gives those of the changed one. Items are changed one at a time, in their
 * order, and an event does not wait for the next. Those that came in one read of a socket go on together: to send each
 * by itself costs more than all else that is done to it. What is around the items stays byte by byte; an item becomes
 * what `writeJson` makes of it, and one that is dropped is never written.
 *
 * The stream is destroyed with whatever `change` throws, and with the errors of `JsonItems`, `parseJson` and
 * `writeJson`; what is ahead of the item may have been sent then.
 * @param limit in bytes, for one item. Default 8 MiB
 */
export function itemsTransform(place: ItemPlace, change: ChangeItem, limit = maxItemBytes): Duplex {
  return new ItemsTransform(new JsonItems(place, limit), change)
}

/** A Duplex, as a Transform does not wait for its reader within a part, which may become much more than it was. */
class ItemsTransform extends Duplex {
  private readonly items: JsonItems
  private readonly change: ChangeItem
  private readonly out = new Output()
  /** Goes on when the reader wants more. */
  private goOn: (() => void) | undefined
  private wantsMore = true
  private isFlushDue = false

  constructor(items: JsonItems, change: ChangeItem) {
    super()
    this.items = items
    this.change = change
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: Done): void {
    const work = (): void => this.work(this.items.write(bytes), done)
    if (this.wantsMore) work()
    else this.goOn = work
  }

  override _final(done: Done): void {
    this.work(this.items.end(), (error) => {
      if (!error) {
        this.flush()
        this.push(null)
      }
      done(error)
    })
  }

  override _read(): void {
    this.wantsMore = true
    const { goOn } = this
    this.goOn = undefined
    goOn?.()
  }

  private work(pieces: Iterator<Piece, void>, done: Done): void {
    for (;;) {
      let stop: Stop
      try {
        stop = this.workUntil(pieces)
      } catch (error) {
        return done(asError(error))
      }
      if (stop === 'done') {
        this.flushSoon()
        return done()
      }
      // Not where errors are caught: what a reader throws is not this stream's error.
      this.flush()
      if (stop === 'full' && this.wantsMore) continue
      const goOn = (): void => {
        if (stop === 'full') this.work(pieces, done)
        else this.wait(stop, pieces, done)
      }
      if (this.wantsMore) goOn()
      else this.goOn = goOn
      return undefined
    }
  }

  /** Once all is done that came in the same read: the parts of a chunked body come one by one. */
  private flushSoon(): void {
    if (this.isFlushDue || this.out.isEmpty) return
    this.isFlushDue = true
    process.nextTick(() => {
      this.isFlushDue = false
      if (!this.destroyed) this.flush()
    })
  }

  private flush(): void {
    if (!this.out.isEmpty) this.wantsMore = this.push(this.out.take())
  }

  /** Until the pieces are done, or enough was written to hand it on, or `change` takes its time with an item. */
  private workUntil(pieces: Iterator<Piece, void>): Stop {
    while (!this.out.isFull) {
      const { value: piece, done } = pieces.next()
      if (done) return 'done'
      if (piece.kind === 'around') this.out.write(piece.bytes)
      else if (piece.kind === 'after') this.out.writeAfter(piece.bytes)
      else {
        const item = this.change(parseJson(piece.bytes, inReply))
        if (isPromise(item)) return { before: piece.before, item: Promise.resolve(item) }
        this.out.writeItem(piece.before, item)
      }
    }
    return 'full'
  }

  private wait({ before, item }: Waiting, pieces: Iterator<Piece, void>, done: Done): void {
    const failed = (error: unknown): void => done(asError(error))
    item.then((value) => {
      if (this.destroyed) return
      try {
        this.out.writeItem(before, value)
      } catch (error) {
        return failed(error)
      }
      this.work(pieces, done)
    }, failed)
  }
}

type Done = (error?: Error | null) => void

/** Why the work stopped. */
type Stop = 'done' | 'full' | Waiting

interface Waiting {
  readonly before: Buffer
  readonly item: Promise<JsonValue | undefined>
}

/** A reply that is written with some of its items. */
class Output {
  private readonly sink = new ByteSink()
  private hasItem = false
  private isKept = true

  get isEmpty(): boolean {
    return this.sink.length === 0
  }

  get isFull(): boolean {
    return this.sink.length >= handOnBytes
  }

  take(): Buffer {
    return this.sink.take()
  }

  write(bytes: Buffer): void {
    this.sink.put(bytes)
  }

  writeAfter(bytes: Buffer): void {
    if (this.isKept) this.write(bytes)
  }

  writeItem(before: Buffer, item: JsonValue | undefined): void {
    this.isKept = item !== undefined
    if (item === undefined) return
    this.write(this.hasItem ? before : withoutComma(before))
    // Numbers and words that follow each other in a stream, where something between them was dropped.
    if (isBare(item) && isBareByte(this.sink.lastByte)) this.write(lineFeed)
    writeJsonTo(this.sink, item)
    this.hasItem = true
  }
}

/** So much goes to the reader at once: the size of a large read. */
const handOnBytes = 64 * 1024

const lineFeed = Buffer.from('\n')

function withoutComma(before: Buffer): Buffer {
  const comma = before.indexOf(',')
  return comma === -1 ? before : Buffer.concat([before.subarray(0, comma), before.subarray(comma + 1)])
}

/** True for a value that is written as a number or word. */
function isBare(item: JsonValue): boolean {
  return item === null || (typeof item !== 'object' && typeof item !== 'string')
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

/** Nothing that is thrown may pass for success. */
function asError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown
  return new Error('The change of an item threw what is not an error.', { cause: thrown })
}
