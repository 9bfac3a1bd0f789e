import { spawnSync } from 'node:child_process'

export type Tool = 'haproxy' | 'nginx' | 'wrk' | 'go' | 'openssl'

/** What the benchmark uses where it is installed, with how to ask for its version, and the Debian package that has it. */
const tools: Record<Tool, { readonly ask: readonly string[]; readonly debian: string }> = {
  haproxy: { ask: ['-v'], debian: 'haproxy' },
  nginx: { ask: ['-v'], debian: 'nginx-light' },
  wrk: { ask: ['-v'], debian: 'wrk' },
  go: { ask: ['version'], debian: 'golang-go' },
  openssl: { ask: ['version'], debian: 'openssl' },
}

/** The versions of what is installed. */
export type Found = ReadonlyMap<Tool, string>

export function findTools(): Found {
  const found = new Map<Tool, string>()
  for (const [name, { ask }] of Object.entries(tools) as [Tool, (typeof tools)[Tool]][]) {
    const { stdout, stderr, error } = spawnSync(name, ask, { encoding: 'utf8' })
    if (error === undefined) found.set(name, versionIn(`${stdout}${stderr}`))
  }
  return found
}

/** As a sentence that says what to install; undefined where nothing is missing. */
export function missingText(found: Found): string | undefined {
  const missing = (Object.keys(tools) as Tool[]).filter((name) => !found.has(name))
  if (missing.length === 0) return undefined
  const packages = missing.map((name) => tools[name].debian).join(' ')
  return `Left out is what needs ${missing.join(', ')}: apt-get install ${packages}`
}

function versionIn(text: string): string {
  return /\d+\.\d+(?:\.\d+)?/.exec(text)?.[0] ?? 'of an unknown version'
}
