interface Resolved {
  readonly url: string
  readonly format?: string | null | undefined
}

type Next = (specifier: string, context: unknown) => Resolved | Promise<Resolved>

/**
 * A hook for `node:module` that takes every .ts file for an ES module, whatever a package.json around it says:
 * otherwise a file that stands alone, or where `npm init` was run, could not await at its top level. CommonJS is .cts.
 */
export function resolve(specifier: string, context: unknown, next: Next): Resolved | Promise<Resolved> {
  const resolved = next(specifier, context)
  // Node calls it in its synchronous and in its asynchronous hooks, see typescript.ts.
  return resolved instanceof Promise ? resolved.then(asModule) : asModule(resolved)
}

function asModule(resolved: Resolved): Resolved {
  const isScript = resolved.format?.startsWith('commonjs') && /\.tsx?($|\?)/.test(resolved.url)
  return isScript ? { ...resolved, format: 'module' } : resolved
}
