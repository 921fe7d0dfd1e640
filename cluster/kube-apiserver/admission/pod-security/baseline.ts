/**
 * Pod Security Standards, level `baseline`: what is known to lead out of a container.
 *
 * What we leave out: what older versions of the standard let pass (every version is judged as the newest).
 * Where to read upstream: pod-security-admission `policy/check_*.go`.
 */
import type { Probe } from '#cluster/api/types.ts'
import { type Check, containersOf, containersWith, distinct, named, plural, quoted, setters } from './check.ts'

const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/'

const appArmorProfile: Check = (pod) => {
  const isBad = (type: string | undefined): boolean => type === 'Unconfined'
  const own = isBad(pod.spec.securityContext?.appArmorProfile?.type)
  const containers = containersWith(pod, ({ appArmorProfile: profile }) => isBad(profile?.type))
  const annotated = Object.entries(pod.metadata.annotations ?? {}).filter(
    ([key, value]) => key.startsWith(APP_ARMOR) && value !== '' && value !== 'runtime/default' && !value.startsWith('localhost/'), // prettier-ignore
  )
  const values = [
    ...(own || containers.length > 0 ? [`securityContext.appArmorProfile.type to "Unconfined"`] : []),
    ...annotated.map(([key, value]) => `${key}=${JSON.stringify(value)}`).toSorted(),
  ]
  if (values.length === 0) return undefined
  const who = setters(own || annotated.length > 0, containers)
  return {
    reason: plural('forbidden AppArmor profile', 'forbidden AppArmor profiles', values.length),
    detail: `${who} must not set AppArmor profile type to ${values.join(', ')}`,
  }
}

const hostNamespaces: Check = ({ spec }) => {
  const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field])
  if (shared.length === 0) return undefined
  return { reason: 'host namespaces', detail: shared.map((field) => `${field}=true`).join(', ') }
}

const hostPorts: Check = (pod) => {
  const ports: string[] = []
  const bad = containersOf(pod).filter((container) => {
    const taken = (container.ports ?? []).flatMap(({ hostPort }) => (hostPort ? [String(hostPort)] : []))
    ports.push(...taken)
    return taken.length > 0
  })
  if (bad.length === 0) return undefined
  const which = distinct(ports)
  const word = plural('hostPort', 'hostPorts', which.length)
  const names = bad.map(({ name }) => name)
  return { reason: word, detail: `${named(names)} ${plural('uses', 'use', names.length)} ${word} ${which.join(', ')}` }
}

const hostProbesAndHostLifecycle: Check = (pod) => {
  const hostOf = (handler: any): string[] => [handler?.httpGet?.host, handler?.tcpSocket?.host].filter(Boolean)
  const hosts: string[] = []
  const bad = containersOf(pod).filter((container) => {
    const { lifecycle } = container as { readonly lifecycle?: Record<string, unknown> }
    const handlers: (Probe | unknown)[] = [container.livenessProbe, container.readinessProbe, container.startupProbe, lifecycle?.['postStart'], lifecycle?.['preStop']] // prettier-ignore
    const found = handlers.flatMap(hostOf)
    hosts.push(...found)
    return found.length > 0
  })
  if (bad.length === 0) return undefined
  const which = distinct(hosts)
  const names = bad.map(({ name }) => name)
  return {
    reason: 'probe or lifecycle host',
    detail: `${named(names)} ${plural('uses', 'use', names.length)} probe or lifecycle ${plural('host', 'hosts', which.length)} ${quoted(which)}`,
  }
}

const privileged: Check = (pod) => {
  const bad = containersWith(pod, (context) => context.privileged === true)
  if (bad.length === 0) return undefined
  return { reason: 'privileged', detail: `${named(bad)} must not set securityContext.privileged=true` }
}

