/** Long lines, as Go's YAML library breaks them. */
import { expect, it } from 'vitest'
import { formatYaml, parseYaml } from './yaml.ts'

const LONG =
  'the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)'
const QUOTED =
  'MountVolume.SetUp failed for volume "kube-api-access-x" : failed to sync configmap cache: timed out waiting'
const COMMAND =
  'mkdir -p /www; echo hello > /www/index.html; httpd -p 8080 -h /www; while true; do echo tick; sleep 1; done'

it('a line goes on below at the first blank after eighty characters, further in than its key or its dash', () => {
  expect(formatYaml({ conditions: [{ message: LONG, z: 1 }], message: QUOTED, command: [COMMAND] })).toBe(`command:
- mkdir -p /www; echo hello > /www/index.html; httpd -p 8080 -h /www; while true;
  do echo tick; sleep 1; done
conditions:
- message: the HPA was able to successfully calculate a replica count from cpu resource
    utilization (percentage of request)
  z: 1
message: 'MountVolume.SetUp failed for volume "kube-api-access-x" : failed to sync
  configmap cache: timed out waiting'
`)
})

it.each([[LONG], [QUOTED], [COMMAND], [`${LONG}\n${LONG}\n`], [`x: ${LONG}`], ['a'.repeat(200)], [`- ${LONG}`]])(
  '%j is read back as it was',
  (text) => {
    const value = { a: [{ b: text, list: [text] }], [text.slice(0, 30)]: text }
    expect(parseYaml(formatYaml(value))).toEqual(value)
  },
)
