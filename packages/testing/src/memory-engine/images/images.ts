import { conflict, notFound } from '../engine-error.js'
import type { Events } from '../events.js'
import { sizeOf } from '../files/nodes.js'
import type { FolderNode } from '../files/nodes.js'
import { digestOf } from '../ids.js'
import { now } from '../time.js'
import { baseFiles } from './base-files.js'
import { containerConfig } from '../containers/config.js'
import type { ContainerConfig } from '../containers/config.js'
import { parseReference } from './reference.js'

export interface Image {
  /** `sha256:…` */
  readonly id: string
  readonly created: bigint
  readonly config: ContainerConfig
  readonly files: FolderNode
  readonly size: number
  readonly comment: string
  readonly author: string
  readonly parent: string
  readonly tags: Set<string>
  readonly digests: Set<string>
  taggedAt: bigint
}

/** What an image is made of; the rest follows. */
export type ImageContent = Pick<Image, 'config' | 'files'> &
  Partial<Pick<Image, 'comment' | 'author' | 'parent'>>

export interface ImagesOptions {
  readonly events: Events
  /** The names that are there; undefined: whatever a container is made of. */
  readonly present: readonly string[] | undefined
  /** The names of the containers that are made of an image, and whether each runs. */
  readonly users: (image: Image) => readonly { readonly id: string; readonly running: boolean }[]
}

/** The images by their ids and names. */
export class Images {
  readonly #byId = new Map<string, Image>()
  readonly #options: ImagesOptions

  constructor(options: ImagesOptions) {
    this.#options = options
    for (const name of options.present ?? ['busybox:latest']) this.#appear(parseReference(name).name)
  }

  get all(): Image[] {
    return [...this.#byId.values()]
  }

  /** By its id or the beginning of it, or by a name. @throws 404 */
  get(text: string): Image {
    const image = this.find(text)
    if (image) return image
    throw notFound(`No such image: ${isId(text) ? text : parseReference(text).name}`)
  }

  find(text: string): Image | undefined {
    const digits = text.replace(/^sha256:/, '')
    const byId = /^[0-9a-f]{4,64}$/.test(digits)
      ? this.all.filter(({ id }) => id.startsWith(`sha256:${digits}`))
      : []
    const named = isId(text) ? undefined : this.#named(parseReference(text).name)
    return named ?? (byId.length === 1 ? byId[0] : undefined)
  }

  /** What a container is made of: unless the engine was told which images there are, any name will do. @throws 404 */
  forContainer(text: string): Image {
    const image = this.find(text)
    if (image || this.#options.present !== undefined || isId(text)) return image ?? this.get(text)
    return this.#appear(parseReference(text).name)
  }

  /** As a registry gives it: everything is there. */
  pull(name: string): { image: Image; isNew: boolean } {
    const image = this.#named(name)
    const pulled = image ?? this.#appear(name)
    this.#emit('pull', name, pulled)
    return { image: pulled, isNew: image === undefined }
  }

  add(content: ImageContent, name: string | undefined): Image {
    const created = now()
    const image = this.#put(digestOf(`${created} ${name}`), created, content)
    if (name !== undefined) this.tag(image, name)
    return image
  }

  /** An image with the id that it had where it was saved; one that is there gets the names only. */
  load(id: string, created: bigint | undefined, content: ImageContent, names: readonly string[]): void {
    const image = this.#byId.get(id) ?? this.#put(id, created ?? now(), content)
    for (const name of names) this.tag(image, name)
    this.#emit('load', id, image)
  }

  /** A name belongs to one image: the one that had it goes on without. */
  tag(image: Image, name: string): void {
    this.#named(name)?.tags.delete(name)
    image.tags.add(name)
    image.taggedAt = now()
    this.#emit('tag', name, image)
  }

  /** Takes a name away, or with the last name the image. @throws 404, or 409 while containers are made of it */
  remove(text: string, force: boolean): ({ Untagged: string } | { Deleted: string })[] {
    const image = this.get(text)
    const name = isId(text) || image.id.includes(text) ? undefined : parseReference(text).name
    if (name === undefined && image.tags.size > 1 && !force) {
      throw conflict(
        `cannot remove ${shortId(image)}: it has several names, so remove it by one of them, or force it`,
      )
    }
    const tags = name === undefined ? [...image.tags] : [name]
    const isLast = tags.length >= image.tags.size
    if (isLast) this.#checkUnused(image, text, force)
    for (const tag of tags) {
      image.tags.delete(tag)
      image.digests.delete(tag)
      this.#emit('untag', image.id, image)
    }
    const untagged = tags.map((tag) => ({ Untagged: tag }))
    return isLast ? [...untagged, this.#delete(image)] : untagged
  }

  /** Removes what has no name and no container; with `unused`, also what has a name. */
  prune(
    unused: boolean,
    fits: (image: Image) => boolean,
  ): { deleted: ({ Untagged: string } | { Deleted: string })[]; size: number } {
    const gone = this.all.filter((image) => {
      return (unused || image.tags.size === 0) && this.#options.users(image).length === 0 && fits(image)
    })
    const deleted = gone.flatMap((image) => [
      ...[...image.tags].map((tag) => ({ Untagged: tag })),
      this.#delete(image),
    ])
    return { deleted, size: gone.reduce((sum, { size }) => sum + size, 0) }
  }

  users(image: Image): number {
    return this.#options.users(image).length
  }

  #named(name: string): Image | undefined {
    return this.all.find(({ tags, digests }) => tags.has(name) || digests.has(name))
  }

  /** An image from nowhere, the same for the same name. */
  #appear(name: string): Image {
    const id = digestOf(name)
    const config = { ...containerConfig.zero, Cmd: ['sh'], Env: ['PATH=/bin'] }
    const image = this.#byId.get(id) ?? this.#put(id, now(), { config, files: baseFiles() })
    if (name.includes('@')) image.digests.add(name)
    else image.tags.add(name)
    const repository = name.replace(/[:@][^/]*$/, '')
    if (!name.includes('@')) image.digests.add(`${repository}@${digestOf(`manifest of ${name}`)}`)
    return image
  }

  #put(id: string, created: bigint, content: ImageContent): Image {
    const image: Image = {
      id,
      created,
      size: sizeOf(content.files),
      comment: '',
      author: '',
      parent: '',
      ...content,
      tags: new Set(),
      digests: new Set(),
      taggedAt: created,
    }
    this.#byId.set(id, image)
    return image
  }

  #delete(image: Image): { Deleted: string } {
    this.#byId.delete(image.id)
    this.#emit('delete', image.id, image)
    return { Deleted: image.id }
  }

  #checkUnused(image: Image, text: string, force: boolean): void {
    const users = this.#options.users(image)
    const running = users.find((user) => user.running)
    const user = running ?? users[0]
    if (!user || (force && !running)) return
    const what = running ? 'runs' : 'is made'
    throw conflict(
      `cannot remove the image ${text}: the container ${user.id.slice(0, 12)} ${what} of it${running ? '' : ', so remove that first, or force it'}`,
    )
  }

  #emit(action: string, id: string, image: Image): void {
    this.#options.events.emit('image', action, id, { ...image.config.Labels, name: [...image.tags][0] ?? id })
  }
}

function shortId({ id }: Image): string {
  return id.slice('sha256:'.length, 'sha256:'.length + 12)
}

function isId(text: string): boolean {
  return /^sha256:[0-9a-f]+$/.test(text) || /^[0-9a-f]{64}$/.test(text)
}
