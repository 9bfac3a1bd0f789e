import type { Bench } from '../bench.js'
import type { Started } from '../started.js'
import type { Tool } from '../tools.js'

/** A program that is compared. */
export interface Proxy {
  /** Its column in the table. */
  readonly name: string
  /** For --without. */
  readonly option: string
  readonly needs: readonly Tool[]
  /** It can listen with TLS here. */
  readonly speaksTls: boolean
  /** Starts it, listening on this port, in front of the origin on the other; it need not listen yet. */
  start(bench: Bench, way: Way): Promise<Started>
}

export interface Way {
  readonly listen: number
  readonly upstream: number
  /** It listens with TLS, with these files. */
  readonly tls?: Certificate
}

export interface Certificate {
  readonly cert: string
  readonly key: string
  /** Both in one file. */
  readonly both: string
}
