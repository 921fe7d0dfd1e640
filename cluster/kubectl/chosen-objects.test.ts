/** Which objects a line is about: those of a selector, of a file, or all; and what is only tried. */
import { expect, it } from 'vitest'
import { Plane } from '#cluster/kube-controller-manager/control-plane.test-world.ts'

const TWO = ['a', 'b'].map((name) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, labels: { x: ${name} } }\ndata: { k: "<1>" }\n`).join('---\n') // prettier-ignore

function told(nodes = 0): (line: string, stdin?: string) => string {
  const plane = new Plane({ nodes }).seconds(5)
  plane.kubectl('kubectl apply -f -', TWO)
  return (line, stdin) => plane.kubectl(line, stdin)
}

it('labels go to those of a selector, of a file or to all, are listed, and are tried', () => {
  const says = told()
  expect(says('kubectl label cm -l x=a y=1')).toBe('configmap/a labeled\n')
  expect(says('kubectl label -f - z=1 --dry-run=client', TWO)).toBe('configmap/a labeled (dry run)\nconfigmap/b labeled (dry run)\n') // prettier-ignore
  expect(says('kubectl label cm --all y=2 --overwrite')).toContain('configmap/a labeled\nconfigmap/b labeled\n')
  expect(says('kubectl label cm b --list')).toBe('x=b\ny=2\n')
  expect(says('kubectl label cm -l x --list')).toContain('Listing labels for ConfigMap./b:\n x=b\n y=2\n')
  expect(says('kubectl annotate cm -l x=a n=1 --resource-version=1')).toContain('Conflict')
  expect(says('kubectl annotate cm -l x n=1 --resource-version=1')).toBe('error: --resource-version may only be used with a single resource\n[exit 1]\n') // prettier-ignore
})

it('what is deleted may only be tried', () => {
  const says = told()
  expect(says('kubectl delete cm a --dry-run=server')).toBe('configmap "a" deleted from default namespace (server dry run)\n') // prettier-ignore
  expect(says('kubectl delete cm a --dry-run=client')).toBe('configmap "a" deleted from default namespace (dry run)\n')
  expect(says('kubectl get cm -o name -l x')).toBe('configmap/a\nconfigmap/b\n')
})

it('what is applied may only be tried, is shown, and what was applied last is remembered', () => {
  const says = told()
  const changed = TWO.replace('<1>', '2')
  expect(says('kubectl apply -f - --dry-run=client', changed)).toBe('configmap/a configured (dry run)\nconfigmap/b unchanged (dry run)\n') // prettier-ignore
  expect(says('kubectl get cm a -o jsonpath={.data.k}')).toBe('<1>')
  expect(says('kubectl apply -f - -o name', TWO)).toBe('configmap/a\nconfigmap/b\n')
  expect(says('kubectl apply view-last-applied cm/a -o json')).toContain('"k": "\\u003c1\\u003e"')
})

it('objects are got by a file, by a subresource and through a template, and what a selector finds not is said', () => {
  const says = told()
  expect(says('kubectl get -f - -o name', TWO)).toBe('configmap/a\nconfigmap/b\n')
  expect(says("kubectl get cm -l x -o go-template='{{range .items}}{{.metadata.name}} {{end}}'")).toBe('a b ')
  says('kubectl create deploy web --image=web --replicas=0')
  expect(says('kubectl get deploy web --subresource=scale -o jsonpath={.kind}')).toBe('Scale')
  expect(says('kubectl get pods --field-selector=spec.foo=1')).toContain('Unable to find "/v1, Resource=pods" that match label selector "", field selector "spec.foo=1": ') // prettier-ignore
  expect(says('kubectl get --raw /nosuch')).toBe('Error from server (NotFound): the server could not find the requested resource\n[exit 1]\n') // prettier-ignore
})

it('of a node go only the Pods that are meant', () => {
  const says = told(1)
  for (const name of ['one', 'two']) says(`kubectl run ${name} --image=web --labels=x=${name}`)
  expect(says('kubectl drain node-1 --force --pod-selector=x=one --dry-run=client')).toContain('evicting pod default/one (dry run)\nnode/node-1 drained (dry run)\n') // prettier-ignore
  const drained = says('kubectl drain node-1 --force --pod-selector=x=one --disable-eviction --grace-period=0')
  expect(drained).toContain('pod/one deleted\nnode/node-1 drained\n')
  expect(says('kubectl get pods -o name')).toBe('pod/two\n')
  expect(says('kubectl taint node --all a=b:NoSchedule --overwrite')).toBe('node/node-1 modified\n')
})

it('what is replaced by force goes first', () => {
  const says = told()
  const before = says('kubectl get cm a -o jsonpath={.metadata.uid}')
  expect(says('kubectl replace --force -f -', TWO)).toBe('configmap "a" deleted from default namespace\nconfigmap "b" deleted from default namespace\nconfigmap/a replaced\nconfigmap/b replaced\n') // prettier-ignore
  expect(says('kubectl get cm a -o jsonpath={.metadata.uid}')).not.toBe(before)
})
