/**
 * Quantities: numbers with the suffixes of the API (`500m`, `1.5`, `128Mi`, `2e3`, `10G`).
 *
 * Held as whole thousandths in a double: exact up to 9 × 10¹² units, beyond any node's memory in bytes.
 * Where to read upstream: apimachinery `pkg/api/resource/quantity.go`.
 */
const SUFFIXES: ReadonlyMap<string, number> = new Map([
  ['n', 1e-6],
  ['u', 1e-3],
  ['m', 1],
  ['', 1e3],
  ['k', 1e6],
  ['M', 1e9],
  ['G', 1e12],
  ['T', 1e15],
  ['P', 1e18],
  ['E', 1e21],
  ['Ki', 1e3 * 1024],
  ['Mi', 1e3 * 1024 * 1024],
  ['Gi', 1e3 * 1024 * 1024 * 1024],
  ['Ti', 1e3 * 1024 * 1024 * 1024 * 1024],
  ['Pi', 1e3 * 1024 * 1024 * 1024 * 1024 * 1024],
  ['Ei', 1e3 * 1024 * 1024 * 1024 * 1024 * 1024 * 1024],
])

/** By multiplication, which every engine rounds alike. */
function powerOfTen(exponent: number): number {
  let power = 1
  for (let i = 0; i < Math.abs(exponent); i++) power *= 10
  return exponent < 0 ? 1 / power : power
}

const FORM = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/
const parsed = new Map<string, number>()

/** Thousandths of the unit, rounded up as the API does; undefined when it is no quantity. */
export function parseQuantity(text: string | number): number | undefined {
  const source = String(text)
  const known = parsed.get(source)
  if (known !== undefined) return known
  const match = FORM.exec(source)
  if (!match) return undefined
  const [, number, exponent, suffix] = match
  const scale = exponent === undefined ? SUFFIXES.get(suffix ?? '')! : 1e3 * powerOfTen(Number(exponent))
  const product = Number(number) * scale
  const value = Math.abs(product - Math.round(product)) < 1e-6 ? Math.round(product) : Math.ceil(product)
  if (parsed.size > 10_000) parsed.clear()
  parsed.set(source, value)
  return value
}

/** Like `parseQuantity`, for values that validation has let through. */
export function milli(text: string | number | undefined): number {
  if (text === undefined) return 0
  const value = parseQuantity(text)
  if (value === undefined)
    throw new Error(`"${text}" is no quantity; write a number with an optional suffix such as m, Ki, Mi, Gi`)
  return value
}

/** Canonical text: `1500` → `1500m`, `2000` → `2`; with `binary`, the largest of Ki, Mi, Gi … that divides it. */
export function formatQuantity(thousandths: number, binary = false): string {
  if (thousandths % 1000 !== 0) return `${thousandths}m`
  const units = thousandths / 1000
  const steps = binary ? ['Ki', 'Mi', 'Gi', 'Ti', 'Pi'] : ['k', 'M', 'G', 'T', 'P']
  const base = binary ? 1024 : 1000
  let value = units
  let suffix = ''
  for (const step of steps) {
    if (value === 0 || value % base !== 0) break
    value /= base
    suffix = step
  }
  return `${value}${suffix}`
}
