/** What the name of an image consists of, as the engine reads it. */
interface ImageName {
  /** Without a tag or digest, with its registry: `docker.io/library/busybox` */
  readonly full: string
  /** The same as people say it: `busybox` */
  readonly familiar: string
  readonly tag: string | undefined
  readonly digest: string | undefined
}

/** Two names are the same where this is: `docker.io/library/busybox:latest` of `busybox`. */
export function compareName(image: string, tag?: string): string {
  const { full, tag: said = 'latest', digest } = parsed(image, tag)
  return digest === undefined ? `${full}:${said}` : `${full}@${digest}`
}

/** All that an image can be called: with and without its registry, its tag and its digest. */
export function allNames(image: string, tag?: string): readonly string[] {
  const { full, familiar, tag: said, digest } = parsed(image, tag)
  const behind = ['', `:${said ?? 'latest'}`, ...(digest === undefined ? [] : [`@${digest}`])]
  // Of one with a digest and no tag, nobody knows the tag.
  const ends = digest !== undefined && said === undefined ? ['', `@${digest}`] : behind
  return [image, ...[familiar, full].flatMap((name) => ends.map((end) => name + end))]
}

/** @param also the tag or digest that is said beside it, as in a pull */
function parsed(image: string, also: string | undefined): ImageName {
  const [named = '', ownDigest] = image.split('@', 2)
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1)
  const repository = colon < 0 ? named : named.slice(0, colon)
  const ownTag = colon < 0 ? undefined : named.slice(colon + 1)
  const isDigest = also?.includes(':') === true
  const digest = isDigest ? also : ownDigest
  const tag = isDigest ? ownTag : also || ownTag
  const [first = '', ...rest] = repository.split('/')
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')
  const path = hasRegistry ? rest.join('/') : repository
  const isHub = !hasRegistry || first === 'docker.io' || first === 'index.docker.io'
  if (!isHub) return { full: repository, familiar: repository, tag, digest }
  const familiar = path.replace(/^library\/(?=[^/]+$)/, '')
  const full = `docker.io/${familiar.includes('/') ? familiar : `library/${familiar}`}`
  return { full, familiar, tag, digest }
}
