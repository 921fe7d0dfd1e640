/**
 * DefaultTolerationSeconds: a Pod stays on a node that is not ready or not reachable for 300 seconds, unless it says
 * otherwise itself. Whoever replaces a Pod by what it was made from need not know.
 *
 * Where to read upstream: kubernetes/kubernetes `plugin/pkg/admission/defaulttolerationseconds/admission.go`.
 */
import type { Pod, Toleration } from '#cluster/api/types.ts'
import { type AdmissionPlugin, isWriteOf } from './plugin.ts'

const SECONDS = 300
const tolerate = (key: string): Toleration =>
  Object.freeze({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: SECONDS })
const NOT_READY = tolerate('node.kubernetes.io/not-ready')
const UNREACHABLE = tolerate('node.kubernetes.io/unreachable')
const BOTH: readonly Toleration[] = Object.freeze([NOT_READY, UNREACHABLE])

const covers = (toleration: Toleration, key: string): boolean =>
  (!toleration.key || toleration.key === key) && (!toleration.effect || toleration.effect === 'NoExecute')

export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  handles: isWriteOf('pods', ['create', 'update', 'patch']),
  mutate(pod: Pod): Pod {
    if (pod.spec === undefined) return pod
    const given = pod.spec.tolerations
    if (!given || given.length === 0) return { ...pod, spec: { ...pod.spec, tolerations: BOTH } }
    const missing = BOTH.filter(({ key }) => !given.some((toleration) => covers(toleration, key!)))
    if (missing.length === 0) return pod
    return { ...pod, spec: { ...pod.spec, tolerations: [...given, ...missing] } }
  },
}
