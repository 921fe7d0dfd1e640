/**
 * What the client wants its answer to be, as its Accept header says: the first of its wishes that the server knows.
 *
 * What we leave out: preferences by number (`q=0.5`): the order of the header decides, as it does for every client of the API.
 * Where to read upstream: apiserver `pkg/endpoints/handlers/negotiation/negotiate.go`.
 */

export interface MediaType {
  /** `application/json`, `*\/*`. */
  readonly type: string
  /** `as`, `g`, `v` … */
  readonly parameters: Readonly<Record<string, string>>
}

// Clients ask in a few ways, over and over.
const read = new Map<string, readonly MediaType[]>()
const READ_MAX = 200

export function mediaTypes(header: string): readonly MediaType[] {
  let types = read.get(header)
  if (types !== undefined) return types
  types = Object.freeze(header.split(',').map(mediaType))
  if (read.size >= READ_MAX) read.clear()
  read.set(header, types)
  return types
}

function mediaType(text: string): MediaType {
  const [type, ...rest] = text.split(';').map((part) => part.trim())
  const pairs = rest.map((part): [string, string] => {
    const equals = part.indexOf('=')
    return equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)]
  })
  return { type: type!, parameters: Object.fromEntries(pairs) }
}
