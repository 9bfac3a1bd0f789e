import { foldName } from './fold-name.js'
import { fromUpstream, notJson } from './not-json.js'
import { parseJson } from './parse-json.js'
import { shownName } from './shown-name.js'
import { ValueScan } from './value-scan.js'

/** Where a reply has its items. */
export type ItemPlace =
  /** The reply is a list, or null for none. */
  | { readonly kind: 'list' }
  /** The reply is an object with a list in this field, or null; it may also lack the field. */
  | { readonly kind: 'field'; readonly name: string }
  /** Values one after the other: concatenated, JSON lines, or a JSON text sequence (RFC 7464). */
  | { readonly kind: 'stream' }

/** A part of a reply. All of them, in order, are its bytes. */
export type Piece =
  /** Stays, whatever becomes of the items. */
  | { readonly kind: 'around'; readonly bytes: Buffer }
  /** A whole value. `before` separates it from the one before, and goes where it goes. */
  | { readonly kind: 'item'; readonly before: Buffer; readonly bytes: Buffer }
  /** In a stream, goes where the item before goes: the end of its line, which must not wait for the next item. */
  | { readonly kind: 'after'; readonly bytes: Buffer }

/** In bytes: what one item may take, and what is between two. */
export const maxItemBytes = 8 * 1024 * 1024

/**
 * Takes a reply apart into its items and what is around them, as it comes, however it is cut. It holds one item at most.
 * The brackets and quotes of an item match; whether it is JSON is for `parseJson` to say.
 *
 * A field is found in any case, as Go's decoder finds it, and must not come twice: nothing says which a client reads.
 * @throws IntermediateError 502, a sentence that says where: what cannot be the beginning of an item, an item of more
 * than `limit` bytes, and from `end` a reply that is not complete
 */
export class JsonItems {
  private readonly place: ItemPlace
  private readonly limit: number
  private state: State
  private readonly scan = new ValueScan()
  /** A value or name has begun that ends where `scan` says. */
  private isInside = false
  private isInField = false
  private isFieldFound = false
  /** What came in earlier parts and could not be handed out, and its length. */
  private held: Buffer[] = []
  private heldBytes = 0
  /** What is before it in this part was handed out. */
  private from = 0
  private before: Buffer = nothing
  /** The length of all parts before this one. */
  private offset = 0

  /** @param limit in bytes. Default 8 MiB */
  constructor(place: ItemPlace, limit = maxItemBytes) {
    this.place = place
    this.limit = limit
    this.state = ({ list: 'list', field: 'root', stream: 'value' } as const)[place.kind]
  }

  /** The pieces that this part completes, in its own memory where they can be. To be run to its end. */
  *write(bytes: Buffer): Generator<Piece, void, undefined> {
    this.from = 0
    let at = 0
    while (at < bytes.length) {
      let piece: Piece | undefined
      if (this.isInside) {
        const end = this.scan.end(bytes, at)
        if (end === -1) break
        piece = this.finish(bytes, end)
        at = end
      } else {
        const byte = bytes[at] as number
        if (!isSpace(byte)) piece = this.step(bytes, at, byte)
        // A value is scanned from its first byte on.
        if (!this.isInside) at++
      }
      if (piece) yield piece
    }
    const rest = this.isHeld() ? this.hold(bytes) : this.flush(bytes, bytes.length)
    if (rest) yield rest
    this.offset += bytes.length
  }

  /** What the end of the input completes: a number at the end of a stream. */
  *end(): Generator<Piece, void, undefined> {
    this.from = 0
    if (this.isInside && this.scan.endsWithInput) {
      const piece = this.finish(nothing, 0)
      if (piece) yield piece
    }
    if (this.isInside || (this.state !== 'value' && this.state !== 'end')) this.fail('ends too early', 0)
  }

  /** One byte that is neither white space nor inside of a value. */
  private step(bytes: Buffer, at: number, byte: number): Piece | undefined {
    switch (this.state) {
      case 'root':
        if (byte !== openObject) this.unexpected(byte, at, 'an object')
        this.state = 'first name'
        return undefined
      case 'first name':
      case 'name':
        if (byte === closeObject && this.state === 'first name') return this.endObject()
        if (byte !== quote) this.unexpected(byte, at, 'a name in quotes')
        this.state = 'name'
        return this.enter(bytes, at, byte)
      case 'colon':
        if (byte !== colon) this.unexpected(byte, at, 'a colon')
        this.state = this.isInField ? 'list' : 'member'
        return undefined
      case 'member':
        return this.enter(bytes, at, byte)
      case 'after member':
        if (byte === closeObject) return this.endObject()
        if (byte !== comma) this.unexpected(byte, at, 'a comma or }')
        this.state = 'name'
        return undefined
      case 'list':
        if (byte === initialOfNull) return this.enter(bytes, at, byte)
        if (byte !== openList) this.unexpected(byte, at, 'a list')
        this.state = 'first item'
        return this.flush(bytes, at + 1)
      case 'first item':
      case 'item':
        if (byte === closeList && this.state === 'first item') return this.endList(bytes, at)
        this.state = 'item'
        return this.enterItem(bytes, at, byte)
      case 'after item':
        if (byte === closeList) return this.endList(bytes, at)
        if (byte !== comma) this.unexpected(byte, at, 'a comma or ]')
        this.state = 'item'
        return undefined
      case 'value':
      case 'marked value':
        return this.stepInStream(bytes, at, byte)
      case 'end':
        return this.fail('goes on after its end', at)
    }
  }

