// Writes down every call that may change something: who asked for what, and how it ended. Secrets and Env are left out.
import { intermediate } from '@intermediate/core'
import type { TapEvent } from '@intermediate/wire-tap'
import { jsonLines, wireTap } from '@intermediate/wire-tap'

const { AUDIT_LOG = 'docker-audit.jsonl' } = process.env

const log = jsonLines(AUDIT_LOG, { maxBytes: 100_000_000, keep: 10 })

// A websocket is a GET, and types into a container.
const reads = /^(GET|HEAD) (?!.*\/attach\/ws$)/

// What was dropped could have been anything: the next line says how much, also where it was a read that said so.
let dropped = 0
function audit(event: TapEvent) {
  dropped += event.dropped ?? 0
  if (reads.test(event.endpoint)) return undefined
  const told = dropped === 0 ? event : { ...event, dropped }
  dropped = 0
  return log(told)
}
const wants = ['call', 'body', 'end'] as const

// Who asked is the name in a client's certificate, or its address. A unix socket tells neither: there it is whoever the
// socket's group lets in, so give each a socket of its own. Of bodies that are no JSON, as archives, or larger than 8 MiB,
// the end says that they were left out.
export default intermediate().use(
  wireTap(Object.assign(audit, { wants }), {
    bodies: 8 * 1024 * 1024,
    queue: 64 * 1024 * 1024,
    redact: { env: true },
  }),
)
