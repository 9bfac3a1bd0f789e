import type { api, Call, Reply } from '@intermediate/core'
import type { EngineSet } from './engine-set.js'
import type { Member } from './member.js'

/** The label by which compose knows what belongs together. */
const projectLabel = 'com.docker.compose.project'

/** The engines that have something of the compose project of what is made; none where it is of none. */
export async function homesOf(
  set: EngineSet,
  call: Call,
  { Labels }: Pick<api.ContainerCreateBody, 'Labels'>,
): Promise<readonly Member[]> {
  const project = Labels?.[projectLabel]
  if (!project) return []
  const filters = JSON.stringify({ label: [`${projectLabel}=${project}`] })
  const [containers, networks, volumes] = await Promise.all([
    set.documents<api.ContainerSummary[]>(call, {
      ask: (upstream) =>
        upstream.ask(call, 'GET /containers/json', { query: { all: '1', filters } }) as Promise<Reply>,
    }),
    set.documents<api.Network[]>(call, {
      ask: (upstream) => upstream.ask(call, 'GET /networks', { query: { filters } }) as Promise<Reply>,
    }),
    set.documents<api.VolumeListResponse>(call, {
      ask: (upstream) => upstream.ask(call, 'GET /volumes', { query: { filters } }) as Promise<Reply>,
    }),
  ])
  return [
    ...containers.done.filter(({ said }) => said.length > 0),
    ...networks.done.filter(({ said }) => said.length > 0),
    ...volumes.done.filter(({ said }) => (said.Volumes ?? []).length > 0),
  ].map(({ engine }) => engine)
}
