/** EndpointSlices. Upstream: `pkg/registry/discovery/endpointslice/strategy.go`, `pkg/apis/discovery/validation`. */
import type { EndpointSlice } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { invalidValue, notSupported, required } from '../status.ts'
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
    endpoints: slice.endpoints ?? [],
    ports: ports.map((port) => ({ ...port, name: port.name ?? '', protocol: port.protocol ?? 'TCP' })),
  }
}

function validate(slice: EndpointSlice): FieldError[] {
  const errors: FieldError[] = []
  if (!slice.addressType) errors.push(required('addressType'))
  else if (!ADDRESS_TYPES.includes(slice.addressType))
    errors.push(notSupported('addressType', slice.addressType, ADDRESS_TYPES))
  if (slice.endpoints.length > ENDPOINTS_MAX) {
    errors.push({
      reason: 'FieldValueTooLong',
      field: 'endpoints',
      message: `Too many: ${slice.endpoints.length}: must have at most ${ENDPOINTS_MAX} items`,
    })
  }
  slice.endpoints.forEach(({ addresses }, index) => {
    const field = `endpoints[${index}].addresses`
    if (!addresses || addresses.length === 0) errors.push(required(field, 'must contain at least 1 address'))
    else if (addresses.length > ADDRESSES_MAX)
      errors.push(invalidValue(field, addresses.length, `must have at most ${ADDRESSES_MAX} items`))
  })
  return errors
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
