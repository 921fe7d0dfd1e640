/**
 * What a Pod may say that is for Windows, and what it may not say where it names its operating system.
 *
 * Upstream: `pkg/apis/core/validation/validation.go` (validateWindowsSecurityContextOptions, validateWindowsHostProcessPod,
 * validateOS, validateLinux, validateWindows).
 */
import type { FieldError } from '../status.ts'
import { forbiddenValue, invalidValue, notSupported, required } from '../status.ts'
import { byteLength, invalidName } from './names.ts'

type Fields = Readonly<Record<string, any>>

const SPEC_BYTES_MAX = 65_536
const DOMAIN_MAX = 256
const USER_MAX = 104
const CONTROL = /\p{Cc}/u
const NET_BIOS = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/
const DNS_DOMAIN = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*$/
const NOT_IN_NAMES = /["/\\:;|=,+*?<>@[\]]/

function userProblems(name: string): string[] {
  if (name === '') return ['runAsUserName cannot be an empty string']
  if (CONTROL.test(name)) return ['runAsUserName cannot contain control characters']
  const parts = name.split('\\')
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash']
  const user = parts.at(-1)!
  const domain = parts.length === 2 ? parts[0]! : undefined
  return [
    ...((domain ?? '').length >= DOMAIN_MAX ? [`runAsUserName's Domain length must be under ${DOMAIN_MAX} characters`] : []), // prettier-ignore
    ...(domain === undefined || NET_BIOS.test(domain) || DNS_DOMAIN.test(domain) ? [] : ["runAsUserName's Domain doesn't match the NetBios nor the DNS format"]), // prettier-ignore
    ...(user === '' ? ["runAsUserName's User cannot be empty"] : user.length > USER_MAX ? [`runAsUserName's User length must not be longer than ${USER_MAX} characters`] : []), // prettier-ignore
    ...(/^[. ]+$/.test(user) ? ["runAsUserName's User cannot contain only periods or spaces"] : []),
    ...(NOT_IN_NAMES.test(user) ? [`runAsUserName's User cannot contain the following characters: "/\\:;|=,+*?<>@[]`] : []), // prettier-ignore
  ]
}

/** @param context of a Pod or of a container */
export function validateWindowsOptions(context: Fields, path: string): FieldError[] {
  const options: Fields | undefined = context['windowsOptions']
  if (!options) return []
  const field = `${path}.windowsOptions`
  const { gmsaCredentialSpecName: name, gmsaCredentialSpec: spec, runAsUserName: user } = options
  const at = `${field}.gmsaCredentialSpec`
  return [
    ...(name === undefined ? [] : invalidName(`${field}.gmsaCredentialSpecName`, name, 'subdomain')),
    ...(spec === '' ? [invalidValue(at, spec, 'gmsaCredentialSpec cannot be an empty string')] : []),
    ...(spec !== undefined && byteLength(spec) > SPEC_BYTES_MAX ? [invalidValue(at, spec, 'gmsaCredentialSpec size must be under 64 KiB')] : []), // prettier-ignore
    ...(user === undefined ? [] : userProblems(user).map((why) => invalidValue(`${field}.runAsUserName`, user, why))),
  ]
}

interface Placed {
  readonly container: Fields
  readonly at: string
}

const LISTS = ['initContainers', 'containers', 'ephemeralContainers']

const containersOf = (spec: Fields, path: string): readonly Placed[] =>
  LISTS.flatMap((list) =>
    (spec[list] ?? []).map((container: Fields, index: number) => ({ container, at: `${path}.${list}[${index}]` })),
  )

/** Processes of the host: all containers are such, or none. */
export function validateHostProcess(spec: Fields, path: string): FieldError[] {
  const ofPod: boolean | undefined = spec['securityContext']?.windowsOptions?.hostProcess
  const errors: FieldError[] = []
  const containers = containersOf(spec, path)
  const inHost = containers.filter(({ container, at }) => {
    const own: boolean | undefined = container['securityContext']?.windowsOptions?.hostProcess
    if (ofPod !== undefined && own !== undefined && ofPod !== own) {
      const detail = `pod hostProcess value must be identical if both are specified, was ${ofPod}`
      errors.push(invalidValue(`${at}.securityContext.windowsOptions.hostProcess`, own, detail))
    }
    return own ?? ofPod ?? false
  })
  if (inHost.length === 0) return errors
  if (inHost.length !== containers.length) {
    const detail = 'If pod contains any hostProcess containers then all containers must be HostProcess containers'
    errors.push(invalidValue(path, '', detail))
  }
  if (!spec['hostNetwork']) {
    const detail = 'hostNetwork must be true if pod contains any hostProcess containers'
    errors.push(invalidValue(`${path}.hostNetwork`, false, detail))
  }
  return errors
}

/** In the order in which they are told. Those of the spec itself begin with `^`. */
const NOT_OF_PODS = ['appArmorProfile', 'seLinuxOptions', '^hostUsers', '^hostPID', '^hostIPC', 'seccompProfile', 'fsGroup', 'fsGroupChangePolicy', 'sysctls', '^shareProcessNamespace', 'runAsUser', 'runAsGroup', 'supplementalGroups', 'supplementalGroupsPolicy'] // prettier-ignore
const NOT_OF_CONTAINERS = ['appArmorProfile', 'seLinuxOptions', 'seccompProfile', 'capabilities', 'readOnlyRootFilesystem', 'privileged', 'allowPrivilegeEscalation', 'procMount', 'runAsUser', 'runAsGroup'] // prettier-ignore

/** False and an empty list are something where the field is a pointer; these are none. */
const isSaid = (field: string, value: unknown): boolean =>
  field === '^hostPID' || field === '^hostIPC' ? value === true : value !== undefined

function unfitForWindows(spec: Fields, path: string): FieldError[] {
  const forbidden = (field: string): FieldError => forbiddenValue(field, 'cannot be set for a windows pod')
  const context: Fields = spec['securityContext'] ?? {}
  const ofPod = NOT_OF_PODS.flatMap((field) => {
    const own = field.startsWith('^') ? field.slice(1) : undefined
    const value: unknown = own ? spec[own] : context[field]
    return isSaid(field, value) ? [forbidden(own ? `${path}.${own}` : `${path}.securityContext.${field}`)] : []
  })
  const ofContainers = containersOf(spec, path).flatMap(
    ({ container, at }) =>
    NOT_OF_CONTAINERS.filter((field) => container['securityContext']?.[field] !== undefined).map((field) => forbidden(`${at}.securityContext.${field}`)), // prettier-ignore
  )
  return [...ofPod, ...ofContainers]
}

function unfitForLinux(spec: Fields, path: string): FieldError[] {
  const places: readonly Placed[] = [{ container: spec, at: path }, ...containersOf(spec, path)]
  return places
    .filter(({ container }) => container['securityContext']?.windowsOptions !== undefined)
    .map(({ at }) => forbiddenValue(`${at}.securityContext.windowsOptions`, 'windows options cannot be set for a linux pod')) // prettier-ignore
}

const SYSTEMS = ['linux', 'windows']

/** A Pod that says which operating system it is for says nothing that is for the other. */
export function validateOs(spec: Fields, path: string): FieldError[] {
  if (!spec['os']) return []
  const name: string = spec['os'].name ?? ''
  if (name === '') return [required(`${path}.os.name`, 'cannot be empty')]
  if (!SYSTEMS.includes(name)) return [notSupported(`${path}.os`, name, SYSTEMS)]
  return name === 'linux' ? unfitForLinux(spec, path) : unfitForWindows(spec, path)
}
