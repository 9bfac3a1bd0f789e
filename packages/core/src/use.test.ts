import { expect, test } from 'vitest'
import { intermediate } from './intermediate.js'
import type { Layer } from './stack.js'

test('two layers in one use() are an error, and not one of them is left out', () => {
  const audit: Layer = (call, next) => next(call)
  expect(() => intermediate().use(audit, audit as never)).toThrow(
    'The layer audit was given another layer for its options: use() takes one layer at a time, then { name, deadline, onError, policy }.',
  )
  expect(() => intermediate().use(audit, 'closed' as never)).toThrow('was given closed for its options')
})
