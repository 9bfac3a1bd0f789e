import type { Call, Layer } from '@intermediate/core'
import type { TapEvent } from './events.js'
import type { WireTapOptions } from './options.js'
import { checkOptions } from './options.js'
import { harmless } from './on-error.js'
import { Redaction } from './redact.js'
import { SinkQueue } from './sink-queue.js'
import type { Sink } from './sink.js'
import { WatchedCall } from './watched-call.js'

/**
 * A layer that tells a sink of what passes, at its place in the stack: calls, their JSON, what attach, exec and logs carry,
 * and how they end. It changes nothing and nothing waits for it; what is secret is left out of the copies.
 *
 *     intermediate().use(wireTap(jsonLines('/var/log/docker-calls.jsonl')))
 *
 * @throws IntermediateError for options that cannot be used
 */
export function wireTap(sink: Sink, options: WireTapOptions = {}): Layer {
  checkOptions(sink, options)
  const { endpoints, bodies = 65_536, stdin = true, queue = 8 * 1024 * 1024, redact } = options
  const onError = harmless(options.onError)
  let wanted = sink.wants ?? everything
  let tap = {
    sink,
    queue: new SinkQueue(sink, queue, onError),
    redaction: new Redaction(redact),
    bodies,
    stdin,
    wants: new Set(wanted),
    onError,
  }
  const layer: Layer = async function wireTap(call: Call, next) {
    const { wants = everything } = sink
    if (wants !== wanted) {
      wanted = wants
      tap = { ...tap, wants: new Set(wanted) }
    }
    const watched = new WatchedCall(tap, call)
    watched.tapCall(call)
    try {
      const reply = await next(call)
      watched.tapReply(reply)
      return reply
    } catch (error) {
      watched.fail(call, error)
      throw error
    }
  }
  const idle = () => sink.wants?.length === 0 && sink.headers === undefined
  return Object.assign(layer, { idle, ...(endpoints !== undefined && { endpoints: [endpoints].flat() }) })
}

const everything: readonly TapEvent['type'][] = ['call', 'body', 'reply', 'item', 'frame', 'end']
