import { randomBytes } from 'node:crypto'
import type { Listening } from '@intermediate/core'
import { temporaryFolder } from '@intermediate/testing'
import type { TemporaryFolder } from '@intermediate/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Attempts, memory } from '../disagreements/attempts.js'
import { corpus } from '../disagreements/corpus.js'
import { everywhere, forms } from '../disagreements/disagreement.js'
import { guard } from '../disagreements/guard.js'
import { forEachEngine } from './compare.js'

// What a client writes does on the engine what the corpus says it does, so that each entry is one that somebody could
// get past a rule with; and with a rule in front of the engine it never does.

forEachEngine((_, { name: engine, address }) => {
  const attempts = new Attempts(address, `im-dis-${randomBytes(3).toString('hex')}`)
  const known = everywhere.find((version) => engine === `engine ${version}`)
  let folder: TemporaryFolder
  let listening: Listening

  beforeAll(async () => {
    folder = await temporaryFolder()
    const { guarded, doomed, reserved } = attempts.names
    listening = await guard({ containers: [guarded, doomed], reserved, memory })
      .with({ upstream: address, onError: () => {} })
      .listen(`unix://${folder.file('guard.sock')}`)
    await attempts.prepare()
  })

  afterAll(async () => {
    await attempts.remove()
    await listening.close({ grace: 0 })
    await folder[Symbol.asyncDispose]()
  })

  describe.each(forms)('a call $form', ({ fields }) => {
    it.each(corpus)('$name', async (entry) => {
      const direct = await attempts.succeeds(address, entry, fields)
      if (known !== undefined) expect(direct).toBe(entry.applied.includes(known))
      expect(await attempts.succeeds(listening.addresses[0]!, entry, fields)).toBe(false)
    })
  })
})
