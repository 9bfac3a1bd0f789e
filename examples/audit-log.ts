// Writes down every call that may change something: who asked for what, and how it ended. Secrets and Env are left out.
import { appendFileSync } from 'node:fs'
import { intermediate } from '@intermediate/core'
import type { TapEvent } from '@intermediate/wire-tap'
import { jsonLines, wireTap } from '@intermediate/wire-tap'

const { AUDIT_LOG = 'docker-audit.jsonl' } = process.env

// What cannot be written is an error now, and not at the first call.
appendFileSync(AUDIT_LOG, '', { mode: 0o600 })
const log = jsonLines(AUDIT_LOG, { maxBytes: 100_000_000, keep: 10 })

// A websocket is a GET, and types into a container.
const reads = /^(GET|HEAD) (?!.*\/attach\/ws$)/
const audit = (event: TapEvent) => (reads.test(event.endpoint) ? undefined : log(event))
const wants = ['call', 'body', 'end'] as const

export default intermediate().use(wireTap(Object.assign(audit, { wants }), { redact: { env: true } }))
