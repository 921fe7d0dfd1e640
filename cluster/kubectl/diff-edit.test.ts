import { describe, expect, it } from 'vitest'
import { Plane } from '../kube-controller-manager/control-plane.test-world.ts'
import type { KubectlState } from './kubectl.ts'

const CM = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: conf }\ndata: { a: "1", b: "2" }\n'
const SECRET = 'apiVersion: v1\nkind: Secret\nmetadata: { name: sec }\ndata: { key: YQ== }\n'

const plane = (): ((line: string, stdin?: string) => string) => {
  const world = new Plane().seconds(1)
  return (line, stdin) => world.kubectl(line, stdin)
}

describe('kubectl diff', () => {
  it('shows what apply would change, and changes nothing', () => {
    const says = plane()
    const created = says('kubectl diff -f -', CM)
    expect(created).toMatch(/^diff -u -N \/tmp\/LIVE-\d+\/v1.ConfigMap.default.conf \/tmp\/MERGED-\d+\/v1.ConfigMap.default.conf\n--- .*\n\+\+\+ .*\n@@ -0,0 \+1,\d+ @@\n\+apiVersion: v1\n\+data:\n\+ {2}a: "1"\n/) // prettier-ignore
    expect(created).toMatch(/\n\[exit 1\]\n$/)
    says('kubectl apply -f -', CM)
    expect(says('kubectl diff -f -', CM)).toBe('')
    const changed = says('kubectl diff -f -', CM.replace('a: "1", ', '').replace('2', '3'))
    expect(changed.split('\n').slice(3, 9)).toEqual(['@@ -1,7 +1,6 @@', ' apiVersion: v1', ' data:', '-  a: "1"', '-  b: "2"', '+  b: "3"']) // prettier-ignore
    expect(says('kubectl get cm conf -o jsonpath={.data}')).toBe('{"a":"1","b":"2"}')
  })

  it('keeps what is secret, and says what the server refuses', () => {
    const says = plane()
    expect(says('kubectl diff -f -', SECRET)).toContain("+data:\n+  key: '***'\n")
    expect(says('kubectl diff -f -', CM.replace('conf', 'Conf'))).toMatch(/is invalid: [^]*\[exit 1\]\n$/)
  })
})

describe('kubectl edit', () => {
  it('sends what the editor changed', () => {
    const says = plane()
    says('kubectl apply -f -', CM)
    const edit = (script: string, of = 'cm/conf') => says(`KUBE_EDITOR="sed -i '${script}'" kubectl edit ${of}`)
    expect(edit('s/1/2/', 'cm')).toMatch(/^error: here one object is edited at a time/)
    expect(edit('s/a: .1./a: seven/')).toBe('configmap/conf edited\n')
    expect(says('kubectl get cm conf -o jsonpath={.data.a}')).toBe('seven')
    expect(edit('s/nowhere/there/')).toBe('Edit cancelled, no changes made.\n')
    expect(edit('s/.*//')).toBe('Edit cancelled, saved file was empty.\n')
    expect(edit('d')).toMatch(/^sed: -e expression #1: unknown command: "d"/)
    expect(says('KUBE_EDITOR=vi kubectl edit cm/conf')).toMatch(
      /^error: there is no editor "vi" here: use KUBE_EDITOR=/,
    )
  })

  it('without an editor hands over a file that replace takes', () => {
    const world = new Plane().seconds(1)
    world.kubectl('kubectl apply -f -', CM)
    expect(world.kubectl('kubectl edit cm conf')).toMatch(/^configmap\/conf is now the file configmap-conf.yaml: /)
    const state = world.world.stateOf<KubectlState>('laptop/kubectl')
    const { opens } = [...state.transcript.values()].at(-1)!
    expect(opens!.name).toBe('configmap-conf.yaml')
    expect(world.kubectl('kubectl replace -f -', opens!.text.replace('"1"', '"9"'))).toBe('configmap/conf replaced\n')
    expect(world.kubectl('kubectl get cm conf -o jsonpath={.data.a}')).toBe('9')
  })
})
