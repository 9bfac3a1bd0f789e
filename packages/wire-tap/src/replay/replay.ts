import type { Call, Layer, Reply } from '@intermediate/core'
import { checkFlag, checkNames, checkText, settingError } from '../settings.js'
import { askedBy } from './asked.js'
import { FindCall } from './find-call.js'
import { readRecording } from './read-recording.js'
import { recordedReply } from './recorded-reply.js'

export interface ReplayOptions {
  /**
   * Whether a reply takes the time that it took: its head, and what comes behind it. Else all comes at once.
   * @default false
   */
  pace?: boolean
}

/**
 * A layer that answers every call as a recording has it, and lets none go on: an engine for tests. The recording is what
 * `jsonLines` wrote of a `wireTap` in the place where the layer stands; of files that were rotated, all, the oldest first.
 *
 *     intermediate().use(mine).use(await replay('session.jsonl')).listen()
 *
 * A call is answered as one of the same endpoint, path, query and JSON body was; several that are the same in their order,
 * and then as the last one again. What the recording does not have is 501, with a sentence that says what is missing.
 *
 * @throws IntermediateError for a file that cannot be read, or is no recording
 */
export async function replay(paths: string | readonly string[], options: ReplayOptions = {}): Promise<Layer> {
  const where = 'replay()'
  checkNames(where, options, ['pace'])
  checkFlag(where, 'pace', options.pace)
  const files = [paths].flat()
  if (files.length === 0) throw settingError(`${where} was given no path: give that of a recording.`)
  for (const path of files) checkText(where, 'path', path)
  const { pace = false } = options
  const calls = new FindCall(await readRecording(files, onCut), files.join(', '))
  const layer = async function replay(call: Call): Promise<Reply> {
    const found = calls.find(await askedBy(call))
    return 'begun' in found ? recordedReply(found, call, pace) : found
  }
  return Object.assign(layer, { final: true })
}

function onCut(path: string, line: number): void {
  process.stderr.write(
    `intermediate: replay() leaves out line ${line} of ${path}, the last one, which was cut.\n`,
  )
}
