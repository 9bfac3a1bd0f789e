/**
 * The tar format as docker writes and reads it: POSIX ustar with pax records, and GNU's long names and large numbers
 * when reading. IEEE Std 1003.1, "pax - ustar Interchange Format" and "pax Extended Header".
 */
export interface TarEntry {
  readonly type: 'file' | 'folder' | 'link' | 'hard link' | 'device'
  readonly name: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Seconds since 1970. */
  readonly mtime: number
  /** Where a link of either kind leads. */
  readonly target?: string
  readonly bytes?: Buffer
}

/** What is not a tar archive, or ends in the middle. */
export class TarError extends Error {}

/** Everything in an archive is a multiple of this many bytes. */
export const block = 512

/** The types by the flag that stands for each. */
export const flags = { file: '0', 'hard link': '1', link: '2', device: '3', folder: '5' } as const

/** The sum of a head's bytes, of which its own field counts as spaces. */
export function checksum(head: Buffer): number {
  return head.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0)
}
