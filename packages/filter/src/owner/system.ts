import { whoseOf } from './find-image.js'
import { listOwnContainers } from './list-own.js'
import type { Rule } from './visit.js'

/** What the engine says of itself, with the numbers of what the owner sees. */
export const info: Rule = async (visit) => {
  const reply = await visit.forward()
  if (!reply.ok) return reply
  const containers = await listOwnContainers(visit)
  const images = (await visit.ask('GET /images/json', {})) ?? []
  const count = (...states: readonly string[]) =>
    containers.filter(({ State }) => states.includes(String(State))).length
  const running = count('running', 'restarting')
  const paused = count('paused')
  const shown = (await reply.json()) as Record<string, unknown>
  shown['Containers'] = containers.length
  shown['ContainersRunning'] = running
  shown['ContainersPaused'] = paused
  shown['ContainersStopped'] = containers.length - running - paused
  shown['Images'] = images.filter((image) => ['own', 'shared'].includes(whoseOf(visit, image))).length
  delete shown['NEventsListener']
  return reply
}
