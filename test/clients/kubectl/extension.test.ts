/**
 * What extends the API, by two unmodified kubectl: a definition of custom resources and its objects, metrics behind an APIService, and
 * a webhook in a Pod.
 */
import { describe, expect, it } from 'vitest'
import { masked, speak } from './transcript.ts'

const PROGRAMS = [
  ['1.20', process.env['KUBECTL_1_20']],
  ['1.36', process.env['KUBECTL_1_36']],
] as const

/** A command, and what it says: all of it, or a part where versions differ in the rest. */
const STORY: readonly (readonly [command: string, says: string | RegExp])[] = [
  ['kubectl apply -f webhook/webhook.yaml', /labels created/],
  ['kubectl run hot --image=burn', 'pod/hot created'],
  [
    'kubectl apply -f crontab/crd.yaml',
    'customresourcedefinition.apiextensions.k8s.io/crontabs.stable.example.com created',
  ],
  ['kubectl wait --for=condition=Established crd/crontabs.stable.example.com --timeout=5s', /condition met/],
  ['kubectl explain crontab.spec.cronSpec', /When it runs\./],
  ['kubectl apply -f crontab/tab.yaml', 'crontab.stable.example.com/nightly created'],
  ['kubectl apply -f crontab/typo.yaml', /unknown field "(?:spec\.)?cronspec"/],
  ['kubectl get ct', 'NAME SPEC REPLICAS\nnightly * * * * */5 1'],
  ['kubectl scale ct nightly --replicas=3', 'crontab.stable.example.com/nightly scaled'],
  ['sed s/5/6/ crontab/tab.yaml | kubectl apply -f -', 'crontab.stable.example.com/nightly configured'],
  [`kubectl patch ct nightly --type=merge -p '{"spec":{"replicas":0}}'`, 'The CronTab "nightly" is invalid: spec.replicas: Invalid value: 0: spec.replicas in body should be greater than or equal to 1'], // prettier-ignore
  [`kubectl patch ct nightly --type=merge -p '{"spec":{"replicas":6}}'`, 'The CronTab "nightly" is invalid: spec: Invalid value: "object": at most 5 replicas, not 6'], // prettier-ignore
  ['kubectl describe ct nightly', /Cron Spec: \* \* \* \* \*\/6\n {2}?Replicas: 3|Cron Spec: \* \* \* \* \*\/6/],
  [
    'kubectl delete -f crontab/crd.yaml',
    /customresourcedefinition.apiextensions.k8s.io "crontabs.stable.example.com" deleted/,
  ],
  ['kubectl get ct', /the server could not find the requested resource/],
  ['kubectl apply -f policy/policy.yaml', /few-everywhere.example.com created/],
  ['sleep 0.2; kubectl apply -f policy/many.yaml', `The deployments "many" is invalid: : ValidatingAdmissionPolicy 'few.example.com' with binding 'few-everywhere.example.com' denied request: failed expression: object.spec.replicas <= 5`], // prettier-ignore
  ['kubectl apply -f policy/wrong.yaml', `The ValidatingAdmissionPolicy "wrong.example.com" is invalid: spec.validations[0].expression: Invalid value: "object.spec.hostNetwork != tru": compilation failed: ERROR: <input>:1:28: undeclared reference to 'tru' (in container '')\n | object.spec.hostNetwork != tru\n | ...........................^`], // prettier-ignore
  ['kubectl get validatingadmissionpolicy few.example.com', /^few.example.com 1 \S+ /m],
  ['kubectl delete -f policy/policy.yaml', /deleted/],
  ['kubectl wait --for=condition=Available apiservice/v1beta1.metrics.k8s.io --timeout=15s', /condition met/],
  ['sleep 4; kubectl top nodes', /^node1 \S+ 2\d% 200Mi \d+%$/m],
  ['kubectl top pods', /^hot \S+ \d+Mi$/m],
  [
    'kubectl create configmap a',
    /admission webhook "labels.example.com" denied the request: you must provide labels: owner$/,
  ],
  ['kubectl delete pod labels --wait=false', /deleted/],
  [
    'sleep 2; kubectl create configmap a',
    /failed calling webhook "labels.example.com": failed to call webhook: Post "https:\/\/labels.default.svc:443\/review\?timeout=<age>": dial tcp <ip>:443: connect: connection refused/,
  ],
  ['kubectl delete -f webhook/webhook.yaml --ignore-not-found', /deleted/],
  ['kubectl create configmap a', 'configmap/a created'],
  ['kubectl delete apiservice v1beta1.metrics.k8s.io', /deleted/],
  ['kubectl top nodes', /Metrics API not available/],
]

describe.each(PROGRAMS)('kubectl %s', (version, program) => {
  it('sees what extends the API as if it were built in', async () => {
    if (!program) throw new Error(`kubectl ${version} is not named in the environment: npm test -- clients fetches it`)
    const spoken = await speak(
      program,
      STORY.map(([command]) => command),
      { speed: 8 },
    )
    spoken.forEach(({ command, output }, i) => {
      const [, says] = STORY[i]!
      if (typeof says === 'string') expect([command, masked(output)]).toEqual([command, says])
      else expect([command, masked(output)]).toEqual([command, expect.stringMatching(says)])
    })
  }, 120_000)
})
