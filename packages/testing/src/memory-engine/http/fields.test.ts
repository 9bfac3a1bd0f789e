import { expect, it } from 'vitest'
import { fields, flag, list, map, optional, text, whole, words } from './fields.js'

const kind = fields({
  Name: text,
  Size: whole,
  Open: flag,
  Kids: list(fields({ Name: text })),
  Labels: map(text),
  Cmd: words,
  Limit: optional(whole),
})

it('fills in what is not there', () => {
  expect(kind.read({}, '')).toEqual({
    Name: '',
    Size: 0,
    Open: false,
    Kids: null,
    Labels: null,
    Cmd: null,
    Limit: null,
  })
})

it('reads names in any case, and keeps those that belong to the user', () => {
  expect(
    kind.read({ name: 'a', KIDS: [{ nAme: 'b' }], labels: { Name: 'x' }, ſize: 3, unknown: 1 }, ''),
  ).toMatchObject({
    Name: 'a',
    Kids: [{ Name: 'b' }],
    Labels: { Name: 'x' },
    Size: 3,
  })
})

it('takes null for absent, and one word for a list of them', () => {
  expect(kind.read({ Name: null, Cmd: 'sh' }, '')).toMatchObject({ Name: '', Cmd: ['sh'] })
})

it.each([
  [{ Name: 1 }, 'Name must be a string'],
  [{ Size: 1.5 }, 'Size must be a whole number'],
  [{ Kids: [{ Name: true }] }, 'Kids[0].Name must be a string'],
  [{ Labels: { a: 1 } }, 'Labels.a must be a string'],
  [{ Open: 'yes' }, 'Open must be true or false'],
  [[], 'it must be an object'],
])('refuses %j', (body, message) => {
  expect(() => kind.read(body, '')).toThrow(`the body cannot be used: ${message}`)
})
