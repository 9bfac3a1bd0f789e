import type { Call, OtherUpstream, Reply } from '@intermediate/core'
import { IntermediateError } from '@intermediate/core'
import { briefly } from '../in-time.js'
import { isHarmless } from '../repeatable.js'
import { isUnreachable } from '../unreachable.js'

/** What is asked of an engine, and what is made of its answer. */
export interface Question<T> {
  readonly ask: (upstream: OtherUpstream) => Promise<Reply>
  readonly hear: (reply: Reply) => T | Promise<T>
}

/** One of several engines that are seen as one, and whether it could be reached when it was last asked. */
export class Member {
  readonly name: string
  /** Is told in a line what becomes of the engine. */
  readonly say: (line: string) => void
  isDown = false
  /** The newest version of the API that it speaks, as it said last. */
  apiVersion: string | undefined
  private readonly upstream: OtherUpstream
  /** In ms, how long it may take to answer what all are asked. */
  private readonly patience: number

  constructor(name: string, upstream: OtherUpstream, patience: number, say: (line: string) => void) {
    this.name = name
    this.upstream = upstream
    this.patience = patience
    this.say = say
  }

  /** What it answers the client, whose connection lasts when one of several engines is lost. */
  async send(call: Call): Promise<Reply> {
    try {
      // One that takes calls and answers none would keep this one for ever.
      if (this.isDown) await this.ask(call, ping(call))
      return await this.noting(call, () => this.upstream.send(call))
    } catch (error) {
      if (!isUnreachable(error)) throw error
      // Without its cause, by which core ends the connection of a client that has one engine only.
      throw new IntermediateError(error.code, error.status, error.message)
    }
  }

  /**
   * What it answers us, and what is made of that.
   * @throws IntermediateError 502 where it does not in time
   */
  async ask<T>(call: Call, question: Question<T>): Promise<T> {
    return this.askWithin(this.isDown ? Math.min(briefly, this.patience) : this.patience, call, question)
  }

  /** The same for what the engine has at hand. */
  async askBriefly<T>(call: Call, question: Question<T>): Promise<T> {
    return this.askWithin(Math.min(briefly, this.patience), call, question)
  }

  /** The same however long it takes, from an engine that answers a ping in time. */
  async askPatiently<T>(call: Call, question: Question<T>): Promise<T> {
    await this.ask(call, ping(call))
    return this.noting(call, async () => this.heard(call, await question.ask(this.upstream), question))
  }

  private async askWithin<T>(limit: number, call: Call, question: Question<T>): Promise<T> {
    return this.noting(call, async () => {
      let timer: NodeJS.Timeout | undefined
      let isLate = false
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          isLate = true
          reject(
            lost(
              `${call.method} ${call.path}: the engine ${this.name} did not answer within ${limit / 1000} s.`,
            ),
          )
        }, limit)
      })
      const answer = question.ask(this.upstream).then((reply) => {
        if (!isLate) return this.heard(call, reply, question)
        reply.body.on('error', () => {}).destroy()
        return late
      })
      try {
        return await Promise.race([answer, late])
      } finally {
        clearTimeout(timer)
      }
    })
  }

  /** What is lost of an answer while it is read counts as one that did not come. */
  private async heard<T>(call: Call, reply: Reply, { hear }: Question<T>): Promise<T> {
    try {
      return await hear(reply)
    } catch (error) {
      if (call.signal.aborted || error instanceof IntermediateError) throw error
      throw lost(
        `${call.method} ${call.path}: the answer of the engine ${this.name} was lost before its end.`,
        error,
      )
    }
  }

  private async noting<T>(call: Call, work: () => Promise<T>): Promise<T> {
    try {
      const answer = await this.again(call, work)
      if (this.isDown) this.say(`engine ${this.name} answers again`)
      this.isDown = false
      return answer
    } catch (error) {
      if (isUnreachable(error)) {
        if (!this.isDown) this.say(`engine ${this.name} is down: ${error.message}`)
        this.isDown = true
      }
      throw error
    }
  }

  /** Twice where that does no harm and it was not just late: a connection that was idle may be lost just then. */
  private async again<T>(call: Call, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      const isLost = isUnreachable(error) && error.cause !== undefined
      if (!isLost || this.isDown || !isHarmless(call)) throw error
      return work()
    }
  }
}

function ping(call: Call): Question<Reply> {
  return { ask: (upstream) => upstream.ask(call, 'HEAD /_ping') as Promise<Reply>, hear: (reply) => reply }
}

function lost(message: string, cause?: unknown): IntermediateError {
  return new IntermediateError('ERR_UPSTREAM_UNREACHABLE', 502, message, { cause })
}
