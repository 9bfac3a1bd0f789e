import { ask } from '../engines/made.js'
import type { Aim, Disagreement } from './disagreement.js'
import { bytesOf } from './disagreement.js'
import { lastReply } from './last-reply.js'

const sleeping = { Image: 'busybox:latest', Cmd: ['sleep', '1000'], HostConfig: { NetworkMode: 'bridge' } }
export const memory = 64 * 1024 * 1024

/** The containers of an engine that the corpus is about, and what became of them. */
export class Attempts {
  /** `guarded` and `mine` run; `doomed` and `renamed` need not. */
  readonly names: Readonly<Record<'guarded' | 'mine' | 'doomed' | 'renamed' | 'reserved' | 'made', string>>
  private readonly engine: string

  constructor(engine: string, run: string) {
    this.engine = engine
    const [guarded, mine, doomed] = [`${run}-guarded`, `${run}-mine`, `${run}-doomed`]
    const [renamed, reserved, made] = [`${run}-renamed`, `${run}-reserved`, `${run}-made`]
    this.names = { guarded, mine, doomed, renamed, reserved, made }
  }

  async prepare(): Promise<void> {
    const { guarded, mine } = this.names
    await this.create(guarded, sleeping)
    await this.post(`/containers/${guarded}/start`)
    await this.create(mine, {
      ...sleeping,
      HostConfig: { ...sleeping.HostConfig, Links: [`${guarded}:link`] },
    })
    await this.post(`/containers/${mine}/start`)
  }

  async remove(): Promise<void> {
    const { mine, ...others } = this.names
    for (const name of [mine, ...Object.values(others)]) await this.delete(name)
  }

  /** Has a client write it to that address; true if its aim was reached. Then all is as it was before. */
  async succeeds(at: string, entry: Disagreement, formFields: readonly string[]): Promise<boolean> {
    const { guarded, mine, doomed, renamed, reserved, made } = this.names
    const names = { GUARDED: guarded, MINE: mine, RESERVED: reserved, MADE: made }
    const write = (others: Record<string, string> = {}) =>
      lastReply(at, entry, bytesOf(entry, formFields, { ...names, ...others }))
    const aims: Record<Aim, () => Promise<boolean>> = {
      'a container with more rights': async () => {
        await write()
        const { HostConfig: host } = await this.inspect(made)
        await this.delete(made)
        const memoryOf = Number(host?.['Memory'] ?? 0)
        const isHosts = host?.['PidMode'] === 'host' || host?.['NetworkMode'] === 'host'
        return host?.['Privileged'] === true || isHosts || memoryOf > memory
      },
      'a reserved name': async () => {
        await this.create(renamed, sleeping)
        await write({ MINE: renamed })
        const { Id } = await this.inspect(reserved)
        for (const name of [renamed, reserved, made]) await this.delete(name)
        return Id !== undefined
      },
      'an exec with more rights': async () => {
        const before = await this.execs(mine)
        await write()
        const made = (await this.execs(mine)).filter((id) => !before.includes(id))
        const kept = await Promise.all(made.map((id) => this.get(`/exec/${id}/json`)))
        return kept.some(({ ProcessConfig: process }) => process?.['privileged'] === true)
      },
      'an exec in the guarded container': async () => {
        const before = await this.execs(guarded)
        await write()
        return (await this.execs(guarded)).length > before.length
      },
      'a start of an exec in the guarded container': async () => {
        const { Id } = await this.post(`/containers/${guarded}/exec`, { Cmd: ['true'] })
        await write({ EXEC: Id ?? '' })
        const { Running, ExitCode } = await this.get(`/exec/${Id ?? ''}/json`)
        return Running === true || ExitCode !== null
      },
      'an attach to the guarded container': async () => [101, 200].includes(await write()),
      'the end of the guarded container': async () => {
        await this.create(doomed, sleeping)
        await write({ GUARDED: doomed })
        const { Id } = await this.inspect(doomed)
        await this.delete(doomed)
        return Id === undefined
      },
    }
    return aims[entry.aim]()
  }

  private async execs(name: string): Promise<readonly string[]> {
    return (await this.inspect(name)).ExecIDs ?? []
  }

  private inspect(name: string): Promise<Answer> {
    return this.get(`/containers/${name}/json`)
  }

  private create(name: string, body: object): Promise<Answer> {
    return this.post(`/containers/create?name=${name}`, body)
  }

  private async delete(name: string): Promise<void> {
    await ask(this.engine, 'DELETE', `/containers/${name}?force=1`)
  }

  private async get(path: string): Promise<Answer> {
    const { value }: { value: unknown } = await ask(this.engine, 'GET', path)
    return value as Answer
  }

  private async post(path: string, body?: object): Promise<Answer> {
    const bytes = body && Buffer.from(JSON.stringify(body))
    const { status, value }: { status: number; value: unknown } = await ask(this.engine, 'POST', path, bytes)
    if (status >= 300) throw new Error(`${path}: ${JSON.stringify(value)}`)
    return value as Answer
  }
}

interface Answer {
  readonly Id?: string
  readonly ExecIDs?: readonly string[] | null
  readonly Running?: unknown
  readonly ExitCode?: unknown
  readonly HostConfig?: Readonly<Record<string, unknown>>
  readonly ProcessConfig?: Readonly<Record<string, unknown>>
}
