/**
 * ServiceAccount: a Pod acts as an account of its namespace, and finds that account's token in its file system.
 *
 * The account `default` is made by a controller a moment after its namespace, so a Pod that comes sooner is kept waiting a
 * little before it is refused.
 * What we leave out: `kubernetes.io/enforce-mountable-secrets`, which upstream has deprecated.
 * Where to read upstream: kubernetes/kubernetes `plugin/pkg/admission/serviceaccount/admission.go`.
 */
import type { Container, KubernetesObject, Pod, PodSpec, Status, Volume } from '#cluster/api/types.ts'
import { generatedSuffix } from '../handlers/names.ts'
import { type AdmissionPlugin, type Attributes, forbid, isPodCreation, lookUp } from './plugin.ts'

type ServiceAccount = KubernetesObject & {
  readonly automountServiceAccountToken?: boolean
  readonly imagePullSecrets?: PodSpec['imagePullSecrets']
}

const DEFAULT = 'default'
const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount'
const VOLUME = 'kube-api-access-'
/** An hour, and what it takes to notice that it is over. */
const EXPIRATION_SECONDS = 3_607
const MIRROR = 'kubernetes.io/config.mirror'

/** Token, the authority to believe, and the namespace: what a client in a Pod needs. */
const tokenVolume = (name: string): Volume => ({
  name,
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: EXPIRATION_SECONDS, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
    ],
    defaultMode: 420,
  },
}) // prettier-ignore

function refusedMirror({ spec }: Pod, attributes: Attributes): Status | undefined {
  if (spec.serviceAccountName) return forbid(attributes, 'a mirror pod may not reference service accounts')
  const isSecret = spec.volumes?.some((volume) => volume['secret'] !== undefined)
  return isSecret ? forbid(attributes, 'a mirror pod may not reference secrets') : undefined
}

const lacks = ({ volumeMounts = [] }: Container): boolean =>
  !volumeMounts.some(({ mountPath }) => mountPath === MOUNT_PATH)

function withToken(spec: PodSpec, { ctx }: Attributes): PodSpec {
  const all = [...spec.containers, ...(spec.initContainers ?? [])]
  if (!all.some(lacks)) return spec
  const name = VOLUME + generatedSuffix(ctx)
  const mount = { name, readOnly: true, mountPath: MOUNT_PATH }
  const mounted = (container: Container): Container =>
    lacks(container) ? { ...container, volumeMounts: [...(container.volumeMounts ?? []), mount] } : container
  return {
    ...spec,
    containers: spec.containers.map(mounted),
    ...(spec.initContainers && { initContainers: spec.initContainers.map(mounted) }),
    volumes: [...(spec.volumes ?? []), tokenVolume(name)],
  }
}

export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  handles: isPodCreation,
  reads: ['serviceaccounts'],
  mutate(pod: Pod, attributes) {
    if (!Array.isArray(pod.spec?.containers)) return pod
    if (pod.metadata.annotations?.[MIRROR] !== undefined) return refusedMirror(pod, attributes) ?? pod
    const { namespace } = attributes.info
    const name = pod.spec.serviceAccountName || pod.spec.serviceAccount || DEFAULT
    const account = lookUp<ServiceAccount>(attributes, 'serviceaccounts', `${namespace}/${name}`)
    if (!account) {
      if (name === DEFAULT) attributes.wait()
      return forbid(attributes, `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`) // prettier-ignore
    }
    const named: PodSpec = { ...pod.spec, serviceAccountName: name, serviceAccount: name }
    const automount = pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true
    const spec = automount ? withToken(named, attributes) : named
    const secrets = pod.spec.imagePullSecrets?.length ? pod.spec.imagePullSecrets : account.imagePullSecrets
    return { ...pod, spec: secrets?.length ? { ...spec, imagePullSecrets: secrets } : spec }
  },
}
