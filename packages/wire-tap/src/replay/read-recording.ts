import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { TapEvent } from '../events.js'
import { parseExact } from '../exact-numbers.js'
import { settingError } from '../settings.js'
import type { RecordedCall } from './recorded-call.js'

/** An event as `jsonLines` writes it. */
type Written = Exclude<TapEvent, { type: 'frame' }> | WrittenFrame
type WrittenFrame = Omit<Extract<TapEvent, { type: 'frame' }>, 'data'> & { text?: string; base64?: string }

/**
 * The calls that `jsonLines` wrote, in their order. A last line that was cut, as by a crash, is left out.
 * @param paths of the files of one recording, the oldest first
 * @param onCut is told of such a line
 * @throws IntermediateError for a file that cannot be read, files that are not in their order, and a line that is no
 * event of a tap
 */
export async function readRecording(
  paths: readonly string[],
  onCut: (path: string, line: number) => void,
): Promise<readonly RecordedCall[]> {
  const calls = new Calls()
  for (const path of paths) await readFile(path, calls, onCut)
  return calls.all
}

async function readFile(
  path: string,
  calls: Calls,
  onCut: (path: string, line: number) => void,
): Promise<void> {
  const file = createReadStream(path)
  let wrong: string | undefined
  let number = 0
  calls.beginFile()
  try {
    const failed = new Promise<never>((_, reject) => file.once('error', reject))
    failed.catch(() => {})
    await Promise.race([failed, new Promise((resolve) => file.once('open', resolve))])
    for await (const line of createInterface({ input: file, crlfDelay: Infinity })) {
      // Only what was cut may be wrong, and nothing stands behind that.
      if (wrong !== undefined) throw malformed(path, number, wrong)
      number++
      wrong = wrongWith(line, calls)
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_CONFIGURATION') throw error
    throw settingError(`replay() cannot read ${path}: ${message}`)
  }
  if (wrong === undefined) return
  if (wrong !== noJson) throw malformed(path, number, wrong)
  onCut(path, number)
}

const noJson = 'is no JSON'

const types = new Set<unknown>(['call', 'body', 'reply', 'item', 'frame', 'end'] satisfies TapEvent['type'][])

/** @returns what is wrong with the line, if anything */
function wrongWith(line: string, calls: Calls): string | undefined {
  let value: unknown
  try {
    value = parseExact(line)
  } catch {
    return noJson
  }
  const { type, call, time, path } = (value ?? {}) as Record<string, unknown>
  if (!types.has(type)) return 'is no event of a tap'
  if (typeof call !== 'number' || typeof time !== 'number' || typeof path !== 'string')
    return 'has no call, time or path'
  return calls.add(value as Written) ? undefined : 'is older than the file before: give the oldest file first'
}

function malformed(path: string, line: number, wrong: string): Error {
  return settingError(
    `replay() was given ${path}, which is not what jsonLines() wrote: line ${line} ${wrong}.`,
  )
}

/** Puts the events together. A process counts its calls from 1, and another may have gone on with the file. */
class Calls {
  readonly all: RecordedCall[] = []
  private readonly byNumber = new Map<number, RecordedCall>()
  private readonly open = new Set<RecordedCall>()
  /** Of the last event, in ms. */
  private time = 0
  private isFirst = true

  beginFile(): void {
    this.isFirst = true
  }

  /** @returns false for the first event of a file that is older than the last of the file before */
  add(event: Written): boolean {
    if (this.isFirst && event.time < this.time) return false
    this.isFirst = false
    this.time = event.time
    this.put(event)
    return true
  }

  private put(event: Written): void {
    if (event.dropped !== undefined) for (const call of this.open) call.dropped = true
    if (event.type === 'call') {
      this.begin(event)
      return
    }
    const call = this.byNumber.get(event.call)
    // Its beginning was in a file that was not kept.
    if (call === undefined || call.begun.path !== event.path) return
    switch (event.type) {
      case 'body':
        if (event.of === 'call') call.body = event
        else call.document = event
        break
      case 'reply':
        call.reply = event
        break
      case 'item':
        call.pieces.push({ kind: 'item', time: event.time, json: event.json })
        break
      case 'frame':
        call.pieces.push({ kind: 'frame', time: event.time, stream: event.stream, data: dataOf(event) })
        break
      case 'end':
        call.end = event
        this.open.delete(call)
    }
  }

  private begin(begun: Extract<TapEvent, { type: 'call' }>): void {
    const call: RecordedCall = {
      begun,
      body: undefined,
      reply: undefined,
      document: undefined,
      pieces: [],
      end: undefined,
      dropped: false,
    }
    const before = this.byNumber.get(begun.call)
    if (before !== undefined) this.open.delete(before)
    this.byNumber.set(begun.call, call)
    this.open.add(call)
    this.all.push(call)
  }
}

function dataOf({ text, base64 }: WrittenFrame): Buffer {
  return base64 === undefined ? Buffer.from(text ?? '') : Buffer.from(base64, 'base64')
}
