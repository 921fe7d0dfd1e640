/** The header Accept, as far as a server goes that answers in JSON, YAML and Kubernetes' protobuf. */
import { PROTOBUF } from './protobuf.ts'

export type Encoding = 'json' | 'yaml' | 'protobuf'

interface Clause {
  readonly type: string
  readonly parameters: Readonly<Record<string, string>>
}

function clausesOf(accept: string): Clause[] {
  return accept.split(',').map((clause) => {
    const [type = '', ...rest] = clause.split(';').map((part) => part.trim())
    const pairs = rest.map((part) => part.split('=').map((word) => word.trim()) as [string, string])
    return { type: type.toLowerCase(), parameters: Object.fromEntries(pairs) }
  })
}

const ENCODINGS: Readonly<Record<string, Encoding>> = {
  'application/json': 'json',
  '*/*': 'json',
  'application/yaml': 'yaml',
  [PROTOBUF]: 'protobuf',
  // Logs and OpenAPI: what their paths answer is no object.
  'text/plain': 'json',
  'application/octet-stream': 'json',
}

/** What an answer may be given as. */
const SHAPES: ReadonlySet<string> = new Set(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList', 'APIGroupDiscoveryList']) // prettier-ignore

const VERSIONS: ReadonlySet<string> = new Set(['v1', 'v1beta1', 'v2', 'v2beta1'])

/** The first encoding that the client names and the server has, in a shape that there is; undefined: none. */
export function acceptable(accept: string | undefined): Encoding | undefined {
  if (accept === undefined || accept.trim() === '') return 'json'
  for (const { type, parameters } of clausesOf(accept)) {
    if (Object.hasOwn(ENCODINGS, type) && isShape(parameters)) return ENCODINGS[type]
  }
  return undefined
}

/** As they are, or in a shape that there is, in a version that it has. */
const isShape = ({ as, v }: Clause['parameters']): boolean =>
  as === undefined || (SHAPES.has(as) && (v === undefined || VERSIONS.has(v)))

/** Whether there is an encoding among them at all, whatever the shape: that is asked first, and answered in other words. */
export const namesEncoding = (accept: string): boolean =>
  clausesOf(accept).some(({ type }) => Object.hasOwn(ENCODINGS, type))
