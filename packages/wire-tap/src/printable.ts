/**
 * Text that a client, an engine or a file chose, as one line that cannot steer a terminal: control and formatting
 * characters, among them line ends and those that turn the direction of writing, are written as JSON escapes them.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
  })
}
