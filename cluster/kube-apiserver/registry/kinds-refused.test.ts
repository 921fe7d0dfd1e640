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
