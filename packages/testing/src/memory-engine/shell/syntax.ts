/** What a script says, once read. */
export interface Script {
  readonly steps: readonly Step[]
}

/** One pipeline of a list, with what connects it to the one before. */
export interface Step {
  readonly after: 'always' | 'success' | 'failure'
  readonly negated: boolean
  readonly commands: readonly Command[]
  /** Not waited for. */
  readonly background: boolean
}

export type Command =
  | {
      readonly kind: 'simple'
      readonly assignments: readonly { readonly name: string; readonly value: Word }[]
      readonly words: readonly Word[]
      readonly redirects: readonly Redirect[]
    }
  | {
      readonly kind: 'group'
      readonly body: Script
      /** In parentheses: what it changes stays inside. */
      readonly subshell: boolean
      readonly redirects: readonly Redirect[]
    }
  | {
      readonly kind: 'if'
      readonly branches: readonly { readonly condition: Script; readonly body: Script }[]
      readonly otherwise: Script | undefined
      readonly redirects: readonly Redirect[]
    }
  | {
      readonly kind: 'loop'
      /** The loop goes on while the condition gives this. */
      readonly whileSuccess: boolean
      readonly condition: Script
      readonly body: Script
      readonly redirects: readonly Redirect[]
    }
  | {
      readonly kind: 'for'
      readonly name: string
      /** Undefined: the script's own arguments. */
      readonly words: readonly Word[] | undefined
      readonly body: Script
      readonly redirects: readonly Redirect[]
    }

export interface Redirect {
  readonly descriptor: number
  readonly kind: 'read' | 'write' | 'append' | 'duplicate'
  readonly target: Word
}

/** Parts that are joined; an unquoted part that is expanded can make several words of one. */
export type Word = readonly Part[]

export type Part = { readonly quoted: boolean } & (
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'variable'
      readonly name: string
      readonly operator?: '-' | '=' | '+' | '?' | '#'
      readonly colon?: boolean
      readonly word?: Word
    }
  | { readonly kind: 'command'; readonly script: Script }
  | { readonly kind: 'arithmetic'; readonly expression: Word }
)

/** A script that cannot be read: what is wrong, for after `syntax error: `. */
export class SyntaxFault extends Error {}

/** A script that lacks its end: with more lines it may be read. */
export class Incomplete extends SyntaxFault {}
