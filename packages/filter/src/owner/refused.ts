import type { Reply } from '@intermediate/core'
import { reply } from '@intermediate/core'
import { mostNamed, tooManyNamed } from '../most-named.js'

/** Thrown by a rule: the call is not forwarded, its client gets this. */
export class Refused extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }

  /** In Docker's form of errors. */
  get reply(): Reply {
    return reply(this.status, { message: this.message })
  }
}

/** @throws Refused 400 where a call names more things than are asked about, which is one after the other */
export function checkCount(named: readonly unknown[]): void {
  if (named.length > mostNamed) throw new Refused(400, tooManyNamed)
}

/** A name that the engine has once, for whoever came first. */
export function taken(kind: 'image' | 'volume', name: string): Refused {
  return new Refused(409, `Conflict. The ${kind} name "${name}" is already in use: choose another one.`)
}
