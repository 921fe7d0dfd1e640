/**
 * The simple paths by which definitions name parts of their objects: `.status.conditions[?(@.type=="Ready")].status`.
 *
 * What we leave out: slices, unions, `..`, comparisons other than equal and not equal.
 * Where to read upstream: client-go `util/jsonpath`; apiextensions-apiserver `pkg/registry/customresource/tableconvertor`.
 */

type Step =
  | { readonly is: 'name'; readonly name: string }
  | { readonly is: 'index'; readonly index: number }
  | { readonly is: 'all' }
  | { readonly is: 'filter'; readonly path: readonly Step[]; readonly equal: boolean; readonly value: string }

const NAME = /^\.([^.[\]]+)/
const QUOTED = /^\.?\[['"]([^'"]+)['"]\]/
const INDEX = /^\[(-?\d+)\]/
const ALL = /^(?:\[\*\]|\.\*)/
const FILTER = /^\[\?\(\s*@([^=!\s]*)\s*(==|!=)\s*(?:"([^"]*)"|'([^']*)'|([^)\s]+))\s*\)\]/

const read = new Map<string, readonly Step[]>()
const READ_MAX = 1_000

function stepsOf(path: string): readonly Step[] {
  const known = read.get(path)
  if (known) return known
  const steps: Step[] = []
  for (let rest = path; rest !== '' && rest !== '.';) {
    const [step, length] = stepAt(rest)
    if (!step) break
    steps.push(step)
    rest = rest.slice(length)
  }
  if (read.size >= READ_MAX) read.clear()
  read.set(path, steps)
  return steps
}

function stepAt(text: string): [Step | undefined, number] {
  const quoted = QUOTED.exec(text)
  if (quoted) return [{ is: 'name', name: quoted[1]! }, quoted[0].length]
  const all = ALL.exec(text)
  if (all) return [{ is: 'all' }, all[0].length]
  const name = NAME.exec(text)
  if (name) return [{ is: 'name', name: name[1]!.replaceAll('\\', '') }, name[0].length]
  const index = INDEX.exec(text)
  if (index) return [{ is: 'index', index: Number(index[1]) }, index[0].length]
  const filter = FILTER.exec(text)
  if (!filter) return [undefined, 0]
  const [whole, path = '', operator, ...values] = filter
  const value = values.find((one) => one !== undefined) ?? ''
  return [{ is: 'filter', path: stepsOf(path), equal: operator === '==', value }, whole.length]
}

/** All values that the path leads to. */
export const valuesAt = (object: unknown, path: string): readonly unknown[] => follow([object], stepsOf(path))

const follow = (values: readonly unknown[], steps: readonly Step[]): readonly unknown[] =>
  steps.reduce<readonly unknown[]>((all, step) => all.flatMap((value) => take(value, step)), values)

function take(value: unknown, step: Step): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return []
  switch (step.is) {
    case 'name': {
      const inner = Object.hasOwn(value, step.name) ? (value as Record<string, unknown>)[step.name] : undefined
      return inner === undefined ? [] : [inner]
    }
    case 'index': {
      const inner = Array.isArray(value) ? (value.at(step.index) as unknown) : undefined
      return inner === undefined ? [] : [inner]
    }
    case 'all':
      return Array.isArray(value) ? (value as unknown[]) : Object.values(value)
    case 'filter':
      if (!Array.isArray(value)) return []
      return value.filter((item) => {
        const [inner] = follow([item], step.path)
        return inner !== undefined && (String(inner) === step.value) === step.equal
      })
  }
}

/** The object with that value at a path of plain names; what is on the way is made. */
export function withValueAt<T extends object>(object: T, path: string, value: unknown): T {
  const [first, ...rest] = path.replace(/^\./, '').split('.')
  const inner = (object as Record<string, unknown>)[first!]
  const next = rest.length === 0 ? value : withValueAt(typeof inner === 'object' && inner !== null ? inner : {}, rest.join('.'), value) // prettier-ignore
  return { ...object, [first!]: next }
}
