// Classes, exact fractions as bigint, and a WeakMap instead of CycleState's own key: another shape of the same thing.
import type { Container, Node, NodeSelectorRequirement, NodeSelectorTerm, Pod } from 'clusterwright/api'
import type { BareNodeInfo, CycleState, FitFilter, Status } from 'clusterwright/scheduler'

/** In billionths, so that nothing is lost. */
class Amounts {
  readonly #byName = new Map<string, bigint>()

  static of(list: Readonly<Record<string, string>> = {}): Amounts {
    const amounts = new Amounts()
    for (const name of Object.keys(list)) amounts.#byName.set(name, billionths(list[name]!))
    return amounts
  }

  plus(other: Amounts): Amounts {
    return this.#with(other, (a, b) => a + b)
  }

  max(other: Amounts): Amounts {
    return this.#with(other, (a, b) => (a > b ? a : b))
  }

  get(name: string): bigint {
    return this.#byName.get(name) ?? 0n
  }

  names(): string[] {
    return [...this.#byName.keys()]
  }

  #with(other: Amounts, join: (a: bigint, b: bigint) => bigint): Amounts {
    const both = new Amounts()
    for (const name of new Set([...this.names(), ...other.names()]))
      both.#byName.set(name, join(this.get(name), other.get(name)))
    return both
  }
}

const POWERS: Record<string, bigint> = {
  ...{ n: 1n, u: 1000n, m: 10n ** 6n, '': 10n ** 9n, k: 10n ** 12n, M: 10n ** 15n, G: 10n ** 18n },
  ...{ T: 10n ** 21n, P: 10n ** 24n, E: 10n ** 27n },
  ...{ Ki: (10n ** 9n) << 10n, Mi: (10n ** 9n) << 20n, Gi: (10n ** 9n) << 30n, Ti: (10n ** 9n) << 40n },
  ...{ Pi: (10n ** 9n) << 50n, Ei: (10n ** 9n) << 60n },
}

function billionths(quantity: string): bigint {
  const match = /^([+-]?\d*)\.?(\d*)(?:[eE]([+-]?\d+)|([KMGTPE]i|[numkMGTPE])?)$/.exec(quantity)
  if (!match) throw new Error(`${quantity} is no quantity`)
  const [, whole = '', part = '', exponent = '0', suffix = ''] = match
  let value = BigInt(`${whole}${part}` || '0') * POWERS[suffix]!
  const shift = Number(exponent) - part.length
  for (let i = 0; i < Math.abs(shift); i++) value = shift > 0 ? value * 10n : value / 10n
  return value
}

class Request {
  readonly #amounts: Amounts

  constructor({ spec }: Pod) {
    const sum = (containers: readonly Container[], start: Amounts): Amounts =>
      containers.reduce((all, { resources }) => all.plus(Amounts.of(resources?.requests)), start)
    const walk = (left: readonly Container[], beside: Amounts, most: Amounts): Amounts => {
      const [next, ...rest] = left
      if (next === undefined) return most.max(sum(spec.containers, beside))
      const now = beside.plus(Amounts.of(next.resources?.requests))
      return next.restartPolicy === 'Always' ? walk(rest, now, most) : walk(rest, beside, most.max(now))
    }
    const none = Amounts.of()
    this.#amounts = walk(spec.initContainers ?? [], none, none).plus(Amounts.of(spec.overhead))
  }

  get amounts(): Amounts {
    return this.#amounts
  }
}

const isHeld = ({ status }: Pod): boolean => !['Succeeded', 'Failed'].includes(status?.phase ?? '')

class Fit implements FitFilter {
  readonly #requests = new WeakMap<CycleState, Amounts>()

  preFilter(state: CycleState, pod: Pod): { code: 'Success' } {
    this.#requests.set(state, new Request(pod).amounts)
    return { code: 'Success' }
  }

  filter(state: CycleState, pod: Pod, info: BareNodeInfo): Status {
    const never = this.#never(pod, info.node)
    if (never.length > 0) return { code: 'UnschedulableAndUnresolvable', reasons: never }
    const lacking = this.#lacking(this.#requests.get(state)!, info)
    return lacking.length > 0 ? { code: 'Unschedulable', reasons: lacking } : { code: 'Success' }
  }

  #lacking(wanted: Amounts, { pods, node, allocatable }: BareNodeInfo): string[] {
    const held = pods.filter(isHeld)
    const taken = held.map((pod) => new Request(pod).amounts).reduce((all, one) => all.plus(one), Amounts.of())
    const whole = Amounts.of(node.status?.allocatable)
    const reasons = wanted
      .names()
      .filter((name) => wanted.get(name) > 0n && wanted.get(name) + taken.get(name) > whole.get(name))
      .map((name) => `Insufficient ${name}`)
    return held.length < (allocatable['pods'] ?? 0) ? reasons : [...reasons, 'Too many pods']
  }

  #never({ spec }: Pod, { metadata, spec: { unschedulable = false } }: Node): string[] {
    const reasons: string[] = []
    if (unschedulable) reasons.push('the node is cordoned')
    const labels = new Map(Object.entries(metadata.labels ?? {}))
    const fields = new Map([['metadata.name', metadata.name]])
    for (const [key, value] of Object.entries(spec.nodeSelector ?? {}))
      if (labels.get(key) !== value) reasons.push(`${key} is not ${value}`)
    const { nodeSelectorTerms } = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? {}
    const holds = ({ matchExpressions, matchFields }: NodeSelectorTerm): boolean => {
      const all = [
        ...(matchExpressions ?? []).map((one) => isTrue(one, labels)),
        ...(matchFields ?? []).map((one) => isTrue(one, fields)),
      ]
      return all.length > 0 && !all.includes(false)
    }
    if (nodeSelectorTerms && !nodeSelectorTerms.some(holds)) reasons.push('no term of its node affinity holds')
    return reasons
  }
}

function isTrue({ key, operator, values }: NodeSelectorRequirement, of: ReadonlyMap<string, string>): boolean {
  const value = of.get(key)
  const among = new Set(values).has(value ?? '') && value !== undefined
  if (operator === 'Exists' || operator === 'DoesNotExist') return of.has(key) === (operator === 'Exists')
  if (operator === 'In' || operator === 'NotIn') return among === (operator === 'In')
  const [left, right] = [value, values?.[0]].map((text) => (/^-?\d+$/.test(text ?? '') ? BigInt(text!) : undefined))
  if (left === undefined || right === undefined) return false
  return operator === 'Gt' ? left > right : left < right
}

export default new Fit()
