/**
 * `kubectl explain`: what the server's documents of OpenAPI say of a kind and its fields.
 *
 * What we leave out: enumerations, `--output`.
 * Where to read upstream: kubectl `pkg/explain/v2` (the template `plaintext.tmpl`).
 */
import type { Resource } from '#cluster/api/resources.ts'
import { apiVersionOf, RESOURCES } from '#cluster/api/resources.ts'
import type { Ask, Invocation, Round, Steps } from '../command.ts'
import { need } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { resourceFor } from '../discovery.ts'
import type { FlagSpec } from '../flags.ts'
import { isSet, valueOf } from '../flags.ts'

export const explainFlags: FlagSpec = { values: ['api-version'], switches: ['recursive'] }

interface Schema {
  readonly $ref?: string
  readonly allOf?: readonly Schema[]
  readonly type?: string
  readonly format?: string
  readonly description?: string
  readonly items?: Schema
  readonly additionalProperties?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
}

/** What a document says; what it does not describe is told by its type alone. */
/** Of a kind that is not there it says so without a word before. */
function* explained(word: string): Generator<Ask, Resource, Round> {
  try {
    return yield* resourceFor(word)
  } catch (error) {
    throw error instanceof CommandError ? new CommandError(error.message.replace(/^error: /, '')) : error
  }
}

export function* explain({ args, flags }: Invocation): Steps {
  const [path, ...more] = args
  if (path === undefined || more.length > 0) throw new CommandError('error: You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.') // prettier-ignore
  const [word = '', ...fields] = path.split('.')
  const first = yield* explained(word)
  const wanted = valueOf(flags, 'api-version')
  const resource = RESOURCES.find((one) => one.kind === first.kind && apiVersionOf(one) === wanted) ?? first
  const apiVersion = apiVersionOf(resource)
  const document = `/openapi/v3/${resource.group === '' ? 'api' : 'apis'}/${apiVersion}`
  const { body } = yield* need({ method: 'GET', path: document })
  const schemas = body.components.schemas as Readonly<Record<string, Schema & { 'x-kubernetes-group-version-kind'?: readonly { kind: string; group: string; version: string }[] }>> // prettier-ignore
  const known = ({ $ref, allOf }: Schema): string | undefined => ($ref ?? allOf?.[0]?.$ref)?.split('/').at(-1)
  const open = (schema: Schema): Schema => schemas[known(schema) ?? ''] ?? schema
  const isOurs = ({ kind, group, version }: { kind: string; group: string; version: string }): boolean =>
    kind === resource.kind && group === resource.group && version === resource.version
  let schema = Object.values(schemas).find((one) => one['x-kubernetes-group-version-kind']?.some(isOurs)) as Schema | undefined // prettier-ignore
  if (!schema) throw new CommandError(`error: couldn't find resource for "${apiVersion}, Kind=${resource.kind}"`)
  const typeOf = (one: Schema): string => {
    if (one.type === 'array') return `[]${typeOf(one.items ?? {})}`
    if (one.type === 'object' && one.additionalProperties) return `map[string]${typeOf(one.additionalProperties)}`
    return known(one)?.split('.').at(-1) ?? (one.type === 'object' ? 'Object' : (one.type ?? 'Object'))
  }
  let field = ''
  let outer = ''
  for (const name of fields) {
    const inner = open(schema.items ?? schema)
    const found: Schema | undefined = inner.properties?.[name]
    const head = headOf(resource)
    if (!found) return { errors: `${head}error: field "${name}" does not exist\n`, exitCode: 1 }
    field = `FIELD: ${name} <${typeOf(found)}>\n\n\n`
    outer = found.description ?? ''
    schema = found
  }
  const inside = open(schema.items ?? schema)
  const told = [outer, inside === schema && outer !== '' ? '' : (inside.description ?? '')].filter((text) => text !== '').join('\n') // prettier-ignore
  const reader = { open, typeOf }
  const rows = isSet(flags, 'recursive') ? outline(inside, reader, 1, []) : described(inside, reader)
  const list = rows === '' ? '\n' : `FIELDS:\n${rows}\n`
  return { output: `${headOf(resource)}${field}DESCRIPTION:\n${wrapped(told || '<empty>')}\n${told === '' ? '' : `${INDENT}\n`}${list}` } // prettier-ignore
}

const headOf = ({ group, kind, version }: Resource): string =>
  `${group ? `GROUP:      ${group}\n` : ''}KIND:       ${kind}\nVERSION:    ${version}\n\n`

/** How a document is read. */
interface Reader {
  /** What a reference leads to. */
  open(schema: Schema): Schema
  typeOf(schema: Schema): string
}

function fieldLines({ properties = {}, required }: Schema, { typeOf }: Reader): [line: string, schema: Schema][] {
  return Object.entries(properties)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, one]) => [`${name}\t<${typeOf(one)}>${required?.includes(name) ? ' -required-' : ''}`, one])
}

const described = (schema: Schema, reader: Reader): string =>
  fieldLines(schema, reader)
    .map(([line, one]) => `  ${line}\n${wrapped(one.description ?? '<no description>')}\n`)
    .join('\n')

/** Every field below, without words; a type within itself is not gone into again. */
function outline(schema: Schema, reader: Reader, depth: number, above: readonly Schema[]): string {
  return fieldLines(schema, reader)
    .map(([line, one]) => {
      const inner = reader.open(one.items ?? one.additionalProperties ?? one)
      const below =
        above.includes(inner) || inner === schema ? '' : outline(inner, reader, depth + 1, [...above, schema])
      return `${'  '.repeat(depth)}${line}\n${below}`
    })
    .join('')
}

const INDENT = '    '
const WIDTH_MAX = 76

/** In lines that fit a terminal of eighty columns. */
function wrapped(text: string): string {
  const lines = text.split('\n').flatMap((paragraph) => {
    const made: string[] = ['']
    for (const word of paragraph.split(' ')) {
      const longer = made.at(-1) === '' ? word : `${made.at(-1)} ${word}`
      if (longer.length <= WIDTH_MAX || made.at(-1) === '') made[made.length - 1] = longer
      else made.push(word)
    }
    return made
  })
  return lines.map((line) => INDENT + line).join('\n')
}
