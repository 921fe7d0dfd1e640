/** One thing of objects that there are: set, listed, taken away; and that nothing else changes. */
import { expect, it } from 'vitest'
import { Plane } from '#cluster/kube-controller-manager/control-plane.test-world.ts'

const OBJECTS = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app: web } }
spec:
  replicas: 0
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: c, image: one, env: [{ name: KEPT, value: "1" }] }, { name: d, image: one }] }
---
apiVersion: v1
kind: Pod
metadata: { name: alone }
spec: { containers: [{ name: c, image: one }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: old, tier: x }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: conf }
data: { log.level: debug, plain: "1" }
`

function told(): (line: string) => string {
  const plane = new Plane({ nodes: 0 }).seconds(1)
  plane.kubectl('kubectl apply -f -', OBJECTS)
  return (line) => plane.kubectl(line)
}

const CONTAINERS = 'kubectl get deploy web -o jsonpath={.spec.template.spec.containers'

it('an image, of one container or of all, of a template or of a Pod', () => {
  const says = told()
  expect(says('kubectl set image deploy/web c=two')).toBe('deployment.apps/web image updated\n')
  expect(says(`${CONTAINERS}[*].image}`)).toBe('two one')
  expect(says('kubectl set image deploy -l app=web *=three')).toBe('deployment.apps/web image updated\n')
  expect(says(`${CONTAINERS}[*].image}`)).toBe('three three')
  expect(says('kubectl set image pod/alone c=two')).toBe('pod/alone image updated\n')
  expect(says('kubectl set image deploy/web c=four --dry-run=client')).toBe(
    'deployment.apps/web image updated (dry run)\n',
  )
  expect(says('kubectl set image deploy/web c=four --dry-run=server')).toBe('deployment.apps/web image updated (server dry run)\n') // prettier-ignore
  expect(says(`${CONTAINERS}[0].image}`)).toBe('three')
  expect(says('kubectl set image deploy/web e=x')).toBe('error: unable to find container named "e"\n[exit 1]\n')
})

it('variables are given, taken from a ConfigMap, listed and taken away', () => {
  const says = told()
  expect(says('kubectl set env deploy/web -c c A=1 B=2')).toBe('deployment.apps/web env updated\n')
  expect(says('kubectl set env deploy/web --from=configmap/conf --prefix=X_ -c c')).toContain('Warning: key log.level transferred to LOG_LEVEL\n') // prettier-ignore
  expect(says(`${CONTAINERS}[0].env[*].name}`)).toBe('KEPT A B X_LOG_LEVEL X_PLAIN')
  expect(says('kubectl set env deploy/web A-')).toContain('env updated')
  expect(says('kubectl set env deploy/web --list').split('\n').toSorted()).toEqual(
    ['', '# Deployment web, container c', '# Deployment web, container d', '# X_LOG_LEVEL from configmap conf, key log.level', '# X_PLAIN from configmap conf, key plain', 'B=2', 'KEPT=1'].toSorted(), // prettier-ignore
  )
})

it('resources, a service account, a selector, subjects', () => {
  const says = told()
  says('kubectl set resources deploy/web -c=c --limits=cpu=200m,memory=1Gi --requests=cpu=10m')
  expect(says(`${CONTAINERS}[0].resources}`)).toBe('{"limits":{"cpu":"200m","memory":"1Gi"},"requests":{"cpu":"10m"}}')
  expect(says('kubectl set serviceaccount deploy/web robot')).toBe('deployment.apps/web serviceaccount updated\n')
  expect(says('kubectl get deploy web -o jsonpath={.spec.template.spec.serviceAccountName}')).toBe('robot')
  expect(says('kubectl set selector svc web app=new')).toBe('service/web selector updated\n')
  expect(says('kubectl get svc web -o jsonpath={.spec.selector}')).toBe('{"app":"new"}')
  says('kubectl create clusterrolebinding b --clusterrole=view --user=u1')
  expect(says('kubectl set subject clusterrolebinding b --user=u2,u1 --serviceaccount=ns:robot')).toContain(
    'subjects updated',
  )
  expect(says('kubectl get clusterrolebinding b -o jsonpath={.subjects[*].name}')).toBe('u1 u2 robot')
  expect(says('kubectl set nonsense deploy/web')).toContain('error: unknown command "nonsense" for "kubectl set"')
})
