/** Endpoints. Upstream: `pkg/registry/core/endpoint/strategy.go`, `pkg/apis/core/validation/validation.go` (ValidateEndpoints). */
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { invalidValue, required } from '../status.ts'
import { isIP } from '../validation/addresses.ts'
import { invalidKey, invalidName } from '../validation/names.ts'
import { validatePort, validateProtocol } from '../validation/ports.ts'
import { IP_TEXT, validateNonSpecialIP } from '../validation/service-fields.ts'
import type { Strategy } from './strategy.ts'

type Anything = KubernetesObject & Record<string, any>

function addressErrors({ ip = '', hostname, nodeName }: any, field: string): FieldError[] {
  const at = `${field}.ip`
  return [
    ...(isIP(ip) ? [] : [invalidValue(at, ip, IP_TEXT)]),
    ...(hostname ? invalidName(`${field}.hostname`, hostname, 'label') : []),
    ...(nodeName === undefined ? [] : invalidName(`${field}.nodeName`, nodeName, 'subdomain')),
    ...(isIP(ip) ? validateNonSpecialIP(ip, at) : [invalidValue(at, ip, 'must be a valid IP address')]),
  ]
}

const portErrors = ({ name, port, protocol, appProtocol }: any, isNamed: boolean, field: string): FieldError[] => [
  ...(name ? invalidName(`${field}.name`, name, 'label') : isNamed ? [required(`${field}.name`)] : []),
  ...validatePort(port, `${field}.port`),
  ...validateProtocol(protocol, `${field}.protocol`),
  ...(appProtocol === undefined ? [] : invalidKey(`${field}.appProtocol`, appProtocol)),
]

const validate = ({ subsets = [] }: Anything): FieldError[] =>
  subsets.flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }: any, index: number) => {
    const at = `subsets[${index}]`
    const isEmpty = addresses.length + notReadyAddresses.length === 0
    return [
      ...(isEmpty ? [required(at, 'must specify `addresses` or `notReadyAddresses`')] : []),
      ...addresses.flatMap((one: any, i: number) => addressErrors(one, `${at}.addresses[${i}]`)),
      ...notReadyAddresses.flatMap((one: any, i: number) => addressErrors(one, `${at}.notReadyAddresses[${i}]`)),
      ...ports.flatMap((port: any, i: number) => portErrors(port, ports.length > 1, `${at}.ports[${i}]`)),
    ]
  })

const defaultSubset = (subset: any): any =>
  subset.ports ? { ...subset, ports: subset.ports.map((port: any) => ({ ...port, protocol: port.protocol || 'TCP' })) } : subset // prettier-ignore

export const endpoints: Strategy<Anything> = {
  hasGeneration: false,
  hasStatus: false,
  allowCreateOnUpdate: true,
  defaults: (object) => (object['subsets'] ? { ...object, subsets: object['subsets'].map(defaultSubset) } : object),
  validate,
  validateUpdate: validate,
}
