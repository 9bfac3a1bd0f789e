import type { Started } from '../started.js'

/** What answers in the end. */
export interface Origin {
  readonly port: number
  readonly process: Started
}
