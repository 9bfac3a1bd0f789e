import { Readable } from 'node:stream'
import type { BodySource } from '../body.js'
import { IntermediateError } from '../errors.js'

/** What is said of a reply's body that cannot be read. */
export function unreadable(name: string): Pick<BodySource, 'tooLarge' | 'notJson'> {
  return {
    tooLarge: (limit) =>
      new IntermediateError(
        'ERR_TOO_LARGE',
        502,
        `${name} has more than the ${limit} bytes that are read of it.`,
      ),
    notJson: (cause) =>
      new IntermediateError(
        'ERR_UPSTREAM_PROTOCOL',
        502,
        `${name} is not what it should be. ${cause.message}`,
        {
          cause,
        },
      ),
  }
}

/** The body of a reply that has none but what a layer gives it. */
export const ofReplies: BodySource = {
  open: () => Readable.from([]),
  canonical: (value) => value,
  jsonEnd: '\n',
  ...unreadable('the reply of a layer'),
}
