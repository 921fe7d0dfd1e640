/** Definitions, and the objects that they define: through the same paths as everything else. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { HttpRequest } from '#cluster/api/http.ts'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import { configMap, CONFIG_MAPS, Lab, requestOf } from '../lab.ts'

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const API = '/apis/stable.example.com/v1'
const TABS = `${API}/namespaces/default/crontabs`

const SPEC = {
  type: 'object',
  required: ['cronSpec'],
  properties: {
    cronSpec: { type: 'string', pattern: '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$' },
    image: { type: 'string' },
    replicas: { type: 'integer', minimum: 1, maximum: 10, default: 1 },
    port: { 'x-kubernetes-int-or-string': true },
    mode: { type: 'string', enum: ['Fast', 'Safe'] },
    hosts: { type: 'array', items: { type: 'string', maxLength: 5 }, maxItems: 3, 'x-kubernetes-list-type': 'set' },
    env: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string' }, value: { type: 'string', default: '-' } },
      },
    },
    anything: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    template: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
  },
}
const STATUS = { type: 'object', properties: { replicas: { type: 'integer' }, labelSelector: { type: 'string' } } }
const SCHEMA = { type: 'object', properties: { spec: SPEC, status: STATUS } }

const version = (name: string, more: object = {}) => ({
  name,
  served: true,
  storage: name === 'v1',
  schema: { openAPIV3Schema: SCHEMA },
  subresources: {
    status: {},
    scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.labelSelector' }, // prettier-ignore
  },
  additionalPrinterColumns: [
    { name: 'Spec', type: 'string', description: 'When it runs', jsonPath: '.spec.cronSpec' },
    { name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas', priority: 1 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
  selectableFields: [{ jsonPath: '.spec.image' }],
  ...more,
})

const definition = (spec: object = {}, names: object = {}, name = 'crontabs.stable.example.com') => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name },
  spec: {
    group: 'stable.example.com',
    scope: 'Namespaced',
    names: { plural: 'crontabs', kind: 'CronTab', shortNames: ['ct'], categories: ['all'], ...names },
    versions: [version('v1')],
    ...spec,
  },
})

const tab = (name: string, spec: object = {}) => ({
  apiVersion: 'stable.example.com/v1',
  kind: 'CronTab',
  metadata: { name },
  spec: { cronSpec: '* * * * */5', ...spec },
})

function newLab(spec: object = {}): Lab {
  const lab = new Lab(1, {}, builtInSchemas)
  lab.run(500_000)
  expect(lab.send('POST', CRDS, definition(spec)).status).toBe(201)
  lab.run(500_000)
  return lab
}

const conditions = (lab: Lab, name = 'crontabs.stable.example.com') =>
  lab
    .send('GET', `${CRDS}/${name}`)
    .body.status.conditions.map(({ type, status, reason, message }: Record<string, string>) => `${type}=${status} ${reason}: ${message}`) // prettier-ignore

const message = (lab: Lab, spec: object): string => lab.send('POST', TABS, tab('wrong', spec)).body.message

