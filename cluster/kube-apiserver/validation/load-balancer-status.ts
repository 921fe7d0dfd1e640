/** Where a load balancer says that it can be reached. Upstream: `pkg/apis/core/validation/validation.go` (ValidateLoadBalancerStatus). */
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { invalidValue } from '../status.ts'
import { isIP } from './addresses.ts'
import { invalidName } from './names.ts'
import { IP_TEXT } from './service-fields.ts'

interface Point {
  readonly ip?: string
  readonly hostname?: string
}

export function validateLoadBalancerStatus(object: KubernetesObject): FieldError[] {
  const { status } = object as { readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly Point[] } } }
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }, index) => {
    const field = `status.loadBalancer.ingress[${index}]`
    return [
      ...(ip && !isIP(ip) ? [invalidValue(`${field}.ip`, ip, IP_TEXT)] : []),
      ...(hostname ? invalidName(`${field}.hostname`, hostname, 'subdomain') : []),
      ...(hostname && isIP(hostname)
        ? [invalidValue(`${field}.hostname`, hostname, 'must be a DNS name, not an IP address')]
        : []),
    ]
  })
}
