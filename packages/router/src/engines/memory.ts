import type { Member } from './member.js'

/**
 * Which engine has the container, network or exec with an id, of as many as fit: the one that was not looked for longest is
 * forgotten first. Only full ids are kept, which never mean anything else; names can be given away and taken again.
 */
export class Memory {
  private readonly engines = new Map<string, Member>()
  private readonly size: number

  constructor(size: number) {
    this.size = size
  }

  get(id: string): Member | undefined {
    const engine = this.engines.get(id)
    if (engine !== undefined) this.set(id, engine)
    return engine
  }

  set(id: unknown, engine: Member): void {
    if (typeof id !== 'string' || !/^[0-9a-f]{64}$/.test(id)) return
    this.engines.delete(id)
    this.engines.set(id, engine)
    if (this.engines.size > this.size) this.engines.delete(this.engines.keys().next().value!)
  }
}
