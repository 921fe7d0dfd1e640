/** Rules for containers, of Pods and of templates. Upstream: `pkg/apis/core/validation/validation.go` (validateContainers). */
import type { FieldError } from '../status.ts'
import { duplicateValue, forbiddenValue, invalidValue, notFoundValue, notSupported, required } from '../status.ts'
import { invalidName } from './names.ts'
import { validateContainerPorts, validateHostPorts } from './ports.ts'
import { validateLifecycle, validateProbe } from './probes.ts'
import { validateEnv, validateEnvFrom } from './references.ts'
import { validateRequirements } from './resources.ts'
import { validateSecurityContext } from './security-context.ts'
import { hasBacksteps, validateRelativePath } from './volumes.ts'

type Fields = Readonly<Record<string, any>>
type Volumes = ReadonlyMap<string, Fields>

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None']

/** Upstream says of these three only which list they are in. */
function mountDetails(mount: Fields, container: Fields, list: string, at: string): FieldError[] {
  const { subPath, subPathExpr, mountPropagation: propagation } = mount
  const errors = subPath ? validateRelativePath(subPath, `${list}.subPath`) : []
  if (subPathExpr) {
    if (subPath) {
      const detail = 'subPathExpr and subPath are mutually exclusive'
      errors.push(invalidValue(`${at}.subPathExpr`, subPathExpr, detail))
    }
    errors.push(...validateRelativePath(subPathExpr, `${list}.subPathExpr`))
  }
  if (propagation === undefined) return errors
  const field = `${list}.mountPropagation`
  if (!PROPAGATIONS.includes(propagation)) errors.push(notSupported(field, propagation, PROPAGATIONS))
  if (propagation === 'Bidirectional' && !container['securityContext']?.privileged) {
    errors.push(forbiddenValue(field, 'Bidirectional mount propagation is available only to privileged containers'))
  }
  return errors
}

