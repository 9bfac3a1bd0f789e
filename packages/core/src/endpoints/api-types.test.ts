import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { FieldTree } from '../json/field-shapes.js'
import { requestFieldTrees } from '../json/request-fields-table.js'
import { endpoints } from './endpoints.js'

const interfaces = readInterfaces()
const aliases = new Map(matches(read('api-types.ts'), /^export type (\w+) = (.+)$/gm))
const bodies = new Map(matches(read('api-endpoints.ts'), /^ {2}'(.+)': \{ .*; body: (.+); reply: .+ \}$/gm))

test('every endpoint of the table has types, and nothing else has', () => {
  expect([...bodies.keys()]).toEqual(endpoints.map(({ key }) => key))
})

test.each([...requestFieldTrees])(
  'the body of %s has the fields that the engines read, under their names',
  (key, tree) => {
    expect(fieldsOf(bodies.get(key) ?? '')).toEqual(tree)
  },
)

test('where the engines read no fields, the body has none', () => {
  const others = [...bodies].filter(([key]) => !requestFieldTrees.has(key as never))
  for (const [key, body] of others) expect([key, fieldsOf(body)]).toEqual([key, true])
})

/** A generated type as the tree of fields that it is for Go. A list of plain values is a leaf there. */
function fieldsOf(type: string): FieldTree {
  const name = type.replace(/ \| null$/, '').replace(/^api\./, '')
  const [, item] = /^([\w.]+)\[\]$/.exec(name) ?? []
  if (item !== undefined) {
    const each = fieldsOf(item)
    return each === true ? true : { '[]': each }
  }
  const [, value] = /^Record<string, (.+)>$/.exec(name) ?? []
  if (value !== undefined) return value === 'unknown' ? true : { '*': fieldsOf(value) }
  const alias = aliases.get(name)
  if (alias !== undefined) return fieldsOf(alias)
  const fields = interfaces.get(name)
  if (fields) return Object.fromEntries([...fields].map(([field, of]) => [field, fieldsOf(of)]))
  if (/^[A-Z]/.test(name)) throw new Error(`${name} is not in api-types.ts`)
  return true
}

/** The fields of each generated interface, inherited ones included, with their types as text. */
function readInterfaces(): Map<string, Map<string, string>> {
  const found = new Map<string, { parents: readonly string[]; own: Map<string, string> }>()
  const declaration = /^export interface (\w+)(?: extends ([\w, ]+))? \{(\}|[^]*?\n\})$/gm
  // A union on several lines is put on one.
  const text = read('api-types.ts')
    .replaceAll(/\?:\n\s+\| /g, '?: ')
    .replaceAll(/\n {4}\| /g, ' | ')
  for (const [, name = '', parents, body = ''] of text.matchAll(declaration))
    found.set(name, {
      parents: parents?.split(', ') ?? [],
      own: new Map(matches(body, /^ {2}(.+)\?: (.+)$/gm)),
    })
  const fieldsOfName = (name: string): [string, string][] => {
    const { parents, own } = found.get(name) ?? { parents: [], own: new Map<string, string>() }
    return [...parents.flatMap(fieldsOfName), ...own]
  }
  return new Map([...found.keys()].map((name) => [name, new Map(fieldsOfName(name))]))
}

function matches(text: string, pattern: RegExp): [string, string][] {
  return [...text.matchAll(pattern)].map(([, first = '', second = '']) => [first, second])
}

function read(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8')
}
