/**
 * The objects of custom resources: what their schema says of them.
 *
 * Where to read upstream: apiextensions-apiserver `pkg/registry/customresource/{strategy,status_strategy,validator}.go`.
 */
import type { Resource } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import { withDefaults } from '../extensions/schema/defaults.ts'
import { validateRules } from '../extensions/schema/rules.ts'
import { validateCustom } from '../extensions/schema/validate.ts'
import type { Strategy } from './strategy.ts'
import { STATUS_METADATA } from './strategy.ts'

type Custom = KubernetesObject & { readonly status?: unknown }

const strategies = new WeakMap<Resource, Strategy>()

export function customStrategy(resource: Resource): Strategy {
  let strategy = strategies.get(resource)
  if (strategy === undefined) strategies.set(resource, (strategy = make(resource)))
  return strategy
}

function make({ custom }: Resource): Strategy<Custom> {
  const { schema, hasStatus } = custom!
  const validate = (object: Custom, old?: Custom) => {
    const errors = validateCustom(schema, object, old)
    return [...errors, ...validateRules(schema, object, old, errors)]
  }
  return {
    hasGeneration: true,
    hasStatus,
    plainFinalizers: true,
    keptByStatus: STATUS_METADATA,
    countsStatus: !hasStatus,
    requiresResourceVersion: true,
    defaults: (object) => withDefaults(schema, object),
    ...(hasStatus && { prepareForCreate: ({ status: _, ...object }: Custom) => object }),
    validate: (object) => validate(object),
    validateUpdate: validate,
    validateStatusUpdate: validate,
  }
}
