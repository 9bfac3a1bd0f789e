import type { Schema } from './api-description.js'

/**
 * Writes TypeScript for schemas: names and types only. Every field is optional and may be null, as Go reads it; what
 * lists and maps hold is null only where the schema says so. A text may be any text, whatever values are known.
 */
export class TypeWriter {
  private readonly definitions: Readonly<Record<string, Schema>>
  private readonly declarations = new Map<string, string>()

  constructor(definitions: Readonly<Record<string, Schema>>) {
    this.definitions = definitions
  }

  /**
   * The type of a schema. All that it refers to gets declared, an object without a name under the one given.
   * @param scope what stands before the names of declared types
   */
  typeOf(schema: Schema, name: string, scope = ''): string {
    const { $ref, type, allOf, anyOf, properties, additionalProperties, items } = schema
    if ($ref !== undefined) return scope + this.declareDefinition($ref.replace('#/definitions/', ''))
    if (anyOf) return anyOf.map((each) => this.typeOf(each, name, scope)).join(' | ')
    const [parent, ...others] = parents(schema)
    if (parent && others.length === 0 && Object.keys(ownProperties(schema)).length === 0)
      return this.typeOf(parent, name, scope)
    if (allOf || properties) return scope + this.declare(name, schema)
    if (additionalProperties) {
      const value = this.typeOf(additionalProperties, `${name}Value`, scope)
      return `Record<string, ${additionalProperties['x-nullable'] ? orNull(value) : value}>`
    }
    if (items) {
      const item = this.typeOf(items, `${name}Item`, scope)
      return item.includes(' | ') ? `(${item})[]` : `${item}[]`
    }
    return type === undefined ? 'unknown' : plainType(schema, type)
  }

  /** What was declared, by name. */
  text(): string {
    const sorted = [...this.declarations].sort(([a], [b]) => (a < b ? -1 : 1))
    return sorted.map(([, text]) => text).join('\n\n')
  }

  private declareDefinition(name: string): string {
    const schema = this.definitions[name]
    if (!schema) throw new Error(`The description has no definition ${name}`)
    if (this.declarations.has(name)) return name
    if (schema.allOf || schema.properties) return this.declare(name, schema)
    this.declarations.set(name, broken(`export type ${name} =`, this.typeOf(schema, name), ''))
    return name
  }

  private declare(name: string, schema: Schema): string {
    if (this.declarations.has(name)) throw new Error(`Two types would be called ${name}`)
    this.declarations.set(name, '')
    const extended = parents(schema).map((parent) => this.typeOf(parent, name))
    const fields = Object.entries(ownProperties(schema)).map(([field, type]) => this.field(name, field, type))
    const heading = extended.length === 0 ? name : `${name} extends ${extended.join(', ')}`
    this.declarations.set(
      name,
      fields.length === 0
        ? `export interface ${heading} {}`
        : `export interface ${heading} {\n${fields.join('\n')}\n}`,
    )
    return name
  }

  private field(owner: string, name: string, schema: Schema): string {
    const type = orNull(this.typeOf(schema, owner + capital(name)))
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : `'${name}'`
    return broken(`  ${key}?:`, type, '  ')
  }
}

/** What an object has from elsewhere, and what it has of its own, which `allOf` may say in parts without a name. */
function parents({ allOf = [] }: Schema): readonly Schema[] {
  return allOf.filter(({ $ref }) => $ref !== undefined)
}

function ownProperties({ allOf = [], properties }: Schema): Readonly<Record<string, Schema>> {
  return Object.assign({}, ...allOf.map((part) => part.properties), properties) as Record<string, Schema>
}

function plainType(schema: Schema, type: string): string {
  switch (type) {
    case 'string': {
      const known = (schema.enum ?? []).filter((value) => value !== '').map((value) => `'${String(value)}'`)
      return known.length === 0 ? 'string' : `${known.join(' | ')} | (string & {})`
    }
    case 'integer':
      return schema.format === 'int64' || schema.format === 'uint64' ? 'number | bigint' : 'number'
    case 'number':
    case 'boolean':
      return type
    case 'object':
      return 'Record<string, unknown>'
    default:
      throw new Error(`The description has a type ${type}`)
  }
}

/** A union that is too long for a line stands one alternative a line, as oxfmt would have it. */
function broken(start: string, type: string, indent: string): string {
  const line = `${start} ${type}`
  return line.length <= 110
    ? line
    : [start, ...type.split(' | ').map((one) => `${indent}  | ${one}`)].join('\n')
}

function orNull(type: string): string {
  return type === 'unknown' ? type : `${type} | null`
}

function capital(name: string): string {
  return (
    name.charAt(0).toUpperCase() +
    name.slice(1).replaceAll(/\W(\w?)/g, (_, next: string) => next.toUpperCase())
  )
}
