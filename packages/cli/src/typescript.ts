import * as modules from 'node:module'
import { register } from 'tsx/esm/api'
import { resolve } from './typescript-modules.js'

type RegisterHooks = (hooks: { resolve: typeof resolve }) => void

/**
 * From here on TypeScript files can be imported, those that they import too. Whatever Node can do by itself is left
 * alone: it runs no enums before version 26 and finds no `./helper.js` in helper.ts.
 */
export function enableTypeScript(): void {
  register()
  // tsx chooses between the two in the same way, and hooks of one kind do not reach those of the other.
  const { registerHooks } = modules as { registerHooks?: RegisterHooks }
  if (registerHooks === undefined) modules.register(import.meta.resolve('./typescript-modules.js'))
  else registerHooks({ resolve })
}
