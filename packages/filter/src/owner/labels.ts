import type { Fields } from './go-values.js'
import { objectIn } from './go-values.js'
import type { Owner } from './visit.js'

/** Puts the owner's label among the Labels of what is made, whatever the client says there. */
export function setLabel(made: Fields, { label, id }: Owner): void {
  made['Labels'] = { ...objectIn(made, 'Labels'), [label]: id }
}

/** True for what bears the owner's label. */
export function bears(labels: Labels, { label, id }: Owner): boolean {
  return ownerOf(labels, label) === id
}

/** Whose a thing is by its labels; undefined: nobody's. */
export function ownerOf(labels: Labels, label: string): string | undefined {
  return labels !== undefined && labels !== null && Object.hasOwn(labels, label)
    ? (labels[label] ?? '')
    : undefined
}

type Labels = Readonly<Record<string, string | null | undefined>> | null | undefined
