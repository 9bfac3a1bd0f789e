import { foldName } from './fold-name.js'

/**
 * The names of the fields of a body: `true` for a leaf, `[]` for what each item of a list is, `*` for what each value
 * of a map is, whose keys are the user's own; otherwise a struct, by the names of its fields.
 */
export type FieldTree = true | { readonly [name: string]: FieldTree }

/** A field tree in the form in which it is looked up. */
export type Shape = 'leaf' | EachShape | StructShape

interface EachShape {
  readonly kind: 'list' | 'map'
  readonly each: Shape
}

export interface StructShape {
  readonly kind: 'struct'
  readonly fields: ReadonlyMap<string, Shape>
  /** The names of the fields, by their fold. */
  readonly names: ReadonlyMap<string, string>
  /** Fields that must not stand in this struct: where each belongs, by the fold of its name. */
  readonly elsewhere: ReadonlyMap<string, string>
}

export function shapeOf(tree: FieldTree, elsewhere: readonly (readonly [string, string])[] = []): Shape {
  if (tree === true) return 'leaf'
  if (tree['[]'] !== undefined) return { kind: 'list', each: shapeOf(tree['[]']) }
  if (tree['*'] !== undefined) return { kind: 'map', each: shapeOf(tree['*']) }
  return {
    kind: 'struct',
    fields: new Map(Object.entries(tree).map(([name, field]) => [name, shapeOf(field)])),
    names: new Map(Object.keys(tree).map((name) => [foldName(name), name])),
    elsewhere: new Map(elsewhere.map(([name, place]) => [foldName(name), place])),
  }
}
