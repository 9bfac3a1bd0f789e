import type { Flag } from './flags.js'

/** The flags of `intermediate tap`, as `parseArgs` reads them and the help shows them. */
export const tapFlags = {
  endpoint: {
    type: 'string',
    multiple: true,
    value: 'PATTERN',
    text:
      "Show these calls only: a pattern over Docker's endpoints, such as 'GET /events' or '* /volumes{/*rest}'. " +
      'May be given several times',
  },
  container: {
    type: 'string',
    multiple: true,
    value: 'NAME',
    text: 'Show the calls of this container only, its execs too, by its name or id',
  },
  json: {
    type: 'boolean',
    text: 'Show each event as a line of JSON, as it came',
  },
  help: { type: 'boolean', short: 'h', text: 'Show this' },
} as const satisfies Record<string, Flag>
