/** EndpointSlices. Upstream: `pkg/registry/discovery/endpointslice/strategy.go`, `pkg/apis/discovery/validation`. */
import type { EndpointSlice } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { duplicateValue, invalidValue, notSupported, required } from '../status.ts'
import { isIP, isIPv4, isIPv6 } from '../validation/addresses.ts'
import { invalidKey, invalidName } from '../validation/names.ts'
import { validateProtocol } from '../validation/ports.ts'
import { validateNonSpecialIP } from '../validation/service-fields.ts'
import type { Strategy } from './strategy.ts'

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'] as const
const ENDPOINTS_MAX = 1_000
const ADDRESSES_MAX = 100

function defaults(slice: EndpointSlice): EndpointSlice {
  const ports = slice.ports ?? []
  const missing =
    slice.endpoints === undefined || ports.some((port) => port.protocol === undefined || port.name === undefined)
  if (!missing) return slice
  return {
    ...slice,
    endpoints: slice.endpoints === undefined ? [] : slice.endpoints,
    ports: slice.ports && ports.map((port) => ({ ...port, name: port.name ?? '', protocol: port.protocol ?? 'TCP' })),
  }
}

function validate(slice: EndpointSlice): FieldError[] {
  const errors: FieldError[] = []
  const endpoints = slice.endpoints ?? []
  if (!slice.addressType) errors.push(required('addressType'))
  else if (!ADDRESS_TYPES.includes(slice.addressType))
    errors.push(notSupported('addressType', slice.addressType, ADDRESS_TYPES))
  if (endpoints.length > ENDPOINTS_MAX) {
    errors.push({
      reason: 'FieldValueTooLong',
      field: 'endpoints',
      message: `Too many: ${endpoints.length}: must have at most ${ENDPOINTS_MAX} items`,
    })
  }
  endpoints.forEach((endpoint, index) => errors.push(...endpointErrors(slice, endpoint, `endpoints[${index}]`)))
  return [...errors, ...portErrors(slice.ports ?? [])]
}

/** An address, by the kind of addresses that the slice has. */
function addressErrors(type: string, address: string, field: string): FieldError[] {
  if (type === 'FQDN') return invalidName(field, address, 'subdomain')
  const fits = type === 'IPv4' ? isIPv4(address) : type === 'IPv6' ? isIPv6(address) : true
  if (!fits) return [invalidValue(field, address, `must be a valid ${type} address`)]
  return isIP(address) ? validateNonSpecialIP(address, field) : []
}

function endpointErrors({ addressType }: EndpointSlice, endpoint: any, at: string): FieldError[] {
  const { addresses = [], nodeName, hostname } = endpoint
  const field = `${at}.addresses`
  const errors: FieldError[] = []
  if (addresses.length === 0) errors.push(required(field, 'must contain at least 1 address'))
  else if (addresses.length > ADDRESSES_MAX) {
    errors.push(invalidValue(field, addresses.length, `must have at most ${ADDRESSES_MAX} items`))
  }
  addresses.forEach((address: string, i: number) =>
    errors.push(...addressErrors(addressType, address, `${field}[${i}]`)),
  )
  if (nodeName !== undefined) errors.push(...invalidName(`${at}.nodeName`, nodeName, 'subdomain'))
  return hostname === undefined ? errors : [...errors, ...invalidName(`${at}.hostname`, hostname, 'label')]
}

function portErrors(ports: readonly any[]): FieldError[] {
  const names = new Set<string>()
  return ports.flatMap(({ name = '', protocol, appProtocol }, index) => {
    const at = `ports[${index}]`
    const isAgain = names.has(name)
    names.add(name)
    return [
      ...(name === '' ? [] : invalidName(`${at}.name`, name, 'label')),
      ...(isAgain ? [duplicateValue(`${at}.name`, name)] : []),
      ...validateProtocol(protocol, `${at}.protocol`),
      ...(appProtocol === undefined ? [] : invalidKey(`${at}.appProtocol`, appProtocol)),
    ]
  })
}

export const endpointSlices: Strategy<EndpointSlice> = {
  hasGeneration: true,
  hasStatus: false,
  defaults,
  validate,
  validateUpdate: (slice, old) => [
    ...validate(slice),
    ...(slice.addressType === old.addressType
      ? []
      : [invalidValue('addressType', slice.addressType, 'field is immutable')]),
  ],
}
