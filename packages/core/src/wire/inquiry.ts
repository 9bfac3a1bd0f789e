import type { Asker, IncomingReply, Link } from './link.js'

/** Whoever keeps count of the inquiries of a call. */
export interface InquiryOwner {
  /** A link is good for no other request. */
  onUseless(link: Link): void
  /** The whole reply was read, or nothing more comes of it. */
  onInquiryOver(inquiry: Inquiry): void
}

/**
 * A request that is made here while a client waits, and its reply, which is for whoever asked and not for the client. It
 * goes on a link of the client's own, and never becomes a tunnel.
 */
export class Inquiry implements Asker {
  readonly method: string
  readonly upgrade = false
  readonly last = false
  readonly mayTunnel = false
  sentWhole = false
  readonly reply: Promise<IncomingReply>
  readonly link: Link
  /** Why nobody waits for it any more, if its call is over. */
  overBy: Error | undefined
  private readonly owner: InquiryOwner
  private resolve!: (reply: IncomingReply) => void
  private reject!: (error: Error) => void

  constructor(method: string, link: Link, owner: InquiryOwner) {
    this.method = method
    this.link = link
    this.owner = owner
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
    if (!this.sentWhole) this.owner.onUseless(this.link)
    this.owner.onInquiryOver(this)
  }

  /** The call that it is made for is over. */
  end(error: Error): void {
    this.overBy = error
    this.onLost(error)
  }

  /** Nothing comes of it any more. */
  onLost(error: Error): void {
    this.owner.onInquiryOver(this)
    this.reject(error)
  }

  /** Nobody wants the rest of the reply. */
  discard(): void {
    if (!this.isOpen) return
    this.owner.onUseless(this.link)
    this.owner.onInquiryOver(this)
  }
}
