/** Rules for a Pod's spec. Upstream: `pkg/apis/core/validation/validation.go` (ValidatePodSpec, ValidatePodUpdate). */
import { isEqual } from '#cluster/api/meta.ts'
import { parseQuantity } from '#cluster/api/quantity.ts'
import type { Container, PodSpec, Probe, ResourceList, Toleration } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { duplicateValue, forbiddenValue, invalidValue, notSupported, required } from '../status.ts'
import { nameProblem, validateLabels } from './names.ts'

const QUANTITY_TEXT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

export function validatePort(port: unknown, field: string): FieldError[] {
  const ok = typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65_535
  return ok ? [] : [invalidValue(field, port ?? 0, 'must be between 1 and 65535, inclusive')]
}

export function validatePortName(name: string, field: string): FieldError[] {
  const problem = nameProblem(name, 'label')
  return problem ? [invalidValue(field, name, problem)] : []
}

/** Lists that have been found in order: a template's are shared by all its Pods. */
const knownLists = new WeakSet<object>()

export function validateResourceList(list: ResourceList | undefined, field: string): FieldError[] {
  if (list === undefined || knownLists.has(list)) return []
  const errors: FieldError[] = []
  for (const name of Object.keys(list)) {
    const value = parseQuantity(list[name]!)
    if (value === undefined) errors.push(invalidValue(`${field}[${name}]`, list[name], QUANTITY_TEXT))
    else if (value < 0) errors.push(invalidValue(`${field}[${name}]`, list[name], 'must be greater than or equal to 0'))
  }
  if (errors.length === 0 && Object.isFrozen(list)) knownLists.add(list)
  return errors
}

const DNS_POLICIES = ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None']

