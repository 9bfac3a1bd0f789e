import { badRequest } from '../engine-error.js'

/** How one field of a body is read, and what it is where it is not there. */
export interface Kind<T> {
  readonly zero: T
  read(value: unknown, where: string): T
}

export type Value<K> = K extends Kind<infer T> ? T : never

type Shape = Readonly<Record<string, Kind<unknown>>>
type Fields<S extends Shape> = { -readonly [K in keyof S]: Value<S[K]> }

/**
 * An object's fields, as Go reads them: their names match in any case, null is the same as absent, what is unknown is
 * left out, and a value of another type is refused.
 */
export function fields<const S extends Shape>(shape: S): Kind<Fields<S>> & { readonly shape: S } {
  const names = new Map(Object.keys(shape).map((name) => [folded(name), name]))
  const zero = () =>
    Object.fromEntries(Object.entries(shape).map(([name, kind]) => [name, kind.zero])) as Fields<S>
  return {
    shape,
    get zero() {
      return zero()
    },
    read(value, where) {
      const result: Record<string, unknown> = zero()
      for (const [key, given] of Object.entries(plainObject(value, where))) {
        const name = names.get(folded(key))
        const kind = name === undefined ? undefined : shape[name]
        if (name !== undefined && kind && given !== null) result[name] = kind.read(given, joined(where, name))
      }
      return result as Fields<S>
    },
  }
}

/** The same, but null where the field is absent. */
export function optional<T>(kind: Kind<T>): Kind<T | null> {
  return { zero: null, read: (value, where) => kind.read(value, where) }
}

export const text: Kind<string> = scalar('', 'a string', (value) => typeof value === 'string')
export const flag: Kind<boolean> = scalar(false, 'true or false', (value) => typeof value === 'boolean')
export const whole: Kind<number> = scalar(0, 'a whole number', (value) => Number.isInteger(value))

/** Kept as it came. */
export const anything: Kind<unknown> = { zero: null, read: (value) => value }

/** A list, or null where there is none. */
export function list<T>(kind: Kind<T>): Kind<T[] | null> {
  return {
    zero: null,
    read: (value, where) => {
      if (!Array.isArray(value)) throw wrongType(where, 'a list')
      return value.map((item: unknown, index) => kind.read(item ?? kind.zero, `${where}[${index}]`))
    },
  }
}

/** An object whose keys belong to the user, or null where there is none. */
export function map<T>(kind: Kind<T>): Kind<Record<string, T> | null> {
  return {
    zero: null,
    read: (value, where) => {
      const entries = Object.entries(plainObject(value, where))
      return Object.fromEntries(
        entries.map(([key, item]) => [key, kind.read(item ?? kind.zero, joined(where, key))]),
      )
    },
  }
}

/** A list of strings, for which one string may stand alone. */
export const words: Kind<string[] | null> = {
  zero: null,
  read: (value, where) => (typeof value === 'string' ? [value] : texts.read(value, where)),
}

const texts = list(text)

function scalar<T>(zero: T, what: string, fits: (value: unknown) => boolean): Kind<T> {
  return {
    zero,
    read: (value, where) => {
      if (!fits(value)) throw wrongType(where, what)
      return value as T
    },
  }
}

function plainObject(value: unknown, where: string): object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw wrongType(where, 'an object')
}

function wrongType(where: string, what: string) {
  return badRequest(`the body cannot be used: ${where || 'it'} must be ${what}`)
}

/** As Go compares names: K stands for the kelvin sign too, and s for the long ſ. */
function folded(name: string): string {
  return name.toUpperCase().toLowerCase()
}

function joined(where: string, name: string): string {
  return where === '' ? name : `${where}.${name}`
}
