/** What webhooks, and servers beside this one, may not be called, in the words of a genuine server. */
import { describe, expect, it } from 'vitest'
import { resourceNamed } from '#cluster/api/resources.ts'
import { strategyOf } from './registry.ts'

function problems(plural: string, object: object): readonly string[] {
  const { defaults = (same: unknown) => same, validate } = strategyOf(resourceNamed(plural))
  const whole = defaults({ metadata: { name: 'a' }, ...object })
  return validate!(whole as never).map(({ field, message }) => `${field}: ${message}`)
}

const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }
const sound = { name: 'a.b.c', clientConfig: { url: 'https://x.y/z' }, rules: [rule], sideEffects: 'None', admissionReviewVersions: ['v1'] } // prettier-ignore
const at = 'webhooks[0]'
const form = '; desired format: https://host[/path]'

describe('a webhook', () => {
  it('that is sound is taken', () => {
    expect(problems('validatingwebhookconfigurations', { webhooks: [sound] })).toEqual([])
  })

  it.each<[string, object, readonly string[]]>([
    ['of a short name', { name: 'a.b' }, [`${at}.name: Invalid value: "a.b": should be a domain with at least three segments separated by dots`]], // prettier-ignore
    ['behind no HTTPS', { clientConfig: { url: 'http://x.y' } }, [`${at}.clientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme${form}`]], // prettier-ignore
    ['on no host', { clientConfig: { url: 'https:///z' } }, [`${at}.clientConfig.url: Invalid value: "": host must be specified${form}`]], // prettier-ignore
    ['with a password', { clientConfig: { url: 'https://u:p@x/' } }, [`${at}.clientConfig.url: Invalid value: "u:p": user information is not permitted in the URL`]], // prettier-ignore
    ['with a fragment', { clientConfig: { url: 'https://x/#f' } }, [`${at}.clientConfig.url: Invalid value: "f": fragments are not permitted in the URL`]], // prettier-ignore
    ['with a query', { clientConfig: { url: 'https://x/?q=1' } }, [`${at}.clientConfig.url: Invalid value: "q=1": query parameters are not permitted in the URL`]], // prettier-ignore
    ['nowhere', { clientConfig: {} }, [`${at}.clientConfig: Required value: exactly one of url or service is required`]], // prettier-ignore
    ['on no port', { clientConfig: { service: { name: 's', namespace: 'n', port: 70_000 } } }, [`${at}.clientConfig.service.port: Invalid value: 70000: port is not valid: must be between 1 and 65535, inclusive`]], // prettier-ignore
    ['at a path of nothing', { clientConfig: { service: { name: 's', namespace: 'n', path: '/a//b' } } }, [`${at}.clientConfig.service.path: Invalid value: "/a//b": segment[1] may not be empty`]], // prettier-ignore
    ['with a policy of no name', { failurePolicy: '' }, [`${at}.failurePolicy: Unsupported value: "": supported values: "Fail", "Ignore"`]], // prettier-ignore
    ['with effects that nobody told', { sideEffects: undefined }, [`${at}.sideEffects: Required value: must specify one of None, NoneOnDryRun`]], // prettier-ignore
    ['with effects that are too many', { sideEffects: 'Some' }, [`${at}.sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"`]], // prettier-ignore
    ['of a version twice', { admissionReviewVersions: ['v1', 'v1'] }, [`${at}.admissionReviewVersions[1]: Invalid value: "v1": duplicate version`]], // prettier-ignore
    ['of no known version', { admissionReviewVersions: ['v2'] }, [`${at}.admissionReviewVersions: Invalid value: ["v2"]: must include at least one of v1, v1beta1`]], // prettier-ignore
    ['for a selector that is none', { namespaceSelector: { matchLabels: { 'a b': 'c' } } }, [`${at}.namespaceSelector.matchLabels: Invalid value: "a b": name part must consist`]], // prettier-ignore
  ])('%s', (_, fields, expected) => {
    const found = problems('validatingwebhookconfigurations', { webhooks: [{ ...sound, ...fields }] })
    expect(found).toHaveLength(expected.length)
    expected.forEach((text, index) => expect(found[index]).toContain(text))
  })

  it.each<[object, readonly string[]]>([
    [{ resources: ['*', 'pods'] }, [`resources: Invalid value: ["*","pods"]: if '*' is present, must not specify other resources without subresources`]], // prettier-ignore
    [{ resources: ['*/*', 'pods'] }, [`resources: Invalid value: ["*/*","pods"]: if '*/*' is present, must not specify other resources`]], // prettier-ignore
    [{ resources: ['pods/*', 'pods/log'] }, [`resources[1]: Invalid value: "pods/log": if 'pods/*' is present, must not specify pods/log`]], // prettier-ignore
    [{ resources: ['*/log', 'pods/log'] }, [`resources[1]: Invalid value: "pods/log": if '*/log' is present, must not specify pods/log`]], // prettier-ignore
    [{ resources: ['*', 'pods/log'] }, []],
    [{ operations: ['*', 'CREATE'] }, [`operations: Invalid value: ["*","CREATE"]: if '*' is present, must not specify other operations`]], // prettier-ignore
    [{ operations: ['LIST'] }, [`operations[0]: Unsupported value: "LIST": supported values: "*", "CONNECT", "CREATE", "DELETE", "UPDATE"`]], // prettier-ignore
    [{ apiVersions: [''] }, ['apiVersions[0]: Required value']],
    [{ scope: '' }, ['scope: Unsupported value: "": supported values: "*", "Cluster", "Namespaced"']],
  ])('for what %j says', (fields, expected) => {
    const webhooks = [{ ...sound, rules: [{ ...rule, ...fields }] }]
    expect(problems('mutatingwebhookconfigurations', { webhooks })).toEqual(expected.map((text) => `${at}.rules[0].${text}`)) // prettier-ignore
  })
})

describe('another server', () => {
  const service = { name: 's', namespace: 'n' }
  const spec = { group: 'x.y', version: 'v1', service, groupPriorityMinimum: 100, versionPriority: 10 }
  it.each<[string, object, readonly string[]]>([
    ['that is sound', {}, []],
    ['of a version with no name', { version: '1' }, ['spec.version: Invalid value: "1": a DNS-1035 label must']],
    ['of a group with no name', { group: 'X' }, ['spec.group: Invalid value: "X": a lowercase RFC 1123 subdomain must']], // prettier-ignore
    ['of too high a rank', { groupPriorityMinimum: 20_001 }, ['spec.groupPriorityMinimum: Invalid value: 20001: must be positive and less than 20000']], // prettier-ignore
    ['on no port', { service: { ...service, port: 0 } }, ['spec.service.port: Invalid value: 0: port is not valid: must be between 1 and 65535, inclusive']], // prettier-ignore
    ['trusted and not', { insecureSkipTLSVerify: true, caBundle: 'YQ==' }, ['spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present']], // prettier-ignore
    ['that is this one, and needs no trust', { service: undefined, insecureSkipTLSVerify: true, caBundle: 'YWI=' }, ['spec.caBundle: Invalid value: "2 bytes": local APIServices may not have a caBundle', 'spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify']], // prettier-ignore
  ])('%s', (_, fields, expected) => {
    const whole = { ...spec, ...fields }
    const found = problems('apiservices', { metadata: { name: `${whole.version}.${whole.group}` }, spec: whole })
    expect(found).toHaveLength(expected.length)
    expected.forEach((text, index) => expect(found[index]).toContain(text))
  })
})
