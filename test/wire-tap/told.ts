import type { Sink, TapEvent } from '@intermediate/wire-tap'

/** A sink that keeps what it is told, and whose events can be waited for. */
export interface Told extends Sink {
  readonly events: TapEvent[]
  /** Resolves when that many events of a type have come. */
  until(type: TapEvent['type'], count?: number): Promise<void>
  of<T extends TapEvent['type']>(type: T): Extract<TapEvent, { type: T }>[]
}

export function told(): Told {
  const events: TapEvent[] = []
  let waiting: (() => void)[] = []
  const of = <T extends TapEvent['type']>(type: T) =>
    events.filter((event): event is Extract<TapEvent, { type: T }> => event.type === type)
  const until = async (type: TapEvent['type'], count = 1) => {
    while (of(type).length < count) await new Promise<void>((resolve) => waiting.push(resolve))
  }
  const sink = (event: TapEvent) => {
    events.push(event)
    for (const resolve of waiting) resolve()
    waiting = []
  }
  return Object.assign(sink, { events, of, until })
}
