import { badRequest } from '../engine-error.js'

/** An image's name as people write it: without Docker Hub's own parts, with a tag or a digest. */
export interface Reference {
  /** `busybox`, `registry.example:5000/team/app` */
  readonly repository: string
  readonly tag: string | undefined
  readonly digest: string | undefined
  /** `busybox:latest`, or with a digest `busybox@sha256:…` */
  readonly name: string
}

const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const domain = '(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::\\d+)?)'
const whole = new RegExp(
  `^(?<repository>(?:${domain}/)?${component}(?:/${component})*)(?::(?<tag>[\\w][\\w.-]{0,127}))?(?:@(?<digest>[a-z0-9]+:[0-9a-f]{32,}))?$`,
)

/** @throws 400 */
export function parseReference(text: string): Reference {
  const { repository, tag, digest } = whole.exec(text)?.groups ?? {}
  if (repository === undefined)
    throw badRequest(`${JSON.stringify(text)} has an invalid reference format: it is no name of an image`)
  const short = repository.replace(/^(?:index\.)?docker\.io\//, '').replace(/^library\//, '')
  const ownTag = tag ?? (digest === undefined ? 'latest' : undefined)
  return {
    repository: short,
    tag: ownTag,
    digest,
    name: digest === undefined ? `${short}:${ownTag}` : `${short}@${digest}`,
  }
}
