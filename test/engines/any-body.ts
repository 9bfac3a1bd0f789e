import fc from 'fast-check'
import type { FieldTree } from '../../packages/core/src/json/field-shapes.js'

/** The texts of a body, and the fields that they have between them. */
export interface Body {
  readonly tree: FieldTree
  readonly text: fc.Arbitrary<string>
}

type Fields = Readonly<Record<string, Body>>

/** Any of the texts, and now and then null, which is another thing than nothing. */
export function leaf(...texts: readonly (string | fc.Arbitrary<string>)[]): Body {
  const each = texts.map((text) => (typeof text === 'string' ? fc.constant(text) : text))
  const text = fc.oneof({ weight: 9, arbitrary: fc.oneof(...each) }, fc.constant('null'))
  return { tree: true, text }
}

/** Up to eight of the fields, in any order, and always those that are needed. */
export function struct(fields: Fields, needed: readonly string[] = []): Body {
  const others = Object.keys(fields).filter((name) => !needed.includes(name))
  const text = fc
    .tuple(fc.shuffledSubarray(others, { maxLength: Math.min(8, others.length) }), fc.constant(needed))
    .chain(([some, always]) =>
      fc.tuple(...[...always, ...some].map((name) => member(name, (fields[name] as Body).text))),
    )
    .map((members) => `{${members.join()}}`)
  return { tree: Object.fromEntries(Object.entries(fields).map(([name, { tree }]) => [name, tree])), text }
}

/** A struct with all of its fields, in their order. */
export function whole(fields: Fields): Body {
  return struct(fields, Object.keys(fields))
}

export function map(keys: fc.Arbitrary<string>, { tree, text }: Body): Body {
  const members = fc
    .uniqueArray(fc.tuple(keys, text), { maxLength: 3, selector: ([key]) => JSON.parse(key) as string })
    .map((pairs) => `{${pairs.map((pair) => pair.join(':')).join()}}`)
  return { tree: { '*': tree }, text: members }
}

export function list({ tree, text }: Body): Body {
  const items = fc.array(text, { maxLength: 3 }).map((texts) => `[${texts.join()}]`)
  return { tree: tree === true ? true : { '[]': tree }, text: items }
}

/** A body of these fields under their names, with any JSON where the engine has a value. */
export function anyBody(tree: FieldTree): Body {
  if (tree === true) return { tree, text: anyJson }
  if (tree['[]'] !== undefined) return orNull(list(anyBody(tree['[]'])))
  if (tree['*'] !== undefined) return orNull(map(anyText, anyBody(tree['*'])))
  const fields = Object.fromEntries(Object.entries(tree).map(([name, field]) => [name, anyBody(field)]))
  return orNull(struct({ ...fields, 'Novel field': { tree: true, text: anyJson } }))
}

function orNull({ tree, text }: Body): Body {
  return { tree, text: fc.oneof({ weight: 9, arbitrary: text }, fc.constant('null')) }
}

function member(name: string, value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return value.map((text) => `${JSON.stringify(name)}:${text}`)
}

/** Every character that there is, escaped and not. */
export const anyText: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(fc.string({ unit: 'binary', maxLength: 8 }), fc.constantFrom('__proto__', 'constructor', '7')),
    fc.boolean(),
  )
  .map(([text, isEscaped]) => (isEscaped ? escaped(text) : JSON.stringify(text)))

/** Every way to write one, within what a double can hold. */
export const anyNumber: fc.Arbitrary<string> = fc.oneof(
  fc.integer().map(String),
  fc.bigInt().map(String),
  fc
    .tuple(fc.boolean(), fc.nat(), fc.stringMatching(/^(\.\d{1,20})?([eE][-+]?\d{1,2})?$/))
    .map(([isNegative, whole, more]) => `${isNegative ? '-' : ''}${whole}${more}`),
  fc.constantFrom('-0', '9007199254740993', '9223372036854775807', '1e-400', '0.10', '1E+2'),
)

const anyJson: fc.Arbitrary<string> = fc.letrec<{ any: string }>((self) => ({
  any: fc.oneof(
    { maxDepth: 2, depthIdentifier: 'json' },
    fc.oneof(anyText, anyNumber, fc.constantFrom('true', 'false', 'null', '{}', '[]', ' [ ]\n')),
    list({ tree: true, text: self('any') }).text,
    map(anyText, { tree: true, text: self('any') }).text,
  ),
})).any

function escaped(text: string): string {
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at))
  return `"${units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')}"`
}