  private stepInStream(bytes: Buffer, at: number, byte: number): Piece | undefined {
    const after = this.state === 'value' ? this.flush(bytes, at) : undefined
    this.state = 'marked value'
    if (byte !== recordSeparator) this.enterItem(bytes, at, byte)
    return after
  }

  private enterItem(bytes: Buffer, at: number, byte: number): undefined {
    this.before = this.take(bytes, at)
    this.enter(bytes, at, byte)
  }

  /** Begins a value or name, and hands out what is before it. */
  private enter(bytes: Buffer, at: number, byte: number): Piece | undefined {
    if (!this.scan.begin(byte)) this.unexpected(byte, at, 'a value')
    const piece = this.flush(bytes, at)
    this.isInside = true
    return piece
  }

  /** The value or name has ended. */
  private finish(bytes: Buffer, end: number): Piece | undefined {
    this.isInside = false
    switch (this.state) {
      case 'name': {
        const name = this.take(bytes, end)
        this.isInField = this.isOfField(parseJson(name, fromUpstream) as string, end)
        this.state = 'colon'
        return { kind: 'around', bytes: name }
      }
      case 'list': {
        const word = this.take(bytes, end)
        if (word.toString() !== 'null') this.unexpected(initialOfNull, end - word.length, 'a list')
        this.state = this.afterList
        return { kind: 'around', bytes: word }
      }
      case 'member':
        this.state = 'after member'
        return undefined
      default:
        this.state = this.state === 'item' ? 'after item' : 'value'
        return { kind: 'item', before: this.before, bytes: this.take(bytes, end) }
    }
  }

  private endObject(): undefined {
    this.state = 'end'
  }

  private endList(bytes: Buffer, at: number): Piece | undefined {
    this.state = this.afterList
    const space = this.take(bytes, at)
    return space.length > 0 ? { kind: 'around', bytes: space } : undefined
  }

  private get afterList(): State {
    return this.place.kind === 'field' ? 'after member' : 'end'
  }

  private isOfField(name: string, at: number): boolean {
    if (this.place.kind !== 'field' || foldName(name) !== foldName(this.place.name)) return false
    if (this.isFieldFound) this.fail(`has ${shownName(name)} twice, the second time`, at)
    return (this.isFieldFound = true)
  }

  /** True while what has come can only be handed out together with what has yet to come. */
  private isHeld(): boolean {
    if (this.isInside) return this.state !== 'member'
    return ['first item', 'item', 'after item', 'marked value'].includes(this.state)
  }

  private hold(bytes: Buffer): undefined {
    this.count(bytes, bytes.length)
    this.held.push(bytes.subarray(this.from))
  }

  /** What is held, and what came since. */
  private take(bytes: Buffer, end: number): Buffer {
    this.count(bytes, end)
    let taken = bytes.subarray(this.from, end)
    if (this.held.length > 0) {
      taken = Buffer.concat([...this.held, taken], this.heldBytes)
      this.held = []
    }
    this.heldBytes = 0
    this.from = end
    return taken
  }

  private count(bytes: Buffer, end: number): void {
    this.heldBytes += end - this.from
    if (this.heldBytes > this.limit) this.fail(`has an item of more than ${this.limit} bytes that ends`, end)
  }

  private flush(bytes: Buffer, end: number): Piece | undefined {
    if (end === this.from) return undefined
    const kind = this.state === 'value' ? 'after' : 'around'
    const piece: Piece = { kind, bytes: bytes.subarray(this.from, end) }
    this.from = end
    return piece
  }

  private unexpected(byte: number, at: number, wanted: string): never {
    const found = byte < 0x80 ? JSON.stringify(String.fromCharCode(byte)) : `the byte 0x${byte.toString(16)}`
    this.fail(`has ${found} where ${wanted} is due,`, at)
  }

  private fail(what: string, at: number): never {
    throw notJson(fromUpstream, `${what} at byte ${this.offset + at + 1}`)
  }
}

/** What comes next, white space aside. */
type State =
  | 'root'
  | 'first name'
  | 'name'
  | 'colon'
  | 'member'
  | 'after member'
  | 'list'
  | 'first item'
  | 'item'
  | 'after item'
  | 'value'
  | 'marked value'
  | 'end'

const nothing = Buffer.alloc(0)

const [quote, comma, colon, initialOfNull, recordSeparator] = [0x22, 0x2c, 0x3a, 0x6e, 0x1e]
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d]

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}
