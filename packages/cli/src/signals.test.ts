import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { catchSignals } from './signals.js'

const exit = vi.spyOn(process, 'exit').mockImplementation((() => {}) as never)

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => {
  exit.mockClear()
  vi.useRealTimers()
})

it('gives the first signal to who waits, and ends the process at the second', async () => {
  using signals = catchSignals()
  const first = signals.next()
  process.emit('SIGINT', 'SIGINT')
  expect(await first).toBe('SIGINT')
  process.emit('SIGTERM', 'SIGTERM')
  expect(exit.mock.calls).toEqual([[143]])
})

it('takes the same signal a moment later for the one that npm passes on', () => {
  using signals = catchSignals()
  void signals.next()
  process.emit('SIGINT', 'SIGINT')
  vi.advanceTimersByTime(200)
  process.emit('SIGINT', 'SIGINT')
  expect(exit).not.toHaveBeenCalled()
  vi.advanceTimersByTime(200)
  process.emit('SIGINT', 'SIGINT')
  expect(exit.mock.calls).toEqual([[130]])
})

it('ends the process where nobody waits', () => {
  using _ = catchSignals()
  process.emit('SIGINT', 'SIGINT')
  expect(exit.mock.calls).toEqual([[130]])
})

it('lets go of the signals in the end', () => {
  const before = process.listenerCount('SIGTERM')
  {
    using _ = catchSignals()
    expect(process.listenerCount('SIGTERM')).toBe(before + 1)
  }
  expect(process.listenerCount('SIGTERM')).toBe(before)
})
