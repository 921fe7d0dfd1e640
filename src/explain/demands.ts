/** What a Pod demands of its node, in the manifest's own words: one line for each thing that a plugin reads. */
import { podRequests } from '#cluster/api/pod-resources.ts'
import { formatQuantity } from '#cluster/api/quantity.ts'
import type { Pod } from '#cluster/api/types.ts'

/** Kubernetes adds these to every Pod. */
const EVERYBODYS = new Set(['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'])

export const quantity = (resource: string, thousandths: number): string =>
  formatQuantity(thousandths, resource === 'memory' || resource === 'ephemeral-storage')

export function demandsOf(pod: Pod): string[] {
  const { nodeSelector = {}, affinity = {}, tolerations = [], topologySpreadConstraints = [], containers } = pod.spec
  const { schedulerName, priorityClassName } = pod.spec
  const requests = Object.entries(podRequests(pod)).filter(([, amount]) => amount > 0)
  const told = (name: string, value: unknown): string => `${name}: ${inline(value)}`
  return [
    ...requests.map(([resource, amount]) => `${resource}: ${quantity(resource, amount)}`),
    ...Object.entries(nodeSelector).map(([key, value]) => `nodeSelector: ${key}=${value}`),
    ...Object.entries(affinity).map(([kind, value]) => told(kind, value)),
    ...tolerations
      .filter(({ key = '' }) => !EVERYBODYS.has(key))
      .map(({ key = '', operator, value = '', effect = '' }) => `toleration: ${key}${operator === 'Exists' ? '' : `=${value}`}${effect ? `:${effect}` : ''}`), // prettier-ignore
    ...topologySpreadConstraints.map(
      ({ maxSkew, topologyKey, whenUnsatisfiable }) =>
        `spread: ${topologyKey}, maxSkew ${maxSkew}, ${whenUnsatisfiable}`,
    ),
    ...containers.flatMap(({ ports = [] }) =>
      ports.flatMap(({ hostPort }) => (hostPort ? [`hostPort: ${hostPort}`] : [])),
    ),
    ...(schedulerName && schedulerName !== 'default-scheduler' ? [`schedulerName: ${schedulerName}`] : []),
    ...(priorityClassName ? [`priorityClassName: ${priorityClassName}`] : []),
  ]
}

/** An affinity in one line: the rules alone, without the words around them. */
function inline(value: unknown): string {
  if (Array.isArray(value)) return value.map(inline).join(' & ')
  if (value === null || typeof value !== 'object') return String(value)
  const { matchLabels, key, operator, values, ...rest } = value as Record<string, any>
  const parts: string[] = []
  if (key && operator) parts.push(`${key} ${operator}${values ? ` ${values.join('|')}` : ''}`)
  for (const [label, wanted] of Object.entries(matchLabels ?? {})) parts.push(`${label}=${wanted}`)
  for (const [name, inner] of Object.entries(rest)) parts.push(KINDS[name] ?? inline(inner))
  return parts.filter(Boolean).join(' ')
}

const KINDS: Readonly<Record<string, string>> = {}
