import type { Call, Layer, ReadCall } from '@intermediate/core'
import { changeDockerfile, layer, readCall } from '@intermediate/core'
import { renameImages } from './dockerfile-images.js'
import { imageName } from './image-name.js'
import { isObject } from './json-place.js'
import { checkFlag, checkOptions, checkTexts, settingError } from './settings.js'

export interface ImageMirrorOptions {
  /**
   * Credentials that the client sends for a registry go to its mirror.
   * @default false: they go to no other host than the one they are for
   */
  sendCredentials?: boolean
}

/**
 * Takes images from a mirror of their registry: pulls, and what containers and services are made of.
 *
 *     enricher.imageMirror({ 'docker.io': 'mirror.local/hub' })   // busybox is mirror.local/hub/library/busybox
 *
 * An image that the engine has under the name that the client says, and not from the mirror, is taken as it is: it was
 * built or loaded here. Covers pull, create, services, `GET /distribution`, the inspection of images (by which clients
 * see whether to pull), and builds of the engine's own builder: `FROM` and `COPY --from` in the Dockerfile of a context
 * that is sent, plain or packed by gzip, and `cachefrom`. It cannot cover BuildKit's own calls (`POST /grpc`), remote
 * contexts, plugins, search, and push; tag, history and removal know images by the mirror's name.
 * @throws IntermediateError for a mirror that is no host and path
 */
export function imageMirror(
  mirrors: Readonly<Record<string, string>>,
  options: ImageMirrorOptions = {},
): Layer {
  checkTexts('imageMirror', mirrors)
  checkOptions('imageMirror', options, ['sendCredentials'])
  checkFlag('imageMirror', 'sendCredentials', options.sendCredentials)
  for (const [registry, mirror] of Object.entries(mirrors)) checkMirror(registry, mirror)
  const sendCredentials = options.sendCredentials ?? false
  const renamed = renaming(mirrors)
  const located = locating(renamed)

  const inJson = async (call: ReadCall<Exclude<Mirrored, 'POST /build'>>): Promise<void> => {
    switch (call.endpoint) {
      case 'POST /containers/create':
        if (isObject(call.body) && call.body.Image) call.body.Image = await located(call, call.body.Image)
        break
      case 'GET /images/:name/json':
        call.params.name = await located(call, call.params.name)
        break
      case 'POST /images/create': {
        const name = renamed(call.query.fromImage)
        if (name === call.query.fromImage) break
        call.query.fromImage = name
        if (!sendCredentials) call.headers.delete(credentials)
        break
      }
      case 'GET /distribution/:name/json': {
        const name = renamed(call.params.name)
        if (name === call.params.name) break
        call.params.name = name
        if (!sendCredentials) call.headers.delete(credentials)
        break
      }
      default: {
        const container = isObject(call.body?.TaskTemplate) ? call.body.TaskTemplate.ContainerSpec : undefined
        if (!isObject(container)) break
        const name = await located(call, container.Image)
        if (name === container.Image) break
        container.Image = name
        // Without the header an update goes on with those that the service has: for the other registry.
        if (!sendCredentials) call.headers.set(credentials, none)
      }
    }
  }

  return layer(endpoints, async function imageMirror(call, next) {
    if (call.endpoint === 'POST /build') await inBuild(call, renamed, located)
    else await inJson(await readCall(call))
    return next(call)
  })
}

const endpoints = [
  'POST /containers/create',
  'GET /images/:name/json',
  'POST /images/create',
  'GET /distribution/:name/json',
  'POST /build',
  'POST /services/create',
  'POST /services/:id/update',
] as const
type Mirrored = (typeof endpoints)[number]

const credentials = 'X-Registry-Auth'
/** `{}` in base64: no credentials. */
const none = 'e30='

type Rename = <T>(name: T) => T

/** Gives the name on the mirror; what is on a mirror already stays, and what is no name of an image. */
function renaming(mirrors: Readonly<Record<string, string>>): Rename {
  const all = Object.values(mirrors)
  const rename = (text: string) => {
    const name = imageName(text)
    if (name === undefined || !Object.hasOwn(mirrors, name.registry)) return text
    const whole = `${name.registry}/${name.rest}`
    return all.some((mirror) => whole.startsWith(`${mirror}/`))
      ? text
      : `${mirrors[name.registry]}/${name.rest}`
  }
  return (name) => (typeof name === 'string' ? rename(name) : name) as typeof name
}

type Locate = ReturnType<typeof locating>

/** The same but for an image that is there under its own name only. */
function locating(renamed: Rename) {
  return async <T>(call: Pick<Call<'POST /build'>, 'ask'>, text: T): Promise<T> => {
    const name = renamed(text)
    if (name === text || typeof name !== 'string' || typeof text !== 'string') return text
    const has = async (image: string) =>
      (await call.ask('GET /images/:name/json', { params: { name: image } })).ok
    return (await has(name)) || !(await has(text)) ? name : text
  }
}

/** BuildKit has images, and the Dockerfile, in calls of its own. */
async function inBuild(call: Call<'POST /build'>, renamed: Rename, located: Locate): Promise<void> {
  const { query } = call
  const isKit = query.version === '2'
  const { cachefrom } = query
  query.cachefrom = await inCacheFrom(cachefrom, (name) => (isKit ? renamed(name) : located(call, name)))
  if (isKit || query.remote) return
  const given = objectIn(query.buildargs)
  const inImages = (dockerfile: string) => renameImages(dockerfile, given, (name) => located(call, name))
  changeDockerfile(call, inImages, { unread: 'pass' })
}

/** What cannot be read is left for the engine to say. */
function objectIn(json: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json || '{}')
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

/** A list in JSON; what cannot be read is left for the engine, which then has no cache. */
async function inCacheFrom(
  text: string | undefined,
  rename: (name: unknown) => unknown,
): Promise<string | undefined> {
  if (!text) return text
  try {
    const list: unknown = JSON.parse(text)
    if (!Array.isArray(list)) return text
    const renamed: unknown[] = []
    // However many there are, the engine is asked about one after the other.
    for (const each of list as unknown[]) renamed.push(await rename(each))
    return renamed.every((each, at) => each === list[at]) ? text : JSON.stringify(renamed)
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
}

function checkMirror(registry: string, mirror: string): void {
  if (registry.includes('/') || imageName(`${registry}/x/x`)?.registry !== registry)
    throw settingError(
      `${JSON.stringify(registry)} is no registry that images name: give one such as "docker.io" or "registry:5000".`,
    )
  const [host] = mirror.split('/', 1)
  if (!/^[\w.-]+(:\d+)?(\/[a-z0-9._-]+)*$/.test(mirror) || imageName(`${mirror}/x/x`)?.registry !== host)
    throw settingError(
      `${JSON.stringify(mirror)} is no place of a mirror: give its host, and a path if it has one: "mirror.local/hub".`,
    )
}
