/**
 * What the recording has not: workloads other than Deployments, generators, certificates, and ways to wait, replace and set; by two unmodified
 * kubectl.
 */
import { expect, it } from 'vitest'
import { masked, speak } from './transcript.ts'

const PROGRAMS = [
  ['1.20', process.env['KUBECTL_1_20']],
  ['1.36', process.env['KUBECTL_1_36']],
] as const

/** A command, and what it says: all of it, or a part where versions differ in the rest; `since`: 1.20 does not know it. */
const STORY: readonly (readonly [command: string, says: string | RegExp, since?: '1.36'])[] = [
  ['kubectl apply -f workloads', /statefulset.apps\/db created$/m],
  ['kubectl rollout status ds/agent --timeout=10s', /^daemon set "agent" successfully rolled out$/m, '1.36'],
  ['kubectl rollout status sts/db --timeout=10s', /partitioned roll out complete: 2 new pods have been updated\.\.\.$/],
  ['sleep 0.5; kubectl get ds,sts,pdb', /^daemonset\.apps\/agent 1 1 1 1 1 <none> <age>\n\nNAME READY AGE\nstatefulset\.apps\/db 2\/2 <age>\n\nNAME MIN AVAILABLE MAX UNAVAILABLE ALLOWED DISRUPTIONS AGE\npoddisruptionbudget\.policy\/db N\/A 1 1 <age>$/m],
  ['kubectl get pods -l app=db -o name', 'pod/db-0\npod/db-1'],
  ['kubectl describe pdb db', /Allowed disruptions: 1\n Current: 2\n Desired: 1\n Total: 2/, '1.36'],
  ['kubectl scale sts db --replicas=1', 'statefulset.apps/db scaled'],
  ['kubectl wait --for=delete pod/db-1 --timeout=15s', /condition met$|^$|no matching resources found$/],
  ['kubectl rollout restart ds/agent', 'daemonset.apps/agent restarted'],
  ['kubectl rollout history ds/agent', 'daemonset.apps/agent\nREVISION CHANGE-CAUSE\n1 <none>\n2 <none>'],
  ['kubectl rollout undo ds/agent', /daemonset.apps\/agent rolled back$/],
  ['kubectl create job once --image=busybox -- true', 'job.batch/once created'],
  ['kubectl wait --for=condition=Complete job/once --timeout=10s', 'job.batch/once condition met'],
  ['kubectl get job once -o jsonpath={.status.succeeded}', '1'],
  ['kubectl describe job once | tail -3', /Normal SuccessfulCreate <\w+> job-controller Created pod: once-\w{5}\n +Normal Completed <\w+> job-controller Job completed/, '1.36'],
  ["kubectl create cronjob tick --image=busybox --schedule='*/5 * * * *' -- true", 'cronjob.batch/tick created', '1.36'],
  ['kubectl create job manual --from=cronjob/tick', 'job.batch/manual created', '1.36'],
  ["kubectl wait --for=jsonpath='{.status.succeeded}'=1 job/manual --timeout=10s", 'job.batch/manual condition met', '1.36'],
  ['kubectl create deployment web --image=nginx', 'deployment.apps/web created'],
  ['kubectl create service clusterip front --tcp=80:80', 'service/front created'],
  ['kubectl create service nodeport side --tcp=80:80', 'service/side created'],
  ['kubectl create service externalname far --external-name=example.com', 'service/far created'],
  ['kubectl create secret docker-registry reg --docker-server=x --docker-username=u --docker-password=p', 'secret/reg created'],
  ['kubectl create clusterrole look --verb=get --resource=nodes', 'clusterrole.rbac.authorization.k8s.io/look created'],
  ['kubectl create clusterrolebinding look --clusterrole=look --user=x', 'clusterrolebinding.rbac.authorization.k8s.io/look created'],
  ['kubectl create priorityclass high --value=10', 'priorityclass.scheduling.k8s.io/high created'],
  ['kubectl set env deploy/web A=b', 'deployment.apps/web env updated'],
  ['kubectl set resources deploy/web --requests=cpu=100m', 'deployment.apps/web resource requirements updated'],
  ['kubectl set serviceaccount deploy/web default', /deployment.apps\/web serviceaccount updated/],
  ['kubectl set selector svc front app=web', 'service/front selector updated'],
  ["kubectl get deploy web -o jsonpath='{.spec.template.spec.containers[0].env}'", /"name":"A"/],
  ["kubectl wait --for=jsonpath='{.status.readyReplicas}'=1 deploy/web --timeout=10s", 'deployment.apps/web condition met', '1.36'],
  ['kubectl wait --for=create pod/nosuch --timeout=1s', /timed out waiting for the condition/, '1.36'],
  ['kubectl get deploy web -o yaml > web.yaml; kubectl replace -f web.yaml', 'deployment.apps/web replaced'],
  ['kubectl replace --force -f web.yaml --timeout=15s', /^deployment.apps "web" deleted.*\ndeployment.apps\/web replaced$/],
  ["kubectl patch deploy web --subresource=scale --type=merge -p '{\"spec\":{\"replicas\":2}}'", 'scale.autoscaling/web patched', '1.36'],
  [`CSR=$(cat csr.b64); sed "s/REQUEST/$CSR/; s/NAME/bob/" csr.yaml | kubectl apply -f -; sed "s/REQUEST/$CSR/; s/NAME/eve/" csr.yaml | kubectl apply -f -`, /bob created\n.*eve created$/],
  ['kubectl certificate approve bob', 'certificatesigningrequest.certificates.k8s.io/bob approved'],
  ['kubectl certificate deny eve', 'certificatesigningrequest.certificates.k8s.io/eve denied'],
  ['kubectl get csr', 'NAME AGE SIGNERNAME REQUESTOR REQUESTEDDURATION CONDITION\nbob <age> example.com/own kubernetes-admin <none> Approved\neve <age> example.com/own kubernetes-admin <none> Denied'],
  ['kubectl get --raw /api/v1/namespaces/default/services/http:front:80/proxy/ | grep -c hello', '1'],
  ['kubectl get --raw /api/v1/namespaces/default/services/front:81/proxy/', 'Error from server (ServiceUnavailable): no service port 81 found for service "front"'],
  ['kubectl get --raw /api/v1/nodes/node-1/proxy/healthz', 'ok'],
  ["kubectl get csinodes node-1 --no-headers | cut -d' ' -f1", 'node1'],
  ['kubectl get --raw /.well-known/openid-configuration', /"jwks_uri":"https:\/\/[^"]+\/openid\/v1\/jwks"/],
  ['kubectl cluster-info dump | head -2', /"kind": "NodeList"/],
] // prettier-ignore

it.concurrent.each(PROGRAMS)(
  'kubectl %s has what people ask of it',
  async (version, program) => {
    if (!program) throw new Error(`kubectl ${version} is not named in the environment: npm test -- clients fetches it`)
    const told = STORY.filter(([, , since]) => since === undefined || since === version)
    const commands = told.map(([command]) => command)
    const spoken = await speak(program, commands, { speed: 4 })
    const said = spoken.map(({ command, output }) => [command, masked(output)])
    const expected = told.map(([command, says]) => [command, typeof says === 'string' ? says : expect.stringMatching(says)]) // prettier-ignore
    expect(said).toEqual(expected)
  },
  120_000,
)
