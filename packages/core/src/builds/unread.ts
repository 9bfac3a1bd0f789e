import { IntermediateError } from '../errors.js'

/** A build context that is not read here as every engine reads it. */
export class Unread extends IntermediateError {
  constructor(status: number, message: string) {
    super('ERR_BAD_REQUEST', status, message)
  }
}
