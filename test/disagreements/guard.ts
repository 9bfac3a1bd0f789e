import { intermediate, reply } from '@intermediate/core'
import type { Call, Intermediate } from '@intermediate/core'

/** What may not be had, by the names that a test has chosen. */
export interface Guarded {
  readonly containers: readonly string[]
  readonly reserved: string
  /** In bytes, how much memory a container may have. */
  readonly memory: number
}

const denied = () => reply(403, { message: 'that is not allowed here' })

/** The rules that the corpus wants to get past, as an author would write them: of no other spelling than Docker's own. */
export function guard({ containers, reserved, memory }: Guarded): Intermediate {
  const isGuarded = async (call: Call, id: string) => {
    const inspected = await call.ask('GET /containers/:id/json', { params: { id } })
    return inspected.ok && containers.includes((await inspected.json()).Name?.slice(1) ?? '')
  }
  const isReserved = (name: string | undefined) => name?.replace(/^\//, '') === reserved
  return intermediate().use(
    intermediate()
      .use('POST /containers/create', async function create(call, next) {
        const { HostConfig: host } = await call.json()
        const hasHost = host?.PidMode === 'host' || host?.NetworkMode === 'host'
        const hasRights = host?.Privileged || hasHost || (host?.Memory ?? 0) > memory
        return hasRights || isReserved(call.query.name) ? denied() : next(call)
      })
      .use('POST /containers/:id/rename', async function rename(call, next) {
        return isReserved(call.query.name) ? denied() : next(call)
      })
      .use('POST /containers/:id/exec', async function exec(call, next) {
        const { Privileged } = await call.json()
        return Privileged || (await isGuarded(call, call.params.id)) ? denied() : next(call)
      })
      .use('POST /exec/:id/start', async function start(call, next) {
        const inspected = await call.ask('GET /exec/:id/json', { params: call.params })
        const { ContainerID } = inspected.ok ? await inspected.json() : {}
        return ContainerID && (await isGuarded(call, ContainerID)) ? denied() : next(call)
      })
      .use(['POST /containers/:id/attach', 'DELETE /containers/:id'], async function others(call, next) {
        return (await isGuarded(call, call.params.id)) ? denied() : next(call)
      }),
    { policy: true },
  )
}
