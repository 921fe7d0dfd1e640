/** Rules for numbers and names of ports. Upstream: apimachinery `pkg/util/validation`, `pkg/apis/core/validation/validation.go`. */
import type { FieldError } from '../status.ts'
import { duplicateValue, invalidValue, notSupported, required } from '../status.ts'

type Fields = Readonly<Record<string, any>>

export const PROTOCOLS = ['SCTP', 'TCP', 'UDP']

export function validatePort(port: unknown, field: string): FieldError[] {
  const ok = typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65_535
  return ok ? [] : [invalidValue(field, port ?? 0, 'must be between 1 and 65535, inclusive')]
}

const NAME_MAX = 15

function portNameProblems(name: string): readonly string[] {
  const problems: string[] = []
  if (name.length > NAME_MAX) problems.push(`must be no more than ${NAME_MAX} characters`)
  if (!/^[-a-z0-9]+$/.test(name))
    problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  if (!/[a-z]/.test(name)) problems.push('must contain at least one letter (a-z)')
  if (name.includes('--')) problems.push('must not contain consecutive hyphens')
  if (name.startsWith('-') || name.endsWith('-')) problems.push('must not begin or end with a hyphen')
  return problems
}

/** A container's port is called by its name elsewhere. */
export const validatePortName = (name: string, field: string): FieldError[] =>
  portNameProblems(name).map((problem) => invalidValue(field, name, problem))

export function validateProtocol(protocol: string | undefined, field: string): FieldError[] {
  if (!protocol) return [required(field)]
  return PROTOCOLS.includes(protocol) ? [] : [notSupported(field, protocol, PROTOCOLS)]
}

export function validateContainerPorts(ports: readonly Fields[] | undefined, field: string): FieldError[] {
  const names = new Set<string>()
  return (ports ?? []).flatMap(({ name, containerPort, hostPort, protocol }, index) => {
    const at = `${field}[${index}]`
    const errors = name ? validatePortName(name, `${at}.name`) : []
    if (name && errors.length === 0) {
      if (names.has(name)) errors.push(duplicateValue(`${at}.name`, name))
      names.add(name)
    }
    return [
      ...errors,
      ...(containerPort ? validatePort(containerPort, `${at}.containerPort`) : [required(`${at}.containerPort`)]),
      ...(hostPort ? validatePort(hostPort, `${at}.hostPort`) : []),
      ...validateProtocol(protocol, `${at}.protocol`),
    ]
  })
}

/** What is wanted of the node itself can be had but once. @param taken what others want, and what this adds to it */
export function validateHostPorts(containers: readonly Fields[], field: string, taken: Set<string>): FieldError[] {
  return containers.flatMap(({ ports = [] }, index) =>
    ports.flatMap(({ hostPort, hostIP = '', protocol = '' }: Fields, at: number) => {
      if (!hostPort) return []
      const wanted = `${protocol}/${hostIP}/${hostPort}`
      if (taken.has(wanted)) return [duplicateValue(`${field}[${index}].ports[${at}].hostPort`, wanted)]
      taken.add(wanted)
      return []
    }),
  )
}