export function validatePodSpec(spec: PodSpec | undefined, path: string): FieldError[] {
  if (spec === undefined) return [required(`${path}.containers`)]
  const errors: FieldError[] = []
  const names = new Set<string>()
  const containers = spec.containers ?? []
  if (containers.length === 0) errors.push(required(`${path}.containers`))
  containers.forEach((container, index) => validateContainer(container, `${path}.containers[${index}]`, names, errors))
  spec.initContainers?.forEach((container, index) =>
    validateContainer(container, `${path}.initContainers[${index}]`, names, errors),
  )
  if (!['Always', 'OnFailure', 'Never'].includes(spec.restartPolicy!)) {
    errors.push(notSupported(`${path}.restartPolicy`, spec.restartPolicy, ['Always', 'Never', 'OnFailure']))
  }
  if (spec.dnsPolicy !== undefined && !DNS_POLICIES.includes(spec.dnsPolicy))
    errors.push(notSupported(`${path}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES))
  const deadline = spec.activeDeadlineSeconds
  if (deadline !== undefined && !(deadline >= 1 && deadline <= 2_147_483_647))
    errors.push(invalidValue(`${path}.activeDeadlineSeconds`, deadline, 'must be between 1 and 2147483647, inclusive'))
  validateLabels(spec.nodeSelector, `${path}.nodeSelector`, errors)
  const grace = spec.terminationGracePeriodSeconds ?? 0
  if (grace < 0)
    errors.push(invalidValue(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than or equal to 0'))
  if (spec.nodeName) {
    const problem = nameProblem(spec.nodeName, 'subdomain')
    if (problem) errors.push(invalidValue(`${path}.nodeName`, spec.nodeName, problem))
  }
  if (spec.schedulingGates?.length && spec.nodeName) {
    errors.push(forbiddenValue(`${path}.nodeName`, 'cannot be set until all schedulingGates have been cleared'))
  }
  spec.tolerations?.forEach((toleration, index) =>
    errors.push(...validateToleration(toleration, `${path}.tolerations[${index}]`)),
  )
  return errors
}

function validateContainer(container: Container, path: string, names: Set<string>, errors: FieldError[]): void {
  const { name, image } = container
  if (!name) errors.push(required(`${path}.name`))
  else {
    const problem = nameProblem(name, 'label')
    if (problem) errors.push(invalidValue(`${path}.name`, name, problem))
    else if (names.has(name)) errors.push(duplicateValue(`${path}.name`, name))
    names.add(name)
  }
  if (!image) errors.push(required(`${path}.image`))
  else if (image.trim() !== image)
    errors.push(invalidValue(`${path}.image`, image, 'must not have leading or trailing whitespace'))
  if (!['Always', 'IfNotPresent', 'Never'].includes(container.imagePullPolicy!)) {
    errors.push(notSupported(`${path}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never']))
  }
  validatePorts(container, path, errors)
  container.env?.forEach((variable, index) => {
    if (!variable.name) errors.push(required(`${path}.env[${index}].name`))
  })
  validateRequirements(container, path, errors)
  validateProbe(container.livenessProbe, `${path}.livenessProbe`, true, errors)
  validateProbe(container.readinessProbe, `${path}.readinessProbe`, false, errors)
  validateProbe(container.startupProbe, `${path}.startupProbe`, true, errors)
}

function validatePorts(container: Container, path: string, errors: FieldError[]): void {
  const names = new Set<string>()
  container.ports?.forEach((port, index) => {
    const field = `${path}.ports[${index}]`
    if (port.name) {
      const bad = port.name.length > 15 || !/^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/.test(port.name)
      if (bad)
        errors.push(
          invalidValue(
            `${field}.name`,
            port.name,
            "must contain at most 15 lower case alphanumeric characters or '-', at least one of them a letter",
          ),
        )
      else if (names.has(port.name)) errors.push(duplicateValue(`${field}.name`, port.name))
      names.add(port.name)
    }
    if (port.containerPort === undefined) errors.push(required(`${field}.containerPort`))
    else errors.push(...validatePort(port.containerPort, `${field}.containerPort`))
    if (port.hostPort !== undefined) errors.push(...validatePort(port.hostPort, `${field}.hostPort`))
    if (!['TCP', 'UDP', 'SCTP'].includes(port.protocol!)) {
      errors.push(notSupported(`${field}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']))
    }
  })
}

function validateRequirements({ resources }: Container, path: string, errors: FieldError[]): void {
  if (resources === undefined) return
  const { limits, requests } = resources
  errors.push(...validateResourceList(limits, `${path}.resources.limits`))
  errors.push(...validateResourceList(requests, `${path}.resources.requests`))
  for (const name of Object.keys(requests ?? {})) {
    const limit = limits?.[name] === undefined ? undefined : parseQuantity(limits[name]!)
    const request = parseQuantity(requests![name]!)
    if (limit !== undefined && request !== undefined && request > limit) {
      const detail = `must be less than or equal to ${name} limit of ${limits![name]}`
      errors.push(invalidValue(`${path}.resources.requests`, requests![name], detail))
    }
  }
}

function validateProbe(probe: Probe | undefined, path: string, onlyOneSuccess: boolean, errors: FieldError[]): void {
  if (probe === undefined) return
  const handlers = [probe.httpGet, probe.tcpSocket, probe.exec].filter((handler) => handler !== undefined)
  if (handlers.length === 0) errors.push(required(path, 'must specify a handler type'))
  if (handlers.length > 1) errors.push(forbiddenValue(path, 'may not specify more than 1 handler type'))
  if (onlyOneSuccess && probe.successThreshold !== 1) {
    errors.push(invalidValue(`${path}.successThreshold`, probe.successThreshold, 'must be 1'))
  }
  if ((probe.initialDelaySeconds ?? 0) < 0) {
    errors.push(
      invalidValue(`${path}.initialDelaySeconds`, probe.initialDelaySeconds, 'must be greater than or equal to 0'),
    )
  }
}

function validateToleration(
  { key, operator, value, effect, tolerationSeconds }: Toleration,
  path: string,
): FieldError[] {
  const errors: FieldError[] = []
  if (!key && operator !== 'Exists') {
    errors.push(
      invalidValue(
        `${path}.operator`,
        operator ?? '',
        'operator must be Exists when `key` is empty, which means "match all values and all keys"',
      ),
    )
  }
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
    errors.push(
      invalidValue(`${path}.effect`, effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set"),
    )
  }
  if (operator === 'Exists' && value) {
    errors.push(invalidValue(`${path}.operator`, operator, "value must be empty when `operator` is 'Exists'"))
  }
  return errors
}

const UPDATE_TEXT =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

/** A Pod is what it is: only images, further tolerations and the lifting of scheduling gates may change. */
export function validatePodSpecUpdate(spec: PodSpec, old: PodSpec): FieldError[] {
  if (spec === old) return []
  const errors = validatePodSpec(spec, 'spec')
  if (spec.containers?.length !== old.containers.length) {
    return [...errors, forbiddenValue('spec.containers', 'pod updates may not add or remove containers')]
  }
  const kept = (old.tolerations ?? []).every((toleration) =>
    spec.tolerations?.some((other) => isEqual(other, toleration)),
  )
  if (!kept)
    errors.push(
      forbiddenValue('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds'),
    )
  const oldGates = new Set((old.schedulingGates ?? []).map(({ name }) => name))
  for (const { name } of spec.schedulingGates ?? []) {
    if (!oldGates.has(name))
      errors.push(
        forbiddenValue('spec.schedulingGates', `only deletion is allowed, but found new scheduling gate '${name}'`),
      )
  }
  if (!isEqual(fixedPart(spec), fixedPart(old))) errors.push(forbiddenValue('spec', UPDATE_TEXT))
  return errors
}

function fixedPart(spec: PodSpec): unknown {
  const withoutImage = (containers: readonly Container[] | undefined) =>
    containers?.map(({ image: _, ...rest }) => rest)
  const { containers, initContainers, tolerations: _, schedulingGates: __, ...rest } = spec
  const { activeDeadlineSeconds: ___, ...fixed } = rest as typeof rest & { activeDeadlineSeconds?: number }
  return { ...fixed, containers: withoutImage(containers), initContainers: withoutImage(initContainers) }
}
