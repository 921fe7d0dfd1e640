/** Ingresses and their classes. Upstream: `pkg/apis/networking/validation/validation.go`. */
import { required, invalidValue, notSupported, tooLongValue } from '../status.ts'
import type { FieldError } from '../status.ts'
import { isIP } from './addresses.ts'
import { invalidName, nameProblem } from './names.ts'
import { validatePort, validatePortName } from './ports.ts'

type Fields = Readonly<Record<string, any>>

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix']
const WITHIN_FORBIDDEN = ['//', '/./', '/../', '%2f', '%2F']
const AT_END_FORBIDDEN = ['/..', '/.']
const CONTROLLER_MAX = 250

export function validateIngress({ spec: given }: Fields): FieldError[] {
  const spec: Fields = given ?? {}
  const { rules = [], defaultBackend, ingressClassName } = spec
  const errors: FieldError[] = []
  if (rules.length === 0 && defaultBackend === undefined) {
    errors.push(invalidValue('spec', rules, 'either `defaultBackend` or `rules` must be specified'))
  }
  if (defaultBackend) errors.push(...validateBackend(defaultBackend, 'spec.defaultBackend'))
  rules.forEach((rule: Fields, index: number) => errors.push(...validateRule(rule, `spec.rules[${index}]`)))
  spec['tls']?.forEach((tls: Fields, index: number) => errors.push(...validateTls(tls, `spec.tls[${index}]`)))
  if (ingressClassName !== undefined) errors.push(...invalidName('spec.ingressClassName', ingressClassName, 'subdomain')) // prettier-ignore
  return errors
}

/** A class may be named in one way only. (Who has both already may keep them.) */
export function validateNewIngress(ingress: Fields): FieldError[] {
  const old = ingress['metadata'].annotations?.['kubernetes.io/ingress.class']
  if (old === undefined || ingress['spec']?.ingressClassName === undefined) return validateIngress(ingress)
  const detail = 'can not be set when the class field is also set'
  return [...validateIngress(ingress), invalidValue('annotations.kubernetes.io/ingress.class', old, detail)]
}

const WILDCARD = "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')" // prettier-ignore

function validateHost(host: string, field: string): FieldError[] {
  if (!host.includes('*')) return invalidName(field, host, 'subdomain')
  const isSound = host.startsWith('*.') && nameProblem(host.slice(2), 'subdomain') === undefined
  return isSound ? [] : [invalidValue(field, host, WILDCARD)]
}

function validateRule({ host = '', http }: Fields, field: string): FieldError[] {
  const errors: FieldError[] = []
  if (isIP(host)) errors.push(invalidValue(`${field}.host`, host, 'must be a DNS name, not an IP address'))
  if (host !== '') errors.push(...validateHost(host, `${field}.host`))
  if (http && !http.paths?.length) errors.push(required(`${field}.http.paths`))
  http?.paths?.forEach((path: Fields, at: number) => errors.push(...validatePath(path, `${field}.http.paths[${at}]`)))
  return errors
}

function validateTls({ hosts = [], secretName = '' }: Fields, field: string): FieldError[] {
  const errors = hosts.flatMap((host: string, index: number) => validateHost(host, `${field}.hosts[${index}]`))
  return secretName === '' ? errors : [...errors, ...invalidName(`${field}.secretName`, secretName, 'subdomain')]
}

function validatePath(given: Fields, field: string): FieldError[] {
  const { pathType, path = '', backend } = given
  if (pathType === undefined) return [required(`${field}.pathType`, 'pathType must be specified')]
  const errors: FieldError[] = []
  const complain = (why: string) => errors.push(invalidValue(`${field}.path`, path, why))
  if (!PATH_TYPES.includes(pathType)) errors.push(notSupported(`${field}.pathType`, pathType, PATH_TYPES))
  else if (pathType === 'ImplementationSpecific') {
    if (path !== '' && !path.startsWith('/')) complain('must be an absolute path')
  } else {
    if (!path.startsWith('/')) complain('must be an absolute path')
    for (const part of WITHIN_FORBIDDEN) if (path.includes(part)) complain(`must not contain '${part}'`)
    for (const end of AT_END_FORBIDDEN) if (path.endsWith(end)) complain(`cannot end with '${end}'`)
  }
  return [...errors, ...validateBackend(backend ?? {}, `${field}.backend`)]
}

function validateBackend({ service, resource }: Fields, field: string): FieldError[] {
  if (service && resource) return [invalidValue(field, '', 'cannot set both resource and service backends')]
  if (resource) return validateReference(resource, `${field}.resource`)
  if (!service) return [invalidValue(field, '', 'resource or service backend is required')]
  const at = `${field}.service`
  const errors = service.name ? invalidName(`${at}.name`, service.name, 'label-1035') : [required(`${at}.name`)]
  const { name = '', number = 0 } = service.port ?? {}
  if (name !== '' && number !== 0) errors.push(invalidValue(field, '', 'cannot set both port name & port number'))
  else if (name !== '') errors.push(...validatePortName(name, `${at}.port.name`))
  else if (number !== 0) errors.push(...validatePort(number, `${at}.port.number`))
  else errors.push(required(field, 'port name or number is required'))
  return errors
}

function validateReference(reference: Fields, field: string): FieldError[] {
  const { apiGroup } = reference
  const errors =
    apiGroup === undefined || apiGroup === null ? [] : invalidName(`${field}.apiGroup`, apiGroup, 'subdomain')
  for (const part of ['kind', 'name']) {
    const value = reference[part] ?? ''
    errors.push(...(value === '' ? [required(`${field}.${part}`, `${part} is required`)] : invalidName(`${field}.${part}`, value, 'path-segment'))) // prettier-ignore
  }
  return errors
}

const HTTP_PATH = /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/
const PATH_TEXT = "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')"

export function validateIngressClass({ spec: given }: Fields): FieldError[] {
  const { controller = '', parameters }: Fields = given ?? {}
  const field = 'spec.controller'
  const errors = controller.length > CONTROLLER_MAX ? [tooLongValue(field, CONTROLLER_MAX)] : []
  errors.push(...(controller === '' ? [required(field)] : invalidController(controller, field)))
  return parameters ? [...errors, ...validateReference(parameters, 'spec.parameters')] : errors
}

function invalidController(controller: string, field: string): FieldError[] {
  const slash = controller.indexOf('/')
  if (slash <= 0 || slash === controller.length - 1) {
    return [invalidValue(field, controller, 'must be a domain-prefixed path (such as "acme.io/foo")')]
  }
  const path = controller.slice(slash + 1)
  return [...invalidName(field, controller.slice(0, slash), 'subdomain'), ...(HTTP_PATH.test(path) ? [] : [invalidValue(field, path, PATH_TEXT)])] // prettier-ignore
}
