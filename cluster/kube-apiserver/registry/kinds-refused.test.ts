/** What Ingresses, policies, autoscalers and runtime classes may not say, in the words of a genuine server. */
import { describe, expect, it } from 'vitest'
import { resourceNamed } from '#cluster/api/resources.ts'
import { strategyOf } from './registry.ts'

function problems(plural: string, object: object): readonly string[] {
  const { defaults = (same: unknown) => same, validate } = strategyOf(resourceNamed(plural))
  const whole = defaults({ metadata: { name: 'a' }, ...object })
  return validate!(whole as never).map(({ field, message }) => `${field}: ${message}`)
}

const path = (fields: object) => ({ rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 's', port: { number: 80 } } }, ...fields }] } }] }) // prettier-ignore
const at = 'spec.rules[0].http.paths[0]'
const peer = (ipBlock: object) => ({ podSelector: {}, ingress: [{ from: [{ ipBlock }] }] })
const target = { kind: 'Deployment', name: 'd' }
const metric = (fields: object) => ({ scaleTargetRef: target, maxReplicas: 1, metrics: [fields] })

describe('is refused', () => {
  it.each<[string, string, object, readonly string[]]>([
    [
      'csinodes',
      'an id that is too long',
      { drivers: [{ name: 'a', nodeID: 'n'.repeat(193) }] },
      [`spec.drivers[0].nodeID: Invalid value: "${'n'.repeat(193)}": must be 192 characters or less`],
    ],
    [
      'csidrivers',
      'no policy, and tokens that are asked for twice, or for too short',
      { fsGroupPolicy: '', tokenRequests: [{ audience: 'a', expirationSeconds: 1 }, { audience: 'a' }] },
      [
        'spec.fsGroupPolicy: Unsupported value: "": supported values: "File", "None", "ReadWriteOnceWithFSType"',
        'spec.tokenRequests[0].expirationSeconds: Invalid value: 1: may not specify a duration less than 10 minutes',
        'spec.tokenRequests[1].audience: Duplicate value: "a"',
      ],
    ],
    [
      'limitranges',
      'a default that is more than the most',
      {
        limits: [{ type: 'Container', max: { cpu: '1' }, default: { cpu: '2' }, defaultRequest: { cpu: '1' } }],
      },
      ['spec.limits[0].default[cpu]: Invalid value: "1": default value 2 is greater than max value 1'],
    ],
    [
      'limitranges',
      'a default below the least, told of the least',
      { limits: [{ type: 'PersistentVolumeClaim', min: { storage: '2' }, default: { storage: '1' } }] },
      ['spec.limits[0].default[storage]: Invalid value: "2": min value 2 is greater than default value 1'],
    ],
    [
      'limitranges',
      'of what cannot be shared, another default than is asked for',
      { limits: [{ type: 'Container', default: { 'a.b/gpu': '2' }, defaultRequest: { 'a.b/gpu': '1' } }] },
      [
        'spec.limits[0].defaultRequest[a.b/gpu]: Invalid value: "1": default value 2 must equal to defaultRequest value 1 in a.b/gpu',
      ],
    ],
    [
      'resourcequotas',
      'a scope that has nothing to do with what is counted',
      { hard: { 'limits.cpu': '1', secrets: '1' }, scopes: ['BestEffort'] },
      [
        'spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource',
        'spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource',
      ],
    ],
    [
      'resourcequotas',
      'the same in a selector',
      {
        hard: { services: '1' },
        scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'Exists' }] },
      },
      [
        'spec.scopeSelector.matchExpressions: Invalid value: {"matchExpressions":[{"scopeName":"PriorityClass","operator":"Exists"}]}: unsupported scope applied to resource',
      ],
    ],
    [
      'resourcequotas',
      'what only claims ask for',
      { hard: { storage: '1' } },
      ['spec.hard[storage]: Invalid value: "storage": must be a standard resource for quota'],
    ],
    [
      'csinodes',
      'a driver without a name, a negative count, keys that are none',
      { drivers: [{ nodeID: 'n', allocatable: { count: -1 }, topologyKeys: ['a', 'a', ''] }] },
      [
        'spec.drivers[0].name: Required value',
        expect.stringMatching(/^spec.drivers\[0\].name: Invalid value: "": a lowercase RFC 1123 subdomain/),
        'spec.drivers[0].allocatable.count: Invalid value: -1: must be greater than or equal to 0',
        'spec.drivers[0]: Duplicate value: "a"',
        'spec.drivers[0]: Required value',
        'spec.drivers[0]: Invalid value: ["a","a",""]: name part must be non-empty',
        expect.stringMatching(/^spec.drivers\[0\]: Invalid value: \["a","a",""\]: name part must consist of/),
      ] as never,
    ],
    [
      'volumeattachments',
      'no volume, and no node',
      { attacher: 'a' },
      [
        'spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName',
        expect.stringMatching(/^spec.nodeName: Invalid value: ""/),
      ] as never,
    ],
    [
      'ingresses',
      'without a backend',
      path({ backend: {} }),
      [`${at}.backend: Invalid value: "": resource or service backend is required`],
    ],
    [
      'ingresses',
      'without the type of a path',
      path({ pathType: undefined }),
      [`${at}.pathType: Required value: pathType must be specified`],
    ],
    [
      'ingresses',
      'a path with a way out',
      path({ path: '/a/../b' }),
      [`${at}.path: Invalid value: "/a/../b": must not contain '/../'`],
    ],
    [
      'ingresses',
      'a Service with a port of no number',
      path({ backend: { service: { name: 's', port: { number: 70_000 } } } }),
      [`${at}.backend.service.port.number: Invalid value: 70000: must be between 1 and 65535, inclusive`],
    ],
    [
      'ingresses',
      'a host that is an address',
      { rules: [{ host: '1.2.3.4' }] },
      ['spec.rules[0].host: Invalid value: "1.2.3.4": must be a DNS name, not an IP address'],
    ],
    [
      'ingressclasses',
      'a controller without a domain',
      { controller: 'nginx' },
      ['spec.controller: Invalid value: "nginx": must be a domain-prefixed path (such as "acme.io/foo")'],
    ],
    [
      'networkpolicies',
      'an exception from elsewhere',
      peer({ cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] }),
      ['spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`'],
    ],
    [
      'networkpolicies',
      'a range as an exception from itself',
      peer({ cidr: '10.0.0.0/8', except: ['10.0.0.0/8'] }),
      ['spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "10.0.0.0/8": must be a strict subset of `cidr`'],
    ],
    [
      'networkpolicies',
      'no range',
      peer({ cidr: 'x' }),
      [
        'spec.ingress[0].from[0].ipBlock.cidr: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      ],
    ],
    [
      'networkpolicies',
      'a third way',
      { podSelector: {}, policyTypes: ['Sideways'] },
      ['spec.policyTypes[0]: Unsupported value: "Sideways": supported values: "Egress", "Ingress"'],
    ],
    [
      'horizontalpodautoscalers',
      'a metric of no type',
      metric({ type: 'Mood' }),
      Array(2).fill(
        'spec.metrics[0].type: Unsupported value: "Mood": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"',
      ),
    ],
    [
      'horizontalpodautoscalers',
      'a type without its source',
      metric({ type: 'Pods' }),
      ['spec.metrics[0].pods: Required value: must populate information for the given metric source'],
    ],
    [
      'horizontalpodautoscalers',
      'a source without an amount',
      metric({ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization' } } }),
      [
        'spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization',
      ],
    ],
    [
      'horizontalpodautoscalers',
      'a policy that changes nothing',
      {
        scaleTargetRef: target,
        maxReplicas: 1,
        behavior: { scaleUp: { policies: [{ type: 'Pods', value: 0, periodSeconds: 1 }] } },
      },
      ['spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero'],
    ],
  ])('%s: %s', (plural, _, spec, expected) => {
    expect(problems(plural, { spec })).toEqual(expected)
  })

  it('a runtime class whose handler is no label', () => {
    expect(problems('runtimeclasses', { handler: '' })[0]).toMatch(
      /^handler: Invalid value: "": a lowercase RFC 1123 label/,
    )
    expect(problems('runtimeclasses', { handler: 'runc', scheduling: { tolerations: [{ operator: 'Maybe', key: 'k' }] } })).toEqual(['scheduling.tolerations.tolerations[0].operator: Unsupported value: "Maybe": supported values: "Equal", "Exists"']) // prettier-ignore
  })
})

