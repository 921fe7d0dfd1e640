/** Rules for what the kubelet does to a container: probes and hooks. Upstream: `pkg/apis/core/validation/validation.go`. */
import type { FieldError } from '../status.ts'
import { forbiddenValue, invalidValue, notSupported, required } from '../status.ts'
import { validatePort, validatePortName } from './ports.ts'

type Fields = Readonly<Record<string, any>>

const HEADER = /^[-A-Za-z0-9]+$/
const HEADER_TEXT =
  "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')"
const SCHEMES = ['HTTP', 'HTTPS']

/** By its number or by its name. */
export const validatePortRef = (port: number | string | undefined, field: string): FieldError[] =>
  typeof port === 'string' ? validatePortName(port, field) : validatePort(port, field)

function httpGet({ path = '/', port, scheme = 'HTTP', httpHeaders = [] }: Fields, field: string): FieldError[] {
  return [
    ...(path === '' ? [required(`${field}.path`)] : []),
    ...validatePortRef(port, `${field}.port`),
    ...(SCHEMES.includes(scheme) ? [] : [notSupported(`${field}.scheme`, scheme, SCHEMES)]),
    ...httpHeaders.flatMap(({ name = '' }: Fields) =>
      HEADER.test(name) ? [] : [invalidValue(`${field}.httpHeaders`, name, HEADER_TEXT)],
    ),
  ]
}

/** In upstream's order: of two, the later one is told of. */
const HANDLERS: Readonly<Record<string, (handler: any, field: string) => FieldError[]>> = {
  exec: ({ command }, field) => (command?.length ? [] : [required(`${field}.command`)]),
  httpGet,
  tcpSocket: ({ port }, field) => validatePortRef(port, `${field}.port`),
  grpc: ({ port }, field) => validatePort(port, `${field}.port`),
  sleep: () => [],
}

function handlerErrors(handler: Fields, field: string): FieldError[] {
  const given = Object.keys(HANDLERS).filter((kind) => handler[kind] !== undefined)
  if (given.length === 0) return [required(field, 'must specify a handler type')]
  const [first, ...others] = given
  return [
    ...HANDLERS[first!]!(handler[first!], `${field}.${first}`),
    ...others.map((kind) => forbiddenValue(`${field}.${kind}`, 'may not specify more than 1 handler type')),
  ]
}

const NUMBERS = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold']

/** @param onlyOneSuccess what is alive need not prove it again */
export function validateProbe(probe: Fields | undefined, field: string, onlyOneSuccess: boolean): FieldError[] {
  if (!probe) return []
  const errors = handlerErrors(probe, field)
  for (const name of NUMBERS) {
    const value = probe[name] ?? 0
    if (value < 0) errors.push(invalidValue(`${field}.${name}`, value, 'must be greater than or equal to 0'))
  }
  const { successThreshold = 0 } = probe
  if (onlyOneSuccess && successThreshold !== 1) {
    errors.push(invalidValue(`${field}.successThreshold`, successThreshold, 'must be 1'))
  }
  return errors
}

export const validateLifecycle = (lifecycle: Fields | undefined, field: string): FieldError[] => [
  ...(lifecycle?.['postStart'] ? handlerErrors(lifecycle['postStart'], `${field}.postStart`) : []),
  ...(lifecycle?.['preStop'] ? handlerErrors(lifecycle['preStop'], `${field}.preStop`) : []),
]
