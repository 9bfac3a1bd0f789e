import type { Member } from './member.js'

/** In ms: a client pulls at once, a person after a look at the message. */
const patience = 600_000
const most = 1000

/** Which engine had not the image of a container that it was to make: for ten minutes, of a thousand images at most. */
export class LackedImages {
  private readonly images = new Map<string, { readonly engine: Member; readonly until: number }>()

  note(image: string, engine: Member, isThere: boolean): void {
    if (isThere && this.images.get(image)?.engine !== engine) return
    this.images.delete(image)
    if (isThere) return
    this.images.set(image, { engine, until: performance.now() + patience })
    if (this.images.size > most) this.images.delete(this.images.keys().next().value!)
  }

  by(image: string): Member | undefined {
    const lacking = this.images.get(image)
    return lacking !== undefined && performance.now() < lacking.until ? lacking.engine : undefined
  }
}
