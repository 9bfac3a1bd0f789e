import { conflict } from '../engine-error.js'
import type { Engine } from '../engine.js'
import { anonymous } from '../volumes/volumes.js'
import type { Container } from './container.js'
import { emit } from './container-events.js'
import { kill } from './stop.js'

export interface RemoveOptions {
  force?: boolean
  /** Its anonymous volumes too. */
  volumes?: boolean
}

/** @throws 409 for one that runs, unless forced */
export async function remove(
  engine: Engine,
  container: Container,
  { force = false, volumes = false }: RemoveOptions = {},
): Promise<void> {
  if (container.isRemoved) return
  if (container.isRunning) {
    if (!force)
      throw conflict(`cannot remove container ${container.name}: it is running: stop it before, or force it`)
    await kill(engine, container, 'KILL')
  }
  container.isStopped = true
  // It may have removed itself as it ended.
  if (container.isRemoved) return
  container.isRemoved = true
  engine.containers.delete(container)
  for (const [id, exec] of engine.execs) if (exec.container === container) engine.execs.delete(id)
  emit(engine, container, 'destroy')
  if (volumes) {
    for (const { volume } of container.mounts) {
      if (volume?.labels && anonymous in volume.labels && !engine.volumes.isUsed(volume))
        engine.volumes.remove(volume)
    }
  }
  container.changed()
}
