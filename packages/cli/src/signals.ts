import { constants } from 'node:os'

/** SIGINT and SIGTERM, while it is in use. */
export interface Signals extends Disposable {
  /** The next one. One that nobody waits for ends the process at once. */
  next(): Promise<NodeJS.Signals>
}

const caught = ['SIGINT', 'SIGTERM'] as const

/**
 * npm and npx pass on to us what the terminal has already sent us, so the same signal again within this time, in ms,
 * is the same one.
 */
const echo = 300

export function catchSignals(): Signals {
  let waiting: ((signal: NodeJS.Signals) => void) | undefined
  let last: { signal: NodeJS.Signals; time: number } | undefined
  const receive = (signal: NodeJS.Signals) => {
    const time = performance.now()
    if (last?.signal === signal && time - last.time < echo) return
    last = { signal, time }
    const receiver = waiting
    waiting = undefined
    if (receiver === undefined) process.exit(128 + constants.signals[signal])
    else receiver(signal)
  }
  for (const signal of caught) process.on(signal, receive)
  return {
    next: () => new Promise((resolve) => (waiting = resolve)),
    [Symbol.dispose]: () => {
      for (const signal of caught) process.off(signal, receive)
    },
  }
}
