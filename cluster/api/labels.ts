/**
 * Labels and selectors.
 *
 * Where to read upstream: apimachinery `pkg/labels/selector.go`; component-helpers `scheduling/corev1/nodeaffinity`.
 */
import type { LabelSelector, LabelSelectorRequirement } from './types.ts'

type Labels = Readonly<Record<string, string>> | undefined

const has = (labels: Labels, key: string): boolean => labels !== undefined && Object.hasOwn(labels, key)

export function matchesRequirement(requirement: LabelSelectorRequirement, labels: Labels): boolean {
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
  }
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

/** Parses the text form; throws with the part that it cannot read. */
export function parseSelector(text: string): LabelSelectorRequirement[] {
  const parts = text.split(/,(?![^(]*\))/).map((part) => part.trim())
  if (parts.length === 1 && parts[0] === '') return []
  return parts.map((part) => checked(part, requirementOf(part)))
}

/** A name with a domain before it, maybe. */
const KEY = /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/
const VALUE = /^(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?$/

function checked(part: string, requirement: LabelSelectorRequirement): LabelSelectorRequirement {
  const { key, values = [] } = requirement
  const wrong = KEY.test(key) ? values.find((value) => !VALUE.test(value)) : key
  if (wrong === undefined) return requirement
  throw new Error(`unable to parse requirement: "${part}": Invalid value: "${wrong}"`)
}

function requirementOf(part: string): LabelSelectorRequirement {
  const set = /^([\w./-]+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(part)
  if (set) {
    const values = set[3]!.split(',').map((value) => value.trim())
    return { key: set[1]!, operator: set[2] === 'in' ? 'In' : 'NotIn', values }
  }
  const equal = /^([\w./-]+)\s*(==|=|!=)\s*([\w.-]*)$/.exec(part)
  if (equal) return { key: equal[1]!, operator: equal[2] === '!=' ? 'NotIn' : 'In', values: [equal[3]!] }
  const bare = /^(!?)([\w./-]+)$/.exec(part)
  if (bare) return { key: bare[2]!, operator: bare[1] ? 'DoesNotExist' : 'Exists' }
  throw new Error(`unable to parse requirement: "${part}" is neither key=value, key in (a,b), key nor !key`)
}
