import { badRequest, conflict, notFound } from '../engine-error.js'
import type { Container } from './container.js'

/** The containers by their ids and names. */
export class Containers {
  readonly #byId = new Map<string, Container>()

  /** The newest first. */
  get all(): Container[] {
    return [...this.#byId.values()].toReversed()
  }

  /** By id, by name, or by the beginning of the id. @throws 404, or 400 where several begin so */
  get(text: string): Container {
    const container = this.find(text)
    if (!container) throw notFound(`No such container: ${text}`)
    return container
  }

  find(text: string): Container | undefined {
    const name = text.replace(/^\//, '')
    const exact = this.#byId.get(text) ?? this.named(name)
    if (exact) return exact
    const some = /^[0-9a-f]+$/.test(text) ? this.all.filter(({ id }) => id.startsWith(text)) : []
    if (some.length > 1)
      throw badRequest(`${text} is ambiguous: ${some.length} containers have an id that begins so`)
    return some[0]
  }

  named(name: string): Container | undefined {
    return this.all.find((container) => container.name === name)
  }

  /** @throws 400 for what is no name, 409 for that of another */
  checkName(name: string): void {
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) {
      throw badRequest(`Invalid container name (${name}): a letter or digit, then more of them or _ . and -`)
    }
    const owner = this.named(name)
    if (owner) {
      throw conflict(
        `Conflict. The name "/${name}" is already in use by container ${owner.id}: remove or rename that one first`,
      )
    }
  }

  add(container: Container): void {
    this.#byId.set(container.id, container)
  }

  delete(container: Container): void {
    this.#byId.delete(container.id)
  }
}
