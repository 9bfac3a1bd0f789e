import type { Call, Layer } from '@intermediate/core'
import { changeCalls } from './change-calls.js'
import { labelInstruction, withInstruction } from './label-instruction.js'
import { isObject, objectIn } from './json-place.js'
import type { JsonObject } from './json-place.js'
import { checkFlag, checkOptions, checkTexts, settingError } from './settings.js'

export interface LabelsOptions {
  /**
   * A label that the client itself sets stays as it is.
   * @default false: it is replaced
   */
  keep?: boolean
}

type Labels = Readonly<Record<string, string>>

/**
 * Puts labels on whatever is created: containers and the volumes that their mounts make, volumes, networks, services
 * and their containers, secrets, configs, and images by build, commit and import. Updates of services, secrets and
 * configs get them too, since an update replaces all labels.
 *
 *     enricher.labels({ team: 'core' })
 *
 * Not on images by BuildKit's own calls (`POST /grpc`, which `docker buildx build` makes), by pull and by load, on
 * volumes that an image or `-v` makes on the way, and on what is there already.
 * @throws IntermediateError for labels that a Dockerfile's LABEL cannot say: line breaks, and `=` in a name
 */
export function labels(set: Labels, options: LabelsOptions = {}): Layer {
  checkTexts('labels', set)
  checkOptions('labels', options, ['keep'])
  checkFlag('labels', 'keep', options.keep)
  for (const [name, value] of Object.entries(set))
    if (name === '' || /[=\r\n\0]/.test(name) || /[\r\n\0]/.test(value))
      throw settingError(`The label ${JSON.stringify(name)} cannot be set: leave out "=" and line breaks.`)
  const wanted = { ...set }
  const keep = options.keep ?? false
  return changeCalls(endpoints, async function labels(call) {
    const { endpoint, query } = call
    switch (endpoint) {
      case 'POST /build':
        query.labels = inBuild(query.labels, wanted, keep)
        break
      case 'POST /commit': {
        const left = keep ? without(wanted, call.body?.Labels) : wanted
        const there = keep ? await ofContainer(call) : undefined
        query.changes = inChanges(call.queryValues('changes'), without(left, there), keep)
        break
      }
      case 'POST /images/create':
        if (query.fromSrc && !query.fromImage)
          query.changes = inChanges(call.queryValues('changes'), wanted, keep)
        break
      default:
        inBody(endpoint, call.body, wanted, keep)
    }
  })
}

const endpoints = [
  'POST /containers/create',
  'POST /volumes/create',
  'POST /networks/create',
  'POST /services/create',
  'POST /services/:id/update',
  'POST /secrets/create',
  'POST /secrets/:id/update',
  'POST /configs/create',
  'POST /configs/:id/update',
  'POST /build',
  'POST /commit',
  'POST /images/create',
] as const

/** Those that the image of a commit inherits. */
async function ofContainer(call: Pick<Call<'POST /commit'>, 'ask' | 'query'>): Promise<unknown> {
  const [, id] = /^\/?(\w[\w.-]*)$/.exec(call.query.container ?? '') ?? []
  if (id === undefined) return undefined
  const inspected = await call.ask('GET /containers/:id/json', { params: { id } })
  return inspected.ok ? (await inspected.json()).Config?.Labels : undefined
}

function inBody(endpoint: string, body: unknown, wanted: Labels, keep: boolean): void {
  put(body, wanted, keep)
  if (!isObject(body)) return
  if (endpoint === 'POST /containers/create') onVolumes(body['HostConfig'], wanted, keep)
  if (!endpoint.startsWith('POST /services/')) return
  const { TaskTemplate: task } = body
  if (!isObject(task)) return
  const { ContainerSpec: container } = task
  put(container, wanted, keep)
  onVolumes(container, wanted, keep)
}

/** Volumes that a mount makes where they are not there yet. */
function onVolumes(holder: unknown, wanted: Labels, keep: boolean): void {
  const mounts = isObject(holder) ? holder['Mounts'] : undefined
  if (!Array.isArray(mounts)) return
  for (const mount of mounts as unknown[])
    if (isObject(mount) && mount['Type'] === 'volume') put(objectIn(mount, 'VolumeOptions'), wanted, keep)
}

function put(holder: unknown, wanted: Labels, keep: boolean): void {
  const there = objectIn(holder, 'Labels')
  if (there === undefined) return
  for (const [name, value] of Object.entries(wanted))
    if (!keep || !Object.hasOwn(there, name)) there[name] = value
}

/** The query of a build has them as JSON. What cannot be read is left for the engine to refuse. */
function inBuild(labels: string | undefined, wanted: Labels, keep: boolean): string | undefined {
  const there = labels ? parsed(labels) : {}
  if (there === undefined) return labels
  const both = keep ? { ...wanted, ...there } : { ...there, ...wanted }
  const isSame = labels && Object.entries(both).every(([name, value]) => there[name] === value)
  return isSame ? labels : JSON.stringify(both)
}

function parsed(labels: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(labels) ?? {}
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * The instructions that a commit or import applies to the configuration of the image, which the engine reads as the
 * lines of one Dockerfile: the last word on a label is the one that counts.
 */
function inChanges(changes: readonly string[], wanted: Labels, keep: boolean): string | undefined {
  if (Object.keys(wanted).length === 0) return changes[0]
  return withInstruction(changes, (escape) => labelInstruction(wanted, escape), keep ? 'first' : 'last')
}

function without(wanted: Labels, there: unknown): Labels {
  if (!isObject(there)) return wanted
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => !Object.hasOwn(there, name)))
}
