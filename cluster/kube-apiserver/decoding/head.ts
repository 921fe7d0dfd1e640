/**
 * How Go's decoder looks at a body first, to learn of which kind it is: what is no object has none.
 *
 * Where to read upstream: apimachinery `pkg/runtime/serializer/json/meta.go`.
 */
const HEAD = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'

/** Why nothing can be learnt; undefined where something can. (`null` is an object with nothing in it.) */
export function headProblem(body: unknown): string | undefined {
  if (body === undefined) return `${WHY}unexpected end of JSON input`
  if (typeof body === 'object' && !Array.isArray(body)) return undefined
  const found = Array.isArray(body) ? 'array' : typeof body === 'boolean' ? 'bool' : typeof body
  return `${WHY}json: cannot unmarshal ${found} into Go value of type ${HEAD}`
}

const WHY = "couldn't get version/kind; json parse error: "