describe('a definition', () => {
  it('is complete when it is made, and its names are accepted', () => {
    const lab = newLab()
    const { spec, status } = lab.send('GET', `${CRDS}/crontabs.stable.example.com`).body
    expect(spec).toMatchObject({ conversion: { strategy: 'None' }, names: { singular: 'crontab', listKind: 'CronTabList' } }) // prettier-ignore
    expect(status).toMatchObject({ storedVersions: ['v1'], acceptedNames: spec.names })
    expect(conditions(lab)).toEqual([
      'NamesAccepted=True NoConflicts: no conflicts found',
      'Established=True InitialNamesAccepted: the initial names have been accepted',
    ])
  })

  it('knows nothing below an object but what it says, and calls that the object', () => {
    const lab = newLab()
    lab.send('POST', TABS, tab('a'))
    for (const below of ['nope', 'x/y']) {
      const { status, body } = lab.send('GET', `${TABS}/a/${below}`)
      expect([below, status, body.message]).toEqual([below, 404, 'crontabs.stable.example.com "a" not found'])
    }
  })

  it('waits for names that another has, and gets them when that has gone', () => {
    const lab = newLab()
    const other = definition({}, { plural: 'tabs', kind: 'CronTab', shortNames: ['ct'], singular: 'tab' }, 'tabs.stable.example.com') // prettier-ignore
    lab.send('POST', CRDS, other)
    lab.run(500_000)
    expect(conditions(lab, 'tabs.stable.example.com')).toEqual([
      'NamesAccepted=False ListKindConflict: "CronTabList" is already in use',
      'Established=False NotAccepted: not all names are accepted',
    ])
    expect(lab.send('GET', `${API}/tabs`).status).toBe(404)
    lab.send('DELETE', `${CRDS}/crontabs.stable.example.com`)
    lab.run(2_000_000)
    expect(lab.send('GET', `${API}/tabs`).body.kind).toBe('CronTabList')
  })

  it.each([
    ['a name that is another', definition({}, { plural: 'tabs' }), 'metadata.name: Invalid value: "crontabs.stable.example.com": must be spec.names.plural+"."+spec.group'],
    ['no schema', definition({ versions: [version('v1', { schema: {} })] }), 'spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required'],
    ['no version to store', definition({ versions: [version('v1', { storage: false })] }), 'must have exactly one version marked as storage version'],
    ['a schema that is none', definition({ versions: [version('v1', { schema: { openAPIV3Schema: { properties: { spec: { type: 'object', properties: { a: {} } } } } }, selectableFields: [] })] }), '[spec.validation.openAPIV3Schema.properties[spec].properties[a].type: Required value: must not be empty for specified object fields, spec.validation.openAPIV3Schema.type: Required value: must not be empty at the root]'],
    ['a type within a condition', definition({ versions: [version('v1', { schema: { openAPIV3Schema: { type: 'object', properties: { a: { type: 'string', anyOf: [{ type: 'string' }] } } } } })] }), 'spec.validation.openAPIV3Schema.properties[a].anyOf[0].type: Forbidden: must be empty to be structural'],
    ['a list without items', definition({ versions: [version('v1', { schema: { openAPIV3Schema: { type: 'object', properties: { a: { type: 'array' } } } } })] }), 'spec.validation.openAPIV3Schema.properties[a].items: Required value: must be specified'],
    ['a column that is none', definition({ versions: [version('v1', { additionalPrinterColumns: [{ name: 'A', type: 'text', jsonPath: '.a' }] })] }), 'spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string'],
    ['a scale beside the spec', definition({ versions: [version('v1', { subresources: { scale: { specReplicasPath: '.replicas', statusReplicasPath: '.status.n' } } })] }), 'spec.subresources.scale.specReplicasPath: Invalid value: ".replicas": should be a json path under .spec'],
    ['a group of ours', definition({ group: 'more.k8s.io' }, {}, 'crontabs.more.k8s.io'), 'metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation'],
  ])('refuses %s', (_, given, why) => {
    const lab = new Lab(1, {}, builtInSchemas)
    const { status, body } = lab.send('POST', CRDS, given)
    expect([status, body.message]).toEqual([422, expect.stringContaining(why)])
  }) // prettier-ignore

  it('keeps what its objects hang on', () => {
    const lab = newLab()
    const { body } = lab.patch(`${CRDS}/crontabs.stable.example.com`, { spec: { scope: 'Cluster', group: 'x.example.com' } }) // prettier-ignore
    expect(body.message).toContain('spec.scope: Invalid value: "Cluster": field is immutable')
  })

  it('goes after its objects, and nothing new is made meanwhile', () => {
    const lab = newLab()
    lab.send('POST', TABS, { ...tab('held'), metadata: { name: 'held', finalizers: ['example.com/hold'] } })
    lab.send('POST', TABS, tab('free'))
    const watch = lab.watch(TABS)
    expect(lab.send('DELETE', `${CRDS}/crontabs.stable.example.com`).body.metadata.finalizers).toEqual([
      'customresourcecleanup.apiextensions.k8s.io',
    ])
    lab.run(1_000_000)
    expect(conditions(lab).at(-1)).toBe('Terminating=True InstanceDeletionInProgress: CustomResource deletion is in progress') // prettier-ignore
    expect(lab.send('GET', TABS).body.items.map((one: any) => one.metadata.name)).toEqual(['held'])
    const { status, body } = lab.send('POST', TABS, tab('late'))
    expect([status, body.message]).toEqual([405, 'create not allowed while custom resource definition is terminating'])
    lab.patch(`${TABS}/held`, { metadata: { finalizers: null } })
    lab.run(1_000_000)
    expect(lab.send('GET', `${CRDS}/crontabs.stable.example.com`).status).toBe(404)
    expect(lab.send('GET', TABS).status).toBe(404)
    expect(lab.heard(watch).at(-1)?.how).not.toBe('data')
  })
})

