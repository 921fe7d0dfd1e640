/**
 * The API's types: which fields an object has, of which type, and how its lists are merged. Read from `types.json`, which
 * `npm run api-schemas` makes; one type at a time, when it is first asked for.
 *
 * One line for a type, one word for a field: `containers!:[Container~name+` is a list of Containers that must be there, its
 * items known by their `name` (`+`: to strategic merge patches too). `s` text, `y` bytes, `q` quantity, `t` time, `u` time
 * with microseconds, `i` `l` `n` numbers, `b` yes or no, `x` number or text, `*` anything; `[` a list of, `{` a map of; else a
 * type, of the same group unless it says otherwise. `#`: changes as a whole. Marks: `scripts/api-schemas/list-types.ts`.
 * What we leave out: enumerations, defaults; descriptions are brought by who has them, for they weigh ten times as much.
 */

export type Scalar = 's' | 'y' | 'q' | 't' | 'u' | 'i' | 'l' | 'n' | 'b' | 'x' | '*'

export type FieldType =
  | { readonly is: 'scalar'; readonly scalar: Scalar }
  | { readonly is: 'object'; readonly name: string }
  | { readonly is: 'list' | 'map'; readonly of: FieldType }

export interface ListKey {
  readonly field: string
  /** What an item means that does not say. */
  readonly otherwise?: string
}

export interface Field {
  readonly name: string
  /** What `managedFields` call it: `f:name`. */
  readonly step: string
  readonly required: boolean
  readonly type: FieldType
  /** A list whose items are known by these. */
  readonly keys?: readonly ListKey[]
  /** A list in which every value is there once. */
  readonly set: boolean
  /** By what strategic merge patches know the items of the list. */
  readonly mergeKey?: string
  /** Strategic merge patches merge the list. */
  readonly patchMerge: boolean
  readonly retainKeys: boolean
  /** A map that changes as a whole only. */
  readonly atomic: boolean
}

export interface ObjectType {
  /** `core/v1.PodSpec` */
  readonly name: string
  /** Changes as a whole only. */
  readonly atomic: boolean
  readonly fields: ReadonlyMap<string, Field>
  /** What other fields are, where there may be others. */
  readonly rest?: FieldType
}

export interface SchemaData {
  /** Of Kubernetes: `1.36`. */
  readonly version: string
  readonly types: Readonly<Record<string, string>>
}

/** What types and their fields are for, in upstream's words. Looked up when a document of OpenAPI is made, never before. */
export interface Descriptions {
  /** Undefined where nothing is said. @param type `core/v1.PodSpec` @param field undefined: the type as a whole */
  describe(type: string, field?: string): string | undefined
}

/** The same as data, by type and field; what is said of a type as a whole has no name. */
export type Described = Readonly<Record<string, Readonly<Record<string, string>>>>

export interface Schemas {
  readonly data: SchemaData
  readonly descriptions: Descriptions
  /** Throws where there is no such type. */
  typeNamed(name: string): ObjectType
  /** Undefined where the kind is none that is built in. @param apiVersion `v1`, `apps/v1` */
  typeOfKind(apiVersion: string, kind: string): ObjectType | undefined
}

const NOT_DESCRIBED: Descriptions = { describe: () => undefined }

export const describedBy = (all: Described): Descriptions => ({
  describe(type, field = '') {
    const told = Object.hasOwn(all, type) ? all[type]! : {}
    return Object.hasOwn(told, field) ? told[field] : undefined
  },
})

export function readSchemas(data: SchemaData, descriptions = NOT_DESCRIBED): Schemas {
  const read = new Map<string, ObjectType>()
  const typeNamed = (name: string): ObjectType => {
    let type = read.get(name)
    if (type === undefined) {
      const text = data.types[name]
      if (text === undefined) throw new Error(`the schemas have no type "${name}"`)
      read.set(name, (type = readType(name, text)))
    }
    return type
  }
  return Object.freeze({
    data,
    descriptions,
    typeNamed,
    typeOfKind(apiVersion: string, kind: string) {
      const name = `${apiVersion.includes('/') ? apiVersion : `core/${apiVersion}`}.${kind}`
      return Object.hasOwn(data.types, name) ? typeNamed(name) : undefined
    },
  })
}

function readType(name: string, text: string): ObjectType {
  const atomic = text.startsWith('# ')
  const home = name.slice(0, name.lastIndexOf('.'))
  const words = (atomic ? text.slice(2) : text).split(' ').filter((word) => word !== '')
  return Object.freeze({ name, atomic, fields: new Map(words.map((word) => readField(home, word))) })
}

const FIELD = /^([^:!]+)(!?):([^~+^#]+)(.*)$/

function readField(home: string, word: string): [string, Field] {
  const [, name = '', required, type = '', marks = ''] = FIELD.exec(word)!
  const [, tilde, keyText = '', plus = '', patchKey = ''] = /^(~?)([^+^#]*)(\+?)([^^#]*)/.exec(marks)!
  const keys = keyText.split(',').flatMap((key): ListKey[] => {
    const [field, otherwise] = key.split('=')
    return field ? [{ field, ...(otherwise !== undefined && { otherwise }) }] : []
  })
  const mergeKey = patchKey || (plus && keys[0]?.field) || undefined
  const field: Field = {
    name,
    step: `f:${name}`,
    required: required === '!',
    type: readFieldType(home, type),
    ...(keys.length > 0 && { keys }),
    set: tilde === '~' && keys.length === 0,
    ...(mergeKey !== undefined && { mergeKey }),
    patchMerge: plus === '+',
    retainKeys: marks.includes('^'),
    atomic: marks.includes('#'),
  }
  return [name, Object.freeze(field)]
}

function readFieldType(home: string, text: string): FieldType {
  if (text.startsWith('[')) return { is: 'list', of: readFieldType(home, text.slice(1)) }
  if (text.startsWith('{')) return { is: 'map', of: readFieldType(home, text.slice(1)) }
  if (text.length === 1) return { is: 'scalar', scalar: text as Scalar }
  return { is: 'object', name: text.includes('/') ? text : `${home}.${text}` }
}
