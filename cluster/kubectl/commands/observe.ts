/** `kubectl events` and `top`: what has been reported, and what is used. */
import { ageOf } from '#cluster/api/printers/human-duration.ts'
import { milli } from '#cluster/api/quantity.ts'
import type { KubernetesEvent, List, Node } from '#cluster/api/types.ts'
import { isOk, listRequest } from '#cluster/client/api-client.ts'
import type { Invocation, Steps } from '../command.ts'
import { ask, failureText, need } from '../command.ts'
import { CommandError } from '../command-error.ts'
import type { FlagSpec } from '../flags.ts'
import { isSet, namespaceOf, valueOf } from '../flags.ts'
import { alignTabs, GET_TABS } from '../print/tab-writer.ts'
import { parseTargets } from '../resource-arguments.ts'

export const eventsFlags: FlagSpec = {
  values: ['for', 'types', 'output'],
  switches: ['all-namespaces', 'no-headers'],
}
export const topFlags: FlagSpec = {
  values: ['selector', 'sort-by'],
  switches: ['all-namespaces', 'no-headers', 'containers', 'sum', 'show-capacity'],
}

const table = (rows: readonly (readonly string[])[]): string =>
  `${alignTabs(rows.map((row) => row.join('\t')).join('\n'), GET_TABS)}\n`

const timeOf = ({ lastTimestamp, eventTime, metadata }: KubernetesEvent & { eventTime?: string }): string =>
  lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? ''

export function* events({ flags }: Invocation): Steps {
  const everywhere = isSet(flags, 'all-namespaces')
  const namespace = everywhere ? undefined : namespaceOf(flags)
  const about = valueOf(flags, 'for')
  const types = valueOf(flags, 'types')?.split(',')
  const [target] = about === undefined ? [] : yield* parseTargets([about])
  const { body, now } = yield* need(listRequest('events', namespace))
  const found = (body as List<KubernetesEvent>).items
    .filter(
      ({ involvedObject }) =>
        !target || (involvedObject.kind === target.resource.kind && involvedObject.name === target.name),
    ) // prettier-ignore
    .filter(({ type = '' }) => !types || types.includes(type))
    .sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0))
  if (found.length === 0)
    return { errors: everywhere ? 'No events found.\n' : `No events found in ${namespace} namespace.\n` }
  const rows = found.map((event) => {
    const { type = '', reason = '', message = '', involvedObject, metadata, count = 1, firstTimestamp } = event
    const since = ageOf(timeOf(event), now)
    const seen = count > 1 ? `${since} (x${count} over ${ageOf(firstTimestamp, now)})` : since
    const row = [seen, type, reason, `${involvedObject.kind}/${involvedObject.name}`, message.trim()]
    return everywhere ? [metadata.namespace ?? '', ...row] : row
  })
  const head = ['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE']
  const heads = everywhere ? ['NAMESPACE', ...head] : head
  return { output: table(isSet(flags, 'no-headers') ? rows : [heads, ...rows]) }
}

// ── top ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Metrics {
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly usage?: Readonly<Record<string, string>>
  readonly containers?: readonly { readonly name: string; readonly usage: Readonly<Record<string, string>> }[]
}

const MEBIBYTE = 1_048_576

const cpuOf = (usage: Metrics['usage']): number => Math.ceil(milli(usage?.['cpu']))
/** Thousandths of bytes in, whole MiB out. */
const memoryOf = (usage: Metrics['usage']): number => Math.floor(milli(usage?.['memory']) / 1000 / MEBIBYTE)
const share = (used: number, all: number): string => (all > 0 ? `${Math.floor((used * 100) / all)}%` : '<unknown>')

