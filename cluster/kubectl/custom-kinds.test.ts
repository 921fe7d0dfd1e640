/** Kinds that a definition has brought into the cluster: every command takes them as it takes the built-in ones. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Plane } from '../kube-controller-manager/control-plane.test-world.ts'

const FILES = join(import.meta.dirname, '../../test/clients/kubectl/files/crontab')
const CRD = readFileSync(join(FILES, 'crd.yaml'), 'utf8')
const TAB = readFileSync(join(FILES, 'tab.yaml'), 'utf8')

it('are learnt from the server: got, described, changed and deleted', () => {
  const plane = new Plane().seconds(1)
  const says = (line: string, stdin?: string): string => plane.kubectl(`kubectl ${line}`, stdin)
  expect(says('get crontabs')).toBe('error: the server doesn\'t have a resource type "crontabs"\n[exit 1]\n')
  expect(says('apply -f -', TAB)).toMatch(/no matches for kind "CronTab" in version "stable.example.com\/v1"/)
  expect(says('apply -f -', CRD)).toMatch(/crontabs.stable.example.com created/)
  plane.seconds(2)
  expect(says('get ct')).toBe('No resources found in default namespace.\n')
  expect(says('apply -f -', TAB)).toBe('crontab.stable.example.com/nightly created\n')
  expect(says('apply -f -', TAB)).toBe('crontab.stable.example.com/nightly unchanged\n')
  expect(says('apply -f -', TAB.replace('/5', '/6'))).toBe('crontab.stable.example.com/nightly configured\n')
  const table = 'NAME      SPEC          REPLICAS\nnightly   * * * * */6   1\n'
  for (const typed of ['ct', 'crontab', 'CronTabs', 'crontabs.stable', 'crontabs.v1.stable.example.com'])
    expect([typed, says(`get ${typed}`)]).toEqual([typed, table])
  expect(says('get crontab/nightly -o name')).toBe('crontab.stable.example.com/nightly\n')
  expect(says('get all')).toBe(`NAME                 TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE
service/kubernetes   ClusterIP   10.96.0.1    <none>        443/TCP   3s

NAME                                 SPEC          REPLICAS
crontab.stable.example.com/nightly   * * * * */6   1
`)
  expect(says('get ct nightly -o jsonpath={.spec.replicas}')).toBe('1')
  expect(says('scale ct nightly --replicas=3')).toBe('crontab.stable.example.com/nightly scaled\n')
  expect(says('label ct nightly tier=night')).toBe('crontab.stable.example.com/nightly labeled\n')
  expect(says('get ct -L tier --sort-by=.metadata.name')).toContain('nightly   * * * * */6   3          night\n')
  expect(says(`patch ct nightly -p '{"spec":{"replicas":2}}'`)).toMatch(
    /^error: application\/strategic-merge-patch\+json is not supported by stable.example.com\/v1, Kind=CronTab: /,
  )
  expect(says(`patch ct nightly --type=merge -p '{"spec":{"replicas":2}}'`)).toMatch(/nightly patched/)
  const described = says('describe ct nightly')
  expect(described).toMatch(/^Name: {9}nightly\nNamespace: {4}default\nLabels: {7}tier=night\nAnnotations: {2}<none>\nAPI Version: {2}stable.example.com\/v1\nKind: {9}CronTab\nMetadata:\n {2}Creation Timestamp: {2}\S+\n {2}Generation: {10}4\n/) // prettier-ignore
  expect(described).toMatch(/\nSpec:\n {2}Cron Spec: {2}\* \* \* \* \*\/6\n {2}Replicas: {3}2\nEvents: {7}<none>\n$/)
  expect(says('delete ct nightly')).toMatch(/^crontab.stable.example.com "nightly" deleted from default namespace\n/)
  expect(says('get ct nightly')).toMatch(
    /^Error from server \(NotFound\): crontabs.stable.example.com "nightly" not found/,
  )
})
