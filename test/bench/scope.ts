/** Ends what was begun in it, the last first, together and once. */
export class Scope implements AsyncDisposable {
  private readonly resources: AsyncDisposable[] = []
  private ended: Promise<void> | undefined

  use<T extends AsyncDisposable>(resource: T): T {
    this.resources.push(resource)
    return resource
  }

  /** A scope inside this one, which may end before it. */
  nested(): Scope {
    return this.use(new Scope())
  }

  [Symbol.asyncDispose](): Promise<void> {
    return (this.ended ??= this.end())
  }

  private async end(): Promise<void> {
    for (const resource of this.resources.toReversed()) await resource[Symbol.asyncDispose]()
  }
}
