import { expectTypeOf, test } from 'vitest'
import { enricher } from './enricher.js'

test('only endpoints that have items can have them changed', () => {
  const compiled = () => [
    enricher.items('GET /events', (event) => void (event.Type = null)),
    // @ts-expect-error its replies have no items
    enricher.items('GET /system/df', () => {}),
    // @ts-expect-error one of them has none
    enricher.items(['GET /volumes', 'GET /info'], () => {}),
  ]
  expectTypeOf(compiled).toBeFunction()
})
