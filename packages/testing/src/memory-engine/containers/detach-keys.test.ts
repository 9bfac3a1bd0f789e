import { expect, it } from 'vitest'
import { detachKeys, DetachWatch } from './detach-keys.js'

it.each([
  [undefined, [0x10, 0x11]],
  ['ctrl-a', [1]],
  ['a,ctrl-],q', [0x61, 0x1d, 0x71]],
])('%s', (text, bytes) => {
  expect([...detachKeys(text)]).toEqual(bytes)
})

it.each(['ctrl', 'ctrl-', 'ctrl-1', ''])('refuses %j', (text) => {
  expect(() => detachKeys(text)).toThrow('invalid detach keys')
})

it('sees the keys in what comes in pieces, and passes on what only began like them', () => {
  const watch = new DetachWatch(detachKeys())
  const take = (text: string) => {
    const { pass, detached } = watch.take(Buffer.from(text))
    return [pass.toString(), detached]
  }
  expect(take('a\x10')).toEqual(['a', false])
  expect(take('b\x10\x10')).toEqual(['\x10b\x10', false])
  expect(take('\x11never')).toEqual(['', true])
})
