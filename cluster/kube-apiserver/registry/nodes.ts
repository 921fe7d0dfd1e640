/** Nodes. Upstream: `pkg/registry/core/node/strategy.go`, `pkg/apis/core/validation/validation.go` (ValidateNode). */
import type { Node } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { duplicateValue, forbiddenValue, invalidValue, required } from '../status.ts'
import { validateResourceList } from '../validation/resources.ts'
import { isRange } from '../validation/addresses.ts'
import { validateEffect } from '../validation/affinity.ts'
import { invalidKey, labelValueProblems } from '../validation/names.ts'
import type { Strategy } from './strategy.ts'

function defaults(node: Node): Node {
  const status = node.status
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
    if (seen.has(id)) errors.push(duplicateValue(field, taint))
    seen.add(id)
  })
  const { podCIDRs = [] } = node.spec as { podCIDRs?: readonly string[] }
  podCIDRs.forEach((range, index) => {
    if (!isRange(range)) errors.push(invalidValue(`spec.podCIDRs[${index}]`, podCIDRs, 'must be valid CIDR'))
  })
  return [
    ...errors,
    ...validateResourceList(node.status?.capacity, 'status.capacity'),
    ...validateResourceList(node.status?.allocatable, 'status.allocatable'),
  ]
}

function validateUpdate(node: Node, old: Node): FieldError[] {
  const errors = validate(node)
  if (old.spec.podCIDR && node.spec.podCIDR !== old.spec.podCIDR) {
    errors.push(forbiddenValue('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'))
  }
  if (old.spec.providerID && node.spec.providerID !== old.spec.providerID) {
    errors.push(forbiddenValue('spec.providerID', 'node updates may not change providerID except from "" to valid'))
  }
  return errors
}

export const nodes: Strategy<Node> = {
  hasGeneration: false,
  hasStatus: true,
  defaults,
  validate,
  validateUpdate,
  validateStatusUpdate: validate,
}
