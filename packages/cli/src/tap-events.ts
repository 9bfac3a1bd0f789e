import { Writable } from 'node:stream'
import type { TapEvent } from '@intermediate/wire-tap'
import { terminal } from '@intermediate/wire-tap'
import type { Output } from './output.js'

const types = new Set(['call', 'body', 'reply', 'item', 'frame', 'end'])

/** Shows events, a line each, of which each is given as a line of `jsonLines`. */
export function showEvents(stdout: Output['stdout']): (line: string) => void {
  const stream = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      stdout.write(text)
      done()
    },
  })
  const show = terminal({ stream: Object.assign(stream, { isTTY: stdout.hasColors?.() ?? false }) })
  return (line) => {
    const event = read(line)
    // A later version may have others.
    if (types.has(event.type)) void show(event)
  }
}

function read(line: string): TapEvent {
  const { text, base64, ...event } = JSON.parse(line) as TapEvent & { text?: string; base64?: string }
  if (event.type === 'frame')
    event.data = base64 === undefined ? Buffer.from(text ?? '') : Buffer.from(base64, 'base64')
  return event
}
