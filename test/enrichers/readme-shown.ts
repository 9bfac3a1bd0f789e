import { readFile } from 'node:fs/promises'
import type { Layer } from '@intermediate/core'
import { enricher } from '@intermediate/enricher'

export const readme = await readFile('packages/enricher/README.md', 'utf8')

interface Shown {
  readonly name: string
  /** How it is made, as it is written there. */
  readonly made: string
  /** What is typed, and what docker prints in the end. */
  readonly commands: readonly string[]
  readonly prints: string
}

/** In the README: the enricher, then what is typed, the last line with what docker prints. */
export const shown: readonly Shown[] = [
  ...readme.matchAll(/^\*\*`(enricher\.(\w+)\(.*?\))`\*\*.*\n((?:`docker .*`\n)*)`(docker .*?)`: `(.*)`$/gm),
].map(([, made = '', name = '', before = '', last = '', prints = '']) => ({
  name,
  made,
  commands: [
    ...before
      .split('\n')
      .filter(Boolean)
      .map((line) => line.slice(1, -1)),
    last,
  ],
  prints,
}))

/** By their names, as they are made there. */
export const layers: Readonly<Record<string, Layer>> = {
  labels: enricher.labels({ team: 'core' }),
  environment: enricher.environment({ HTTP_PROXY: 'http://proxy:3128' }),
  limits: enricher.limits({ memory: { default: '512m', max: '2g' }, cpus: { max: 1.5 }, pids: { max: 500 } }),
  network: enricher.network('apps'),
  imageMirror: enricher.imageMirror({ 'docker.io': 'mirror.local/hub' }),
  apiVersion: enricher.apiVersion({ shown: '1.45' }),
}
