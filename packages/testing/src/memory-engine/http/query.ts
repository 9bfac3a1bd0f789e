import { badRequest } from '../engine-error.js'

/** The values after the question mark; of several with one name the first counts, as in Go. */
export class Query {
  readonly #values: URLSearchParams

  constructor(search: string) {
    this.#values = new URLSearchParams(search)
  }

  /** Undefined where it is absent or empty: the engine makes no difference. */
  text(name: string): string | undefined {
    return this.#values.get(name) || undefined
  }

  all(name: string): string[] {
    return this.#values.getAll(name)
  }

  /** False for what is absent, `0`, `no`, `false` and `none`. */
  flag(name: string, absent = false): boolean {
    const value = this.text(name)
    return value === undefined ? absent : !['0', 'no', 'false', 'none'].includes(value.toLowerCase().trim())
  }

  /** @throws 400 for what is no whole number */
  number(name: string): number | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    if (!/^[-+]?\d+$/.test(value)) throw badRequest(`${name}=${value} is invalid: it takes a whole number`)
    return Number(value)
  }

  toObject(): Record<string, string> {
    const values: Record<string, string> = {}
    for (const [name, value] of this.#values) values[name] ??= value
    return values
  }
}
