/** An image's name as docker reads it: `busybox` is docker.io/library/busybox. */
export interface ImageReference {
  readonly name: string
  /** Undefined where none is given (to run, that is `latest`; to pull, every tag), and beside a digest, where it says nothing. */
  readonly tag: string | undefined
  readonly digest: string | undefined
}

/** Undefined for what is no name: an id, or something that could be the beginning of one. */
export function imageReference(text: string): ImageReference | undefined {
  if (digestForm.test(text)) return undefined
  const [, given, tag, digest] = form.exec(text) ?? []
  if (given === undefined) return undefined
  if (tag === undefined && digest === undefined && /^[0-9a-f]+$/.test(given)) return undefined
  return { name: normalised(given), tag: digest === undefined ? tag : undefined, digest }
}

/**
 * With registry, and with `library/` for images of Docker's own. The first part of a name is a registry where it has a
 * dot, a colon or a capital, or is localhost (distribution/reference, splitDockerDomain).
 */
export function normalised(given: string): string {
  const slash = given.indexOf('/')
  const first = given.slice(0, Math.max(slash, 0))
  const isRegistry =
    slash > 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase())
  const registry = isRegistry ? first : 'docker.io'
  const path = isRegistry ? given.slice(slash + 1) : given
  const isDockers = registry === 'docker.io' || registry === 'index.docker.io'
  return isDockers ? `docker.io/${path.includes('/') ? path : `library/${path}`}` : `${registry}/${path}`
}

const part = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const registry = String.raw`[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d+)?`
const form = new RegExp(
  String.raw`^((?:${registry}/)?${part}(?:/${part})*)(?::(\w[\w.-]{0,127}))?(?:@([a-z0-9+._-]+:[0-9a-fA-F]{32,}))?$`,
)

/** An id, which the engine takes before a name with a tag like that. */
const digestForm = /^[a-z0-9+._-]+:[0-9a-fA-F]{32,}$/
