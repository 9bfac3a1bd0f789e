import { answer, exchange, recordingUpstream, temporaryFolder } from '@intermediate/testing'
import type { TemporaryFolder } from '@intermediate/testing'
import { existsSync } from 'node:fs'
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { corePackage, installCore, start } from './started.js'

const list = 'GET /containers/json HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n'
const engine = answer('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull')

/** Needs a compiler (types, an enum), and to be an ES module (an await at the top level). */
const guard = `
  import { intermediate, reply } from '@intermediate/core'
  import type { Layer } from '@intermediate/core'
  import { Reason } from './reason.js'

  const reason: Reason = await Promise.resolve(Reason.secret)
  const guard: Layer = async () => reply(403, { message: reason })

  export default intermediate({ upstream: 'unix:///nobody.sock' })
    .use('GET /containers/json', guard)
    .use(async function audit(call, next) { return next(call) })
`

async function write(folder: TemporaryFolder, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(folder.file(name), text)
}

describe('a TypeScript file', () => {
  const manifests = [
    ['no package.json', {}],
    ['a package.json of ES modules', { 'package.json': '{"type":"module"}' }],
    ['the package.json that npm init writes', { 'package.json': '{"type":"commonjs"}' }],
    [
      'a strict tsconfig.json',
      { 'tsconfig.json': '{"compilerOptions":{"strict":true,"module":"commonjs"}}' },
    ],
  ] as const
  const built = existsSync(new URL('../../packages/cli/dist/main.js', import.meta.url))

  // The sources run under tsx themselves, so only the built program shows that it loads the compiler.
  it.each(manifests.map((manifest) => [...manifest, false] as const))('runs beside %s', runsBeside)
  it.runIf(built).each(manifests.map((manifest) => [...manifest, true] as const))(
    'built, runs beside %s',
    runsBeside,
  )

  async function runsBeside(_: string, manifest: Readonly<Record<string, string>>, useBuilt: boolean) {
    await using folder = await temporaryFolder()
    await installCore(folder)
    await write(folder, {
      'guard.ts': guard,
      'reason.ts': `export enum Reason { secret = 'none given' }`,
      ...manifest,
    })
    const address = `unix://${folder.file('a.sock')}`
    await using up = start(['up', 'guard.ts', '--listen', address], { cwd: folder.path, built: useBuilt })
    await up.prints(
      'Layers, the outermost first:\n  1. guard: GET /containers/json\n  2. audit: every call\n',
    )
    await up.prints('Upstream: unix:///nobody.sock, from the upstream option\n')
    expect(await exchange(address, list)).toContain('{"message":"none given"}')
  }
})

describe('a file', () => {
  it('may be JavaScript, and has its upstream replaced by --upstream', async () => {
    await using folder = await temporaryFolder()
    await using upstream = await recordingUpstream(engine)
    await installCore(folder)
    await write(folder, {
      'plain.mjs': `import { intermediate } from '@intermediate/core'
        export default intermediate({ upstream: 'unix:///nobody.sock' })`,
    })
    const address = `unix://${folder.file('a.sock')}`
    await using up = start([
      'up',
      folder.file('plain.mjs'),
      '--listen',
      address,
      '--upstream',
      upstream.address,
    ])
    await up.prints(`Upstream: ${upstream.address}, from --upstream\n`)
    expect(await exchange(address, list)).toMatch(/null$/)
  })

  it('may come with a core package of its own', async () => {
    await using folder = await temporaryFolder()
    await copyCore(folder)
    await write(folder, { 'guard.ts': guard, 'reason.ts': `export enum Reason { secret = 'none given' }` })
    const address = `unix://${folder.file('a.sock')}`
    await using up = start(['up', folder.file('guard.ts'), '--listen', address])
    await up.prints('1. guard: GET /containers/json')
    expect(await exchange(address, list)).toContain('{"message":"none given"}')
  })

  it('may be CommonJS', async () => {
    await using folder = await temporaryFolder()
    await installCore(folder)
    await write(folder, {
      'guard.cjs': `const { intermediate } = require('@intermediate/core'); module.exports = intermediate()`,
    })
    await using up = start(['up', folder.file('guard.cjs'), '--listen', `unix://${folder.file('a.sock')}`])
    await up.prints('No layers')
  })

  it('may leave timers behind, which do not keep it', async () => {
    await using folder = await temporaryFolder()
    await installCore(folder)
    await write(folder, {
      'timer.mjs': `import { intermediate } from '@intermediate/core'
        setInterval(() => {}, 1e6); export default intermediate({ upstream: 'unix:///nobody.sock' })`,
    })
    await using up = start(['up', folder.file('timer.mjs'), '--listen', `unix://${folder.file('a.sock')}`])
    await up.prints('Warning')
    up.signal('SIGTERM')
    expect(await up.ended).toBe(0)
  })

  it('that throws where nothing catches it ends the process, with the stack and without its socket', async () => {
    await using folder = await temporaryFolder()
    await installCore(folder)
    await write(folder, {
      'crash.mjs': `import { intermediate } from '@intermediate/core'
        process.on('SIGUSR2', () => { throw new Error('out of nowhere') })
        export default intermediate({ upstream: 'unix:///nobody.sock' })`,
    })
    await using up = start(['up', folder.file('crash.mjs'), '--listen', `unix://${folder.file('a.sock')}`])
    await up.prints('Warning')
    up.signal('SIGUSR2')
    expect(await up.ended).toBe(1)
    expect(up.stderr).toMatch(
      /intermediate: ended, since nothing caught this: Error: out of nowhere\n.*crash\.mjs:2/,
    )
    expect(existsSync(folder.file('a.sock'))).toBe(false)
  })
})

