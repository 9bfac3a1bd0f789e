import fc from 'fast-check'

export type Text = fc.Arbitrary<string>

/** Mostly the first, now and then one of the others. */
export function rarely<T>(usual: fc.Arbitrary<T>, ...odd: fc.Arbitrary<T>[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 80, arbitrary: usual }, { weight: 1, arbitrary: fc.oneof(...odd) })
}

export function text(...texts: string[]): Text {
  return fc.constantFrom(...texts)
}

export function joined(...parts: Text[]): Text {
  return fc.tuple(...parts).map((texts) => texts.join(''))
}

/** Any octet, and more often one that means something. */
export const octet = fc.oneof(
  text(
    '\r',
    '\n',
    '\r\n',
    ' ',
    '\t',
    ':',
    ';',
    ',',
    '"',
    '\\',
    '=',
    '/',
    '*',
    '0',
    '1',
    'a',
    'F',
    'x',
    '-',
    '+',
  ),
  text('\0', '\x01', '\x0b', '\x0c', '\x1b', '\x7f', '\x80', '\x85', '\xa0', '\xe9', '\xff'),
  fc.nat(255).map((code) => String.fromCharCode(code)),
)

export function noise(maxLength: number): Text {
  return fc.array(octet, { maxLength }).map((octets) => octets.join(''))
}

export const lineEnd = rarely(text('\r\n'), text('\n', '\r', '\r\r\n', '\n\r', '\r\n\r\n', ''))

export const space = rarely(text(' '), text('  ', '\t', '', ' \t', '\r'))

/** Optional white space, and what some take for it. */
export const ows = rarely(text('', ' '), text('\t', '  ', ' \t ', '\x0b', '\xa0', '\0'))
