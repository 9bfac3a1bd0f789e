import { type ErrorCode, IntermediateError } from '../errors.js'

/** Whose text cannot be read, and whose fault that is. */
export interface JsonSource {
  /** The beginning of the sentence. */
  readonly subject: string
  readonly code: ErrorCode
  readonly status: number
}

export const fromClient: JsonSource = { subject: 'The body', code: 'ERR_BAD_REQUEST', status: 400 }
export const fromUpstream: JsonSource = { subject: 'The reply', code: 'ERR_UPSTREAM_PROTOCOL', status: 502 }
export const inReply: JsonSource = { ...fromUpstream, subject: 'An item of the reply' }

/** @param what the end of the sentence: what is wrong with the text, and where */
export function notJson({ subject, code, status }: JsonSource, what: string): IntermediateError {
  return new IntermediateError(code, status, `${subject} cannot be read as JSON: it ${what}.`)
}
