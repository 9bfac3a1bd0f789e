import type { Socket } from 'node:net'
import { readRequest } from './http-message.js'
import type { Request } from './http-message.js'
import { RecordedSocket } from './recorded-socket.js'
import { DisconnectedError } from './waits.js'
import type { WaitOptions } from './waits.js'

/** The upstream's half of a connection. */
export class UpstreamConnection extends RecordedSocket {
  /** Counted from 0, in the order of accepting. */
  readonly index: number
  /** The requests that were read whole, by `request()` and `eachRequest()`. */
  readonly requests: Request[] = []

  constructor(index: number, socket: Socket, transport: Socket, deadline: number) {
    super(socket, transport, deadline)
    this.index = index
  }

  /** Reads exactly one request, with its body. */
  async request(options?: WaitOptions): Promise<Request> {
    const request = await readRequest(this, options)
    this.requests.push(request)
    return request
  }

  /** Request by request, until the client ends its side or leaves. No deadline. */
  async *eachRequest(): AsyncGenerator<Request, void, undefined> {
    try {
      for (;;) yield await this.request({ deadline: Infinity })
    } catch (error) {
      if (!(error instanceof DisconnectedError)) throw error
    }
  }
}
