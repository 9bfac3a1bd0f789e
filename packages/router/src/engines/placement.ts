import type { api, Call, Reply } from '@intermediate/core'
import { readCall } from '@intermediate/core'
import type { Chooser } from '../choosers.js'
import { compareName } from '../image-names.js'
import type { Kind } from '../inspects.js'
import { refused } from '../refused.js'
import { homesOf } from './compose-project.js'
import type { Answers, EngineSet } from './engine-set.js'
import type { Finder } from './finder.js'
import { ambiguous, maybeDown } from './finder.js'
import { LackedImages } from './lacked-images.js'
import type { Member } from './member.js'
import type { Fitting } from './needs.js'
import { another, besideNeeds } from './needs.js'

/** Where something new is made. */
export interface Place {
  readonly engine: Member
  /** The engines that are down and may have a container or network of its name, too. */
  readonly missing: Answers<unknown>['missing']
}

/** Decides on which engine something new is made. */
export class Placement {
  private readonly set: EngineSet
  private readonly finder: Finder
  private readonly choose: Chooser | undefined
  private readonly lacked = new LackedImages()

  constructor(set: EngineSet, finder: Finder, choose: Chooser | undefined) {
    this.set = set
    this.finder = finder
    this.choose = choose
  }

  /**
   * The engine for what is pulled, loaded or imported: the one that the function of the user names, the one that lacked
   * this image when a container was to be made of it (by any client, which is why it comes second), or the one with the
   * fewest containers.
   * @throws IntermediateError where the function of the user names none that there is
   */
  async ofImages(call: Call): Promise<Member> {
    const { fromImage, tag } = call.query as Record<string, string | undefined>
    const lacking = fromImage ? this.lacked.by(compareName(fromImage, tag)) : undefined
    return (await this.chosen(call)) ?? lacking ?? this.emptiest(call, this.set.members)
  }

  /** Notes whether an engine, which was to make a container, had the image: clients pull what was not there. */
  noteImage(image: string, engine: Member, isThere: boolean): void {
    this.lacked.note(compareName(image), engine, isThere)
  }

  /**
   * The engine for a container, network or volume, in this order: the one that its name begins with (which is taken off),
   * the one that has what it needs, the one that the function of the user names, the one that has others of its compose
   * project, and of those that have its image the one with the fewest containers.
   * @throws IntermediateError 400 where several have what it needs by one name and nothing says which is meant; 409 where
   * its name is taken on another, or no engine has all that it needs; 502 where an engine is down that may have what it
   * needs, or the network or volume itself
   */
  async ofObject(call: Call): Promise<Place> {
    const { body } = (await readCall(call)) as { body: api.ContainerCreateBody & { Name?: string | null } }
    const isContainer = call.endpoint === 'POST /containers/create'
    const query = call.query as Record<string, string | undefined>
    const text = ((isContainer ? query['name'] : body.Name) ?? '').replace(/^\//, '')
    const named = this.set.split(text)
    if (named.engine !== undefined) {
      if (isContainer) query['name'] = named.name
      else body.Name = named.name
      if (isContainer) await besideNeeds(this.set, this.finder, call, body, [named.engine])
      return { engine: named.engine, missing: [] }
    }
    if (isContainer) return this.ofContainer(call, body, text)
    return this.ofNamed(call, body, text)
  }

  private async ofContainer(call: Call, body: api.ContainerCreateBody, text: string): Promise<Place> {
    const { taken, answers } = await this.named(call, 'container', text)
    const fitting = await besideNeeds(this.set, this.finder, call, body, this.set.members)
    const engine = await this.among(call, body, fitting)
    checkName(call, 'container', text, taken, engine)
    return { engine, missing: answers.missing.filter((each) => each.engine !== engine) }
  }

  /**
   * Of a network or volume. A volume is made where it is not, and is there otherwise: two of one name would not be told
   * apart by whoever makes it again, so that a function is not enough to say where.
   */
  private async ofNamed(call: Call, body: api.ContainerCreateBody, text: string): Promise<Place> {
    const kind = call.endpoint === 'POST /networks/create' ? 'network' : 'volume'
    const { taken, answers } = await this.named(call, kind, text)
    const isSaid = kind === 'network' && (await this.chosen(call)) !== undefined
    if (taken.length === 0 && answers.missing.length > 0 && !isSaid)
      throw maybeDown(call, kind, text, answers, another(text, answers))
    const isThere = kind === 'volume' && taken.length > 0
    const engine = await this.among(call, body, {
      engines: isThere ? taken : this.set.members,
      guess: isThere ? ambiguous(call, kind, text, taken) : undefined,
      missing: answers.missing.map((each) => each.engine),
    })
    if (kind === 'volume') return { engine, missing: [] }
    checkName(call, kind, text, taken, engine)
    return { engine, missing: answers.missing.filter((each) => each.engine !== engine) }
  }

  private async among(
    call: Call,
    body: api.ContainerCreateBody,
    { engines, guess, missing }: Fitting,
  ): Promise<Member> {
    const chosen = await this.chosen(call)
    // Whether it has what is needed nobody can say, nor whether another is to be taken in its place.
    if (chosen !== undefined && (engines.includes(chosen) || missing.includes(chosen))) return chosen
    if (engines.length === 1) return engines[0]!
    const homes = await homesOf(this.set, call, body)
    const home = homes.find((each) => engines.includes(each))
    if (home !== undefined) return home
    if (guess !== undefined) throw guess
    const image = body.Image
    if (call.endpoint !== 'POST /containers/create' || !image) return this.emptiest(call, engines)
    const having = (await this.finder.having(call, 'image', image)).engines
    const both = engines.filter((each) => having.includes(each))
    return this.emptiest(call, both.length > 0 ? both : engines)
  }

  /** The engines on which a name is taken. */
  private async named(call: Call, kind: Kind, name: string): Promise<Taken> {
    if (name === '') return { taken: [], answers: { failed: [], missing: [] } }
    const { engines, isExact, answers } = await this.finder.having(call, kind, name)
    return { taken: isExact ? engines : [], answers }
  }

  private async chosen(call: Call): Promise<Member | undefined> {
    const name = await this.choose?.(call)
    return name === undefined ? undefined : this.set.get(name)
  }

  /** The one with the fewest containers, of those that answer. */
  private async emptiest(call: Call, among: readonly Member[]): Promise<Member> {
    if (among.length === 1) return among[0]!
    const { done } = await this.set.documents<api.SystemInfo>(call, {
      ask: (upstream) => upstream.ask(call, 'GET /info') as Promise<Reply>,
    })
    const fitting = done.filter(({ engine }) => among.includes(engine))
    const count = ({ said }: (typeof done)[number]) => Number(said.Containers ?? 0)
    return fitting.sort((a, b) => count(a) - count(b))[0]?.engine ?? among[0]!
  }
}

interface Taken {
  readonly taken: readonly Member[]
  readonly answers: Omit<Answers<unknown>, 'done'>
}

/** @throws IntermediateError 409 where a name is taken on another engine; where it is on this one, that says so itself */
export function checkName(
  call: Call,
  kind: Kind,
  text: string,
  taken: readonly Member[],
  engine: Member,
): void {
  const other = taken.find((each) => each !== engine)
  if (other === undefined || taken.includes(engine)) return
  const instead = `say ${engine.name}/${text} to have another one on ${engine.name}`
  throw refused(call, 409, `there is a ${kind} ${text} on ${other.name}: remove it, or ${instead}`)
}
