import { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Call, Reply } from '@intermediate/core'
import { reply, tunnel } from '@intermediate/core'
import type { ReplyBegun } from '../events.js'
import { writeExact } from '../exact-numbers.js'
import { carriesOutput, jsonStreams } from '../watched-call.js'
import { missing, nameOf } from './find-call.js'
import { frameBytes } from './frame-bytes.js'
import type { Step } from './playback.js'
import { Input, Playback } from './playback.js'
import type { AnsweredCall, Piece } from './recorded-call.js'

/** Those that core writes: they say how the message is framed. */
const notCopied = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** The reply of a recorded call, as it was; or what is missing of it. */
export async function recordedReply(recorded: AnsweredCall, call: Call, pace: boolean): Promise<Reply> {
  const { begun, reply: head } = recorded
  const lost = lostOf(recorded)
  if (lost !== undefined) return missing(`The reply to ${nameOf(begun)} is not recorded: ${lost}`)
  if (pace) await sleep(Math.max(0, head.time - begun.time), undefined, { signal: call.signal })
  const ends = recorded.end?.aborted === false && recorded.end.clientLeft === undefined
  const steps = stepsOf(recorded)
  if (head.tunnel) return tunnelOf(steps, head, { pace, ends })
  const isWhole = ends || recorded.document !== undefined
  const bytes = isWhole && !pace && recorded.pieces.length === 0 ? allOf(steps) : undefined
  return reply(
    head.status,
    bytes ?? new Playback(steps, { pace, ends: isWhole, signal: call.signal }),
    fieldsOf(head),
  )
}

/** What the recording does not have of what was sent; undefined: it has everything. */
function lostOf(recorded: AnsweredCall): string | undefined {
  const { begun, reply: head, end, document, dropped } = recorded
  const { endpoint } = begun
  if (document !== undefined) return undefined
  const isStream = head.tunnel || (isOk(head) && (carriesOutput.test(endpoint) || jsonStreams.has(endpoint)))
  if (!isStream) {
    if (end === undefined) return 'the recording ends before it.'
    if (end.sent === 0 || pingText(recorded) !== undefined) return undefined
    return 'it was no JSON, was cut, or was larger than the "bodies" of the tap.'
  }
  if (head.tunnel && !carriesOutput.test(endpoint)) return 'what such a tunnel carries is not recorded.'
  if (dropped) return 'events of then were lost. Record it again, with a larger "queue" and room on the disk.'
  if (end?.skipped !== undefined)
    return 'it had items that were larger than the "bodies" of the tap. Record it again with larger ones.'
  const isEmpty = (end?.sent ?? 0) === 0
  return isEmpty || recorded.pieces.some(isOutput) ? undefined : 'it was no JSON, or compressed.'
}

function tunnelOf(
  steps: readonly Step[],
  head: ReplyBegun,
  options: { pace: boolean; ends: boolean },
): Reply {
  const input = new Input()
  const readable = new Playback(steps, { ...options, input })
  const made = tunnel(Duplex.from({ readable, writable: input }))
  for (const [name, value] of Object.entries(fieldsOf(head))) made.headers.set(name, value)
  return made
}

function stepsOf(recorded: AnsweredCall): Step[] {
  const { reply: head, document, pieces } = recorded
  const ping = pingText(recorded)
  if (ping !== undefined) return [{ after: 0, bytes: Buffer.from(ping) }]
  if (document !== undefined)
    return [{ after: document.time - head.time, bytes: jsonBytes(document.json, '') }]
  const mark = head.headers['content-type']?.startsWith('application/json-seq') ? '\x1e' : ''
  let last = head.time
  let input = 0
  return pieces.map((piece): Step => {
    const after = piece.time - last
    last = piece.time
    if (piece.kind === 'item') return { after, bytes: jsonBytes(piece.json, mark) }
    if (isOutput(piece)) return { after, bytes: frameBytes(piece.stream, piece.data) }
    return { after, input: (input += piece.data.length) }
  })
}

/** Not JSON, and therefore not recorded; but all that an engine ever says to a ping. */
function pingText({ begun, reply: head, end }: AnsweredCall): string | undefined {
  return begun.endpoint === 'GET /_ping' && head.status === 200 && end?.sent === 2 ? 'OK' : undefined
}

function jsonBytes(json: unknown, mark: string): Buffer {
  return Buffer.from(`${mark}${writeExact(json)}\n`)
}

function allOf(steps: readonly Step[]): Buffer {
  return Buffer.concat(steps.flatMap((step) => ('bytes' in step ? [step.bytes] : [])))
}

function isOutput(piece: Piece): boolean {
  return piece.kind === 'item' || piece.stream !== 'stdin'
}

function isOk({ status }: ReplyBegun): boolean {
  return status >= 200 && status < 300
}

function fieldsOf({ headers }: ReplyBegun): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !notCopied.has(name)))
}
