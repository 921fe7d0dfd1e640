/**
 * The paths of OpenAPI: every resource's, with the verbs that it knows and the parameters that these take. Clients look here
 * for what a server can do: whether a patch takes `dryRun` and `fieldValidation`, for one.
 *
 * Where to read upstream: apiserver `pkg/endpoints/installer.go`.
 */
import type { Resource } from '#cluster/api/resources.ts'
import { listKindOf } from '#cluster/api/resources.ts'
import { subresourceOf } from '#cluster/api/subresources.ts'
import type { Definition, Dialect } from './definitions.ts'
import { definitionName, referTo, subresourceType, typeName } from './definitions.ts'

type Parameter = readonly [name: string, type: 'string' | 'boolean' | 'integer']

const LISTING: readonly Parameter[] = [
  ['allowWatchBookmarks', 'boolean'],
  ['continue', 'string'],
  ['fieldSelector', 'string'],
  ['labelSelector', 'string'],
  ['limit', 'integer'],
  ['resourceVersion', 'string'],
  ['resourceVersionMatch', 'string'],
  ['sendInitialEvents', 'boolean'],
  ['timeoutSeconds', 'integer'],
  ['watch', 'boolean'],
]
const WRITING: readonly Parameter[] = [
  ['dryRun', 'string'],
  ['fieldManager', 'string'],
  ['fieldValidation', 'string'],
]
const DELETING: readonly Parameter[] = [
  ['dryRun', 'string'],
  ['gracePeriodSeconds', 'integer'],
  ['orphanDependents', 'boolean'],
  ['propagationPolicy', 'string'],
]

interface Verb {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** As OpenAPI calls it. */
  readonly action: string
  readonly parameters: readonly Parameter[]
  readonly body?: 'own' | 'DeleteOptions' | 'Patch'
  readonly answer: 'own' | 'list' | 'Status'
  readonly onCollection: boolean
}

const VERBS: Readonly<Record<string, Verb>> = {
  list: { method: 'get', action: 'list', parameters: LISTING, answer: 'list', onCollection: true },
  create: { method: 'post', action: 'post', parameters: WRITING, body: 'own', answer: 'own', onCollection: true },
  deletecollection: { method: 'delete', action: 'deletecollection', parameters: [...LISTING, ...DELETING], body: 'DeleteOptions', answer: 'Status', onCollection: true }, // prettier-ignore
  get: { method: 'get', action: 'get', parameters: [], answer: 'own', onCollection: false },
  update: { method: 'put', action: 'put', parameters: WRITING, body: 'own', answer: 'own', onCollection: false },
  patch: { method: 'patch', action: 'patch', parameters: [...WRITING, ['force', 'boolean']], body: 'Patch', answer: 'own', onCollection: false }, // prettier-ignore
  delete: { method: 'delete', action: 'delete', parameters: DELETING, body: 'DeleteOptions', answer: 'Status', onCollection: false }, // prettier-ignore
}

const JSON_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']
const PATCH_TYPES = ['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml'] // prettier-ignore
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'

export function paths(resources: readonly Resource[], dialect: Dialect): Record<string, Definition> {
  const result: Record<string, Definition> = {}
  for (const resource of resources) Object.assign(result, pathsOf(resource, dialect))
  return result
}

function pathsOf(resource: Resource, dialect: Dialect): Record<string, Definition> {
  const { group, version, namespaced, verbs, subresources } = resource
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const collection = `${root}${namespaced ? '/namespaces/{namespace}' : ''}/${resource.resource}`
  const own = definitionName(typeName(resource))
  const list = definitionName(typeName(resource, listKindOf(resource)))
  const of = (onCollection: boolean): string[] => verbs.filter((verb) => VERBS[verb]?.onCollection === onCollection)
  const result: Record<string, Definition> = {}
  const add = (path: string, names: readonly string[], type: string, kind: object): void => {
    if (names.length === 0) return
    const operations = names.map((name) => [
      VERBS[name]!.method,
      operation(VERBS[name]!, { type, list, kind, isCustom: resource.custom !== undefined && type === own }, dialect),
    ])
    result[path] = { ...Object.fromEntries(operations), parameters: pathParameters(path, dialect) }
  }
  add(collection, of(true), own, kindOf(resource))
  if (namespaced && verbs.includes('list')) add(`${root}/${resource.resource}`, ['list'], own, kindOf(resource))
  add(`${collection}/{name}`, of(false), own, kindOf(resource))
  for (const name of subresources) {
    const below = subresourceOf(resource, name)
    // What is no object, but a stream or another server's answer, has no schema.
    if (below.kind?.endsWith('Options') || name === 'log') continue
    const type = definitionName(subresourceType(resource, name))
    const kind = { group: below.group ?? group, kind: below.kind ?? resource.kind, version: below.version ?? version }
    add(`${collection}/{name}/${name}`, below.verbs, type, kind)
  }
  return result
}

const kindOf = ({ group, kind, version }: Resource): object => ({ group, kind, version })

const pathParameters = (path: string, dialect: Dialect): object[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => parameter([name!, 'string'], 'path', dialect))

const parameter = ([name, type]: Parameter, place: 'path' | 'query', dialect: Dialect): object => ({
  name,
  in: place,
  ...(place === 'path' && { required: true }),
  ...(dialect === 'v2' ? { type, uniqueItems: true } : { schema: { type, uniqueItems: true } }),
})

interface Subject {
  /** Definitions of one object, and of a list of them. */
  readonly type: string
  readonly list: string
  readonly kind: object
  /** How its lists are merged nobody knows. */
  readonly isCustom: boolean
}

function operation(verb: Verb, { type, list, kind, isCustom }: Subject, dialect: Dialect): object {
  const patchTypes = isCustom ? PATCH_TYPES.filter((one) => !one.includes('strategic')) : PATCH_TYPES
  const query = verb.parameters.map((one) => parameter(one, 'query', dialect))
  const answerType = verb.answer === 'own' ? type : verb.answer === 'list' ? list : `${META}.Status`
  const answer = referTo(dialect, answerType)
  const body = verb.body && referTo(dialect, verb.body === 'own' ? type : `${META}.${verb.body}`)
  const bodyTypes = verb.body === 'Patch' ? patchTypes : JSON_TYPES
  const marks = { 'x-kubernetes-action': verb.action, 'x-kubernetes-group-version-kind': kind }
  if (dialect === 'v2') {
    return {
      consumes: verb.body === 'Patch' ? patchTypes : ['*/*'],
      produces: JSON_TYPES,
      parameters: [...(body ? [{ name: 'body', in: 'body', ...(verb.body !== 'DeleteOptions' && { required: true }), schema: body }] : []), ...query], // prettier-ignore
      responses: { 200: { description: 'OK', schema: answer }, 401: { description: 'Unauthorized' } },
      ...marks,
    }
  }
  const content = (types: readonly string[], schema: object): object =>
    Object.fromEntries(types.map((media) => [media, { schema }]))
  return {
    parameters: query,
    ...(body && { requestBody: { content: content(bodyTypes, body) } }),
    responses: {
      200: { description: 'OK', content: content(JSON_TYPES, answer) },
      401: { description: 'Unauthorized' },
    },
    ...marks,
  }
}
