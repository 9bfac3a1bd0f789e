import { badRequest } from '../engine-error.js'

/** A range of IPv4 addresses. */
export class Subnet {
  readonly text: string
  readonly #base: number
  readonly prefix: number

  /** @throws 400 for what is no subnet */
  constructor(text: string) {
    const [, address = '', prefix = ''] = /^([\d.]+)\/(\d+)$/.exec(text) ?? []
    const base = numberOf(address)
    this.prefix = Number(prefix)
    if (base === undefined || prefix === '' || this.prefix > 30)
      throw badRequest(`invalid subnet ${text}: write it as 10.1.0.0/16`)
    this.text = text
    this.#base = base - (base % this.size)
  }

  get size(): number {
    return 2 ** (32 - this.prefix)
  }

  address(index: number): string {
    const number = this.#base + index
    return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')
  }

  has(address: string): boolean {
    const number = numberOf(address)
    return number !== undefined && number >= this.#base && number < this.#base + this.size
  }

  overlaps(other: Subnet): boolean {
    return this.has(other.address(0)) || other.has(this.address(0))
  }

  /** The first address for a host that is not taken. @throws 400 when none is left */
  free(taken: ReadonlySet<string>): string {
    for (let index = 1; index < this.size - 1; index++) {
      const address = this.address(index)
      if (!taken.has(address)) return address
    }
    throw badRequest(`no address is left in ${this.text}`)
  }
}

/** The address that the engine makes of an IPv4 address. */
export function macOf(address: string): string {
  const bytes = [0x02, 0x42, ...address.split('.').map(Number)]
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':')
}

function numberOf(address: string): number | undefined {
  const bytes = address.split('.').map(Number)
  if (bytes.length !== 4 || bytes.some((byte) => !(byte >= 0 && byte <= 255))) return undefined
  return bytes.reduce((number, byte) => number * 256 + byte, 0)
}
