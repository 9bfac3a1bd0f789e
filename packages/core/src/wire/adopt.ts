import type { OnReadOpts } from 'node:net'
import { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/** What Node's sockets keep inside, since they have been there. */
interface Inside {
  _handle: { readonly useUserBuffer?: unknown } | null
}

/**
 * Has an accepted connection, of which nothing was read yet, read into memory of our own. Node can do that for the
 * connections that it opens; one that it has accepted changes to a new socket for that. With TLS, or if Node should look
 * different inside one day, it stays what it is and reads into new memory.
 */
export function adopt(accepted: Socket, onread: OnReadOpts): Socket {
  const inside = accepted as unknown as Inside
  const handle = inside._handle
  if (accepted instanceof TLSSocket || typeof handle?.useUserBuffer !== 'function') return accepted
  inside._handle = null
  accepted.destroy()
  const options = { handle, onread, allowHalfOpen: true, pauseOnCreate: true }
  return new Socket(options)
}
