import type { Item } from './ask.js'

/** Says what the value of a field asks for. */
export interface Reader {
  (value: unknown, field: string): readonly Item[]
  /** Of a struct: its fields. */
  readonly fields?: Fields
  /** Of a list or map: what reads each item. */
  readonly each?: Reader
  /** It decides about all that is in the value. */
  readonly whole?: true
}

export interface Fields {
  readonly [name: string]: Reader
}

/** A field with which a container is as ordinary as without, whatever its value. */
export const harmless: Reader = Object.assign(() => [], { whole: true } as const)

/**
 * An object of which each field has its reader. What is left out, null or empty asks for nothing, as in the engine. A
 * field that the table does not have is asked for as `unknown`, unless the struct is open.
 * @param more reads the object as a whole, after its fields
 */
export function struct(fields: Fields, { more, open = false }: StructOptions = {}): Reader {
  const read: Reader = (value, field) => {
    if (value === undefined || value === null) return []
    if (!isObject(value)) return [unreadable(field)]
    const items = Object.entries(value).flatMap(([name, inner]) => {
      const place = field === '' ? name : `${field}.${name}`
      if (Object.hasOwn(fields, name)) return fields[name]!(inner, place)
      return open || isEmpty(inner) ? [] : [unknown(place)]
    })
    return more === undefined ? items : [...items, ...more(value, field)]
  }
  return Object.assign(read, { fields })
}

export interface StructOptions {
  readonly more?: (value: Readonly<Record<string, unknown>>, field: string) => readonly Item[]
  /** Fields that the table does not have are harmless. Default false */
  readonly open?: boolean
}

/**
 * A list of which each item is read. An item of null is nothing that can be left out: engines fail on one where they hold
 * pointers (ulimits, limits of devices), and keep the container locked (tried on 20.10 and 26.1).
 */
export function list(each: Reader): Reader {
  const read: Reader = (value, field) => {
    if (value === undefined || value === null) return []
    if (!Array.isArray(value)) return [unreadable(field)]
    return value.flatMap((item: unknown) => (item === null ? [unreadable(field)] : each(item, field)))
  }
  return Object.assign(read, { each })
}

/** An object whose keys are the user's, with what reads each of its values. */
export function map(each: Reader): Reader {
  const read: Reader = (value, field) => {
    if (value === undefined || value === null) return []
    if (!isObject(value)) return [unreadable(field)]
    return Object.values(value).flatMap((item) => each(item, field))
  }
  return Object.assign(read, { each })
}

/** A boolean that asks for something when it is true. */
export function flag(asked: (field: string) => readonly Item[]): Reader {
  return (value, field) => {
    if (value === undefined || value === null || value === false) return []
    return value === true ? asked(field) : [unreadable(field)]
  }
}

/** A text that asks for something unless it is empty. */
export function text(asked: (value: string, field: string) => readonly Item[]): Reader {
  return (value, field) => {
    if (value === undefined || value === null || value === '') return []
    return typeof value === 'string' ? asked(value, field) : [unreadable(field)]
  }
}

/** A list of texts, or one text, as Go's strslice takes both. */
export function texts(asked: (value: string, field: string) => readonly Item[]): Reader {
  const each: Reader = (value, field) =>
    typeof value === 'string' ? asked(value, field) : [unreadable(field)]
  const many = list(each)
  return (value, field) => (typeof value === 'string' ? each(value, field) : many(value, field))
}

/** An object of texts, each pair of which asks for something. */
export function pairs(asked: (name: string, value: string, field: string) => readonly Item[]): Reader {
  const read: Reader = (value, field) => {
    if (value === undefined || value === null) return []
    if (!isObject(value)) return [unreadable(field)]
    return Object.entries(value).flatMap(([name, inner]) =>
      typeof inner === 'string' || inner === null ? asked(name, inner ?? '', field) : [unreadable(field)],
    )
  }
  return Object.assign(read, { whole: true } as const)
}

/** Anything but an empty value asks for something. */
export function anything(asked: (field: string) => readonly Item[]): Reader {
  const read: Reader = (value, field) => (isEmpty(value) ? [] : asked(field))
  return Object.assign(read, { whole: true } as const)
}

export function unreadable(field: string): Item {
  return { topic: 'unreadable', name: '', what: `the value of ${field || 'the body'}` }
}

function unknown(field: string): Item {
  return { topic: 'unknown', name: '', what: `the field ${field}, which no rule here knows,` }
}

/** True for what the engine takes for nothing: absent, null, false, 0, '', and lists and objects of only that. */
export function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return !value
  return Object.values(value).every(isEmpty)
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