export function* top({ args, flags }: Invocation): Steps {
  const [what, name] = args
  const isNodes = what === 'node' || what === 'nodes' || what === 'no'
  if (!isNodes && what !== 'pod' && what !== 'pods' && what !== 'po')
    throw new CommandError(`error: unknown command "${what ?? ''}"\nSee 'kubectl top -h' for help and examples`)
  const everywhere = isSet(flags, 'all-namespaces')
  const scope = isNodes ? '' : everywhere ? '' : `/namespaces/${namespaceOf(flags)}`
  const path = `/apis/metrics.k8s.io/v1beta1${scope}/${isNodes ? 'nodes' : 'pods'}${name === undefined ? '' : `/${name}`}`
  const selector = valueOf(flags, 'selector')
  const query: Record<string, string> = selector ? { labelSelector: selector } : {}
  const { answers } = yield* ask({ method: 'GET', path, query }, ...(isNodes ? [listRequest('nodes')] : []))
  const [answer, nodes] = answers
  if (!isOk(answer!)) {
    if (answer!.status === 404 && name !== undefined) return { errors: `${failureText(answer!)}\n`, exitCode: 1 }
    return { errors: 'error: Metrics API not available\n', exitCode: 1 }
  }
  const body = answer!.body as List<never> | Metrics
  const found: readonly Metrics[] = 'items' in body ? body.items : [body]
  if (found.length === 0)
    return { errors: everywhere || isNodes ? 'No resources found\n' : `No resources found in ${namespaceOf(flags)} namespace.\n` } // prettier-ignore
  const by = valueOf(flags, 'sort-by')
  const rows = isNodes ? nodeRows(sorted(found, by), (nodes?.body as List<Node> | undefined)?.items ?? [], flags) : podRows(sorted(found, by), flags) // prettier-ignore
  return { output: table(isSet(flags, 'no-headers') ? rows.slice(1) : rows) }
}

const usageOf = ({ usage, containers = [] }: Metrics): { cpu: number; memory: number } =>
  usage
    ? { cpu: cpuOf(usage), memory: memoryOf(usage) }
    : {
        cpu: containers.reduce((sum, one) => sum + cpuOf(one.usage), 0),
        memory: containers.reduce((sum, one) => sum + memoryOf(one.usage), 0),
      }

function sorted(found: readonly Metrics[], by: string | undefined): readonly Metrics[] {
  const name = ({ metadata }: Metrics): string => `${metadata.namespace ?? ''}/${metadata.name}`
  const byName = (a: Metrics, b: Metrics): number => (name(a) < name(b) ? -1 : 1)
  if (by !== 'cpu' && by !== 'memory') return [...found].sort(byName)
  return [...found].sort((a, b) => usageOf(b)[by] - usageOf(a)[by] || byName(a, b))
}

function nodeRows(found: readonly Metrics[], nodes: readonly Node[], flags: Invocation['flags']): string[][] {
  const rows = found.map((one) => {
    const allocatable = nodes.find(({ metadata }) => metadata.name === one.metadata.name)?.status?.[
      isSet(flags, 'show-capacity') ? 'capacity' : 'allocatable'
    ]
    const { cpu, memory } = usageOf(one)
    const all = { cpu: milli(allocatable?.['cpu']), memory: milli(allocatable?.['memory']) / 1000 / MEBIBYTE }
    return [one.metadata.name, `${cpu}m`, share(cpu, all.cpu), `${memory}Mi`, share(memory, all.memory)]
  })
  return [['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)'], ...rows]
}

function podRows(found: readonly Metrics[], flags: Invocation['flags']): string[][] {
  const everywhere = isSet(flags, 'all-namespaces')
  const each = isSet(flags, 'containers')
  const before = ({ metadata }: Metrics): string[] => (everywhere ? [metadata.namespace ?? ''] : [])
  const rows = found.flatMap((one) => {
    if (each)
      return (one.containers ?? []).map(({ name, usage }) => [...before(one), one.metadata.name, name, `${cpuOf(usage)}m`, `${memoryOf(usage)}Mi`]) // prettier-ignore
    const { cpu, memory } = usageOf(one)
    return [[...before(one), one.metadata.name, `${cpu}m`, `${memory}Mi`]]
  })
  const head = [...(everywhere ? ['NAMESPACE'] : []), ...(each ? ['POD', 'NAME'] : ['NAME']), 'CPU(cores)', 'MEMORY(bytes)'] // prettier-ignore
  if (!isSet(flags, 'sum')) return [head, ...rows]
  const all = found.map(usageOf)
  const sum = (of: 'cpu' | 'memory'): number => all.reduce((total, one) => total + one[of], 0)
  const blank = head.slice(0, -2).map(() => '')
  return [head, ...rows, [...blank, '________', '________'], [...blank, `${sum('cpu')}m`, `${sum('memory')}Mi`]]
}
