import type { Field } from './wire/head.js'
import { isFieldValue, isToken } from './wire/write-head.js'

/** The fields of a head. Names are matched whatever their case; values are latin1, as HTTP has them. */
export interface HeaderFields extends Iterable<Field> {
  /** The value of the first field of this name. */
  get(name: string): string | undefined
  /**
   * Puts one field in the place of all of this name.
   * @throws TypeError for a name or value that no head can hold, and for the fields that say how the message is framed
   * or which protocol is spoken: core writes those
   */
  set(name: string, value: string): void
  /**
   * Takes out every field of this name.
   * @throws TypeError as `set` does
   */
  delete(name: string): void
}

/** Fields that say where a message ends, to whom it goes on and what the connection becomes. */
const wires = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** The fields of a head that was received, or a list of them, and what layers made of them. */
export class Fields implements HeaderFields {
  private readonly source: FieldSource
  private list: Field[] | undefined

  constructor(source: FieldSource | readonly Field[]) {
    if ('fields' in source) {
      this.source = source
    } else {
      this.list = [...source]
      this.source = noSource
    }
  }

  /** True if a layer has set or deleted something. */
  changed = false

  /** True for the fields of a head that was received. */
  get isReceived(): boolean {
    return this.source !== noSource
  }

  get(name: string): string | undefined {
    const wanted = name.toLowerCase()
    if (this.list === undefined) return this.source.get(wanted)
    return this.list.find(([each]) => each.toLowerCase() === wanted)?.[1]
  }

  set(name: string, value: string): void {
    check(name)
    if (!isToken(name)) throw new TypeError(`${JSON.stringify(name)} is no field name`)
    if (typeof value !== 'string' || !isFieldValue(value))
      throw new TypeError(`the value of ${name} has a character that no field can hold`)
    const wanted = name.toLowerCase()
    const before = [...this]
    const at = before.findIndex(([each]) => each.toLowerCase() === wanted)
    const list = before.filter(([each], index) => index === at || each.toLowerCase() !== wanted)
    if (at < 0) list.push([name, value])
    else list[at] = [name, value]
    this.list = list
    this.changed = true
  }

  delete(name: string): void {
    check(name)
    const wanted = name.toLowerCase()
    const before = [...this]
    const list = before.filter(([each]) => each.toLowerCase() !== wanted)
    if (list.length === before.length) return
    this.list = list
    this.changed = true
  }

  [Symbol.iterator](): Iterator<Field> {
    return (this.list ?? this.source.fields())[Symbol.iterator]()
  }
}

interface FieldSource {
  fields(): Iterable<Field>
  get(name: string): string | undefined
}

const noSource: FieldSource = { fields: () => [], get: () => undefined }

function check(name: string): void {
  if (wires.has(name.toLowerCase()))
    throw new TypeError(`${name} is not for a layer to change: core writes it`)
}

/** All but those of these names, which are in lower case. */
export function without(fields: Iterable<Field>, names: ReadonlySet<string>): Field[] {
  return [...fields].filter(([name]) => !names.has(name.toLowerCase()))
}