describe('custom objects', () => {
  let lab: Lab
  beforeAll(() => {
    lab = newLab()
  })

  it('are made, read, changed, watched and deleted like any others', () => {
    const watch = lab.watch(TABS)
    const made = lab.send('POST', TABS, tab('a')).body
    expect(made).toMatchObject({ metadata: { generation: 1, namespace: 'default' }, spec: { replicas: 1 } })
    expect(lab.send('PUT', `${TABS}/a`, { ...made, spec: { ...made.spec, image: 'x' } }).body.metadata.generation).toBe(
      2,
    )
    expect(lab.send('PUT', `${TABS}/a`, tab('a')).body.message).toBe('CronTab.stable.example.com "a" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update') // prettier-ignore
    expect(lab.patch(`${TABS}/a`, { spec: { replicas: 3 } }).body.spec.replicas).toBe(3)
    expect(lab.patch(`${TABS}/a`, { spec: {} }, 'strategic-merge-patch').status).toBe(415)
    expect(lab.send('DELETE', `${TABS}/a`).body).toMatchObject({ status: 'Success', details: { kind: 'crontabs' } })
    lab.run(100_000)
    expect(lab.told(watch)).toBe('ADDED a, MODIFIED a, MODIFIED a, DELETED a')
  })

  it('lose what their schema does not know, with a warning', () => {
    const spec = { imagee: 'x', anything: { a: { b: 1 } }, template: { apiVersion: 'v1', kind: 'Pod', spec: { x: 1 } } }
    const { body } = lab.send('POST', TABS, tab('pruned', spec))
    expect(body.spec).toEqual({
      cronSpec: '* * * * */5',
      replicas: 1,
      anything: spec.anything,
      template: spec.template,
    })
    const strict = lab.send('POST', TABS, tab('strict', { imagee: 'x' }), { fieldValidation: 'Strict' })
    expect([strict.status, strict.body.message]).toEqual([400, 'CronTab in version "v1" cannot be handled as a CronTab: strict decoding error: unknown field "spec.imagee"']) // prettier-ignore
  })

  it.each([
    ['a wrong type', { replicas: 'three' }, 'spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string"'],
    ['too little', { replicas: 0 }, 'spec.replicas: Invalid value: 0: spec.replicas in body should be greater than or equal to 1'],
    ['another value', { mode: 'Slow' }, 'spec.mode: Unsupported value: "Slow": supported values: "Fast", "Safe"'],
    ['a missing field', { cronSpec: undefined }, 'spec.cronSpec: Required value'],
    ['a wrong form', { cronSpec: 'soon' }, "spec.cronSpec: Invalid value: \"soon\": spec.cronSpec in body should match '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$'"],
    ['a long text in a list', { hosts: ['abcdef'] }, 'spec.hosts[0]: Too long: may not be more than 5 bytes'],
    ['a long list', { hosts: ['a', 'b', 'c', 'd'] }, 'spec.hosts: Too many: 4: must have at most 3 items'],
    ['a value twice', { hosts: ['a', 'a'] }, 'spec.hosts[1]: Duplicate value: "a"'],
    ['a key twice', { env: [{ name: 'a' }, { name: 'a' }] }, 'spec.env[1]: Duplicate value: {"name":"a"}'],
    ['neither number nor text', { port: true }, 'spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"'],
    ['an object that is none', { template: {} }, '[spec.template.apiVersion: Required value: must not be empty, spec.template.kind: Required value: must not be empty]'],
  ])('are refused for %s', (_, spec, why) => {
    expect(message(lab, spec)).toBe(`CronTab.stable.example.com "wrong" is invalid: ${why}`)
  }) // prettier-ignore

  it('keep status and spec apart, and count only the spec', () => {
    lab.send('POST', TABS, { ...tab('two'), status: { replicas: 7 } })
    expect(lab.send('GET', `${TABS}/two`).body.status).toBe(undefined)
    const { body } = lab.patch(`${TABS}/two/status`, { spec: { image: 'no' }, status: { replicas: 2, labelSelector: 'a=b' } }) // prettier-ignore
    expect(body).toMatchObject({ metadata: { generation: 1 }, status: { replicas: 2 } })
    expect(body.spec.image).toBe(undefined)
  })

  it('may stay as they were where the schema has become stricter', () => {
    const own = newLab()
    own.send('POST', TABS, tab('old', { image: 'Nginx' }))
    const stricter = structuredClone(version('v1'))
    Object.assign(stricter.schema.openAPIV3Schema.properties.spec.properties.image, { pattern: '^[a-z]*$' })
    own.patch(`${CRDS}/crontabs.stable.example.com`, { spec: { versions: [stricter] } })
    own.run(100_000)
    expect(own.patch(`${TABS}/old`, { spec: { replicas: 2 } }).status).toBe(200)
    expect(own.patch(`${TABS}/old`, { spec: { image: 'NGINX' } }).status).toBe(422)
  })

  it('are scaled by the paths of their definition', () => {
    const scale = lab.patch(`${TABS}/two/scale`, { spec: { replicas: 4 } }).body
    expect(scale).toMatchObject({ kind: 'Scale', spec: { replicas: 4 }, status: { replicas: 2, selector: 'a=b' } })
    expect(lab.send('GET', `${TABS}/two`).body).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 4 } })
  })

  it('are rows with the columns of their definition', () => {
    const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }
    const name = lab.start({ ...requestOf('GET', TABS, undefined, { fieldSelector: 'metadata.name=two' }), headers } as HttpRequest) // prettier-ignore
    lab.run(1_000_000)
    const { columnDefinitions, rows } = lab.replyTo(name)!.body
    expect(columnDefinitions.map((one: any) => [one.name, one.type, one.priority, one.description])).toEqual([
      ['Name', 'string', 0, ''],
      ['Spec', 'string', 0, 'When it runs'],
      ['Replicas', 'integer', 1, ''],
      ['Age', 'date', 0, ''],
    ])
    expect(rows[0].cells).toEqual(['two', '* * * * */5', 4, expect.stringMatching(/^\d+s$/)])
  })

  it('are selected by the fields that their definition names', () => {
    lab.send('POST', TABS, tab('picked', { image: 'nginx' }))
    const names = (fieldSelector: string) => lab.send('GET', TABS, undefined, { fieldSelector }).body.items?.map((one: any) => one.metadata.name) // prettier-ignore
    expect(names('spec.image=nginx')).toEqual(['picked'])
    expect(lab.send('GET', TABS, undefined, { fieldSelector: 'spec.mode=Fast' }).body.message).toBe('field label not supported: spec.mode') // prettier-ignore
  })

  it('are applied, item by item where the definition names keys', () => {
    const apply = (fieldManager: string, spec: object, more = {}) =>
      lab.send(
        'PATCH',
        `${TABS}/applied`,
        tab('applied', spec),
        { fieldManager, ...more },
        'application/apply-patch+yaml',
      )
    expect(apply('one', { env: [{ name: 'a', value: '1' }], image: 'x' }).status).toBe(201)
    const { body } = apply('two', { env: [{ name: 'b', value: '2' }] })
    expect(body.spec.env).toEqual([
      { name: 'a', value: '1' },
      { name: 'b', value: '2' },
    ])
    expect(apply('two', { image: 'y' }).body.message).toContain('conflict with "one": .spec.image')
    expect(apply('one', {}).body.spec).toMatchObject({ env: [{ name: 'b', value: '2' }] })
    expect(lab.send('GET', `${TABS}/applied`).body.metadata.managedFields.map((one: any) => one.manager)).toEqual(['one', 'two']) // prettier-ignore
  })

  it('may have the plural of a built-in kind', () => {
    const names = { plural: 'configmaps', kind: 'ConfigMap', shortNames: [] }
    lab.send('POST', CRDS, definition({ group: 'other.example.com' }, names, 'configmaps.other.example.com'))
    lab.run(500_000)
    const path = '/apis/other.example.com/v1/namespaces/default/configmaps'
    expect(lab.send('POST', path, { ...tab('same'), apiVersion: 'other.example.com/v1', kind: 'ConfigMap' }).status).toBe(201) // prettier-ignore
    lab.send('POST', CONFIG_MAPS, configMap('builtin'))
    expect(lab.send('GET', path).body.items).toHaveLength(1)
    expect(lab.send('GET', `${CONFIG_MAPS}/same`).status).toBe(404)
  })
})

