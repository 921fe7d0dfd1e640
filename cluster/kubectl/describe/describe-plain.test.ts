/** What is told of kinds that run nothing, and what belongs to a Namespace. */
import { expect, it } from 'vitest'
import { Plane } from '#cluster/kube-controller-manager/control-plane.test-world.ts'

const LONG = `${'word '.repeat(40)}end`
const OBJECTS = `
apiVersion: v1
kind: ConfigMap
metadata: { name: conf, annotations: { note: "${LONG}", short: a } }
data: { b: "2", a: "1" }
---
apiVersion: v1
kind: Secret
metadata: { name: sec }
data: { key: aGVsbG8= }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: r }
rules:
  - { apiGroups: [apps], resources: [deployments/scale], verbs: [get] }
  - { apiGroups: [apps], resources: [deployments/scale], verbs: [list] }
---
apiVersion: v1
kind: ResourceQuota
metadata: { name: q }
spec: { hard: { pods: "5" } }
---
apiVersion: v1
kind: LimitRange
metadata: { name: l }
spec: { limits: [{ type: Container, max: { cpu: "1" } }] }
`

it('data, what is secret by its size alone, rules by what they are about, and what bounds a Namespace', () => {
  const plane = new Plane({ nodes: 0, enabled: ['resourcequota'] }).seconds(2)
  plane.kubectl('kubectl apply -f -', OBJECTS)
  plane.seconds(5)
  const says = (what: string): string => plane.kubectl(`kubectl describe ${what}`)
  expect(says('cm conf')).toContain(`Annotations:  note:\n                ${LONG.slice(0, 138)}...\n              short: a\n\nData\n====\na:\n----\n1\n\nb:\n----\n2\n\n\nBinaryData\n====\n\nEvents:  <none>\n`) // prettier-ignore
  expect(says('secret sec')).toMatch(/\nType: {2}Opaque\n\nData\n====\nkey: {2}5 bytes\n$/)
  expect(says('role r')).toMatch(/PolicyRule:\n.*\n.*\n {2}deployments\.apps\/scale +\[\] +\[\] +\[get list\]\n$/)
  const namespace = says('ns default')
  expect(namespace).toMatch(/\nResource Quotas\n {2}Name: +q\n {2}Resource +Used +Hard\n.*\n {2}pods +0 +5\n/)
  expect(namespace).toMatch(/\nResource Limits\n.*\n.*\n Container +cpu +- +1 +1 +1 +-\n$/)
})
