import type { Writable } from 'node:stream'
import { styleText } from 'node:util'
import type { TapEvent } from '../events.js'
import { printable } from '../printable.js'
import { checkNames } from '../settings.js'
import type { Sink } from '../sink.js'

export interface TerminalOptions {
  /** Where to write. Default: stdout. */
  stream?: Writable & { readonly isTTY?: boolean }
}

/** How much of a body or frame is shown. */
const shownLength = 200

type Style = Parameters<typeof styleText>[0]

/**
 * Shows what passes, a line for each event, with colors on a terminal. Control characters are shown as escapes, so that
 * what passes cannot write to the terminal.
 */
export function terminal(options: TerminalOptions = {}): Sink {
  checkNames('terminal()', options, ['stream'])
  const { stream = process.stdout } = options
  const paint = (style: Style, text: string) => (stream.isTTY === true ? styleText(style, text) : text)
  let failure: Error | undefined
  let goOn = () => {}
  // A reader that leaves, as `head` does, must not end the process: the tap is told, at every event.
  const fail = (error = new Error('what terminal() writes to was closed')) => {
    failure ??= error
    goOn()
  }
  stream.on('drain', () => goOn())
  stream.on('error', fail)
  stream.on('close', () => fail())
  return function terminal(event) {
    if (failure !== undefined) throw failure
    const { style, text } = lineOf(event)
    const lost = event.dropped === undefined ? '' : paint('red', `(${event.dropped} events were dropped)\n`)
    const start = `${new Date(event.time).toISOString().slice(11, 23)} #${event.call}`
    const taken = stream.write(`${lost}${paint('dim', start)} ${paint(style, printable(text))}\n`)
    return taken ? undefined : new Promise<void>((resolve) => (goOn = resolve))
  }
}

function lineOf(event: TapEvent): { style: Style; text: string } {
  switch (event.type) {
    case 'call': {
      const query = new URLSearchParams(Object.entries(event.query ?? {}).flatMap(pairs)).toString()
      return { style: 'bold', text: `→ ${event.method} ${event.path}${query === '' ? '' : `?${query}`}` }
    }
    case 'body':
      return { style: 'reset', text: `${event.of === 'call' ? '→' : '←'} ${json(event.json)}` }
    case 'reply': {
      const by = event.answeredBy === undefined ? '' : ` by ${event.answeredBy}`
      return {
        style: statusStyle(event.status),
        text: `← ${event.status}${by}${event.tunnel ? ' tunnel' : ''}`,
      }
    }
    case 'item':
      return { style: 'reset', text: `← ${json(event.json)}` }
    case 'frame':
      return {
        style: event.stream === 'stderr' ? 'yellow' : 'cyan',
        text: `${event.stream === 'stdin' ? '→' : '←'} ${event.stream} ${short(JSON.stringify(event.data.toString('utf8', 0, shownLength * 4)))}`,
      }
    case 'end': {
      const { duration, received, sent, aborted, error } = event
      const how = `${aborted ? ', cut' : ''}${error === undefined ? '' : `: ${error}`}`
      const text = `${event.status} ${event.method} ${event.path} ${duration.toFixed(1)} ms, ${received} B in, ${sent} B out${how}`
      return { style: statusStyle(event.status), text }
    }
  }
}

function pairs([name, values]: [string, string | readonly string[]]): [string, string][] {
  return [values].flat().map((value) => [name, value])
}

function json(value: unknown): string {
  return short(JSON.stringify(value))
}

function short(text: string): string {
  // Without the first half of a character that needs two.
  return text.length <= shownLength ? text : `${text.slice(0, shownLength).replace(/[\ud800-\udbff]$/, '')}…`
}

function statusStyle(status: number): Style {
  return status >= 500 ? 'red' : status >= 400 ? 'yellow' : 'green'
}
