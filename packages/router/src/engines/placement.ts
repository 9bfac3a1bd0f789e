import type { api, Call } from '@intermediate/core'
import { IntermediateError, readCall } from '@intermediate/core'
import type { Chooser } from '../choosers.js'
import type { EngineSet } from './engine-set.js'
import type { Finder, Kind } from './finder.js'
import type { Member } from './member.js'
import { isNameOf, referencesOf } from './references.js'

/** The label by which compose knows what belongs together. */
const projectLabel = 'com.docker.compose.project'

/** Decides on which engine something new is made. */
export class Placement {
  private readonly set: EngineSet
  private readonly finder: Finder
  private readonly choose: Chooser | undefined

  constructor(set: EngineSet, finder: Finder, choose: Chooser | undefined) {
    this.set = set
    this.finder = finder
    this.choose = choose
  }

  /**
   * The engine for what is pulled, loaded or imported.
   * @throws IntermediateError where the function of the user names none that there is
   */
  async ofImages(call: Call): Promise<Member> {
    return (await this.chosen(call)) ?? this.emptiest(call, this.set.members)
  }

  /**
   * The engine for a container, network or volume, in this order: the one that its name begins with (which is taken off),
   * the one that has what it needs, the one that the function of the user names, the one that has others of its compose
   * project, and of those that have its image the one with the fewest containers.
   * @throws IntermediateError 409 where its name is taken on another, or no engine has all that it needs
   */
  async ofObject(call: Call): Promise<Member> {
    const { body } = (await readCall(call)) as { body: api.ContainerCreateBody & { Name?: string | null } }
    const isContainer = call.endpoint === 'POST /containers/create'
    const kind = isContainer ? 'container' : call.endpoint === 'POST /networks/create' ? 'network' : 'volume'
    const query = call.query as Record<string, string | undefined>
    const text = (isContainer ? query['name'] : body.Name) ?? ''
    const named = this.set.split(text.replace(/^\//, ''))
    if (named.engine !== undefined) {
      if (isContainer) query['name'] = named.name
      else body.Name = named.name
      if (isContainer) await this.beside(call, body, [named.engine])
      return named.engine
    }
    const taken = text === '' ? [] : await this.named(call, kind, text)
    // Volumes are made where they are not, and are there otherwise.
    if (kind === 'volume' && taken.length > 0) return taken[0]!
    const fitting = isContainer ? await this.beside(call, body, this.set.members) : this.set.members
    const engine = await this.among(call, body, fitting)
    const other = taken.find((each) => each !== engine)
    if (other !== undefined && !taken.includes(engine)) throw nameTaken(call, kind, text, other, engine)
    return engine
  }

  private async among(
    call: Call,
    body: api.ContainerCreateBody,
    fitting: readonly Member[],
  ): Promise<Member> {
    if (fitting.length === 1) return fitting[0]!
    const chosen = await this.chosen(call)
    if (chosen !== undefined && fitting.includes(chosen)) return chosen
    const project = body.Labels?.[projectLabel]
    if (project) {
      const home = (await this.homes(call, project)).find((each) => fitting.includes(each))
      if (home !== undefined) return home
    }
    const image = body.Image
    if (call.endpoint !== 'POST /containers/create' || !image) return this.emptiest(call, fitting)
    const { engines } = await this.finder.having(call, 'image', image)
    const having = fitting.filter((each) => engines.includes(each))
    return this.emptiest(call, having.length > 0 ? having : fitting)
  }

  /** The engines on which a name is taken. */
  private async named(call: Call, kind: Kind, name: string): Promise<readonly Member[]> {
    const { engines, isExact } = await this.finder.having(call, kind, name.replace(/^\//, ''))
    return isExact ? engines : []
  }

  private async chosen(call: Call): Promise<Member | undefined> {
    const name = await this.choose?.(call)
    return name === undefined ? undefined : this.set.get(name)
  }

  /** Of these engines, those that have what the body names. What none of them has is for the engine to say. */
  private async beside(
    call: Call,
    body: api.ContainerCreateBody,
    among: readonly Member[],
  ): Promise<readonly Member[]> {
    let left = among
    const needs: string[] = []
    for (const { kind, text, rename } of referencesOf(body)) {
      const named = this.set.split(text)
      if (named.engine !== undefined && !isNameOf(kind, named.name)) throw noName(call, kind, text)
      const engines =
        named.engine === undefined ? (await this.finder.having(call, kind, text)).engines : [named.engine]
      if (named.engine !== undefined) rename(named.name)
      if (engines.length === 0) continue
      needs.push(`the ${kind} ${named.name} is on ${engines.map(({ name }) => name).join(' and ')}`)
      left = left.filter((each) => engines.includes(each))
    }
    if (left.length > 0) return left
    const only = among.length === 1 ? ` on ${among[0]!.name}` : ''
    throw conflict(call, `the container cannot be made${only} with all that it needs: ${needs.join(', ')}.`)
  }

  /** The engines that have something of a compose project. */
  private async homes(call: Call, project: string): Promise<readonly Member[]> {
    const filters = JSON.stringify({ label: [`${projectLabel}=${project}`] })
    const [containers, networks, volumes] = await Promise.all([
      this.set.documents<api.ContainerSummary[]>(
        call,
        (upstream) => upstream.ask(call, 'GET /containers/json', { query: { all: '1', filters } }) as never,
      ),
      this.set.documents<api.Network[]>(
        call,
        (upstream) => upstream.ask(call, 'GET /networks', { query: { filters } }) as never,
      ),
      this.set.documents<api.VolumeListResponse>(
        call,
        (upstream) => upstream.ask(call, 'GET /volumes', { query: { filters } }) as never,
      ),
    ])
    return [
      ...containers.done.filter(({ said }) => said.length > 0),
      ...networks.done.filter(({ said }) => said.length > 0),
      ...volumes.done.filter(({ said }) => (said.Volumes ?? []).length > 0),
    ].map(({ engine }) => engine)
  }

  /** The one with the fewest containers, of those that answer. */
  private async emptiest(call: Call, among: readonly Member[]): Promise<Member> {
    if (among.length === 1) return among[0]!
    const { done } = await this.set.documents<api.SystemInfo>(
      call,
      (upstream) => upstream.ask(call, 'GET /info') as never,
    )
    const fitting = done.filter(({ engine }) => among.includes(engine))
    const count = ({ said }: (typeof done)[number]) => Number(said.Containers ?? 0)
    return fitting.sort((a, b) => count(a) - count(b))[0]?.engine ?? among[0]!
  }
}

function nameTaken(call: Call, kind: string, text: string, other: Member, engine: Member): IntermediateError {
  return conflict(
    call,
    `there is a ${kind} ${text} on ${other.name}: remove it, or say ${engine.name}/${text} to have another one on ${engine.name}.`,
  )
}

function noName(call: Call, kind: string, text: string): IntermediateError {
  return new IntermediateError(
    'ERR_BAD_REQUEST',
    400,
    `${call.method} ${call.path}: ${text} is no name of a ${kind} on an engine: say what is behind the slash alone, or another name.`,
  )
}

function conflict(call: Call, what: string): IntermediateError {
  return new IntermediateError('ERR_BAD_REQUEST', 409, `${call.method} ${call.path}: ${what}`)
}
