import { once } from 'node:events'
import { get } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'
import type { TapEvent } from '@intermediate/wire-tap'

/** Somebody who watches, as curl does. */
export interface Watching extends Disposable {
  readonly head: IncomingMessage
  readonly events: readonly TapEvent[]
  /** The calls that it has seen, as far as their end. */
  readonly ended: readonly string[]
  /** Resolves when that many calls have ended. */
  until(ends: number): Promise<void>
  /** Resolves when there is nothing more, and says whether that was the end. */
  readonly over: Promise<boolean>
  leave(): void
}

/** @param query as `endpoint=…&container=…` */
export async function watching(address: string, query = ''): Promise<Watching> {
  const at = address.startsWith('unix://')
    ? { socketPath: address.slice(7) }
    : { port: Number(address.split(':').at(-1)) }
  const request = get({ ...at, path: `/tap?${query}`, agent: false })
  const [head] = (await once(request, 'response')) as [IncomingMessage]
  const events: TapEvent[] = []
  const ended: string[] = []
  let waiting: (() => void)[] = []
  const over = new Promise<boolean>((resolve) => head.once('close', () => resolve(head.complete)))
  const lines = createInterface({ input: head })
  // Whoever leaves is cut off.
  for (const cut of [request, head, lines]) cut.on('error', () => {})
  lines.on('line', (line) => {
    const event = JSON.parse(line) as TapEvent
    events.push(event)
    if (event.type === 'end') ended.push(`${event.method} ${event.path}`)
    for (const resolve of waiting) resolve()
    waiting = []
  })
  const until = async (ends: number) => {
    while (ended.length < ends) await new Promise<void>((resolve) => waiting.push(resolve))
  }
  const leave = () => void request.destroy()
  return { head, events, ended, until, over, leave, [Symbol.dispose]: leave }
}
