/**
 * Labels and selectors.
 *
 * Where to read upstream: apimachinery `pkg/labels/selector.go`; component-helpers `scheduling/corev1/nodeaffinity`.
 */
import type { LabelRequirement } from './selector-syntax.ts'
import type { LabelSelector } from './types.ts'

type Labels = Readonly<Record<string, string>> | undefined

const has = (labels: Labels, key: string): boolean => labels !== undefined && Object.hasOwn(labels, key)

export function matchesRequirement(requirement: LabelRequirement, labels: Labels): boolean {
  const { key, operator, values = [] } = requirement
  switch (operator) {
    case 'In':
      return has(labels, key) && values.includes(labels![key]!)
    case 'NotIn':
      return !has(labels, key) || !values.includes(labels![key]!)
    case 'Exists':
      return has(labels, key)
    case 'DoesNotExist':
      return !has(labels, key)
    case 'Gt':
    case 'Lt':
      return has(labels, key) && compares(labels![key]!, operator, values[0]!)
  }
}

const INTEGER = /^[-+]?\d+$/

function compares(value: string, operator: 'Gt' | 'Lt', bound: string): boolean {
  if (!INTEGER.test(value) || !INTEGER.test(bound)) return false
  const [left, right] = [BigInt(value), BigInt(bound)]
  return operator === 'Gt' ? left > right : left < right
}

/** Whether every pair of `wanted` is among the labels. */
export function matchesMap(wanted: Labels, labels: Labels): boolean {
  if (wanted === undefined) return true
  for (const key of Object.keys(wanted)) if (!has(labels, key) || labels![key] !== wanted[key]) return false
  return true
}

/** A missing selector matches nothing, an empty one everything. */
export function matchesSelector(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (selector === undefined) return false
  if (!matchesMap(selector.matchLabels, labels)) return false
  return (selector.matchExpressions ?? []).every((requirement) => matchesRequirement(requirement, labels))
}

/** Text form for `labelSelector=`: `app=web,tier in (a,b),!legacy`. */
export function formatSelector(selector: LabelSelector): string {
  const pairs = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`)
  const rest = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key
    if (operator === 'DoesNotExist') return `!${key}`
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`
  })
  return [...pairs, ...rest].join(',')
}
