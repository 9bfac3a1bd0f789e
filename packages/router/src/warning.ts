/**
 * The value of a `Warning` field (RFC 7234 section 5.5, code 299; RFC 9111 has it no more, and nothing else says in a
 * head that a reply is not the whole). What no field can hold is a question mark.
 */
export function warning(text: string): string {
  return `299 - "${text.replaceAll(/[^\x20-\x7e]/g, '?').replaceAll(/["\\]/g, String.raw`\$&`)}"`
}
