/**
 * Metrics of autoscaling/v2 as v1 words them in its annotations: the words of v2beta1, one field for each kind of target, which a
 * controller of that time reads.
 *
 * Where to read upstream: k8s.io/api `autoscaling/v1` (MetricSpec, MetricStatus); kubernetes/kubernetes
 * `pkg/apis/autoscaling/v1/conversion.go`.
 */

/** What is asked for, or what there is: of each kind of number at most one. */
interface Amount {
  readonly type?: string
  readonly value?: string
  readonly averageValue?: string
  readonly averageUtilization?: number
}

interface Identifier {
  readonly name: string
  readonly selector?: object
}

interface Source {
  readonly name?: string
  readonly container?: string
  readonly describedObject?: object
  readonly metric?: Identifier
  readonly target?: Amount
  readonly current?: Amount
}

/** A MetricSpec or MetricStatus of v2: its type, and the source that bears the type's name. */
export type Metric = { readonly type: string } & { readonly [source in Kind]?: Source }

/** The same in v1. */
export type FormerMetric = { readonly type: string } & { readonly [source in Kind]?: Readonly<Record<string, unknown>> }

type Kind = (typeof KINDS)[number]
const KINDS = ['object', 'pods', 'resource', 'containerResource', 'external'] as const

type Said = 'target' | 'current'

const defined = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** `targetAverageValue`, `currentAverageValue` … */
const word = (said: Said, amount: 'Value' | 'AverageValue' | 'AverageUtilization'): string => `${said}${amount}`

/** @param said whether it is a MetricSpec or a MetricStatus */
export function formerMetric(metric: Metric, said: Said): FormerMetric {
  return each(metric, (kind, source): Record<string, unknown> => {
    const { value, averageValue, averageUtilization } = source[said] ?? {}
    const { name, container, describedObject: target, metric: { name: metricName, selector } = { name: undefined } } = source // prettier-ignore
    switch (kind) {
      case 'object':
        return { target, metricName, [word(said, 'Value')]: value ?? '0', selector, averageValue }
      case 'pods':
        return { metricName, [word(said, 'AverageValue')]: averageValue ?? '0', selector }
      case 'external':
        return { metricName, metricSelector: selector, [word(said, 'Value')]: value ?? (said === 'current' ? '0' : undefined), [word(said, 'AverageValue')]: averageValue } // prettier-ignore
      default:
        return { name, [word(said, 'AverageUtilization')]: averageUtilization, [word(said, 'AverageValue')]: averageValue ?? (said === 'current' ? '0' : undefined), container } // prettier-ignore
    }
  }) as FormerMetric
}

export function metricOf(metric: FormerMetric, said: Said): Metric {
  return each(metric, (kind, source): Record<string, unknown> => {
    const value = source[word(said, 'Value')] as string | undefined
    const average = source[kind === 'object' ? 'averageValue' : word(said, 'AverageValue')] as string | undefined
    const averageUtilization = source[word(said, 'AverageUtilization')] as number | undefined
    // A zero that stands where Go has no way to leave it out.
    const isValue = value !== undefined && !(average !== undefined && value === '0')
    const amount = defined({ value: isValue ? value : undefined, averageValue: average, averageUtilization })
    const type = averageUtilization !== undefined ? 'Utilization' : average !== undefined ? 'AverageValue' : 'Value'
    const { name, container, target: describedObject, metricName, selector, metricSelector } = source
    const which = kind === 'resource' || kind === 'containerResource' ? { name, container } : { metric: defined({ name: metricName, selector: selector ?? metricSelector }) } // prettier-ignore
    return { describedObject, ...which, [said]: said === 'target' ? { type, ...amount } : amount }
  }) as Metric
}

/** The source that the type names, in other words; what else there may be is left out. */
function each<S>(
  metric: { readonly type: string } & { readonly [source in Kind]?: S },
  reword: (kind: Kind, source: S) => Record<string, unknown>,
): object {
  const { type } = metric
  const kind = KINDS.find((known) => known.toLowerCase() === String(type).toLowerCase())
  const source = kind && metric[kind]
  return source ? { type, [kind]: defined(reword(kind, source)) } : { type }
}
