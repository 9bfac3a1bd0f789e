import { readFile } from 'node:fs/promises'

export const readme = await readFile('packages/filter/README.md', 'utf8')

interface Shown {
  /** As it is written there. */
  readonly policy: string
  readonly command: string
  /** Behind "Error response from daemon: ". */
  readonly prints: string
}

/** In the README: the policy, then lines with what is typed and what docker prints. */
export const shown: readonly Shown[] = [
  ...readme.matchAll(/^\*\*`(filter\..*?)`\*\*.*((?:\n`docker .*)+)/gm),
].flatMap(([, policy = '', lines = '']) =>
  [...lines.matchAll(/^`(docker .*?)`: `(.*)`$/gm)].map(([, command = '', prints = '']) => ({
    policy,
    command,
    prints,
  })),
)