describe('a file that cannot be used is one line and code 1', () => {
  const broken: Record<string, [file: string, text: string, sentence: string]> = {
    'without a default export': [
      'a.ts',
      'export const x = 1',
      'a.ts has no default export that is an intermediate: write "export default intermediate().use(…)" in it.',
    ],
    'with another default export': [
      'a.mjs',
      'export default async (call, next) => next(call)',
      'a.mjs has no default export that is an intermediate: write "export default intermediate().use(…)" in it.',
    ],
    'that throws': [
      'a.ts',
      '\nconst list: any = undefined\nlist.push(1)',
      "a.ts cannot be loaded: TypeError: Cannot read properties of undefined (reading 'push') (a.ts:3:6).",
    ],
    'that throws a text': ['a.mjs', 'throw "no ticket"', 'a.mjs cannot be loaded: no ticket.'],
    'whose layer wants no endpoint': [
      'a.mjs',
      `import { intermediate } from '@intermediate/core'
export default intermediate().use('POST /container/create', async (call, next) => next(call))`,
      'a.mjs cannot be loaded: No endpoint of the Docker API matches "POST /container/create": did you mean ' +
        '"POST /containers/create", "POST /configs/create" or "POST /containers/prune"? (a.mjs:2:31).',
    ],
    'with a syntax error in TypeScript': [
      'a.ts',
      'export default {\n  a: 1,,\n}',
      'a.ts cannot be loaded: Expected identifier but found "," (a.ts:2:7).',
    ],
    'with a syntax error in JavaScript': [
      'a.mjs',
      'export default {\n  a: 1,,\n}',
      "a.mjs cannot be loaded: SyntaxError: Unexpected token ',' (a.mjs:2).",
    ],
    'that imports what a module does not export': [
      'a.mjs',
      `import { stat } from 'node:fs'\nimport { nothing } from '@intermediate/core'\nstat(nothing)`,
      "a.mjs cannot be loaded: SyntaxError: The requested module '@intermediate/core' does not provide an export " +
        "named 'nothing' (a.mjs:2).",
    ],
    'that imports a file that is not there': [
      'a.ts',
      `import './helper.js'`,
      'a.ts cannot be loaded: a.ts imports helper.js, which is not there.',
    ],
    'that imports a package that is not installed': [
      'a.ts',
      `import 'left-pad'`,
      'a.ts cannot be loaded: a.ts imports the package left-pad, which is not installed for it: ' +
        'run "npm install left-pad" in FOLDER.',
    ],
    'that waits forever': [
      'a.mjs',
      'await new Promise(() => {})',
      'a.mjs never finishes loading: an await at its top level waits forever.',
    ],
  }

  it.each(Object.entries(broken))('%s', async (_, [file, text, sentence]) => {
    await using folder = await temporaryFolder()
    await installCore(folder)
    await write(folder, { [file]: text })
    await using up = start(['up', file, '--listen', `unix://${folder.file('a.sock')}`], { cwd: folder.path })
    expect(await up.ended).toBe(1)
    expect(up.stderr).toBe(`intermediate: ${sentence.replace('FOLDER', folder.path)}\n`)
    expect(up.stdout).toBe('')
  })

  it('and says in which folder the core package is missing', async () => {
    await using folder = await temporaryFolder()
    await write(folder, {
      'a.ts': `import { intermediate } from '@intermediate/core'\nexport default intermediate()`,
    })
    await using up = start(['up', folder.file('a.ts'), '--listen', `unix://${folder.file('a.sock')}`])
    expect(await up.ended).toBe(1)
    expect(up.stderr).toContain(`run "npm install @intermediate/core" in ${folder.path}.\n`)
  })
})

async function copyCore(folder: TemporaryFolder): Promise<void> {
  const copy = folder.file('node_modules/@intermediate/core')
  await mkdir(copy, { recursive: true })
  for (const part of ['package.json', 'src'])
    await cp(join(corePackage, part), join(copy, part), { recursive: true })
  const dependencies = fileURLToPath(new URL('../../packages/core/node_modules', import.meta.url))
  await symlink(dependencies, join(copy, 'node_modules'))
}
