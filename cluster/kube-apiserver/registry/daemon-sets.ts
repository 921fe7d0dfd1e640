/** DaemonSets. Upstream: `pkg/registry/apps/daemonset/strategy.go`, `pkg/apis/apps/{v1/defaults,validation/validation}.go`. */
import { isEqual } from '#cluster/api/meta.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import { defaultTemplate } from '../defaults/pod-spec.ts'
import type { FieldError } from '../status.ts'
import { invalidValue, notSupported } from '../status.ts'
import { isUnreadable, validateLabelSelector } from '../validation/selectors.ts'
import { isEmptySelector, validateLasting, validateMatch, validateSelectorUpdate, validateTemplate } from '../validation/workload.ts' // prettier-ignore
import { validateCounts } from '../validation/workload-status.ts'
import { atLeast, atMostAll, numberOrPercent } from './checks.ts'
import type { Strategy } from './strategy.ts'

type DaemonSet = KubernetesObject & { readonly spec: any; readonly status?: any }

function defaults(set: DaemonSet): DaemonSet {
  const { spec } = set
  if (spec === undefined) return set
  const { updateStrategy: { type = 'RollingUpdate', rollingUpdate } = {} as any } = spec
  return {
    ...set,
    spec: {
      ...spec,
      template: defaultTemplate(spec.template),
      updateStrategy:
        type === 'RollingUpdate'
          ? { type, rollingUpdate: { maxUnavailable: 1, maxSurge: 0, ...rollingUpdate } }
          : { type, ...(rollingUpdate && { rollingUpdate }) },
      revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
    },
  }
}

const isZero = (value: unknown): boolean => value === 0 || value === '0%'

function validate({ spec: given }: DaemonSet): FieldError[] {
  const spec = given ?? {}
  const { selector } = spec
  const isOfAll = selector !== undefined && isEmptySelector(selector)
  return [
    ...validateLabelSelector(selector, 'spec.selector'),
    ...(isUnreadable(selector) ? [] : validateMatch(spec)),
    ...(isOfAll ? [invalidValue('spec.selector', selector, 'empty selector is invalid for daemonset')] : []),
    ...validateTemplate(spec.template, 'spec.template'),
    ...validateLasting(spec.template, 'DaemonSet'),
    ...atLeast(0, spec.minReadySeconds, 'spec.minReadySeconds'),
    ...(given === undefined ? [] : validateStrategy(spec.updateStrategy)),
    ...atLeast(0, spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
  ]
}

function validateStrategy({ type, rollingUpdate }: any): FieldError[] {
  if (type === 'OnDelete') return []
  if (type !== 'RollingUpdate') {
    const strategy = { type, ...(rollingUpdate && { rollingUpdate }) }
    return [notSupported('spec.updateStrategy', strategy, ['RollingUpdate', 'OnDelete'])]
  }
  const { maxUnavailable, maxSurge } = rollingUpdate
  const field = 'spec.updateStrategy.rollingUpdate'
  const errors = [
    ...numberOrPercent(maxUnavailable, `${field}.maxUnavailable`, false),
    ...numberOrPercent(maxSurge, `${field}.maxSurge`, false),
  ]
  if (isZero(maxUnavailable) && isZero(maxSurge)) {
    errors.push(invalidValue(`${field}.maxUnavailable`, maxUnavailable, 'cannot be 0 when maxSurge is 0'))
  }
  return [...errors, ...atMostAll(maxUnavailable, `${field}.maxUnavailable`), ...atMostAll(maxSurge, `${field}.maxSurge`)] // prettier-ignore
}

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation'

/** How often its template has changed: once a field, it lives on as an annotation, and is the server's to write. */
function withTemplateGeneration(set: DaemonSet, generation: number): DaemonSet {
  const annotations = { ...set.metadata.annotations, [TEMPLATE_GENERATION]: String(generation) }
  return { ...set, metadata: { ...set.metadata, annotations } }
}

function countTemplates(set: DaemonSet, old: DaemonSet): DaemonSet {
  const before = Number(old.metadata.annotations?.[TEMPLATE_GENERATION] ?? 1)
  return withTemplateGeneration(set, isEqual(set.spec?.template, old.spec?.template) ? before : before + 1)
}

export const daemonSets: Strategy<DaemonSet> = {
  hasGeneration: true,
  hasStatus: true,
  defaults,
  prepareForCreate: (set) => ({
    ...withTemplateGeneration(set, 1),
    status: { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 },
  }),
  prepareForUpdate: countTemplates,
  validate,
  validateStatusUpdate: (object, old) => validateCounts('daemonSet', object, old),
  validateUpdate: (set, old) => [...validate(set), ...validateSelectorUpdate(set.spec.selector, old.spec.selector)],
}
