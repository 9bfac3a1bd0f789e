/** The name of an image as docker reads it, in its two parts. */
export interface ImageName {
  /** Where it comes from: `docker.io` where the name does not say. */
  readonly registry: string
  /** With tag and digest, as they were given: `library/busybox:latest`. */
  readonly rest: string
}

/**
 * Reads a name as docker does: `busybox` is `docker.io/library/busybox`. Undefined for the id of an image, and for what
 * is no name of one.
 */
export function imageName(text: string): ImageName | undefined {
  if (/^(sha256:)?[0-9a-f]{64}$/.test(text)) return undefined
  const slash = text.indexOf('/')
  const first = text.slice(0, Math.max(slash, 0))
  const isRegistry = /[.:A-Z]/.test(first) || first === 'localhost'
  const path = isRegistry ? text.slice(slash + 1) : text
  if ((isRegistry && !host.test(first)) || !pathTagAndDigest.test(path)) return undefined
  const registry = !isRegistry || first === 'index.docker.io' ? 'docker.io' : first
  return { registry, rest: registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path }
}

const host = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?$/i
const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const pathTagAndDigest = new RegExp(
  `^${component}(?:/${component})*(?::\\w[\\w.-]{0,127})?(?:@[a-z0-9+._-]+:[0-9a-f]{32,})?$`,
)