function mountErrors(container: Fields, volumes: Volumes, list: string): FieldError[] {
  const mounts: readonly Fields[] = container['volumeMounts'] ?? []
  const devices: readonly Fields[] = container['volumeDevices'] ?? []
  const paths = new Set<string>()
  return mounts.flatMap((mount, index) => {
    const at = `${list}[${index}]`
    const { name = '', mountPath = '' } = mount
    const errors: FieldError[] = []
    if (name === '') errors.push(required(`${at}.name`))
    if (!volumes.has(name)) errors.push(notFoundValue(`${at}.name`, name))
    if (mountPath === '') errors.push(required(`${at}.mountPath`))
    if (paths.has(mountPath)) errors.push(invalidValue(`${at}.mountPath`, mountPath, 'must be unique'))
    paths.add(mountPath)
    if (devices.some((device) => device['name'] === name)) {
      errors.push(invalidValue(`${at}.name`, name, 'must not already exist in volumeDevices'))
    }
    if (devices.some(({ devicePath }) => devicePath === mountPath)) {
      errors.push(invalidValue(`${at}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices'))
    }
    return [...errors, ...mountDetails(mount, container, list, at)]
  })
}

function deviceErrors(container: Fields, volumes: Volumes, list: string): FieldError[] {
  const mounts: readonly Fields[] = container['volumeMounts'] ?? []
  const devices: readonly Fields[] = container['volumeDevices'] ?? []
  return devices.flatMap(({ name = '', devicePath = '' }, index) => {
    const at = `${list}[${index}]`
    const before = devices.slice(0, index)
    const volume = volumes.get(name)
    const errors: FieldError[] = []
    if (name === '') errors.push(required(`${at}.name`))
    const named = (detail: string) => errors.push(invalidValue(`${at}.name`, name, detail))
    const placed = (detail: string) => errors.push(invalidValue(`${at}.devicePath`, devicePath, detail))
    if (name !== '' && before.some((device) => device['name'] === name)) named('must be unique')
    const isClaim = volume?.['persistentVolumeClaim'] !== undefined || volume?.['ephemeral'] !== undefined
    if (volume && !isClaim)
      named('can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode')
    if (!volume) errors.push(notFoundValue(`${at}.name`, name))
    if (devicePath === '') errors.push(required(`${at}.devicePath`))
    if (before.some((device) => device['devicePath'] === devicePath)) placed('must be unique')
    if (hasBacksteps(devicePath)) placed("can not contain backsteps ('..')")
    if (mounts.some((mount) => mount['name'] === name)) named('must not already exist in volumeMounts')
    if (mounts.some(({ mountPath }) => mountPath === devicePath)) {
      placed('must not already exist as a path in volumeMounts')
    }
    return errors
  })
}

const POLICIES = ['Always', 'IfNotPresent', 'Never']
const MESSAGES = ['File', 'FallbackToLogsOnError']

function messagePolicy(policy: string | undefined, field: string): FieldError[] {
  // A server without types does not fill it in.
  if (policy === undefined || MESSAGES.includes(policy)) return []
  const detail = "must be 'File' or 'FallbackToLogsOnError'"
  return policy === '' ? [required(field, detail)] : [invalidValue(field, policy, detail)]
}

function pullPolicy(policy: string | undefined, field: string): FieldError[] {
  if (!policy) return [required(field)]
  return POLICIES.includes(policy) ? [] : [notSupported(field, policy, POLICIES)]
}

type Rule = (value: any, field: string, container: Fields, volumes: Volumes) => FieldError[]

const isAlive: Rule = (probe, field) => validateProbe(probe, field, true)

/** In the order in which they are looked at. Most containers have few of them, and what is not there costs nothing. */
const RULES: readonly (readonly [field: string, rule: Rule])[] = [
  ['lifecycle', validateLifecycle],
  ['livenessProbe', isAlive],
  ['startupProbe', isAlive],
  ['terminationMessagePolicy', messagePolicy],
  ['readinessProbe', (probe, field) => validateProbe(probe, field, false)],
  ['ports', validateContainerPorts],
  ['env', validateEnv],
  ['envFrom', validateEnvFrom],
  ['volumeMounts', (_, field, container, volumes) => mountErrors(container, volumes, field)],
  ['volumeDevices', (_, field, container, volumes) => deviceErrors(container, volumes, field)],
  ['imagePullPolicy', pullPolicy],
  ['resources', validateRequirements],
  ['securityContext', validateSecurityContext],
]
const MUST_BE = 'imagePullPolicy'

/** What every container must be, whatever it is for. */
export function validateContainer(container: Fields, at: string, volumes: Volumes): FieldError[] {
  const errors = container['image'] ? [] : [required(`${at}.image`)]
  for (const [field, rule] of RULES) {
    const value = container[field]
    if (value !== undefined || field === MUST_BE) errors.push(...rule(value, `${at}.${field}`, container, volumes))
  }
  return errors
}

export function validateContainers(containers: readonly Fields[], field: string, volumes: Volumes): FieldError[] {
  if (containers.length === 0) return [required(field)]
  const names = new Set<string>()
  const errors = containers.flatMap((container, index) => {
    const at = `${field}[${index}]`
    const { name = '' } = container
    const isAgain = names.has(name)
    names.add(name)
    return [
      ...(name === '' ? [required(`${at}.name`)] : invalidName(`${at}.name`, name, 'label')),
      ...(isAgain ? [duplicateValue(`${at}.name`, name)] : []),
      ...validateContainer(container, at, volumes),
    ]
  })
  return [...errors, ...validateHostPorts(containers, field, new Set())]
}

/** They end, unless they are sidecars: those may be asked how they are, too. */
const NOT_FOR_INIT = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']

export function validateInitContainers(
  containers: readonly Fields[],
  others: readonly Fields[],
  field: string,
  volumes: Volumes,
): FieldError[] {
  const names = new Set(others.map(({ name }) => name))
  return containers.flatMap((container, index) => {
    const at = `${field}[${index}]`
    const { name = '', restartPolicy } = container
    const isAgain = names.has(name)
    if (name !== '') names.add(name)
    const unfit = restartPolicy === 'Always' ? [] : NOT_FOR_INIT.filter((one) => container[one] !== undefined)
    return [
      ...(name === '' ? [required(`${at}.name`)] : invalidName(`${at}.name`, name, 'label')),
      ...(isAgain ? [duplicateValue(`${at}.name`, name)] : []),
      ...validateContainer(container, at, volumes),
      ...unfit.map((one) => invalidValue(`${at}.${one}`, container[one], 'must not be set for init containers')),
      ...validateHostPorts([container], field, new Set()),
    ]
  })
}
