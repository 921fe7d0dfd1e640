/**
 * Pod Security Standards, level `restricted`: what is done today to harden a Pod.
 *
 * What we leave out: Pods for Windows, which some of this does not concern.
 * Where to read upstream: pod-security-admission `policy/check_*.go`.
 */
import { type Check, containersWith, distinct, named, plural, quoted } from './check.ts'

const allowPrivilegeEscalation: Check = (pod) => {
  const bad = containersWith(pod, (context) => context.allowPrivilegeEscalation !== false)
  if (bad.length === 0) return undefined
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${named(bad)} must set securityContext.allowPrivilegeEscalation=false`,
  }
}

const capabilities: Check = (pod) => {
  const added: string[] = []
  const undropped = containersWith(pod, (context) => !context.capabilities?.drop?.includes('ALL'))
  const adding = containersWith(pod, (context) => {
    const beyond = (context.capabilities?.add ?? []).filter((name) => name !== 'NET_BIND_SERVICE')
    added.push(...beyond)
    return beyond.length > 0
  })
  const details = [
    ...(undropped.length > 0 ? [`${named(undropped)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...(adding.length > 0 ? [`${named(adding)} must not include ${quoted(distinct(added))} in securityContext.capabilities.add`] : []), // prettier-ignore
  ]
  return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') }
}

const VOLUME_TYPES = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret', 'image'] // prettier-ignore

const restrictedVolumes: Check = ({ spec }) => {
  const types: string[] = []
  const bad = (spec.volumes ?? []).filter(({ name: _, ...source }) => {
    const type = Object.keys(source).find((key) => source[key] !== undefined)
    if (type === undefined || VOLUME_TYPES.includes(type)) return false
    types.push(type)
    return true
  })
  if (bad.length === 0) return undefined
  const which = distinct(types)
  const volumes = `${plural('volume', 'volumes', bad.length)} ${quoted(bad.map(({ name }) => name))}`
  const detail = `${volumes} ${plural('uses', 'use', bad.length)} restricted volume ${plural('type', 'types', which.length)} ${quoted(which)}` // prettier-ignore
  return { reason: 'restricted volume types', detail }
}

const runAsNonRoot: Check = (pod) => {
  const own = pod.spec.securityContext?.runAsNonRoot
  const explicit = containersWith(pod, (context) => context.runAsNonRoot === false)
  const implicit = containersWith(pod, (context) => context.runAsNonRoot === undefined)
  const details = [
    ...(own === false ? ['pod must not set securityContext.runAsNonRoot=false'] : []),
    ...(explicit.length > 0 ? [`${named(explicit)} must not set securityContext.runAsNonRoot=false`] : []),
  ]
  if (details.length > 0) return { reason: 'runAsNonRoot != true', detail: details.join(' and ') }
  if (own === true || implicit.length === 0) return undefined
  const detail = `pod or ${named(implicit)} must set securityContext.runAsNonRoot=true`
  return { reason: 'runAsNonRoot != true', detail }
}

const runAsUser: Check = (pod) => {
  const bad = containersWith(pod, (context) => context.runAsUser === 0)
  const setters = [...(pod.spec.securityContext?.runAsUser === 0 ? ['pod'] : []), ...(bad.length > 0 ? [named(bad)] : [])] // prettier-ignore
  return setters.length === 0 ? undefined : { reason: 'runAsUser=0', detail: `${setters.join(' and ')} must not set runAsUser=0` } // prettier-ignore
}

const seccompProfile: Check = (pod) => {
  const allowed = (type: string | undefined): boolean => type === 'RuntimeDefault' || type === 'Localhost'
  const own = pod.spec.securityContext?.seccompProfile?.type
  const types: string[] = own !== undefined && !allowed(own) ? [own] : []
  const isPodBad = types.length > 0
  const bad = containersWith(pod, ({ seccompProfile: profile }) => {
    if (profile === undefined || allowed(profile.type)) return false
    types.push(profile.type)
    return true
  })
  if (types.length > 0) {
    const who = [...(isPodBad ? ['pod'] : []), ...(bad.length > 0 ? [named(bad)] : [])].join(' and ')
    const detail = `${who} must not set securityContext.seccompProfile.type to ${quoted(distinct(types))}`
    return { reason: 'seccompProfile', detail }
  }
  const implicit = containersWith(pod, (context) => context.seccompProfile === undefined)
  if (allowed(own) || implicit.length === 0) return undefined
  const detail = `pod or ${named(implicit)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"` // prettier-ignore
  return { reason: 'seccompProfile', detail }
}

export const RESTRICTED: readonly Check[] = [allowPrivilegeEscalation, capabilities, restrictedVolumes, runAsNonRoot, runAsUser, seccompProfile] // prettier-ignore
