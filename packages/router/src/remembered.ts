/**
 * Where the container, network or exec with an id is, of as many as fit: the one that was not looked for longest is
 * forgotten first. Only full ids are kept, which never mean anything else; names can be given away and taken again.
 */
export class Remembered<Place> {
  private readonly places = new Map<string, Place>()
  private readonly size: number

  constructor(size: number) {
    this.size = size
  }

  get(id: string): Place | undefined {
    const place = this.places.get(id)
    if (place !== undefined) this.set(id, place)
    return place
  }

  set(id: unknown, place: Place): void {
    if (typeof id !== 'string' || !/^[0-9a-f]{64}$/.test(id)) return
    this.places.delete(id)
    this.places.set(id, place)
    if (this.places.size > this.size) this.places.delete(this.places.keys().next().value!)
  }
}

/** What is answered with the id of something new. */
export const makesId: ReadonlySet<string> = new Set([
  'POST /containers/create',
  'POST /containers/:id/exec',
  'POST /networks/create',
])
