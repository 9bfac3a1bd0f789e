import type { Policy } from '../policy.js'
import { checkOptions, configurationError, trueOrFalse } from '../settings.js'
import { allowedAre, allowList } from './allow-list.js'
import type { Ask } from './ask.js'
import type { ImageReference } from './image-reference.js'
import { imageReference, normalised } from './image-reference.js'
import type { Rule } from './rule.js'
import { never, ruled } from './rule.js'

export interface ImagesOptions {
  /**
   * Names of images that may be pulled and run: `busybox`, `busybox:1.36`, `team/*`, `registry.example/**`; `*` stands for
   * anything but a slash, `**` for anything. Without a tag, any. As docker does, a name without a registry is one of
   * docker.io. One with a tag does not cover a digest, beside which docker ignores the tag.
   */
  allow: readonly string[]
  /** Names of images that may be made here, by build, commit and import, and then run. @default none is made here */
  made?: readonly string[]
  /** Images that are pulled must be named with their digest (`busybox@sha256:…`). @default false */
  digests?: boolean
  /** `docker load`, which can give any image any name, and so undoes the rest. @default false */
  load?: boolean
}

/**
 * Lets only these images be pulled and run:
 *
 *     filter.images({ allow: ['registry.example/**'], made: ['ci/*'] })
 *
 * Covered: create, services, mounts of images, pull, push, and all that gives an image a name, so that none can be given
 * that of another: tag (an allowed name only for what is allowed and not made here), build, commit, import (only names of `made`), load; also the
 * `cachefrom` and outputs of a build, and plugins. Containers that are there already are judged by the name of their
 * image, before anyone gets into them (exec, attach, start, restart, cp, update). An image by its id is refused: its
 * names are not told.
 *
 * Behind `enricher.imageMirror()`, images have the names of the mirror: those are to be allowed.
 *
 * Not covered: FROM in a Dockerfile, which is inside the build's context: who names `made` lets be built from anything.
 * And what is behind a name on this machine: a tag is what was last pulled or made under it, with `digests` the
 * registry's content too.
 * @throws IntermediateError for an option that does not exist or a pattern that is none
 */
export function images(options: ImagesOptions): Policy {
  return ruled('images', [imageRule(options), never('unreadable')])
}

export function imageRule(options: ImagesOptions): Rule {
  checkOptions('images()', options, ['allow', 'made', 'digests', 'load'])
  const allowed = patterns(options.allow)
  const made = patterns(options.made ?? [])
  const digests = trueOrFalse('images()', 'digests', options.digests)
  const load = trueOrFalse('images()', 'load', options.load)
  const advice = allowedAre([...options.allow, ...(options.made ?? [])])
  const some = (all: readonly Pattern[], reference: ImageReference) =>
    all.some((matches) => matches(reference))

  function judge({ name, use, source = '' }: Ask): string | undefined {
    if (use === 'load') return load ? undefined : 'pull them'
    if (use === 'build') return made.length > 0 ? undefined : 'pull one that is'
    const given = imageReference(name)
    if (given === undefined)
      return use === 'make' ? madeAdvice(options.made) : `name it as one that is; ${advice}`
    const reference = use === 'pull' ? given : withTag(given)
    if (use === 'make') return some(made, reference) ? undefined : madeAdvice(options.made)
    if (use !== 'pull' && some(made, reference)) return undefined
    if (!some(allowed, reference)) return advice
    if (use === 'tag')
      return isMade(source) ? `${source} may have names of ${options.made?.join(', ')}` : undefined
    return digests && reference.digest === undefined ? 'name it with its digest' : undefined
  }

  /** What was made here must not come under the name of what was not. */
  function isMade(name: string): boolean {
    const reference = imageReference(name)
    return reference !== undefined && some(made, withTag(reference))
  }

  return { topic: 'image', judge }
}

/** Without a tag and a digest, it is `latest` that is meant. */
function withTag(reference: ImageReference): ImageReference {
  return reference.tag === undefined && reference.digest === undefined
    ? { ...reference, tag: 'latest' }
    : reference
}

function madeAdvice(made: readonly string[] | undefined): string {
  return made === undefined || made.length === 0
    ? 'pull one that is'
    : `names for that are ${made.join(', ')}`
}

type Pattern = (reference: ImageReference) => boolean

function patterns(given: readonly string[]): readonly Pattern[] {
  return allowList('images', given, /^[\w.*/:-]+$/, 'registry.example/team/*').map(patternOf)
}

function patternOf(text: string): Pattern {
  const [, name, tag] = /^(.*?[^/:]*?)(?::([^/:]+))?$/.exec(text) ?? []
  if (name === undefined || name === '')
    throw configurationError(
      `images() was given ${JSON.stringify(text)}: write it as 'registry.example/team/*'.`,
    )
  const full = name.startsWith('**') ? name : normalised(name)
  const nameForm = globForm(full)
  const tagForm = tag === undefined ? undefined : globForm(tag)
  return (reference) =>
    nameForm.test(reference.name) &&
    (tagForm === undefined || (reference.tag !== undefined && tagForm.test(reference.tag)))
}

function globForm(glob: string): RegExp {
  const parts = glob.split(/(\*\*|\*)/).map((part) => {
    if (part === '**') return '.*'
    return part === '*' ? '[^/]*' : part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)
  })
  return new RegExp(`^${parts.join('')}$`)
}
