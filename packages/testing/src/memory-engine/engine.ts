import type { Container } from './containers/container.js'
import { Containers } from './containers/containers.js'
import type { Exec } from './containers/exec.js'
import { EngineError, notFound } from './engine-error.js'
import { Events } from './events.js'
import { folder } from './files/nodes.js'
import type { FolderNode } from './files/nodes.js'
import { Images } from './images/images.js'
import { newId } from './ids.js'
import { Networks } from './networks/networks.js'
import { Volumes } from './volumes/volumes.js'

/** Everything that an engine has. */
export class Engine {
  readonly id = newId()
  readonly events = new Events()
  readonly containers = new Containers()
  readonly images: Images
  readonly networks = new Networks(this.events)
  readonly volumes: Volumes
  readonly execs = new Map<string, Exec>()
  /** Aborted when the engine closes. */
  readonly closing = new AbortController()
  readonly #hostFolders = new Map<string, FolderNode>()
  #lastPid = 1000
  #lastPort = 32_767

  /** @param images the names of the images that are there; undefined: whatever a container is made of */
  constructor(images: readonly string[] | undefined) {
    this.images = new Images({
      events: this.events,
      present: images,
      users: (image) =>
        this.#containersWith((container) => container.image === image).map(({ id, isRunning }) => ({
          id,
          running: isRunning,
        })),
    })
    this.volumes = new Volumes(this.events, (volume) => {
      return this.#containersWith(({ mounts }) => mounts.some((mount) => mount.volume === volume)).map(
        ({ id }) => id,
      )
    })
  }

  readonly nextPid = (): number => ++this.#lastPid
  readonly nextPort = (): number => ++this.#lastPort

  /** @throws 404 */
  exec(id: string): Exec {
    const exec = this.execs.get(id)
    if (!exec) throw notFound(`No such exec instance: ${id}`)
    return exec
  }

  /** A folder that stands for one of the host, the same for the same path. */
  hostFolder(path: string): FolderNode {
    const existing = this.#hostFolders.get(path)
    if (existing) return existing
    const made = folder()
    this.#hostFolders.set(path, made)
    return made
  }

  /** Ends everything that runs, for good. */
  async close(): Promise<void> {
    this.closing.abort(new EngineError(503, 'the engine is closed'))
    const running = this.containers.all.flatMap((container) => container.running ?? [])
    for (const { sandbox } of running) sandbox.end()
    await Promise.all(running.map(({ main }) => main.exited))
  }

  #containersWith(fits: (container: Container) => boolean): Container[] {
    return this.containers.all.filter(fits)
  }
}
