import type { BodyInit } from '../body.js'
import { Fields } from '../fields.js'
import type { Field } from '../wire/head.js'
import type { Tap } from '../wire/tap.js'
import { BodyReply } from './body-reply.js'
import { noTunnel } from './tunnel-reply.js'

/** A reply that was made here. */
export class OwnReply extends BodyReply {
  readonly tunnel = undefined
  readonly upstream = undefined
  /** The name of the layer that made it; undefined: core. */
  by: string | undefined

  /** What it says in Docker's error form; undefined: it says something else. */
  get message(): string | undefined {
    const { message } = (this.content.ownJson ?? {}) as { message?: unknown }
    return typeof message === 'string' ? message : undefined
  }

  /** The same with another message. */
  saying(message: string): OwnReply {
    const reply = new OwnReply(this.status, [...this.headers], {
      ...(this.content.ownJson as object),
      message,
    })
    reply.by = this.by
    return reply
  }

  constructor(status: number, fields: readonly Field[], body: BodyInit | undefined) {
    super(status, new Fields(fields), {}, body ?? '')
  }

  get answeredBy(): string | undefined {
    return this.by
  }

  tap(output: Tap): void {
    // It has a body from the beginning.
    this.content.tap(output, () => {})
  }

  withTunnel(): never {
    throw new TypeError(noTunnel)
  }
}

/** A reply that core itself makes of a status and a sentence, in Docker's error form. */
export function errorReply(status: number, message: string): OwnReply {
  return new OwnReply(
    status,
    [['Content-Type', 'application/json']],
    Buffer.from(`${JSON.stringify({ message })}\n`),
  )
}
