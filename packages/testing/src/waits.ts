import { readable } from './readable-bytes.js'

/** What was waited for did not happen in time. The message shows what came instead. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError'
}

/** What was waited for can no longer happen: the peer finished writing, or the connection is closed. */
export class DisconnectedError extends Error {
  override readonly name = 'DisconnectedError'
}

export interface WaitOptions {
  /** Milliseconds until the wait fails; `Infinity` for never. @default the resource's own, which is 10 s by default */
  deadline?: number
}

/** What `look` gives until there is a value. */
export const notYet = Symbol('not yet')

export interface Wait<T> {
  /** Ends the sentence "waited 10 s for …". */
  what: string
  look: () => T | typeof notYet
  /** Why there can never be a value, once that is so. */
  hopeless: () => string | undefined
  /** What the error shows: what came instead. */
  instead: () => string
  deadline: number
}

/**
 * Waits on something that changes. Every promise settles, with the value or with an error that points at the
 * line that waited. One that nobody awaits is no unhandled rejection: a test may leave alone what it sends to a
 * peer that never reads.
 */
export class Waits {
  readonly #looks = new Set<() => void>()

  changed(): void {
    for (const look of [...this.#looks]) look()
  }

  start<T>({ what, look, hopeless, instead, deadline }: Wait<T>): Promise<T> {
    const frames = callerFrames()
    const promise = new Promise<T>((resolve, reject) => {
      const settle = (act: () => void) => {
        this.#looks.delete(lookAgain)
        clearTimeout(timer)
        act()
      }
      const fail = (error: Error) => settle(() => reject(pointingAt(frames, error)))
      const lookAgain = () => {
        try {
          const value = look()
          if (value !== notYet) return settle(() => resolve(value))
        } catch (error) {
          return settle(() => reject(error))
        }
        const reason = hopeless()
        if (reason !== undefined) fail(new DisconnectedError(`${reason} before ${what}; ${instead()}`))
      }
      const late = () => fail(new DeadlineError(`waited ${deadline / 1000} s for ${what}; ${instead()}`))
      const timer = Number.isFinite(deadline) ? setTimeout(late, deadline) : undefined
      this.#looks.add(lookAgain)
      lookAgain()
    })
    promise.catch(() => {})
    return promise
  }
}

/** Says which bytes came, for an error. */
export function account(bytes: Buffer): string {
  return bytes.length === 0 ? 'nothing was received' : `received ${bytes.length} bytes:\n${readable(bytes)}`
}

const home = new URL('.', import.meta.url).pathname

/** The stack without the frames of this package, so that a test runner shows the line of the test. */
function callerFrames(): string[] {
  const frames = (new Error().stack ?? '').split('\n').slice(1)
  return frames.filter((frame) => !frame.includes(home) || frame.includes('.test.'))
}

function pointingAt(frames: string[], error: Error): Error {
  error.stack = [`${error.name}: ${error.message}`, ...frames].join('\n')
  return error
}
