import { isUtf8 } from 'node:buffer'
import { closeSync, openSync } from 'node:fs'
import type { TapEvent } from '../events.js'
import { hasLargeIntegers, writeExact } from '../exact-numbers.js'
import { checkCount, checkNames, checkText, settingError } from '../settings.js'
import type { Sink } from '../sink.js'
import { LineFile } from './line-file.js'

export interface JsonLinesOptions {
  /**
   * In bytes, how large a file is before another is begun.
   * @default 100 MiB
   */
  maxBytes?: number
  /**
   * How many full files stay: `path.1` is the newest.
   * @default 5
   */
  keep?: number
}

/** A sink with a file, that writes the rest of it before it closes. */
export interface FileSink extends Sink, AsyncDisposable {
  /** Resolves when everything that the sink was given is written. */
  close(): Promise<void>
}

/**
 * Appends each event to a file as a line of JSON, in which the data of frames is `text`, or `base64` where it is none. The
 * file is made for its owner only. Of events that cannot be written, the next that is says how many, in `dropped`.
 * @throws IntermediateError for options that cannot be used, and a file that cannot be written
 */
export function jsonLines(path: string, options: JsonLinesOptions = {}): FileSink {
  checkText('jsonLines()', 'path', path)
  checkNames('jsonLines()', options, ['maxBytes', 'keep'])
  checkCount('jsonLines()', 'maxBytes', options.maxBytes, 1, 'bytes')
  checkCount('jsonLines()', 'keep', options.keep, 0, 'files')
  const { maxBytes = 100 * 1024 * 1024, keep = 5 } = options
  checkWritable(path)
  const file = new LineFile(path, { maxBytes, keep })
  const sink = (event: TapEvent) => {
    const { dropped = 0 } = event
    const afterLoss = (lost: number) => jsonLine({ ...event, dropped: dropped + lost })
    const writing = file.write(jsonLine(event), { count: dropped + 1, afterLoss })
    return writing?.catch((error: unknown) => {
      throw Object.assign(error as Error, { counted: true })
    })
  }
  const close = () => file.close()
  return Object.assign(sink, { close, [Symbol.asyncDispose]: close })
}

/** As it is opened to be written later. */
function checkWritable(path: string): void {
  try {
    closeSync(openSync(path, 'a+', 0o600))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw settingError(
      `jsonLines() cannot write to ${path} (${code}): give a file in a folder that is there.`,
    )
  }
}

/** With its line feed. */
export function jsonLine(event: TapEvent): string {
  return `${written(event)}\n`
}

function written(event: TapEvent): string {
  if ('json' in event && hasLargeIntegers(event.json)) return writeExact(event)
  if (event.type !== 'frame') return JSON.stringify(event)
  const { data, ...rest } = event
  const content = isUtf8(data) ? { text: data.toString() } : { base64: data.toString('base64') }
  return JSON.stringify({ ...rest, ...content })
}
