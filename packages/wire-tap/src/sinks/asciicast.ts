import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { CallBegun, TapEvent } from '../events.js'
import { printable } from '../printable.js'
import { checkText, settingError } from '../settings.js'
import type { FileSink } from './json-lines.js'
import { Recording } from './recording.js'
import type { Header, Size } from './recording.js'
import type { Session } from './sessions.js'
import { Sessions, sizeIn, sizeOf } from './sessions.js'

const starts = /^POST \/(?:containers\/:id\/attach|exec\/:id\/start)$/
const resizes = /^POST \/(?:containers|exec)\/:id\/resize$/

/**
 * Records sessions of terminals (`docker exec -it`, `run -it`, `attach`) as asciicast v2 files, for `asciinema play`: one
 * for each in the folder, named by its time and its container. The header says what runs, and who has it. What is typed is
 * recorded too, unless `stdin: false` is an option of the tap. Files are made for their owner only.
 *
 * A session has the size that its client asked for: with its creation, or later by a resize. What is attached to over a
 * websocket is not recorded.
 * @throws IntermediateError for a folder that cannot be made
 */
export function asciicast(folder: string): FileSink {
  checkText('asciicast()', 'folder', folder)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw settingError(`asciicast() cannot make the folder ${folder} (${code}): give another.`)
  }
  const recordings = new Map<number, Recording>()
  const sessions = new Sessions()
  const closing = new Set<Promise<void>>()
  const resize = async (id: string, size: Size, time: number) => {
    for (const recording of recordings.values()) if (recording.id === id) await recording.resize(size, time)
  }
  const sink = (event: TapEvent) => {
    switch (event.type) {
      case 'call': {
        sessions.begin(event)
        const id = event.params['id']!
        if (starts.test(event.endpoint)) {
          const session = sessions.get(id)
          const path = join(folder, fileOf(event, session))
          recordings.set(event.call, new Recording(path, id, headerOf(event, session), session.size))
        } else if (resizes.test(event.endpoint)) {
          const size = sizeOf([event.query?.['h'], event.query?.['w']])
          if (size === undefined) return undefined
          sessions.resize(id, size)
          return resize(id, size, event.time)
        }
        return undefined
      }
      case 'body': {
        if (event.of === 'call') {
          sessions.ask(event)
          const size = sizeIn(event.json)
          return size && recordings.get(event.call)?.resize(size, event.time)
        }
        const id = sessions.answer(event)
        const size = id === undefined ? undefined : sessions.get(id).size
        return size && resize(id!, size, event.time)
      }
      case 'frame':
        return recordings.get(event.call)?.add(event)
      case 'end': {
        sessions.end(event.call)
        const recording = recordings.get(event.call)
        if (recording === undefined) return undefined
        recordings.delete(event.call)
        const closed = recording.close().finally(() => closing.delete(closed))
        closing.add(closed)
        return closed
      }
      default:
        return undefined
    }
  }
  const close = async () => {
    await Promise.all([...closing, ...[...recordings.values()].map((recording) => recording.close())])
  }
  return Object.assign(sink, {
    wants: ['call', 'body', 'frame', 'end'] as const,
    close,
    [Symbol.asyncDispose]: close,
  })
}

/** The time without colons, which some file systems do not take, and no more of an id than tells it apart. */
function fileOf({ time, endpoint, params, call }: CallBegun, { container }: Session): string {
  const at = new Date(time).toISOString().replace(/[:.]/g, '-')
  const id = params['id']!
  const names = container === undefined ? [id.slice(0, 40)] : [container.slice(0, 40), id.slice(0, 12)]
  const shown = names.map((name) => name.replace(/[^\w.-]/g, '_'))
  return `${[at, kindOf(endpoint), ...shown, call].join('-')}.cast`
}

/** On a unix socket it is not known who has it. */
function headerOf({ endpoint, params, client, certificate }: CallBegun, session: Session): Header {
  const { container = params['id']!, command } = session
  const who = [certificate, client].filter((each) => each !== undefined && each !== '').join(' at ')
  const title = `${kindOf(endpoint)} ${container}${command === undefined ? '' : `: ${command}`}`
  return {
    title: printable(who === '' ? title : `${title} (${who})`),
    command: command === undefined ? undefined : printable(command),
  }
}

function kindOf(endpoint: string): string {
  return endpoint.startsWith('POST /exec') ? 'exec' : 'attach'
}
