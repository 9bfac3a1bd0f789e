import type { Intermediate } from '@intermediate/core'
import { IntermediateError } from '@intermediate/core'
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { loadFailure } from './load-failure.js'

/**
 * The default export of a module: an intermediate, of this copy of the core package or of another.
 * @throws IntermediateError, one sentence that says what is wrong with the file, and where
 */
export async function loadFile(file: string): Promise<Pick<Intermediate, 'layers' | 'with'>> {
  const path = resolve(file)
  checkFile(file, path)
  if (/\.[cm]?tsx?$/.test(path)) {
    const { enableTypeScript } = await import('./typescript.js')
    enableTypeScript()
  }
  const found = await evaluate(file, path)
  // A CommonJS module that was compiled from `export default` has it one level down.
  const intermediate = [found.default, (found.default as typeof found | undefined)?.default].find(
    isIntermediate,
  )
  if (intermediate !== undefined) return intermediate
  throw unusable(
    `${file} has no default export that is an intermediate: write "export default intermediate().use(…)" in it.`,
  )
}

function checkFile(file: string, path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined)
    throw unusable(`There is no file ${file}: name a module that exports an intermediate.`)
  if (!found.isFile()) throw unusable(`${file} is no file: name a module that exports an intermediate.`)
  if (!modules.test(path))
    throw unusable(`${file} is no module: name a .js or .ts file that exports an intermediate.`)
}

/** What Node and tsx read as JavaScript or TypeScript; a file without an extension too. */
const modules = /(?:\.[cm]?[jt]s|\.[jt]sx|(?:^|[\\/])[^.\\/]+)$/

async function evaluate(file: string, path: string): Promise<{ default?: unknown }> {
  let stuck = () => {}
  const never = new Promise<'stuck'>((resolve) => (stuck = () => resolve('stuck')))
  // Nothing is left to do, and the module still waits: without this, Node would end without a word.
  process.once('beforeExit', stuck)
  const { stackTraceLimit } = Error
  // Enough to reach back from where a library throws to the line of the file.
  Error.stackTraceLimit = 50
  try {
    const loaded = import(pathToFileURL(path).href) as Promise<{ default?: unknown }>
    const outcome = await Promise.race([loaded, never]).catch((error: unknown) => {
      throw unusable(loadFailure(file, path, error), error)
    })
    if (outcome !== 'stuck') return outcome
    throw unusable(`${file} never finishes loading: an await at its top level waits forever.`)
  } finally {
    Error.stackTraceLimit = stackTraceLimit
    process.off('beforeExit', stuck)
  }
}

/** By what it can do: a file outside this installation has a class of its own. */
function isIntermediate(value: unknown): value is Intermediate {
  if (typeof value !== 'object' || value === null) return false
  return ['use', 'with', 'listen'].every((name) => typeof Reflect.get(value, name) === 'function')
}

function unusable(message: string, cause?: unknown): IntermediateError {
  return new IntermediateError('ERR_CONFIGURATION', 500, message, { cause })
}
