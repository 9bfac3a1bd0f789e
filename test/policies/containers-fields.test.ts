import { endpoints } from '@intermediate/core'
import { describe, expect, it } from 'vitest'
import { requestFieldTrees } from '../../packages/core/src/json/request-fields-table.js'
import {
  foundHostConfigFields,
  hostConfigFields,
} from '../../packages/filter/src/containers/host-config-fields.js'
import type { Reader } from '../../packages/filter/src/containers/fields.js'
import { routes } from '../../packages/filter/src/containers/routes.js'

type Tree = NonNullable<ReturnType<typeof requestFieldTrees.get>>

/** The fields that engines read and that the policies have not decided about. */
function undecided(tree: Tree, reader: Reader | undefined, place: string): string[] {
  if (reader === undefined) return [place]
  if (tree === true || reader.whole) return []
  const { '[]': item, '*': value, ...fields } = tree as Readonly<Record<string, Tree>>
  const each = item ?? value
  if (each !== undefined) return undecided(each, reader.each, `${place}[]`)
  return Object.entries(fields).flatMap(([name, inner]) =>
    undecided(inner, reader.fields?.[name], `${place}.${name}`),
  )
}

describe('every field that an engine reads', () => {
  const bodies = [...routes].flatMap(([endpoint, { body }]) =>
    body === undefined ? [] : [{ endpoint, body }],
  )

  it.each(bodies)('of $endpoint is decided about', ({ endpoint, body }) => {
    expect(undecided(requestFieldTrees.get(endpoint)!, body, endpoint)).toEqual([])
  })

  it('is found undecided where it is left out', () => {
    const tree = requestFieldTrees.get('POST /containers/create')!
    const { HostConfig: _, ...fields } = routes.get('POST /containers/create')!.body!.fields!
    const without = Object.assign((() => []) as Reader, { fields })
    expect(undecided(tree, without, 'create')).toEqual(['create.HostConfig'])
  })

  it('is read of a container that is there as well', () => {
    expect(Object.keys(foundHostConfigFields.fields!)).toEqual(Object.keys(hostConfigFields.fields!))
  })
})

/** Calls that give no container anything, and get nobody into one. */
const leftAlone = [
  // They look.
  /^(GET|HEAD) (?!.*(archive|attach|checkpoints|top)|\/swarm)/,
  // They end, remove or name what is there.
  /^DELETE (?!.*checkpoints|\/nodes|\/plugins)/,
  /^POST \/.*\/prune$/,
  /^POST \/containers\/:id\/(kill|pause|unpause|stop|rename|resize|wait)$/,
  /^POST \/exec\/:id\/resize$/,
  /^POST \/networks\/:id\/disconnect$/,
  /^POST \/plugins\/:name\/push$/,
  /^POST \/build\/cancel$/,
  // They give the engine texts to keep or to send on.
  /^POST \/auth$/,
  /^POST \/(configs\/create|configs\/:id\/update|secrets\/:id\/update)$/,
  // A client's own side of a build.
  /^POST \/session$/,
  // Core refuses it, unless a policy names it.
  /^POST \/grpc$/,
  /^unknown$/,
]

it('every endpoint is read or left alone for a reason', () => {
  const others = endpoints.map(({ key }) => key).filter((key) => !routes.has(key as never))
  expect(others.filter((key) => !leftAlone.some((reason) => reason.test(key)))).toEqual([])
  const read = [...routes.keys()].filter((key) => leftAlone.some((reason) => reason.test(key)))
  expect(read).toEqual([])
})
