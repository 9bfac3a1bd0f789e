import { Head } from './head.js'
import { Http2Preface, Malformed } from './malformed.js'
import { CR, SLASH, SPACE, TARGET, TOKEN } from './octets.js'

/** The head of a request. */
export class RequestHead extends Head {
  method = ''
  /** The request target in origin form, as it came. */
  target = ''
  /** The value of the Host field; undefined where there is none (HTTP/1.0 only). */
  host: string | undefined
  /** True if an Upgrade field asks for another protocol. */
  upgrade = false
  /** True if the client waits for `100 Continue` before it sends the body. */
  expectContinue = false
  /** True if there is an Origin field: a browser made the request for a page. */
  origin = false
  /** The value of Sec-Fetch-Site. */
  fetchSite: string | undefined
  private targetStart = 0
  private versionStart = 0

  protected override readStartLine(limit: number): number {
    const { buffer, start } = this
    if (this.targetStart === 0) {
      const at = this.skip(TOKEN, start, limit)
      if (at === limit) return 0
      if (at === start || buffer[at] !== SPACE) throw new Malformed('has an invalid method')
      this.targetStart = at + 1
    }
    if (this.versionStart === 0) {
      const at = this.skip(TARGET, this.targetStart, limit)
      if (at === limit) return 0
      if (buffer[at] !== SPACE) throw new Malformed('has an invalid request line')
      this.versionStart = at + 1
    }
    const { targetStart, versionStart } = this
    const at = this.skip(TARGET, versionStart, limit)
    if (at === limit) return 0
    this.method = this.readMethod(targetStart - 1)
    this.target = this.text(targetStart, versionStart - 1)
    if (this.method === 'PRI' && this.text(versionStart, at) === 'HTTP/2.0') throw new Http2Preface()
    if (buffer[targetStart] !== SLASH) throw new Malformed('has a target that is not in origin form (a path)')
    // It makes a tunnel of the connection for whoever knows it, and is a method like any other for the engine.
    if (this.method === 'CONNECT') throw new Malformed('has the method CONNECT')
    this.readVersion(versionStart, at)
    if (buffer[at] !== CR) throw new Malformed('has an invalid request line')
    return this.endLine(at, limit)
  }

  /** Most are one of two, and making a string of octets costs more than comparing them. */
  private readMethod(end: number): string {
    const { start } = this
    if (end - start === 3 && this.isAt(start, 'GET')) return 'GET'
    if (end - start === 4 && this.isAt(start, 'POST')) return 'POST'
    return this.text(start, end)
  }

  protected override noteField(nameAt: number, nameLength: number, from: number, to: number): void {
    switch (nameLength) {
      case 4:
        if (this.isNamed(nameAt, 'host')) {
          if (this.host !== undefined) throw new Malformed('has more than one Host')
          this.host = this.text(from, to)
        }
        return
      case 6:
        if (this.isNamed(nameAt, 'origin')) this.origin = true
        else if (this.isNamed(nameAt, 'expect'))
          this.expectContinue = this.text(from, to).toLowerCase() === '100-continue'
        return
      case 7:
        if (this.isNamed(nameAt, 'upgrade')) this.upgrade = true
        return
      case 14:
        if (this.isNamed(nameAt, 'sec-fetch-site')) this.fetchSite = this.text(from, to)
        else this.noteCommonField(nameAt, nameLength, from, to)
        return
      default:
        this.noteCommonField(nameAt, nameLength, from, to)
    }
  }

  protected override checkComplete(): void {
    super.checkComplete()
    if (this.host === undefined && this.minor === 1) throw new Malformed('has no Host')
  }
}
