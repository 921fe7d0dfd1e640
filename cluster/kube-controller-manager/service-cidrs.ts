/**
 * The service-cidr controller: says of a ServiceCIDR that it is ready, and holds one that is being deleted for as long as an address
 * is in no other.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/servicecidrs/servicecidrs_controller.go`.
 */
import { formatTime, parseTime } from '#cluster/api/meta.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import { patchRequest } from '#cluster/client/api-client.ts'
import type { Caches, Call, Controller, Reconciled } from '#cluster/client/controller.ts'
import type { Delta } from '#cluster/client/informer.ts'
import type { Context, Micros } from '#cluster/kernel/component.ts'

const FINALIZER = 'networking.k8s.io/service-cidr-finalizer'
/** So that every allocator has heard of the deletion. */
const GRACE_MICROS = 10_000_000
const MANAGED_LABEL = 'ipaddress.kubernetes.io/managed-by'
const ALLOCATOR = 'ipallocator.k8s.io'

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
}

type ServiceCIDR = KubernetesObject & {
  readonly spec: { readonly cidrs?: readonly string[] }
  readonly status?: { readonly conditions?: readonly Condition[] }
}

const allOf = (caches: Caches): ServiceCIDR[] => [...caches.all<ServiceCIDR>('servicecidrs')]

/** Anything new may hold one that goes, or let it go. */
function* ofAll(_delta: Delta, caches: Caches): Iterable<string> {
  for (const { metadata } of caches.all<ServiceCIDR>('servicecidrs')) yield metadata.name
}

function* ofThoseThatGo(_delta: Delta, caches: Caches): Iterable<string> {
  for (const { metadata } of caches.all<ServiceCIDR>('servicecidrs'))
    if (metadata.deletionTimestamp) yield metadata.name
}

export const serviceCIDRController: Controller<undefined> = {
  name: 'service-cidr',
  offByDefault: true,
  watches: [
    { resource: 'servicecidrs', enqueue: ofAll },
    { resource: 'ipaddresses', enqueue: ofThoseThatGo },
  ],
  memory: () => undefined,
  reconcile(name: string, caches: Caches, _memory: undefined, { now }: Context): Reconciled {
    const cidr = caches.get<ServiceCIDR>('servicecidrs', name)
    if (!cidr) return {}
    return cidr.metadata.deletionTimestamp === undefined ? keep(cidr, now) : letGo(cidr, caches, now)
  },
}

const patch = (cidr: ServiceCIDR, body: object, subresource?: string): Call => ({
  request: patchRequest('servicecidrs', cidr as never, 'merge', body, subresource),
  accept: ['NotFound', 'Conflict'],
})

function keep(cidr: ServiceCIDR, now: Micros): Reconciled {
  const { finalizers = [] } = cidr.metadata
  const isHeld = finalizers.includes(FINALIZER)
  const said = say(cidr, { status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' }, now)
  return {
    calls: [...(isHeld ? [] : [patch(cidr, { metadata: { finalizers: [...finalizers, FINALIZER] } })]), ...said],
  }
}

function say(cidr: ServiceCIDR, word: Omit<Condition, 'type'> & { readonly message: string }, now: Micros): Call[] {
  const old = cidr.status?.conditions?.find(({ type }) => type === 'Ready')
  if (old?.status === word.status && (old.reason ?? '') === word.reason) return []
  const condition = { type: 'Ready', ...word, lastTransitionTime: formatTime(now) }
  return [patch(cidr, { status: { conditions: [condition] } }, 'status')]
}

function letGo(cidr: ServiceCIDR, caches: Caches, now: Micros): Reconciled {
  const { finalizers = [], deletionTimestamp } = cidr.metadata
  if (!finalizers.includes(FINALIZER)) return {}
  if (isNeeded(cidr, caches)) {
    const message =
      'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR'
    return { calls: say(cidr, { status: 'False', reason: 'Terminating', message }, now) }
  }
  const left = parseTime(deletionTimestamp)! + GRACE_MICROS - now
  if (left > 0) return { requeueAfterMicros: left }
  return { calls: [patch(cidr, { metadata: { finalizers: finalizers.filter((one) => one !== FINALIZER) } })] }
}

/** Whether an address that the server gave is in this range and in no other's. */
function isNeeded(cidr: ServiceCIDR, caches: Caches): boolean {
  const others = allOf(caches).filter((one) => one.metadata.name !== cidr.metadata.name)
  const isIn = (address: number, { spec }: ServiceCIDR): boolean => (spec.cidrs ?? []).some((range) => holds(range, address)) // prettier-ignore
  for (const { metadata } of caches.all<KubernetesObject>('ipaddresses')) {
    if (metadata.labels?.[MANAGED_LABEL] !== ALLOCATOR || metadata.name.includes(':')) continue
    const address = numberOf(metadata.name)
    if (isIn(address, cidr) && !others.some((other) => isIn(address, other))) return true
  }
  return false
}

const numberOf = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)

function holds(range: string, address: number): boolean {
  const [network = '', length = ''] = range.split('/')
  const size = 2 ** (32 - Number(length))
  return !network.includes(':') && Math.floor(numberOf(network) / size) === Math.floor(address / size)
}
