/**
 * How Go's decoder looks at a body first, to learn of which kind it is: what is no object has none.
 *
 * Where to read upstream: apimachinery `pkg/runtime/serializer/json/meta.go`.
 */
const HEAD = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'

/** Why nothing can be learnt; undefined where something can. (`null` is an object with nothing in it.) */
export function headProblem(body: unknown): string | undefined {
  if (body === undefined) return `${WHY}unexpected end of JSON input`
  if (typeof body === 'object' && !Array.isArray(body)) return body === null ? undefined : namesProblem(body)
  return `${WHY}json: cannot unmarshal ${goTypeOf(body)} into Go value of type ${HEAD}`
}

function namesProblem(body: object): string | undefined {
  for (const name of ['apiVersion', 'kind']) {
    const value = (body as Readonly<Record<string, unknown>>)[name] ?? ''
    if (typeof value === 'string') continue
    return `${WHY}json: cannot unmarshal ${goTypeOf(value)} into Go struct field .${name} of type string`
  }
  const { apiVersion = '' } = body as { readonly apiVersion?: string }
  return apiVersion?.split('/').length > 2 ? `unexpected GroupVersion string: ${apiVersion}` : undefined
}

const goTypeOf = (value: unknown): string =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value

const WHY = "couldn't get version/kind; json parse error: "
