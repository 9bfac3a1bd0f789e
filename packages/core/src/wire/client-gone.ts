/** The call came to nothing for a reason that is the client's: it left, or what it sent is malformed. */
export class ClientGone extends Error {}

export function cutShort(): ClientGone {
  return new ClientGone('the client ended its side inside a body')
}
