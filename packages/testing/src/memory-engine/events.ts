import { now, seconds } from './time.js'

export interface EngineEvent {
  readonly Type: 'container' | 'image' | 'network' | 'volume' | 'builder'
  readonly Action: string
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> }
  readonly scope: 'local'
  readonly time: number
  readonly timeNano: number
  /** The same time, exactly. */
  readonly ns: bigint
}

/** How many events are kept for those who ask later: the engine's own number. */
const kept = 256

/** What happened, for those who watch and for those who ask later. */
export class Events {
  readonly #past: EngineEvent[] = []
  readonly #watchers = new Set<(event: EngineEvent) => void>()

  emit(
    Type: EngineEvent['Type'],
    Action: string,
    ID: string,
    attributes: Readonly<Record<string, string>>,
  ): void {
    const ns = now()
    const Attributes = Object.fromEntries(Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    const event: EngineEvent = {
      Type,
      Action,
      Actor: { ID, Attributes },
      scope: 'local',
      time: seconds(ns),
      timeNano: Number(ns),
      ns,
    }
    this.#past.push(event)
    if (this.#past.length > kept) this.#past.shift()
    for (const watch of [...this.#watchers]) watch(event)
  }

  /** How many watch. */
  get watchers(): number {
    return this.#watchers.size
  }

  past(since: bigint, until?: bigint): EngineEvent[] {
    return this.#past.filter(({ ns }) => ns >= since && (until === undefined || ns <= until))
  }

  /** Calls with each event from now on, until the function that is given back is called. */
  watch(watcher: (event: EngineEvent) => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }
}
