/** RuntimeClasses. Upstream: `pkg/registry/node/runtimeclass/strategy.go`, `pkg/apis/node/validation/validation.go`. */
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { duplicateValue } from '../status.ts'
import { validateTolerations } from '../validation/affinity.ts'
import { invalidName, validateLabels } from '../validation/names.ts'
import { validateRequirements } from '../validation/resources.ts'
import { unchanged } from './checks.ts'
import type { Strategy } from './strategy.ts'

type RuntimeClass = KubernetesObject & { readonly handler?: string } & Readonly<Record<string, any>>

function validateScheduling({ nodeSelector, tolerations = [] }: any): FieldError[] {
  const field = 'scheduling.tolerations'
  const errors: FieldError[] = []
  validateLabels(nodeSelector, 'scheduling.nodeSelector', errors)
  // Upstream names the field twice.
  errors.push(...validateTolerations(tolerations, `${field}.tolerations`))
  const known = new Set<string>()
  for (const [index, toleration] of tolerations.entries()) {
    const { key = '', operator = '', value = '', effect = '' } = toleration
    const id = JSON.stringify([key, operator, value, effect])
    if (known.has(id)) errors.push(duplicateValue(`${field}[${index}]`, toleration))
    known.add(id)
  }
  return errors
}

const validate = ({ handler = '', overhead, scheduling }: RuntimeClass): FieldError[] => [
  ...invalidName('handler', handler, 'label'),
  ...(overhead ? validateRequirements({ limits: overhead.podFixed }, 'overhead') : []),
  ...(scheduling ? validateScheduling(scheduling) : []),
]

export const runtimeClasses: Strategy<RuntimeClass> = {
  hasGeneration: false,
  plainFinalizers: true,
  hasStatus: false,
  validate,
  validateUpdate: (next, old) => [...validate(next), ...unchanged(next.handler ?? '', old.handler, 'handler')],
}
