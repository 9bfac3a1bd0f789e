import { expect, it } from 'vitest'
import { macOf, Subnet } from './subnet.js'

it('gives the first address that is free', () => {
  expect(new Subnet('10.1.2.0/24').free(new Set(['10.1.2.1', '10.1.2.2']))).toBe('10.1.2.3')
})

it('says when none is left', () => {
  expect(() => new Subnet('10.0.0.0/30').free(new Set(['10.0.0.1', '10.0.0.2']))).toThrow(
    'no address is left in 10.0.0.0/30',
  )
})

it.each([
  ['10.0.0.0/8', '10.200.0.0/16', true],
  ['172.18.0.0/16', '172.19.0.0/16', false],
  ['192.168.1.128/25', '192.168.1.0/24', true],
])('%s and %s overlap: %s', (a, b, overlap) => {
  expect(new Subnet(a).overlaps(new Subnet(b))).toBe(overlap)
  expect(new Subnet(b).overlaps(new Subnet(a))).toBe(overlap)
})

it.each(['10.0.0.0', 'x/8', '10.0.0.0/31', '300.0.0.0/8', 'fd00::/64'])('refuses %s', (text) => {
  expect(() => new Subnet(text)).toThrow(`invalid subnet ${text}`)
})

it('makes the engine’s hardware addresses', () => {
  expect(macOf('172.17.0.2')).toBe('02:42:ac:11:00:02')
})
