/** What answers the calls of an endpoint. */
export interface Route<H> {
  /** `POST /containers/:id/start`: a parameter may span slashes, as it may on the engine. */
  readonly endpoint: string
  readonly handler: H
  readonly pattern: RegExp
  readonly method: string
}

export interface Match<H> {
  readonly route: Route<H>
  readonly params: Readonly<Record<string, string>>
}

/** The endpoints in the order in which they are tried: what says more of a path comes before what says less. */
export function routes<H>(table: Readonly<Record<string, H>>): readonly Route<H>[] {
  const all = Object.entries(table).map(([endpoint, handler]) => {
    const [method = '', path = ''] = endpoint.split(' ')
    const source = path.replaceAll('.', '\\.').replaceAll(/:(\w+)/g, '(?<$1>.+)')
    return { endpoint, handler, method, pattern: new RegExp(`^${source}$`, 's') }
  })
  const steps = ({ endpoint }: Route<H>) => endpoint.split('/').length
  const parameters = ({ endpoint }: Route<H>) => endpoint.split('/:').length
  return all.toSorted((a, b) => steps(b) - steps(a) || parameters(a) - parameters(b))
}

export function match<H>(table: readonly Route<H>[], method: string, path: string): Match<H> | undefined {
  for (const route of table) {
    const found = route.method === method ? route.pattern.exec(path) : null
    if (found) return { route, params: { ...found.groups } }
  }
  return undefined
}
