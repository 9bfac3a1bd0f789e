/**
 * A name in the form that it shares with every name which Go's encoding/json takes for the same field, where it is ASCII
 * as all names of the Docker API are. Go folds one character to one (unicode.SimpleFold); besides the two cases of a
 * letter that brings U+017F to `s` and U+212A, of which JavaScript's lower case is `k`.
 */
export function foldName(name: string): string {
  return name.toLowerCase().replaceAll('\u017F', 's')
}
