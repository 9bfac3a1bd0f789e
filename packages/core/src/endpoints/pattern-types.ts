import type { Endpoint } from './endpoint-types.js'

/** A pattern that may select several endpoints; the language is that of `select`. */
type Wildcard = `* /${string}` | `${Method} /${string}*${string}`

export type Pattern = Endpoint | Wildcard

/**
 * What `use` and the layers take: one pattern or a list. Editors complete the endpoints in both, and the compiler names
 * the nearest one for an entry of a list that it does not know. (A list of `string & {}` would complete nothing.)
 */
export type Patterns = Endpoint | (string & {}) | readonly Pattern[]

/** The endpoints that a pattern, or any of a list of patterns, selects. */
export type Selected<P> = P extends readonly (infer Each)[] ? SelectedByOne<Each> : SelectedByOne<P>

/**
 * Meant to be intersected with a pattern argument: `use<const P extends Patterns>(endpoints: P & Checked<P>)`.
 * It asks nothing of a pattern that selects something, and of another one a property whose name is the complaint.
 */
export type Checked<P> = P extends readonly unknown[]
  ? { readonly [At in keyof P]: CheckedOne<P[At]> }
  : CheckedOne<P>

type Method = Endpoint extends infer E ? (E extends `${infer Method} ${string}` ? Method : never) : never

/** A pattern that is only known when the program runs may select any endpoint: `select` checks it at start. */
type SelectedByOne<P> = P extends Endpoint
  ? P
  : P extends string
    ? string extends P
      ? Endpoint
      : Fitting<P>
    : never

type CheckedOne<P> = [SelectedByOne<P>] extends [never] ? Complaint<P> : unknown

/** Written out where they are used: of an interface, the compiler would show the name only. */
type Complaint<P> = P extends `/${string}`
  ? { readonly 'say the method, as in "POST /containers/create" or "* /containers/create"': P }
  : P extends `${string}{${infer Name}}${string}`
    ? Name extends `/${string}`
      ? { readonly 'no endpoint of the Docker API matches': P }
      : { readonly 'a parameter is written :name, not {name}': P }
    : { readonly 'no endpoint of the Docker API matches': P }

type Fitting<P extends string, E extends Endpoint = Endpoint> = P extends `${infer Method} ${infer Path}`
  ? E extends `${infer TheirMethod} ${infer TheirPath}`
    ? Method extends '*' | TheirMethod
      ? true extends FitsAny<WithAndWithoutGroups<Path>, Segments<TheirPath>>
        ? E
        : never
      : never
    : never
  : never

type WithAndWithoutGroups<Path extends string> = Path extends `${infer Before}{${infer Group}}${infer After}`
  ? WithAndWithoutGroups<`${Before}${After}`> | WithAndWithoutGroups<`${Before}${Group}${After}`>
  : Path

type Segments<Path extends string> = Path extends `${infer First}/${infer Rest}`
  ? [First, ...Segments<Rest>]
  : [Path]

type FitsAny<Path extends string, Theirs extends readonly string[]> = Path extends string
  ? Fits<Segments<Path>, Theirs>
  : never

/** The same rules as `select`: a parameter meets a parameter, a wildcard one or more segments, text itself. */
type Fits<Ours extends readonly string[], Theirs extends readonly string[]> = Ours extends readonly [
  infer First extends string,
  ...infer Rest extends readonly string[],
]
  ? Theirs extends readonly [infer Their extends string, ...infer TheirRest extends readonly string[]]
    ? First extends `*${infer Name}`
      ? Name extends ''
        ? false
        : Fits<Rest, TheirRest> extends true
          ? true
          : Fits<Ours, TheirRest>
      : FitsSegment<First, Their> extends true
        ? Fits<Rest, TheirRest>
        : false
    : false
  : Theirs extends readonly []
    ? true
    : false

type FitsSegment<Ours extends string, Their extends string> = Ours extends `:${infer Name}`
  ? Name extends ''
    ? false
    : Their extends `:${string}`
      ? true
      : false
  : Ours extends Their
    ? true
    : false
