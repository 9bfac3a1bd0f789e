import { Head } from './head.js'
import { Malformed } from './malformed.js'
import { classes, CR, DIGIT, SPACE, VALUE } from './octets.js'

/** The head of a reply. */
export class ReplyHead extends Head {
  status = 0

  protected override readStartLine(limit: number): number {
    const { buffer, start } = this
    if (limit - start < 14) return 0
    this.readVersion(start, start + 8)
    if (buffer[start + 8] !== SPACE) throw new Malformed('has an invalid status line')
    let status = 0
    for (let at = start + 9; at < start + 12; at++) {
      if (!(classes[buffer[at]!]! & DIGIT)) throw new Malformed('has an invalid status code')
      status = status * 10 + (buffer[at]! - 0x30)
    }
    if (status < 100) throw new Malformed('has an invalid status code')
    this.status = status
    const reasonStart = start + 12
    if (buffer[reasonStart] !== SPACE && buffer[reasonStart] !== CR)
      throw new Malformed('has an invalid status line')
    const at = this.skip(VALUE, reasonStart, limit)
    if (at === limit) return 0
    if (buffer[at] !== CR) throw new Malformed('has an invalid status line')
    return this.endLine(at, limit)
  }

  protected override noteField(nameAt: number, nameLength: number, from: number, to: number): void {
    this.noteCommonField(nameAt, nameLength, from, to)
  }
}
