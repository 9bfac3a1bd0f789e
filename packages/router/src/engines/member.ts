import type { Call, OtherUpstream, Reply } from '@intermediate/core'
import { IntermediateError } from '@intermediate/core'
import { isUnreachable } from '../unreachable.js'

/** One of several engines that are seen as one, and whether it could be reached when it was last asked. */
export class Member {
  readonly name: string
  readonly upstream: OtherUpstream
  isDown = false
  private readonly say: (line: string) => void

  /** @param say is told when the engine goes and when it is back */
  constructor(name: string, upstream: OtherUpstream, say: (line: string) => void) {
    this.name = name
    this.upstream = upstream
    this.say = say
  }

  /** What it answers the client. */
  async send(call: Call): Promise<Reply> {
    return this.noting(() => this.upstream.send(call))
  }

  /**
   * What it answers us. A connection that was idle may be lost just then, so it is asked again once where that does no
   * harm.
   * @param limit in ms, for the head of the answer
   */
  async ask(call: Call, ask: (upstream: OtherUpstream) => Promise<Reply>, limit?: number): Promise<Reply> {
    const isRepeatable = call.method === 'GET' || call.method === 'HEAD'
    return this.noting(async () => {
      try {
        return await this.within(ask(this.upstream), call, limit)
      } catch (error) {
        if (!isRepeatable || !isUnreachable(error) || this.isDown) throw error
        return this.within(ask(this.upstream), call, limit)
      }
    })
  }

  private async noting(work: () => Promise<Reply>): Promise<Reply> {
    try {
      const reply = await work()
      if (this.isDown) this.say(`engine ${this.name} answers again`)
      this.isDown = false
      return reply
    } catch (error) {
      if (isUnreachable(error)) {
        if (!this.isDown) this.say(`engine ${this.name} is down: ${error.message}`)
        this.isDown = true
      }
      throw error
    }
  }

  private async within(work: Promise<Reply>, call: Call, limit: number | undefined): Promise<Reply> {
    if (limit === undefined) return work
    let timer: NodeJS.Timeout | undefined
    let isLate = false
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        isLate = true
        const message = `${call.method} ${call.path}: the engine ${this.name} did not answer within ${limit / 1000} s.`
        reject(new IntermediateError('ERR_UPSTREAM_UNREACHABLE', 502, message))
      }, limit)
    })
    work.then(
      (reply) => void (isLate && reply.body.on('error', () => {}).destroy()),
      () => {},
    )
    try {
      return await Promise.race([work, late])
    } finally {
      clearTimeout(timer)
    }
  }
}
