import { bodyHeads } from './body-heads.js'
import { connections } from './connections.js'
import { createBodies } from './create-bodies.js'
import type { Disagreement } from './disagreement.js'
import { execBodies } from './exec-bodies.js'
import { paths } from './paths.js'
import { queries } from './queries.js'

/** What a client can write in order to be understood in two ways. */
export const corpus: readonly Disagreement[] = [
  ...paths,
  ...createBodies,
  ...execBodies,
  ...bodyHeads,
  ...queries,
  ...connections,
]
