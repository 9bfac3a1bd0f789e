import type { Passed } from '@intermediate/core'
import { parsed } from './json-values.js'

const objectOrList = /^[\t\n\r ]*(?:[[{]|$)/

/** Gathers a body that is JSON, up to a limit. What begins like something else, as an archive does, is not kept. */
export class JsonBody {
  readonly limit: number
  private readonly give: (value: unknown, bytes: number) => void
  private pieces: Buffer[] = []
  private isJson = true

  constructor(limit: number, give: (value: unknown, bytes: number) => void) {
    this.limit = limit
    this.give = give
  }

  data(bytes: Buffer): void {
    if (this.pieces.length === 0 && !objectOrList.test(bytes.toString('latin1', 0, 64))) this.isJson = false
    if (this.isJson) this.pieces.push(bytes)
  }

  end({ bytes, whole }: Passed): void {
    const { pieces } = this
    this.pieces = []
    if (!whole || !this.isJson || bytes === 0 || bytes > this.limit) return
    const value = parsed(Buffer.concat(pieces))
    if (value !== undefined) this.give(value, bytes)
  }
}