describe('several versions', () => {
  const both = { versions: [version('v1beta1', { deprecated: true }), version('v1')] }

  it('show the same objects, each under its own name', () => {
    const lab = newLab(both)
    lab.send('POST', '/apis/stable.example.com/v1beta1/namespaces/default/crontabs', { ...tab('a'), apiVersion: 'stable.example.com/v1beta1' }) // prettier-ignore
    expect(lab.send('GET', `${TABS}/a`).body.apiVersion).toBe('stable.example.com/v1')
    const list = lab.send('GET', '/apis/stable.example.com/v1beta1/crontabs').body
    expect(list.items[0].apiVersion).toBe('stable.example.com/v1beta1')
    expect(lab.send('GET', '/apis/stable.example.com').body.preferredVersion.version).toBe('v1')
  })

  it('are all remembered, once something may be stored in them', () => {
    const lab = newLab(both)
    lab.patch(`${CRDS}/crontabs.stable.example.com`, { spec: { versions: [version('v1', { storage: false }), version('v2', { storage: true })] } }) // prettier-ignore
    const { body } = lab.send('GET', `${CRDS}/crontabs.stable.example.com`)
    expect(body.status.storedVersions).toEqual(['v1', 'v2'])
    const gone = lab.patch(`${CRDS}/crontabs.stable.example.com`, { spec: { versions: [version('v2', { storage: true })] } }) // prettier-ignore
    expect(gone.body.message).toContain('status.storedVersions[0]: Invalid value: "v1": must appear in spec.versions')
  })
})

