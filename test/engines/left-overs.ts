import type { Docker } from './docker.js'

/** Removes what has a name that starts with `run`, and untagged images with it as a label. */
export async function removeLeftOvers(docker: Docker, run: string): Promise<void> {
  await each(docker`ps --all --quiet --filter name=${run}`, (list) => docker`rm --force --volumes ${list}`)
  await Promise.all([
    each(docker`volume ls --quiet --filter name=${run}`, (list) => docker`volume rm --force ${list}`),
    each(docker`network ls --quiet --filter name=${run}`, (list) => docker`network rm ${list}`),
    each(docker`image ls --quiet --filter reference=${run}*`, (list) => docker`image rm --force ${list}`),
  ])
  await docker`image prune --force --filter label=${run}`
}

async function each(
  found: PromiseLike<{ stdout: string }>,
  remove: (list: readonly string[]) => PromiseLike<unknown>,
): Promise<void> {
  const list = [...new Set((await found).stdout.split('\n').filter((id) => id !== ''))]
  if (list.length > 0) await remove(list)
}
