/** CustomResourceDefinitions. Upstream: apiextensions-apiserver `pkg/registry/customresourcedefinition/strategy.go`, `pkg/apis/apiextensions/v1/defaults.go`. */
import type { Definition } from '../extensions/definition.ts'
import { validateDefinition, validateDefinitionStatus, validateDefinitionUpdate } from '../extensions/validate-definition.ts' // prettier-ignore
import type { Strategy } from './strategy.ts'

function defaults(definition: Definition): Definition {
  const { spec } = definition
  if (!spec?.names) return definition
  const { names, conversion = { strategy: 'None' } } = spec
  const { kind = '' } = names
  const singular = names.singular ?? kind.toLowerCase()
  const listKind = names.listKind ?? (kind && `${kind}List`)
  if (names.singular && names.listKind && spec.conversion) return definition
  return { ...definition, spec: { ...spec, conversion, names: { ...names, listKind, singular } } }
}

/** Objects may have been stored in each version that has once been the one to store. */
function withStorageVersion(definition: Definition, before: readonly string[]): Definition {
  const current = definition.spec?.versions?.find(({ storage }) => storage)?.name
  if (current === undefined || before.includes(current)) return definition
  return { ...definition, status: { ...definition.status, storedVersions: [...before, current] } }
}

export const customResourceDefinitions: Strategy<Definition> = {
  hasGeneration: true,
  plainFinalizers: true,
  hasStatus: true,
  keptByStatus: ['labels', 'annotations', 'ownerReferences'],
  defaults,
  prepareForCreate: (definition) =>
    withStorageVersion({ ...definition, status: { conditions: [], acceptedNames: { plural: '', kind: '' } } }, []),
  prepareForUpdate: (definition, old) => withStorageVersion(definition, old.status?.storedVersions ?? []),
  validate: validateDefinition,
  validateUpdate: validateDefinitionUpdate,
  validateStatusUpdate: validateDefinitionStatus,
}
