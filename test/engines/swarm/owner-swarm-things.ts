import { randomBytes } from 'node:crypto'
import { vi } from 'vitest'
import type { Caller } from '../../policies/owner-clients.js'
import { filters } from '../../policies/owner-clients.js'

/** What names one's things in a swarm: those that are there, or others of the same form that are not. */
export interface SwarmNames {
  readonly service: string
  readonly task: string
  readonly secret: string
  readonly config: string
  readonly network: string
}

/** A service that runs, and what it uses, all named after `name`. */
export async function makeSwarmThings(call: Caller, name: string) {
  const made = async (line: string, body: object): Promise<string> => {
    const { status, json, text } = await call(line, body)
    if (status >= 300) throw new Error(`${line}: ${status} ${text}`)
    return (json.ID ?? json.Id) as string
  }
  const secret = await made('POST /secrets/create', { Name: `${name}-secret`, Data: 'aGk=' })
  const config = await made('POST /configs/create', { Name: `${name}-config`, Data: 'aGk=' })
  const network = await made('POST /networks/create', { Name: `${name}-network`, Driver: 'overlay' })
  const service = await made('POST /services/create', specOf(`${name}-service`, 'busybox:latest'))
  const task = await taskOf(call, service)
  const absent = (end: string) => ({
    service: `${name}-no-service${end}`,
    secret: `${name}-no-secret${end}`,
    config: `${name}-no-config${end}`,
    network: `${name}-no-network${end}`,
    task: id(),
  })
  const start = (whole: string) => whole.slice(0, 15)
  const forms: Readonly<Record<string, { readonly there: SwarmNames; readonly absent: SwarmNames }>> = {
    names: {
      there: {
        service: `${name}-service`,
        task,
        secret: `${name}-secret`,
        config: `${name}-config`,
        network: `${name}-network`,
      },
      absent: absent(''),
    },
    ids: {
      there: { service, task, secret, config, network },
      absent: { service: id(), task: id(), secret: id(), config: id(), network: id() },
    },
    'starts of ids': {
      there: {
        service: start(service),
        task: start(task),
        secret: start(secret),
        config: start(config),
        network: start(network),
      },
      absent: {
        service: start(id()),
        task: start(id()),
        secret: start(id()),
        config: start(id()),
        network: start(id()),
      },
    },
  }
  return forms
}

/** A service that runs one container. */
export function specOf(Name: string, Image: string, container: object = {}, task: object = {}): object {
  return {
    Name,
    TaskTemplate: {
      ContainerSpec: { Image, Command: ['sleep', '600'], StopGracePeriod: 1, ...container },
      ...task,
    },
    Mode: { Replicated: { Replicas: 1 } },
  }
}

/** What of them an attack could change. */
export async function swarmState(call: Caller, { service, secret, config, network }: SwarmNames) {
  const kept = async (path: string): Promise<unknown> => {
    const { Version, Spec, Id } = (await call(`GET ${path}`)).json
    return { Version, Spec, Id }
  }
  return Promise.all([
    kept(`/services/${service}`),
    kept(`/secrets/${secret}`),
    kept(`/configs/${config}`),
    kept(`/networks/${network}`),
  ])
}

/** The first one, which a swarm makes when it gets to it. */
function taskOf(call: Caller, service: string): Promise<string> {
  return vi.waitFor(async () => {
    const { json } = await call(`GET /tasks?${filters({ service: [service] })}`)
    return json[0].ID as string
  })
}

/** Of the form that a swarm gives. */
function id(): string {
  return randomBytes(25)
    .toString('hex')
    .replaceAll(/[^a-z0-9]/g, '')
    .slice(0, 25)
}
