import type { Reply } from '@intermediate/core'

/** In ms, for an engine that may be frozen to answer a ping: the docker CLI waits 2 s for its own. */
export const briefly = 1000

/** The reply that comes within so many ms; undefined where none does, and one that comes later is let go of. */
export async function inTime(limit: number, asked: Promise<Reply>): Promise<Reply | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      letGo(asked)
      resolve(undefined)
    }, limit)
  })
  try {
    return await Promise.race([asked, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Of a reply that nobody waits for any more. One that is being read cannot be, and ends with the client's call. */
export function letGo(asked: Promise<Reply>): void {
  asked.then((reply) => reply.body.on('error', () => {}).destroy()).catch(() => {})
}
