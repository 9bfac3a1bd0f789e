import type { Endpoint } from '../endpoints/endpoint-types.js'
import { shapeOf } from './field-shapes.js'
import type { FieldTree, Shape } from './field-shapes.js'
import { requestFieldTrees } from './request-fields-table.js'

const shapes = new Map<Endpoint, Shape>()

/** The fields that the engines know in the body of a call, for `canonical`; undefined where they know none. */
export function requestFields(endpoint: Endpoint): Shape | undefined {
  const known = shapes.get(endpoint)
  if (known) return known
  const tree = requestFieldTrees.get(endpoint)
  if (tree === undefined) return undefined
  const shape = shapeOf(tree, endpoint === 'POST /containers/create' ? hostConfigFields(tree) : [])
  shapes.set(endpoint, shape)
  return shape
}

/**
 * Engines before 27 read a HostConfig from the top level of the body too (runconfig, ContainerConfigWrapper): all of it
 * where there is no HostConfig, else what that leaves out.
 */
function hostConfigFields(tree: FieldTree): readonly (readonly [string, string])[] {
  const { HostConfig: fields } = tree as { HostConfig: Record<string, FieldTree> }
  const places = Object.keys(fields).map((name) => [name, `HostConfig.${name}`] as const)
  return [...places, ['Cpuset', 'HostConfig.CpusetCpus']]
}