describe('is taken', () => {
  it.each<[string, object]>([
    ['ingresses', path({ path: '', pathType: 'ImplementationSpecific' })],
    ['ingresses', { rules: [{ host: '*.example.com' }], tls: [{ hosts: ['*.example.com'] }] }],
    ['networkpolicies', peer({ cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] })],
    ['networkpolicies', peer({ cidr: '2001:db8::/32', except: ['2001:db8:1::/48'] })],
    [
      'horizontalpodautoscalers',
      { scaleTargetRef: target, maxReplicas: 1, behavior: { scaleUp: { stabilizationWindowSeconds: 5 } } },
    ],
  ])('%s %j', (plural, spec) => {
    expect(problems(plural, { spec })).toEqual([])
  })
})

describe('of kinds without a spec', () => {
  const causes = (plural: string, object: object): readonly string[] =>
    strategyOf(resourceNamed(plural)).validate!({ metadata: { name: 'a' }, spec: {}, ...object } as never).map(({ field, message }) => `${field}: ${message}`) // prettier-ignore

  it.each<[string, object, readonly string[]]>([
    ['controllerrevisions', { revision: -1 }, ['data: Required value: data is mandatory', 'revision: Invalid value: -1: must be greater than or equal to 0']], // prettier-ignore
    ['priorityclasses', { value: 1, preemptionPolicy: '' }, ['preemptionPolicy: Required value']],
    ['nodes', { spec: { taints: [{ key: 'k', effect: 'NoExecute' }, { key: 'k', effect: 'NoExecute' }] } }, ['metadata.taints[1]: Duplicate value: {"key":"k","effect":"NoExecute"}: taints must be unique by key and effect pair']], // prettier-ignore
    ['nodes', { status: { capacity: { memory: '-1', 'a.b/gpu': '1.5' } } }, ['status.capacity.memory: Invalid value: "-1": must be greater than or equal to 0', 'status.capacity.a.b/gpu: Invalid value: "1500m": must be an integer']], // prettier-ignore
  ])('%s: %j', (plural, object, expected) => {
    expect(causes(plural, object)).toEqual(expected)
  })

  it('a revision stays what it is', () => {
    const { validateUpdate } = strategyOf(resourceNamed('controllerrevisions'))
    const revision = (data: object) => ({ metadata: { name: 'a' }, revision: 1, data }) as never
    expect(validateUpdate!(revision({ a: 1 }), revision({ a: 2 })).map(({ field }) => field)).toEqual(['data'])
  })
})
