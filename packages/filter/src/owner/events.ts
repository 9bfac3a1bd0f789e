import { changeItems } from './change-items.js'
import { find } from './find.js'
import { inspectVolume } from './find-volume.js'
import { bears } from './labels.js'
import { listOwnNetworks, listOwnVolumes } from './list-own.js'
import type { Rule, Visit } from './visit.js'

interface Event {
  readonly Type?: string | null
  readonly Action?: string | null
  readonly Actor?: { readonly ID?: string | null; readonly Attributes?: Record<string, string> | null } | null
  readonly time?: number | bigint | null
}

/**
 * Events of what bears the owner's label. Those of containers and images carry it; for the others the engine is asked,
 * and what it said is kept, since of what was removed nothing else is known. What happened to a volume of the same name
 * before the owner's was made stays hidden.
 */
export const ownEvents: Rule = async (visit) => {
  const known = await Known.of(visit)
  const reply = await visit.forward()
  changeItems(reply, async (event: Event) => ((await known.isOwn(event)) ? event : undefined))
  return reply
}

/** Since when things are the owner's, in seconds. No id is given twice; a volume's name is theirs until it is removed. */
class Known {
  private readonly visit: Visit
  private readonly since = new Map<string, number>()

  private constructor(visit: Visit) {
    this.visit = visit
  }

  /** With what could be gone before an event asks for it. */
  static async of(visit: Visit): Promise<Known> {
    const known = new Known(visit)
    for (const { Id } of await listOwnNetworks(visit)) known.since.set(`network ${Id}`, 0)
    for (const { Name, CreatedAt } of await listOwnVolumes(visit))
      known.since.set(`volume ${Name}`, secondsOf(CreatedAt))
    return known
  }

  async isOwn({ Type, Action, Actor, time }: Event): Promise<boolean> {
    const type = Type ?? ''
    const id = Actor?.ID ?? ''
    if (type === 'container' || type === 'image') return bears(Actor?.Attributes, this.visit.owner)
    const place = `${type} ${id}`
    const since = this.since.get(place) ?? (await this.ask(type, id))
    if (since === undefined || since > Number(time ?? 0)) return false
    if (Action === 'destroy' || Action === 'remove') this.since.delete(place)
    else this.since.set(place, since)
    return true
  }

  private async ask(type: string, id: string): Promise<number | undefined> {
    const { visit } = this
    if (type === 'volume') {
      const volume = await inspectVolume(visit, id)
      return bears(volume?.Labels, visit.owner) ? secondsOf(volume?.CreatedAt) : undefined
    }
    if (type !== 'network' && type !== 'service' && type !== 'secret' && type !== 'config') return undefined
    return (await find[type](visit, id)) === id ? 0 : undefined
  }
}

/** Never, where there is no such date: drivers need not tell. */
function secondsOf(date: string | null | undefined): number {
  const time = Date.parse(date ?? '')
  return Number.isNaN(time) ? Infinity : Math.floor(time / 1000)
}
