import { Inquiry } from './inquiry.js'
import type { InquiryOwner } from './inquiry.js'
import type { IncomingReply, Link } from './link.js'
import type { Outgoing } from './outgoing.js'
import { BodyLost, sendMade } from './outgoing.js'

/** The requests of our own that are made for one call. They belong to it: none of them outlives it. */
export class Inquiries implements InquiryOwner {
  private readonly open = new Set<Inquiry>()
  private readonly forget: (link: Link) => void
  private clientLeft = false

  /** @param forget closes a link that is good for no other request */
  constructor(forget: (link: Link) => void) {
    this.forget = forget
  }

  /** True while there are some to which the reply is not whole. */
  get isOpen(): boolean {
    return this.open.size > 0
  }

  /** Sends a request on a link that is free, and gives the reply. */
  send(link: Link, request: Outgoing): Promise<IncomingReply> {
    const inquiry = new Inquiry(request.method, link, this)
    this.open.add(inquiry)
    link.begin(inquiry)
    sendMade(link, request, (error) => {
      if (!inquiry.isOpen) return
      if (error !== undefined) {
        this.forget(link)
        inquiry.onLost(new BodyLost(error.message, { cause: error }))
        return
      }
      inquiry.sentWhole = true
      if (this.clientLeft) link.socket.end()
    })
    return inquiry.reply
  }

  /** The client's FIN goes on behind each request. */
  onClientLeft(): void {
    this.clientLeft = true
    for (const { isOpen, sentWhole, link } of this.open) if (isOpen && sentWhole) link.socket.end()
  }

  /** The call is over, and nothing comes of what is still open. */
  end(error: Error): void {
    for (const inquiry of this.open) {
      if (inquiry.isOpen) this.forget(inquiry.link)
      inquiry.end(error)
    }
  }

  onUseless(link: Link): void {
    this.forget(link)
  }

  onInquiryOver(inquiry: Inquiry): void {
    this.open.delete(inquiry)
  }
}
