/**
 * The object that says of an address that it is taken, and by whom.
 *
 * Upstream creates it before the Service and mends what a crash between the two leaves behind. Here both are one transaction of etcd: the
 * object is the key by which no two Services can have one address.
 * Where to read upstream: kubernetes/kubernetes `pkg/registry/core/service/ipallocator/ipallocator.go` (createIPAddress).
 */
import { deepFreeze, formatTime } from '#cluster/api/meta.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Context } from '#cluster/kernel/component.ts'
import { newUid } from '../handlers/names.ts'

export const IP_ADDRESSES = 'ipaddresses'
const FAMILY_LABEL = 'ipaddress.kubernetes.io/ip-family'
const MANAGED_LABEL = 'ipaddress.kubernetes.io/managed-by'
const ALLOCATOR = 'ipallocator.k8s.io'

export interface IPAddress extends KubernetesObject {
  readonly spec: {
    readonly parentRef?: {
      readonly group?: string
      readonly resource?: string
      readonly namespace?: string
      readonly name?: string
    }
  }
}

/** Whether the server itself made it for a Service. */
export const isAllocated = ({ metadata }: IPAddress): boolean => metadata.labels?.[MANAGED_LABEL] === ALLOCATOR

/** As it is asked for: without what the server adds to what it is asked to create. */
export const addressFor = (address: string, namespace: string, name: string): IPAddress => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IPAddress',
  metadata: { name: address, labels: { [FAMILY_LABEL]: 'IPv4', [MANAGED_LABEL]: ALLOCATOR } },
  spec: { parentRef: { group: '', resource: 'services', namespace, name } },
})

/** As it is stored beside its Service. */
export function storedAddress(address: string, namespace: string, name: string, ctx: Context): IPAddress {
  const { metadata, ...rest } = addressFor(address, namespace, name)
  // A stream of its own, so that what else is made has the same uid whether or not it has an address.
  const made = { uid: newUid(ctx, 'ip-address-uid'), creationTimestamp: formatTime(ctx.now) }
  return deepFreeze({ ...rest, metadata: { ...metadata, ...made } })
}
