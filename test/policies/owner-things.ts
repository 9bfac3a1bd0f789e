import { randomBytes } from 'node:crypto'
import type { Caller } from './owner-clients.js'

/** What names one's things: those that are there, or others of the same form that are not. */
export interface Names {
  readonly container: string
  readonly exec: string
  readonly image: string
  readonly volume: string
  readonly network: string
}

/** All ways to name the same things, and others that nobody has, of the same forms. */
export interface Things {
  readonly forms: Readonly<Record<string, { readonly there: Names; readonly absent: Names }>>
}

/** Makes one thing of each kind, all named after `name`. */
export async function makeThings(call: Caller, name: string): Promise<Things> {
  const made = async (line: string, body?: object): Promise<{ Id: string }> => {
    const answer = await call(line, body)
    if (answer.status >= 300) throw new Error(`${line}: ${answer.status} ${answer.text}`)
    return answer.text === '' ? { Id: '' } : (answer.json as { Id: string })
  }
  await made('POST /volumes/create', { Name: `${name}-volume` })
  const network = await made('POST /networks/create', { Name: `${name}-network`, CheckDuplicate: true })
  const container = await made(`POST /containers/create?name=${name}-container`, {
    Image: 'busybox:latest',
    Cmd: ['sleep', '600'],
    StopSignal: 'SIGKILL',
    HostConfig: { Binds: [`${name}-volume:/data`], NetworkMode: `${name}-network` },
  })
  await made(`POST /containers/${name}-container/start`)
  const image = await made(`POST /commit?container=${name}-container&repo=${name}-image&tag=v1`)
  const exec = await made(`POST /containers/${name}-container/exec`, { Cmd: ['true'] })
  const shared = { exec: exec.Id, volume: `${name}-volume` }
  const absent = { exec: hex(64), volume: `${name}-no-volume` }
  const imageId = image.Id.replace('sha256:', '')
  return {
    forms: {
      names: {
        there: {
          ...shared,
          container: `${name}-container`,
          image: `${name}-image:v1`,
          network: `${name}-network`,
        },
        absent: {
          ...absent,
          container: `${name}-no-container`,
          image: `${name}-no-image:v1`,
          network: `${name}-no-network`,
        },
      },
      ids: {
        there: { ...shared, container: container.Id, image: image.Id, network: network.Id },
        absent: { ...absent, container: hex(64), image: `sha256:${hex(64)}`, network: hex(64) },
      },
      'starts of ids': {
        there: {
          ...shared,
          container: container.Id.slice(0, 12),
          image: imageId.slice(0, 12),
          network: network.Id.slice(0, 12),
        },
        absent: { ...absent, container: hex(12), image: hex(12), network: hex(12) },
      },
    },
  }
}

/** Removes what `makeThings` has made. */
export async function removeThings(call: Caller, name: string): Promise<void> {
  await call(`DELETE /containers/${name}-container?force=1&v=1`)
  await call(`DELETE /images/${name}-image:v1?force=1`)
  await call(`DELETE /networks/${name}-network`)
  await call(`DELETE /volumes/${name}-volume?force=1`)
}

/** What there is to see of them that an attack could change. */
export async function stateOf(call: Caller, { forms }: Things): Promise<unknown> {
  const { container, image, volume, network } = forms['names']!.there
  const inspected = (await call(`GET /containers/${container}/json`)).json
  const { Name, State, HostConfig, ExecIDs, Config, NetworkSettings } = inspected
  const top = (await call(`GET /containers/${container}/top`)).json.Processes.length as number
  const changes = (await call(`GET /containers/${container}/changes`)).json as unknown
  const { Id, RepoTags } = (await call(`GET /images/${image}/json`)).json
  const made = (await call(`GET /networks/${network}`)).json
  return {
    container: { Name, Pid: State.Pid, Status: State.Status, HostConfig, ExecIDs, Config, top, changes },
    networks: Object.keys(NetworkSettings.Networks),
    image: { Id, RepoTags },
    volume: (await call(`GET /volumes/${volume}`)).json as unknown,
    network: { Id: made.Id, Name: made.Name, Containers: made.Containers },
  }
}

function hex(length: number): string {
  // Not all digits: engines read a number as one.
  return `f${randomBytes(32).toString('hex')}`.slice(0, length)
}
