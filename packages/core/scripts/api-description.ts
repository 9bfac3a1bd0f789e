import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

/** A type in the words of Swagger 2.0, as far as the published description uses them, and `anyOf` for its corrections. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly additionalProperties?: Schema
  readonly allOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly 'x-nullable'?: boolean
}

export interface Operation {
  readonly operationId?: string
  readonly produces?: readonly string[]
  readonly parameters?: readonly { readonly in: string; readonly schema?: Schema }[]
  readonly responses: Readonly<Record<string, { readonly schema?: Schema }>>
}

/** The published description of the API: its types by name, its operations by path and lower-case method. */
export interface Description {
  readonly info: { readonly version: string }
  readonly definitions: Readonly<Record<string, Schema>>
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

export function readDescription(file: string): Description {
  return parse(readFileSync(file, 'utf8')) as Description
}

/** The operation that an endpoint of the table is, whatever the two call its parameters. */
export function operationOf(description: Description, endpoint: string): Operation | undefined {
  const [method = '', path = ''] = endpoint.split(' ')
  const form = path.replaceAll(/:\w+/g, '{}')
  const found = Object.entries(description.paths).find(([each]) => each.replaceAll(/\{\w+\}/g, '{}') === form)
  return found?.[1][method.toLowerCase()]
}

/** The schema of the JSON that an operation takes; undefined where it takes none, or bytes. */
export function bodySchema(operation: Operation): Schema | undefined {
  const schema = operation.parameters?.find((parameter) => parameter.in === 'body')?.schema
  return schema?.type === 'string' ? undefined : schema
}

/** The schema of the JSON that an operation replies with when it succeeds; undefined where that is nothing, or bytes. */
export function replySchema(operation: Operation): Schema | undefined {
  const { produces, responses } = operation
  if (produces && !produces.some((type) => type.includes('json'))) return undefined
  return Object.entries(responses).find(([status, { schema }]) => status.startsWith('2') && schema)?.[1]
    .schema
}
