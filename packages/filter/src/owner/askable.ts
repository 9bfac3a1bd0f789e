/** True for a name that a path can hold: of another, the engine would be asked about something else, or redirect. */
export function isAskable(name: string): boolean {
  return name.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..')
}
