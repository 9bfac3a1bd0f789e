import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BodySeen, CallBegun, TapEvent } from '../events.js'
import { checkText, settingError } from '../settings.js'
import type { FileSink } from './json-lines.js'
import { Recording } from './recording.js'
import type { Size } from './recording.js'

/** How many execs and containers are remembered with the size of their terminal. */
const remembered = 1000

const starts = /^POST \/(?:containers\/:id\/attach|exec\/:id\/start)$/
const resizes = /^POST \/(?:containers|exec)\/:id\/resize$/

/**
 * Records sessions of terminals (`docker exec -it`, `run -it`, `attach`) as asciicast v2 files, for `asciinema play`: one
 * for each in the folder, named by its time and by what it is of. What is typed is recorded too, unless `stdin: false` is
 * an option of the tap. Files are made for their owner only.
 *
 * A session has the size that its client asked for: with its creation, or later by a resize.
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
  const sizes = new Map<string, Size>()
  const closing = new Set<Promise<void>>()
  const remember = async (id: string, size: Size, time: number) => {
    sizes.delete(id)
    sizes.set(id, size)
    if (sizes.size > remembered) sizes.delete(sizes.keys().next().value!)
    for (const recording of recordings.values()) if (recording.id === id) await recording.resize(size, time)
  }
  const created = new Map<number, Size>()
  const sink = (event: TapEvent) => {
    switch (event.type) {
      case 'call':
        if (starts.test(event.endpoint)) {
          const id = event.params['id']!
          recordings.set(event.call, new Recording(fileFor(folder, event), id, sizes.get(id)))
        } else if (resizes.test(event.endpoint)) {
          const size = sizeOf([event.query?.['h'], event.query?.['w']])
          if (size !== undefined) return remember(event.params['id']!, size, event.time)
        }
        return undefined
      case 'body': {
        const size = event.of === 'call' ? askedFor(event) : undefined
        if (size !== undefined) {
          created.set(event.call, size)
          return recordings.get(event.call)?.resize(size, event.time)
        }
        const id = event.of === 'reply' ? (event.json as { Id?: unknown }).Id : undefined
        const asked = created.get(event.call)
        return typeof id === 'string' && asked !== undefined ? remember(id, asked, event.time) : undefined
      }
      case 'frame':
        return recordings.get(event.call)?.add(event)
      case 'end': {
        created.delete(event.call)
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
function fileFor(folder: string, { time, endpoint, params, call }: CallBegun): string {
  const at = new Date(time).toISOString().replace(/[:.]/g, '-')
  const kind = endpoint.startsWith('POST /exec') ? 'exec' : 'attach'
  const id = params['id']!.replace(/[^\w-]/g, '_').slice(0, 40)
  return join(folder, `${at}-${kind}-${id}-${call}.cast`)
}

/** The size of the terminal in the body of create and start; the CLI sends it since 23.0, before that it resizes. */
function askedFor({ json }: BodySeen): Size | undefined {
  if (typeof json !== 'object' || json === null) return undefined
  const { ConsoleSize, HostConfig } = json as {
    ConsoleSize?: unknown
    HostConfig?: { ConsoleSize?: unknown } | null
  }
  return sizeOf(ConsoleSize ?? HostConfig?.ConsoleSize)
}

/** Height and width, as Docker gives them; 0 is a terminal that has none. */
function sizeOf(pair: unknown): Size | undefined {
  if (!Array.isArray(pair)) return undefined
  const [height, width] = pair.map(Number)
  return height! > 0 && width! > 0 ? { height: height!, width: width! } : undefined
}
