import type { Call, OtherUpstream, Reply } from '@intermediate/core'
import { IntermediateError } from '@intermediate/core'
import { isHarmless } from '../repeatable.js'
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

  /** What it answers the client, whose connection lasts when one of several engines is lost. */
  async send(call: Call): Promise<Reply> {
    try {
      return await this.noting(call, () => this.upstream.send(call))
    } catch (error) {
      if (!isUnreachable(error)) throw error
      // Without its cause, by which core ends the connection of a client that has one engine only.
      throw new IntermediateError(error.code, error.status, error.message)
    }
  }

  /**
   * What it answers us.
   * @param limit in ms, for the head of the answer
   */
  async ask(call: Call, ask: (upstream: OtherUpstream) => Promise<Reply>, limit?: number): Promise<Reply> {
    return this.noting(call, () => this.within(ask(this.upstream), call, limit))
  }

  private async noting(call: Call, work: () => Promise<Reply>): Promise<Reply> {
    try {
      const reply = await this.again(call, work)
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

  /** Twice where that does no harm and it was not just late: a connection that was idle may be lost just then. */
  private async again(call: Call, work: () => Promise<Reply>): Promise<Reply> {
    try {
      return await work()
    } catch (error) {
      const isLost = isUnreachable(error) && error.cause !== undefined
      if (!isLost || this.isDown || !isHarmless(call)) throw error
      return work()
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
