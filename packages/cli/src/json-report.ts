import { IntermediateError } from '@intermediate/core'
import { destination as openDestination, pino } from 'pino'
import type { Report } from './report.js'

/** A reader that stalls costs this much memory, in characters, and then lines; it never holds up a call. */
const maxLength = 8 * 2 ** 20

/** One JSON object a line on stdout, each with `level`, `time` and `event`. */
export function jsonReport(): Report {
  const destination = openDestination({ dest: 1, sync: false, maxLength })
  const log = pino(destination)
  // After the reader has left, pino writes nothing, and ends its destination without a word.
  let isBroken = false
  destination.on('error', () => (isBroken = true))
  return {
    started: ({ addresses, environment, upstream, answeredBy, layers, tap }) =>
      log.info({
        event: 'started',
        addresses,
        environment,
        ...(answeredBy === undefined ? { upstream } : { answeredBy }),
        layers,
        tap,
      }),
    engine(found) {
      if ('version' in found) log.info({ event: 'engine', engine: found })
      else log.warn({ event: 'engine', away: found.isAway }, found.problem)
    },
    fallback: ({ problem }) => log.warn({ event: 'fallback', upstream: 'memory:' }, problem),
    call: (record) => log.info({ event: 'call', ...record, duration: Number(record.duration.toFixed(3)) }),
    error({ id, method, path, layer, error }) {
      log.error({ event: 'error', id, method, path, layer, ...described(error) }, messageOf(error))
    },
    stopping: (signal, connections, grace) => log.info({ event: 'stopping', signal, connections, grace }),
    stopped: () => log.info({ event: 'stopped' }),
    failed: (error) => log.fatal({ event: 'failed', ...described(error) }, messageOf(error)),
    crashed: (error) => log.fatal({ event: 'crashed', ...described(error) }, messageOf(error)),
    // Not left to the end of the process, which writes the last lines at once, ahead of those that are under way.
    end: () =>
      new Promise((resolve) => {
        if (isBroken) return resolve()
        destination.once('close', resolve).once('error', () => resolve())
        destination.end()
      }),
  }
}

/** The code where there is one, since its message says it all; otherwise the stack. */
function described(error: unknown): { code?: string; stack?: string | undefined } {
  if (error instanceof IntermediateError) return { code: error.code }
  return error instanceof Error ? { stack: error.stack } : {}
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
