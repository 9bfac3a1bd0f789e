import type { Call } from '@intermediate/core'
import { changeDockerfile } from '@intermediate/core'
import { claimTags, judgeBuildQuery } from './build-query.js'
import { judgeDockerfile } from './dockerfile.js'
import { isTrue } from './go-values.js'
import { Refused } from './refused.js'
import { withLeave } from './simple-rules.js'
import type { Rule, Visit } from './visit.js'

/**
 * A build of the engine's own builder: labelled from its first step, from images that the owner may use. What BuildKit
 * and remote contexts do cannot be known before; allowed by name, they get the label.
 */
export const build: Rule = withLeave(async (visit) => {
  const { query, owner, call } = visit
  const isOwnBuilder = ['', '1'].includes(query['version'] ?? '')
  const isRemote = Boolean(query['remote'])
  if (!owner.allows(call.endpoint)) {
    if (!isOwnBuilder)
      throw new Refused(403, 'builds with BuildKit are not allowed here: set DOCKER_BUILDKIT=0')
    if (isRemote) throw new Refused(403, 'builds of remote contexts are not allowed here: send the context')
    if (isTrue(query['pull']))
      throw new Refused(403, 'builds with --pull are not allowed here: pull the images first')
  }
  await judgeBuildQuery(visit)
  if (isOwnBuilder && !isRemote) judgeContext(visit)
  return visit.forward()
})

function judgeContext(visit: Visit): void {
  const judged = async (dockerfile: string) => {
    const made = await judgeDockerfile(visit, dockerfile)
    // Others may have made images since the call came.
    await claimTags(visit)
    return made
  }
  changeDockerfile(visit.call as unknown as Call<'POST /build'>, judged, { unread: 'refuse' })
}
