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
  'application/*': 'json',
  '*/*': 'json',
  'application/yaml': 'yaml',
  [PROTOBUF]: 'protobuf',
  // Logs and OpenAPI: what their paths answer is no object.
  'text/plain': 'json',
  'application/octet-stream': 'json',
}

/** What an answer may be given as. */
const SHAPES: ReadonlySet<string> = new Set(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList', 'APIGroupDiscoveryList']) // prettier-ignore

/** The first encoding that the client names and the server has, in a shape that there is; undefined: none. */
export function acceptable(accept: string | undefined): Encoding | undefined {
  if (accept === undefined || accept.trim() === '') return 'json'
  for (const { type, parameters } of clausesOf(accept)) {
    const shape = parameters['as']
    if (Object.hasOwn(ENCODINGS, type) && (shape === undefined || SHAPES.has(shape))) return ENCODINGS[type]
  }
  return undefined
}
