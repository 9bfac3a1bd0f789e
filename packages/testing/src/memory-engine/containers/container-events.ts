import type { Engine } from '../engine.js'
import type { Container } from './container.js'

/** Tells that something happened to a container; its labels are part of the event. */
export function emit(
  engine: Engine,
  { id, name, imageName, config }: Container,
  action: string,
  attributes: Readonly<Record<string, string>> = {},
): void {
  engine.events.emit('container', action, id, { ...config.Labels, ...attributes, image: imageName, name })
}
