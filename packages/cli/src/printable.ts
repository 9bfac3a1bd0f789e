/**
 * Text that a client, an engine or a file chose, as one line that cannot steer a terminal: control and formatting
 * characters, among them line ends and those that turn the direction of writing, are percent-encoded.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => encodeURIComponent(character))
}