const procMount: Check = (pod) => {
  const values: string[] = []
  const bad = containersWith(pod, ({ procMount: mount }) => {
    if (mount === undefined || mount === 'Default') return false
    values.push(mount)
    return true
  })
  if (bad.length === 0) return undefined
  return { reason: 'procMount', detail: `${named(bad)} must not set securityContext.procMount to ${quoted(distinct(values))}` } // prettier-ignore
}

const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']

const seLinuxOptions: Check = (pod) => {
  const types: string[] = []
  let [setsUser, setsRole] = [false, false]
  const isBad = (options: { type?: string; user?: string; role?: string } = {}): boolean => {
    const { type = '', user, role } = options
    const isType = !SELINUX_TYPES.includes(type)
    if (isType) types.push(type)
    setsUser ||= Boolean(user)
    setsRole ||= Boolean(role)
    return isType || Boolean(user) || Boolean(role)
  }
  const own = isBad(pod.spec.securityContext?.seLinuxOptions)
  const containers = containersWith(pod, (context) => isBad(context.seLinuxOptions))
  if (!own && containers.length === 0) return undefined
  const which = distinct(types)
  const data = [
    ...(which.length > 0 ? [`${plural('type', 'types', which.length)} ${quoted(which)}`] : []),
    ...(setsUser ? ['user may not be set'] : []),
    ...(setsRole ? ['role may not be set'] : []),
  ]
  const detail = `${setters(own, containers)} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}`
  return { reason: 'seLinuxOptions', detail }
}

const SYSCTLS = ['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.ip_unprivileged_port_start', 'net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range', 'net.ipv4.ip_local_reserved_ports', 'net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes', 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'] // prettier-ignore

const sysctls: Check = ({ spec }) => {
  const bad = (spec.securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !SYSCTLS.includes(name))
  return bad.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: bad.join(', ') }
}

const windowsHostProcess: Check = (pod) => {
  const own = pod.spec.securityContext?.windowsOptions?.hostProcess === true
  const containers = containersWith(pod, ({ windowsOptions }) => windowsOptions?.hostProcess === true)
  if (!own && containers.length === 0) return undefined
  const detail = `${setters(own, containers)} must not set securityContext.windowsOptions.hostProcess=true`
  return { reason: 'hostProcess', detail }
}

const CAPABILITIES = ['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'] // prettier-ignore

const capabilities: Check = (pod) => {
  const added: string[] = []
  const bad = containersWith(pod, ({ capabilities: wanted }) => {
    const beyond = (wanted?.add ?? []).filter((name) => !CAPABILITIES.includes(name))
    added.push(...beyond)
    return beyond.length > 0
  })
  if (bad.length === 0) return undefined
  const detail = `${named(bad)} must not include ${quoted(distinct(added))} in securityContext.capabilities.add`
  return { reason: 'non-default capabilities', detail }
}

const hostPathVolumes: Check = ({ spec }) => {
  const bad = (spec.volumes ?? []).filter((volume) => volume['hostPath'] !== undefined).map(({ name }) => name)
  if (bad.length === 0) return undefined
  return { reason: 'hostPath volumes', detail: `${plural('volume', 'volumes', bad.length)} ${quoted(bad)}` }
}

const seccompProfile: Check = (pod) => {
  const isBad = (type: string | undefined): boolean => type === 'Unconfined'
  const own = isBad(pod.spec.securityContext?.seccompProfile?.type)
  const containers = containersWith(pod, (context) => isBad(context.seccompProfile?.type))
  if (!own && containers.length === 0) return undefined
  const detail = `${setters(own, containers)} must not set securityContext.seccompProfile.type to "Unconfined"`
  return { reason: 'seccompProfile', detail }
}

/** What `restricted` asks for too. */
export const BASELINE: readonly Check[] = [appArmorProfile, hostNamespaces, hostPorts, hostProbesAndHostLifecycle, privileged, procMount, seLinuxOptions, sysctls, windowsHostProcess] // prettier-ignore

/** What `restricted` has checks of its own for. */
export const BASELINE_ALONE: readonly Check[] = [capabilities, hostPathVolumes, seccompProfile]
