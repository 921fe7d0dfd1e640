/**
 * Taints and tolerations.
 *
 * Where to read upstream: k8s.io/component-helpers `scheduling/corev1/helpers.go`; k8s.io/api `core/v1/toleration.go`.
 */
import type { Taint, Toleration } from './types.ts'

/** An empty effect tolerates every effect, and an empty key with `Exists` every key. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false
  if (toleration.key && toleration.key !== taint.key) return false
  if ((toleration.operator ?? 'Equal') === 'Exists') return true
  // Without a key only `Exists` is meaningful.
  return Boolean(toleration.key) && (toleration.value ?? '') === (taint.value ?? '')
}

export const isTolerated = (taint: Taint, tolerations: readonly Toleration[] | undefined): boolean =>
  tolerations !== undefined && tolerations.some((toleration) => tolerates(toleration, taint))
