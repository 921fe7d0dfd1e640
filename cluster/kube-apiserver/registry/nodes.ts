/** Nodes. Upstream: `pkg/registry/core/node/strategy.go`, `pkg/apis/core/validation/validation.go` (ValidateNode). */
import { isEqual } from '#cluster/api/meta.ts'
import type { Node } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { duplicateValue, forbiddenValue, invalidValue, required } from '../status.ts'
import { isWhole, validateAmount } from '../validation/resources.ts'
import { isRange } from '../validation/addresses.ts'
import { validateEffect } from '../validation/affinity.ts'
import { invalidKey, labelValueProblems } from '../validation/names.ts'
import type { Strategy } from './strategy.ts'

/** The first of the ranges is told on its own too; who says another there means that one alone. */
function withRanges(spec: Fields): Fields {
  const { podCIDR = '', podCIDRs = [] } = spec
  const ranges: readonly string[] = podCIDR !== '' && podCIDR !== podCIDRs[0] ? [podCIDR] : podCIDRs
  if (ranges === podCIDRs && podCIDR === (ranges[0] ?? '')) return spec
  return { ...spec, podCIDRs: ranges, podCIDR: ranges[0] }
}

function defaults(given: Node): Node {
  const spec = given.spec && withRanges(given.spec)
  const node = spec === given.spec ? given : ({ ...given, spec } as Node)
  const { status } = node
  // What the kubelet does not reserve can be allocated.
  const allocatable = status?.capacity !== undefined && status.allocatable === undefined
  if (node.spec !== undefined && !allocatable) return node
  return { ...node, spec: node.spec ?? {}, ...(allocatable && { status: { ...status, allocatable: status.capacity } }) }
}

function validate(node: Node): FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  ;(node.spec.taints ?? []).forEach((taint, index) => {
    // Upstream tells it of the metadata.
    const field = `metadata.taints[${index}]`
    errors.push(...invalidKey(`${field}.key`, taint.key ?? ''))
    const problems = labelValueProblems(taint.value ?? '')
    if (problems.length > 0) errors.push(invalidValue(`${field}.value`, taint.value, problems.join(';')))
    if (!taint.effect) errors.push(required(`${field}.effect`))
    else errors.push(...validateEffect(taint.effect, `${field}.effect`))
    const id = `${taint.key}:${taint.effect}`
    if (seen.has(id)) errors.push(duplicateValue(field, taint, 'taints must be unique by key and effect pair'))
    seen.add(id)
  })
  return [
    ...errors,
    ...amounts(node.status?.capacity, 'status.capacity'),
    ...amounts(node.status?.allocatable, 'status.allocatable'),
  ]
}

/** Upstream tells of each as of a field, not as of a key. */
const amounts = (list: Readonly<Record<string, string>> = {}, field: string): FieldError[] =>
  Object.keys(list).flatMap((name) => validateAmount(list[name]!, `${field}.${name}`, isWhole(name)))

/** Ranges are looked at when they come; later they cannot change. */
function validateNew(node: Node): FieldError[] {
  const { podCIDRs = [] } = node.spec as { podCIDRs?: readonly string[] }
  const wrong = podCIDRs.flatMap((range, index) =>
    isRange(range) ? [] : [invalidValue(`spec.podCIDRs[${index}]`, podCIDRs, 'must be valid CIDR')],
  )
  return [...validate(node), ...wrong]
}

function validateUpdate(node: Node, old: Node): FieldError[] {
  const [spec, before]: Fields[] = [node.spec, old.spec]
  const errors = [...validate(node), ...addressErrors(node)]
  const mayNot = (name: string) => `node updates may not change ${name} except from "" to valid`
  const ranges = (of: Fields): readonly string[] => of['podCIDRs'] ?? []
  const hadRanges = ranges(before!).length > 0
  if (hadRanges && !isEqual(ranges(spec!), ranges(before!))) {
    errors.push(forbiddenValue('spec.podCIDRs', mayNot('podCIDR')))
  }
  if (before!['providerID'] && spec!['providerID'] !== before!['providerID']) {
    errors.push(forbiddenValue('spec.providerID', mayNot('providerID')))
  }
  if (!isEqual(fixedPart(spec!, before!), fixedPart(before!, before!))) {
    errors.push(forbiddenValue('[]', 'node updates may only change labels, taints, or capacity'))
  }
  return errors
}

type Fields = Readonly<Record<string, any>>

/** What no update changes; ranges and the provider may be told once. */
function fixedPart(
  { unschedulable: _, taints: __, podCIDR, podCIDRs, providerID, ...rest }: Fields,
  old: Fields,
): Fields {
  // prettier-ignore
  return { ...rest, ...(old['podCIDRs']?.length && { podCIDR, podCIDRs }), ...(old['providerID'] && { providerID }) }
}

/** Each but once. */
function addressErrors({ status }: Node): FieldError[] {
  const { addresses = [] } = (status ?? {}) as { readonly addresses?: readonly Fields[] }
  return addresses.flatMap((address, index) =>
    addresses.slice(0, index).some((other) => isEqual(other, address))
      ? [duplicateValue(`status.addresses[${index}]`, address)]
      : [],
  )
}

export const nodes: Strategy<Node> = {
  hasGeneration: false,
  hasStatus: true,
  defaults,
  validate: validateNew,
  validateUpdate,
  validateStatusUpdate: (node) => [...validate(node), ...addressErrors(node)],
}
