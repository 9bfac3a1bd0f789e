import { badRequest } from '../engine-error.js'

/** The `filters` of a query: each name with the values that were given for it. */
export class Filters {
  readonly #values: ReadonlyMap<string, readonly string[]>

  constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values
  }

  get isEmpty(): boolean {
    return this.#values.size === 0
  }

  get(name: string): readonly string[] {
    return this.#values.get(name) ?? []
  }

  /** True where nothing was given for the name, or one of what was given fits. */
  some(name: string, fits: (value: string) => boolean): boolean {
    const values = this.#values.get(name)
    return values === undefined || values.some(fits)
  }

  /** True unless something was given for the name that does not fit. */
  every(name: string, fits: (value: string) => boolean): boolean {
    return this.get(name).every(fits)
  }

  /** `label`: every one must be there, by its key or with its value; `label!`: none. */
  labels(labels: Readonly<Record<string, string>> | null): boolean {
    const has = (wanted: string) => {
      const [key = '', ...value] = wanted.split('=')
      const own = labels && Object.hasOwn(labels, key) ? labels[key] : undefined
      return own !== undefined && (value.length === 0 || own === value.join('='))
    }
    return this.every('label', has) && this.every('label!', (wanted) => !has(wanted))
  }

  /** The one truth value of that name. */
  flag(name: string): boolean | undefined {
    const [value] = this.get(name)
    if (value === undefined) return undefined
    if (['1', 'true', 'True', 'TRUE', 't', 'T'].includes(value)) return true
    if (['0', 'false', 'False', 'FALSE', 'f', 'F'].includes(value)) return false
    throw badRequest(`the filter ${name}=${value} is invalid: it takes true or false`)
  }
}

/** Reads `{"name": ["value"]}`, or the older `{"name": {"value": true}}`. @throws 400 */
export function parseFilters(json: string | undefined, accepted: readonly string[]): Filters {
  const values = new Map<string, readonly string[]>()
  for (const [name, given] of Object.entries(parsed(json))) {
    if (!accepted.includes(name))
      throw badRequest(`the filter ${name} is invalid here: there are ${accepted.join(', ')}`)
    const list: unknown[] = Array.isArray(given) ? given : Object.keys((given ?? {}) as object)
    if (list.length > 0) values.set(name, list.map(String))
  }
  return new Filters(values)
}

/** As the engine matches names: equal, or found by the value as a regular expression. */
export function fitsPattern(name: string, pattern: string): boolean {
  if (name === pattern) return true
  try {
    return new RegExp(pattern).test(name)
  } catch {
    return false
  }
}

function parsed(json: string | undefined): object {
  if (json === undefined || json === '') return {}
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // Said below.
  }
  throw badRequest('the filters are invalid: they are a JSON object of names, each with a list of values')
}