describe('what is told of them', () => {
  it('by discovery, and by OpenAPI', () => {
    const lab = newLab()
    const { resources } = lab.send('GET', API).body
    expect(resources.map((one: any) => [one.name, one.kind, one.shortNames])).toEqual([
      ['crontabs', 'CronTab', ['ct']],
      ['crontabs/scale', 'Scale', undefined],
      ['crontabs/status', 'CronTab', undefined],
    ])
    expect(lab.send('GET', '/apis').body.groups.map((one: any) => one.name)).toContain('stable.example.com')
    const three = lab.send('GET', '/openapi/v3/apis/stable.example.com/v1').body
    expect(three.components.schemas['com.example.stable.v1.CronTab'].properties.spec.properties.replicas).toEqual(SPEC.properties.replicas) // prettier-ignore
    const two = lab.send('GET', '/openapi/v2').body.definitions['com.example.stable.v1.CronTab']
    expect(two['x-kubernetes-group-version-kind']).toEqual([{ group: 'stable.example.com', kind: 'CronTab', version: 'v1' }]) // prettier-ignore
    expect(two.properties.spec.properties.replicas).toEqual({ type: 'integer', minimum: 1, maximum: 10 })
    lab.send('DELETE', `${CRDS}/crontabs.stable.example.com`)
    lab.run(2_000_000)
    expect(lab.send('GET', API).status).toBe(404)
  })
})
