import { createHash, randomBytes, randomInt } from 'node:crypto'

/** A new id of 64 hexadecimal digits. */
export function newId(): string {
  return randomBytes(32).toString('hex')
}

/** The same digest for the same text. */
export function digestOf(text: string | Buffer): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`
}

const moods = [
  'bright',
  'calm',
  'candid',
  'curious',
  'eager',
  'gentle',
  'honest',
  'keen',
  'lively',
  'merry',
  'noble',
  'patient',
  'proud',
  'quiet',
  'steady',
  'swift',
  'warm',
  'wise',
]
const birds = [
  'avocet',
  'bittern',
  'curlew',
  'dunlin',
  'egret',
  'finch',
  'godwit',
  'heron',
  'ibis',
  'jay',
  'kestrel',
  'linnet',
  'martin',
  'nuthatch',
  'osprey',
  'plover',
  'rook',
  'siskin',
  'tern',
  'wren',
]

/** A name for a container that was given none. */
export function newName(isTaken: (name: string) => boolean): string {
  for (let attempt = 0; ; attempt++) {
    const name = `${moods[randomInt(moods.length)]}_${birds[randomInt(birds.length)]}${attempt > 0 ? attempt : ''}`
    if (!isTaken(name)) return name
  }
}
