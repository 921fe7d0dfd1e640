import { describe, expect, it } from 'vitest'
import { build } from './build.ts'

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: main, image: nginx, envFrom: [{ configMapRef: { name: settings } }] }] }
`
const made = (kustomization: string, more: Readonly<Record<string, string>> = {}): any[] => [
  ...build({ 'web.yaml': WEB, 'kustomization.yaml': kustomization, ...more }, '').objects,
]

describe('a kustomization', () => {
  it('gives a generated object a name that tells its content, and those who name it that name', () => {
    const generator = (literal: string) =>
      made(`{ resources: [web.yaml], configMapGenerator: [{ name: settings, literals: ['${literal}'] }] }`)
    const [first, second] = [generator('a=1'), generator('a=2')]
    for (const [settings, web] of [first, second])
      expect(web.spec.template.spec.containers[0].envFrom[0].configMapRef.name).toBe(settings.metadata.name)
    expect(first[0].metadata.name).toMatch(/^settings-[2456789bcdfghkmt]{10}$/)
    expect(second[0].metadata.name).not.toBe(first[0].metadata.name)
  })

  it('changes nothing in the files that it was given', () => {
    const kustomization = 'resources: [web.yaml]\nnamePrefix: a-\nreplicas: [{ name: web, count: 3 }]\n'
    expect(made(kustomization)).toEqual(made(kustomization))
    expect(made('resources: [web.yaml]\n')[0].metadata.name).toBe('web')
  })

  it('is built upon by another, which may name objects as they were', () => {
    const over = { 'over/kustomization.yaml': 'resources: [..]\nnameSuffix: -b\nreplicas: [{ name: web, count: 2 }]\n' }
    const files = { 'web.yaml': WEB, 'kustomization.yaml': 'resources: [web.yaml]\nnamePrefix: a-\n', ...over }
    const [web] = build(files, 'over').objects as any[]
    expect([web.metadata.name, web.spec.replicas]).toEqual(['a-web-b', 2])
  })

  it('warns of fields of former days', () => {
    const { warnings } = build({ 'web.yaml': WEB, 'kustomization.yaml': '{ bases: [], commonLabels: { a: b } }' }, '')
    expect(warnings.map((text) => /'(\w+)'/.exec(text)![1])).toEqual(['bases', 'commonLabels'])
  })

  it.each([
    ['what it does not know', 'frobnicate: 1', 'error: invalid Kustomization: json: unknown field "frobnicate"'],
    ['what is left out here', 'components: [a]', 'error: kustomization.yaml: components is not simulated here; with a kubectl of your own it works: npx clusterwright up'], // prettier-ignore
    ['nothing', '', 'error: kustomization.yaml is empty'],
    ['what leads out', 'resources: [../../x]', 'error: the path "../../x" leads out of the files that are here'],
    ['a patch of nobody', 'patches: [{ patch: "{kind: Pod, apiVersion: v1, metadata: {name: p}}" }]', 'error: no resource matches strategic merge patch "Pod.v1.[noGrp]/p.[noNs]": no matches for Id Pod.v1.[noGrp]/p.[noNs]; failed to find unique target for patch Pod.v1.[noGrp]/p.[noNs]'], // prettier-ignore
    ['a patch that does not apply', 'resources: [web.yaml]\npatches: [{ target: { kind: Deployment }, patch: "[{op: remove, path: /nothing/there}]" }]', /^error: Deployment\/web: /], // prettier-ignore
    ['another type', 'resources: 5', 'error: invalid Kustomization: json: cannot unmarshal number into Go struct field Kustomization.resources of type array'], // prettier-ignore
    ['another type within', 'resources: [5]', /^error: invalid Kustomization: /],
    ['no pattern', 'resources: [web.yaml]\npatches: [{ target: { kind: "(" }, patch: "[]" }]', /^error: /],
  ])('refuses %s', (_, kustomization, message) => {
    expect(() => made(kustomization)).toThrow(message)
  })
})
