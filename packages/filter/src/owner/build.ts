import type { Fields } from './go-values.js'
import { asObject } from './go-values.js'
import { findContainer } from './find-container.js'
import { claimBuildNames } from './image-rules.js'
import { usableNetwork } from './networks.js'
import { Refused } from './refused.js'
import { withLeave } from './simple-rules.js'
import type { Rule, Visit } from './visit.js'
import { judgeContext } from './build-context.js'

/**
 * A build of the engine's own builder: labelled from its first step, from images that the owner may use. What BuildKit
 * and remote contexts do cannot be known before; allowed by name, they get the label.
 */
export const build: Rule = withLeave(async (visit) => {
  const { query, owner, call } = visit
  const isBuildKit = query['version'] === '2'
  const isRemote = Boolean(query['remote'])
  if (!owner.allows(call.endpoint)) {
    if (isBuildKit) throw new Refused(403, 'builds with BuildKit are not allowed here: set DOCKER_BUILDKIT=0')
    if (isRemote) throw new Refused(403, 'builds of remote contexts are not allowed here: send the context')
    if (isTrue(query['pull']))
      throw new Refused(403, 'builds with --pull are not allowed here: pull the images first')
  }
  await claimBuildNames(visit)
  setQueryLabel(visit)
  await pinNetwork(visit)
  if (!isBuildKit && !isRemote) await judgeContext(visit)
  return visit.forward()
})

/** The engine adds these labels to the last step, behind those of the Dockerfile. */
function setQueryLabel({ query, owner }: Visit): void {
  const labels = parsedLabels(query['labels'])
  query['labels'] = JSON.stringify({ ...labels, [owner.label]: owner.id })
}

function parsedLabels(written: string | undefined): Fields | undefined {
  if (!written) return undefined
  try {
    return asObject(JSON.parse(written), 'labels')
  } catch {
    throw new Refused(400, 'labels has to be an object in JSON.')
  }
}

async function pinNetwork(visit: Visit): Promise<void> {
  const { query } = visit
  const mode = query['networkmode'] ?? ''
  if (mode === '') return
  if (!mode.startsWith('container:')) {
    query['networkmode'] = await usableNetwork(visit, mode)
    return
  }
  const name = mode.slice('container:'.length)
  const id = await findContainer(visit, name)
  if (id === undefined) throw new Refused(404, `No such container: ${name}`)
  query['networkmode'] = `container:${id}`
}

/** As the engine reads it. */
function isTrue(value: string | undefined): boolean {
  return !['', '0', 'no', 'false', 'none'].includes((value ?? '').trim().toLowerCase())
}
