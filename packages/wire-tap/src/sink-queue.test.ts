import { expect, it } from 'vitest'
import type { CallBegun, TapEvent } from './events.js'
import { SinkQueue } from './sink-queue.js'

const event = (call: number) => ({ type: 'reply', call }) as TapEvent
const size = 1000

const failing = (error: unknown): unknown => expect.fail(String(error))

/** A queue with room for so many events, and what its sink is given. */
function queued(room: number, taken: (event: TapEvent) => unknown = () => {}, onError = failing) {
  const seen: [call: number, dropped: number | undefined][] = []
  const sink = (each: TapEvent) => {
    seen.push([each.call, each.dropped])
    taken(each)
  }
  const queue = new SinkQueue(sink, room * (size + 512), onError)
  const told = async (count: number) => {
    while (seen.length < count) await new Promise((resolve) => setImmediate(resolve))
  }
  return { queue, seen, told }
}

it('what turns out to be no event is left out, takes no room, and hides nothing that was dropped', async () => {
  const { queue, seen, told } = queued(2)
  expect(queue.add(event(1), size)).toBe(true)
  expect(queue.add(event(2), size)).toBe(true)
  for (const call of [3, 4]) expect(queue.add(event(call), size)).toBe(false)
  await told(2)
  expect(queue.add(event(5), size, () => false)).toBe(true)
  expect(queue.add(event(6), size)).toBe(true)
  expect(queue.add(event(7), size)).toBe(false)
  await told(3)
  queue.add(event(8), size)
  await told(4)
  expect(seen).toEqual([
    [1, undefined],
    [2, undefined],
    [6, 2],
    [8, 1],
  ])
})

it.each([
  ['counts what the sink fails at, with what that says was dropped', {}, [3, 6, 7]],
  ['leaves counting to a sink that does', { counted: true }, [3, 2, undefined]],
])('%s', async (_what, how, dropped) => {
  const errors: unknown[] = []
  const throwing = ({ call }: TapEvent) => {
    if (call < 3) throw Object.assign(new Error('full'), how)
  }
  const { queue, seen, told } = queued(3, throwing, (error) => errors.push(error))
  queue.add({ ...event(1), dropped: 3 }, size)
  queue.add({ ...event(2), dropped: 2 }, size)
  queue.add(event(3), size)
  await told(3)
  expect(errors).toHaveLength(2)
  expect(seen.map(([, each]) => each)).toEqual(dropped)
})

it('an event is made whole when its turn has come, and not while a call waits', async () => {
  const { queue, told } = queued(1)
  let whole = false
  queue.add(event(1), size, () => (whole = true))
  expect(whole).toBe(false)
  await told(1)
  expect(whole).toBe(true)
})

it('a sink that is slow and does not wait leaves calls their turns', async () => {
  let turns = 0
  const busy = () => {
    const end = performance.now() + 6
    while (performance.now() < end);
  }
  const { queue, seen, told } = queued(10, busy)
  for (let call = 0; call < 10; call++) queue.add(event(call), size)
  const count = () => {
    turns++
    if (seen.length < 10) setImmediate(count)
  }
  setImmediate(count)
  await told(10)
  expect(turns).toBeGreaterThanOrEqual(9)
})

it('the end of a call has room, however full it is', async () => {
  const { queue, seen, told } = queued(2)
  expect(queue.begin(event(1) as unknown as CallBegun, 0)).toBe(true)
  expect(queue.add(event(2), size)).toBe(true)
  expect(queue.add(event(3), size)).toBe(false)
  queue.end({ ...event(4), type: 'end' } as never)
  await told(3)
  expect(seen).toEqual([
    [1, undefined],
    [2, undefined],
    [4, 1],
  ])
})
