/**
 * What was measured, as rows of a Table: what it uses of each resource, and over which time that was.
 *
 * Where to read upstream: kubernetes-sigs/metrics-server `pkg/api/table.go`.
 */
/** Whole numbers of `n` or `Ki`. */
type Usage = Readonly<Record<string, string>>

/** NodeMetrics have a usage, PodMetrics one for each container. */
export interface Measured {
  readonly metadata: { readonly name: string }
  readonly window: string
  readonly usage?: Usage
  readonly containers?: readonly { readonly name: string; readonly usage: Usage }[]
}

/** The first shape that a client names: kubectl would have a Table, and takes the objects as well. */
export const wantsTable = (accept = ''): boolean => /^application\/json;.*\bas=Table\b/.test(accept.split(',')[0]!)

/** @param items at least one: the first says which resources there are */
export function tableOf(items: readonly Measured[]): object {
  const names = Object.keys(usageOf(items[0]!)).sort()
  const column = (name: string, type: string, format: string) => ({ name, type, format, description: '', priority: 0 })
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: {},
    columnDefinitions: [
      column('Name', 'string', 'name'),
      ...names.map((name) => column(name, 'string', 'quantity')),
      column('Window', 'string', 'duration'),
    ],
    rows: items.map((item) => {
      const usage = usageOf(item)
      return { cells: [item.metadata.name, ...names.map((name) => usage[name] ?? '0'), item.window], object: item }
    }),
  }
}

/** Of a Pod, the sum of its containers; in canonical form. */
function usageOf({ usage, containers = [] }: Measured): Usage {
  const all = usage ? [usage] : containers.map((container) => container.usage)
  return Object.fromEntries(Object.keys(all[0] ?? {}).map((name) => [name, sum(all.map((each) => each[name] ?? '0'))]))
}

const UNITS = { n: ['n', 'u', 'm', ''], Ki: ['Ki', 'Mi', 'Gi', 'Ti'] } as const

/** With the greatest unit that divides it. */
function sum(amounts: readonly string[]): string {
  const isBinary = amounts.some((amount) => amount.endsWith('Ki'))
  const [units, base] = isBinary ? [UNITS.Ki, 1_024] : [UNITS.n, 1_000]
  let value = amounts.reduce((total, amount) => total + Number.parseInt(amount, 10), 0)
  if (value === 0) return '0'
  let step = 0
  while (step < units.length - 1 && value % base === 0) {
    value /= base
    step++
  }
  return `${value}${units[step]}`
}
