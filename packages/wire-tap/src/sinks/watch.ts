import { Readable } from 'node:stream'
import type { Endpoint } from '@intermediate/core'
import type { TapEvent } from '../events.js'
import type { ContainerFilter } from './container-filter.js'
import { jsonLine } from './json-lines.js'

/** What one watcher asks for. */
export interface WatchFilter {
  /** Undefined: all. */
  readonly endpoints: ReadonlySet<Endpoint> | undefined
  /** Undefined: all. */
  readonly container: ContainerFilter | undefined
}

/**
 * The lines of one watcher: of the calls that pass its filter and began after it came. So many bytes of them wait for it;
 * what comes past that is dropped, and the next line says how much that was.
 */
export class Watch {
  readonly lines = new Readable({ read() {} })
  private readonly filter: WatchFilter
  private readonly limit: number
  /** The calls that are shown and under way. */
  private readonly shown = new Set<number>()
  private dropped = 0

  /** @param limit in bytes */
  constructor(filter: WatchFilter, limit: number) {
    this.filter = filter
    this.limit = limit
  }

  /** @param line of the event, as it is where nothing was dropped for this watcher alone */
  take(event: TapEvent, line: () => string): void {
    const isShown = this.shows(event)
    // Whose they were, nobody knows any more.
    const before = this.dropped + (event.dropped ?? 0)
    this.dropped = before
    if (!isShown) return
    const text = before === (event.dropped ?? 0) ? line() : jsonLine({ ...event, dropped: before })
    if (this.lines.readableLength + text.length > this.limit) {
      this.dropped++
      return
    }
    this.lines.push(text)
    this.dropped = 0
  }

  /** What waits is read to its end. */
  end(): void {
    this.lines.push(null)
  }

  private shows(event: TapEvent): boolean {
    const { endpoints, container } = this.filter
    container?.read(event)
    if (event.type === 'call') {
      const isShown = (endpoints?.has(event.endpoint) ?? true) && (container?.wants(event) ?? true)
      if (isShown) this.shown.add(event.call)
      return isShown
    }
    return event.type === 'end' ? this.shown.delete(event.call) : this.shown.has(event.call)
  }
}
