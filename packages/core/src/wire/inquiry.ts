import type { Asker, IncomingReply, Link } from './link.js'

/**
 * A request that is made here while a client waits, and its reply, which is for whoever asked and not for the client. It
 * goes on a link of the client's own, and never becomes a tunnel.
 */
export class Inquiry implements Asker {
  readonly method: string
  readonly upgrade = false
  readonly mayTunnel = false
  sentWhole = false
  readonly reply: Promise<IncomingReply>
  readonly link: Link
  private readonly drop: (link: Link) => void
  private resolve!: (reply: IncomingReply) => void
  private reject!: (error: Error) => void

  /** @param drop is called for a link that is good for no other request */
  constructor(method: string, link: Link, drop: (link: Link) => void) {
    this.method = method
    this.link = link
    this.drop = drop
    this.reply = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
  }

  /** True until the whole reply was read. */
  get isOpen(): boolean {
    return this.link.asker === this
  }

  onSurplus(): void {}

  onInformation(): void {}

  onReply(reply: IncomingReply): void {
    this.resolve(reply)
  }

  /** A link on which the request is still being sent is good for no other. */
  onReplyEnd(): void {
    if (!this.sentWhole) this.drop(this.link)
  }

  /** Nothing comes of it any more. */
  onLost(error: Error): void {
    this.reject(error)
  }
}
