import type { Passed } from '@intermediate/core'

/** Pieces of a body that comes a few bytes at a time are put together, or they would take far more memory than it. */
const maxPieces = 64

const objectOrList = /^[\t\n\r ]*(?:[[{]|$)/

/** Gathers a body that is JSON, up to a limit. What begins like something else, as an archive does, is not kept. */
export class JsonBody {
  readonly limit: number
  private readonly give: (text: string) => void
  private readonly leaveOut: () => void
  private pieces: Buffer[] = []
  private isJson = true

  /**
   * @param give is given what may be JSON, as text
   * @param leaveOut is told of a body that it is not given
   */
  constructor(limit: number, give: (text: string) => void, leaveOut = () => {}) {
    this.limit = limit
    this.give = give
    this.leaveOut = leaveOut
  }

  data(bytes: Buffer): void {
    if (this.pieces.length === 0 && !objectOrList.test(bytes.toString('latin1', 0, 64))) this.isJson = false
    if (!this.isJson) return
    this.pieces.push(bytes)
    if (this.pieces.length === maxPieces) this.pieces = [Buffer.concat(this.pieces)]
  }

  end({ bytes, whole }: Passed): void {
    const { pieces } = this
    this.pieces = []
    if (bytes === 0) return
    if (whole && this.isJson && bytes <= this.limit) this.give(Buffer.concat(pieces).toString())
    else this.leaveOut()
  }
}
