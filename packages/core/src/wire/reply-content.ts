import { Content } from './content.js'
import { Inquiry } from './inquiry.js'
import type { IncomingReply } from './link.js'
import { isBodiless, isHere } from './link.js'

/** In bytes, what is read of a reply to an inquiry before anybody wants it. */
const aheadBytes = 64 * 1024

/**
 * What gives the content of a reply, once.
 *
 * That of a reply to the client is not read before somebody wants it. That of a reply to an inquiry is, up to 64 KiB: so
 * one that nobody wants leaves its connection to the next, if it is no longer. Of a longer one the rest waits at its
 * connection, which is closed when what is returned here is collected as garbage: then nobody can want it.
 * @param lost makes the error of a content that was lost with its connection; it must not keep what is returned
 */
export function replyContent(incoming: IncomingReply, lost: () => Error): () => Content {
  if (!(incoming.asker instanceof Inquiry)) return () => contentOf(incoming, lost)
  const content = contentOf(incoming, lost, aheadBytes)
  const take = () => {
    unread.unregister(content)
    return content
  }
  unread.register(take, content, content)
  content.read(0)
  return take
}

/** What was read ahead, by what takes it. */
const unread = new FinalizationRegistry<Content>((content) => content.destroy())

function contentOf(incoming: IncomingReply, lost: () => Error, ahead?: number): Content {
  const { link, head, asker } = incoming
  const inquiry = asker instanceof Inquiry ? asker : undefined
  const lose = () => content.lose(inquiry?.overBy ?? lost())
  const forget = () => link.socket.off('close', lose)
  const begin = () => {
    if (isHere(incoming)) return true
    lose()
    return false
  }
  const content = new Content(link.reader, {
    begin,
    onWhole: () => {
      forget()
      if (inquiry !== undefined) unread.unregister(content)
    },
    ...(!isBodiless(asker, head) && { announced: head.contentLength }),
    ...(ahead !== undefined && { ahead }),
  })
  link.socket.on('close', lose)
  content.on('close', () => {
    forget()
    if (!content.isWhole) inquiry?.discard()
  })
  return content
}
