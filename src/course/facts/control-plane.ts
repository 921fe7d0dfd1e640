/** Then and now: the whole, and the control plane up to the scheduler (H1 to H6). In both languages. */
import { docs, type Fact, gate, k8s, kep } from './fact.ts'

const checked = '2026-11-26'

export const controlPlaneFacts: readonly Fact[] = [
  {
    id: 1,
    claims: [12, 13],
    verdict: 'WRONG',
    lessons: ['control-plane-overview'],
    en: {
      said: 'one control-plane node was said to be active, the others only kept in step.',
      holds:
        'every API server works at the same time. Scheduler, controller manager and cloud controller manager each choose one copy through a Lease, perhaps on different nodes; etcd has a leader of its own.',
    },
    es: {
      said: 'se decía que un nodo del plano de control estaba activo y que los demás solo se mantenían sincronizados.',
      holds:
        'todos los servidores de API trabajan a la vez. El planificador y los gestores de controladores eligen cada uno una copia con un Lease, quizá en nodos distintos; etcd tiene su propio líder.',
    },
    sources: [
      docs('concepts/architecture/leases'),
      docs('setup/production-environment/tools/kubeadm/ha-topology'),
      'https://etcd.io/docs/v3.6/faq/',
    ],
    verifiedOn: checked,
  },
  {
    id: 2,
    claims: [11],
    verdict: 'IMPRECISE',
    lessons: ['control-plane-overview'],
    en: {
      said: 'losing the control plane was said to interrupt service to clients.',
      holds:
        'as ever, running Pods, rules on the nodes and DNS go on serving. What stops is placing, healing, scaling, endpoint updates and `kubectl`.',
    },
    es: {
      said: 'se decía que perder el plano de control interrumpe el servicio a los clientes.',
      holds:
        'como siempre, los Pods en marcha, las reglas de los nodos y el DNS siguen sirviendo. Lo que se detiene es colocar, reparar, escalar, actualizar endpoints y `kubectl`.',
    },
    sources: [docs('tasks/debug/debug-cluster'), 'cluster/scenarios/lights-out.txt'],
    verifiedOn: checked,
  },
  {
    id: 3,
    claims: [15, 78],
    verdict: 'IMPRECISE',
    lessons: ['control-plane-overview'],
    en: {
      said: 'the store was said to hold no data of client workloads.',
      holds:
        'as ever, no application’s traffic or database is there. But ConfigMaps, Secrets, custom resources and Events are, and Secrets lie there unencrypted unless encryption at rest is set up.',
    },
    es: {
      said: 'se decía que el almacén no contiene datos de las cargas de trabajo.',
      holds:
        'como siempre, ni el tráfico ni la base de datos de una aplicación están ahí. Pero sí los ConfigMaps, Secrets, recursos propios y Events, y los Secrets sin cifrar si no se configura el cifrado en reposo.',
    },
    sources: [docs('concepts/configuration/secret'), docs('tasks/administer-cluster/configure-upgrade-etcd')],
    verifiedOn: checked,
  },
  {
    id: 5,
    claims: [16, 69],
    verdict: 'IMPRECISE',
    lessons: ['control-plane-overview', 'key-value-store'],
    en: {
      said: 'an external store was said to lower the chance of losing it.',
      holds:
        'more exactly: it separates failures. Losing a control-plane node then costs no member, at the price of three more machines. With stacked etcd as kubeadm sets it up, one lost host takes an API server and a member.',
    },
    es: {
      said: 'se decía que un almacén externo reduce la probabilidad de perderlo.',
      holds:
        'más exactamente: separa los fallos. Perder un nodo del plano de control no cuesta entonces ningún miembro, al precio de tres máquinas más. Con la topología apilada de kubeadm, un host perdido se lleva un servidor de API y un miembro.',
    },
    sources: [docs('setup/production-environment/tools/kubeadm/ha-topology')],
    verifiedOn: checked,
  },
  {
    id: 6,
    claims: [32],
    verdict: 'WRONG',
    lessons: ['scheduler'],
    en: {
      said: 'the scheduler was said to learn how much of each worker is in use.',
      holds:
        'as ever, it counts declared requests against `status.allocatable`. Live usage matters later, to the kubelet, when a node runs out.',
    },
    es: {
      said: 'se decía que el planificador sabe cuánto se usa de cada nodo de trabajo.',
      holds:
        'como siempre, suma las peticiones declaradas y las compara con `status.allocatable`. El uso real importa después, al kubelet, cuando a un nodo le falta algo.',
    },
    sources: [
      k8s('pkg/scheduler/framework/plugins/noderesources/fit.go'),
      docs('concepts/scheduling-eviction/node-pressure-eviction'),
    ],
    verifiedOn: checked,
  },
  {
    id: 7,
    claims: [41, 42, 44],
    verdict: 'OUTDATED',
    lessons: ['scheduler'],
    en: {
      said: 'the two halves were called *predicates* and *priorities*, set by a *policy* file.',
      holds: 'they are plugins at extension points, arranged in profiles. The policy file and its flags left in v1.23.',
    },
    es: {
      said: 'las dos mitades se llamaban *predicates* y *priorities*, y las fijaba un archivo de *policy*.',
      holds:
        'son plugins en puntos de extensión, ordenados en perfiles. El archivo de políticas y sus opciones se fueron en v1.23.',
    },
    sources: [docs('reference/scheduling/policies'), docs('concepts/scheduling-eviction/kube-scheduler')],
    verifiedOn: checked,
  },
  {
    id: 8,
    claims: [35],
    verdict: 'IMPRECISE',
    lessons: ['scheduler'],
    en: {
      said: 'the scheduler was said to take quality of service into account.',
      holds:
        'as ever, the class counts on the node: by it the kubelet tells the kernel whom to kill first when memory runs out.',
    },
    es: {
      said: 'se decía que el planificador tiene en cuenta la calidad de servicio.',
      holds:
        'como siempre, la clase cuenta en el nodo: con ella el kubelet le dice al núcleo a quién terminar primero cuando falta memoria.',
    },
    sources: [docs('concepts/scheduling-eviction/node-pressure-eviction')],
    verifiedOn: checked,
  },
  {
    id: 9,
    claims: [43],
    verdict: 'IMPRECISE',
    lessons: ['scheduler'],
    en: {
      said: 'the API server was said to pass the Pod on to other agents of the control plane.',
      holds:
        'as ever, it passes nothing on: the kubelet, an agent of the *node*, watches for Pods that bear its node’s name.',
    },
    es: {
      said: 'se decía que el servidor de API pasa el Pod a otros agentes del plano de control.',
      holds:
        'como siempre, no pasa nada a nadie: el kubelet, un agente del *nodo*, observa los Pods que llevan el nombre de su nodo.',
    },
    sources: [k8s('pkg/kubelet/config/apiserver.go'), docs('concepts/scheduling-eviction/kube-scheduler')],
    verifiedOn: checked,
  },
  {
    id: 10,
    claims: [42, 133],
    verdict: 'IMPRECISE',
    lessons: ['scheduler'],
    en: {
      said: 'it read as if one node alone met every demand.',
      holds:
        'as ever, many may meet them; the highest sum is taken, ties are broken by chance, and in big clusters only a sample is looked at.',
    },
    es: {
      said: 'parecía que un solo nodo cumple todo lo que se pide.',
      holds:
        'como siempre, pueden cumplirlo muchos; gana la suma más alta, los empates los decide el azar, y en clústeres grandes solo se mira una muestra.',
    },
    sources: [
      docs('concepts/scheduling-eviction/kube-scheduler'),
      docs('concepts/scheduling-eviction/scheduler-perf-tuning'),
    ],
    verifiedOn: checked,
  },
  {
    id: 11,
    claims: [25, 49],
    verdict: 'IMPRECISE',
    lessons: ['api-server', 'controller-managers'],
    en: {
      said: 'state was said to be read from the store each time.',
      holds:
        'most reads and nearly all watches are answered by the API server’s watch cache, by default since v1.31 consistent lists too; controllers read a copy of their own. Writes compare the revision they are based on.',
    },
    es: {
      said: 'se decía que el estado se lee cada vez del almacén.',
      holds:
        'la mayoría de las lecturas y casi todos los watch los responde la caché del servidor de API, desde v1.31 por defecto también las listas consistentes; los controladores leen su propia copia. Las escrituras comparan la revisión en que se basan.',
    },
    sources: [gate('ConsistentListFromCache'), k8s('pkg/kubeapiserver/default_storage_factory_builder.go')],
    verifiedOn: checked,
    k8sVersion: '1.34',
  },
  {
    id: 22,
    claims: [26, 64],
    verdict: 'OK+',
    lessons: ['api-server'],
    en: {
      said: 'only the API server talks to the store.',
      holds:
        'that holds for Kubernetes’ own agents. An operator’s `etcdctl` does, too; an aggregated API server may keep another store, and a network may bring an etcd of its own.',
    },
    es: {
      said: 'solo el servidor de API habla con el almacén.',
      holds:
        'vale para los agentes de Kubernetes. También habla con él el `etcdctl` de quien opera; un servidor de API agregado puede tener otro almacén, y una red puede traer su propio etcd.',
    },
    sources: [
      docs('tasks/administer-cluster/configure-upgrade-etcd'),
      docs('concepts/extend-kubernetes/api-extension'),
      'https://github.com/flannel-io/flannel/blob/master/README.md',
    ],
    verifiedOn: checked,
  },
  {
    id: 38,
    claims: [24],
    verdict: 'OK+',
    lessons: ['api-server'],
    en: {
      said: 'the API server validates and processes each call.',
      holds:
        'it does so in a fixed order: who are you, may you, change it, check its shape, last objections, store it. Admission policies written in CEL came in v1.30 (validating) and v1.36 (mutating).',
    },
    es: {
      said: 'el servidor de API valida y procesa cada llamada.',
      holds:
        'lo hace en un orden fijo: quién eres, si puedes, cambiarlo, comprobar su forma, últimas objeciones, guardarlo. Las políticas de admisión en CEL llegaron en v1.30 (validar) y v1.36 (modificar).',
    },
    sources: [docs('reference/access-authn-authz/admission-controllers'), gate('ValidatingAdmissionPolicy'), kep(3962)],
    verifiedOn: checked,
    k8sVersion: '1.36',
  },
  {
    id: 39,
    claims: [29],
    verdict: 'IMPRECISE',
    lessons: ['api-server'],
    en: {
      said: 'the primary API server was said to route *all* calls to secondary ones.',
      holds:
        'as ever, only the groups and versions that an APIService claims go there. A CustomResourceDefinition is the commoner way to add kinds, and needs no second server.',
    },
    es: {
      said: 'se decía que el servidor de API principal reenvía *todas* las llamadas a los secundarios.',
      holds:
        'como siempre, solo van allí los grupos y versiones que reclama un APIService. Lo más común para añadir tipos es una CustomResourceDefinition, que no necesita otro servidor.',
    },
    sources: [
      docs('concepts/extend-kubernetes/api-extension/apiserver-aggregation'),
      docs('concepts/extend-kubernetes/api-extension'),
    ],
    verifiedOn: checked,
  },
  {
    id: 40,
    claims: [1, 138],
    verdict: 'IMPRECISE',
    lessons: ['index', 'pod-to-pod'],
    en: {
      said: 'CNI was called Kubernetes’ network specification.',
      holds:
        'more exactly: what Kubernetes asks for is its network model. CNI is a specification of its own, for any container runtime, and most use it to keep that model.',
    },
    es: {
      said: 'se llamaba a CNI la especificación de red de Kubernetes.',
      holds:
        'más exactamente: lo que Kubernetes pide es su modelo de red. CNI es una especificación propia, para cualquier entorno de ejecución, y la mayoría la usa para cumplir ese modelo.',
    },
    sources: [docs('concepts/services-networking'), 'https://github.com/containernetworking/cni/blob/main/SPEC.md'],
    verifiedOn: checked,
  },
  {
    id: 44,
    claims: [6],
    verdict: 'OUTDATED',
    lessons: ['index'],
    en: {
      said: 'the chapter came with pictures and links.',
      holds:
        'several of them lead nowhere (Weave’s site is gone). Here each picture is a figure that you can play, or a drawing of our own.',
    },
    es: {
      said: 'el capítulo traía imágenes y enlaces.',
      holds:
        'varios ya no llevan a ninguna parte (el sitio de Weave no existe). Aquí cada imagen es una figura que puedes poner en marcha, o un dibujo propio.',
    },
    sources: ['https://github.com/weaveworks/weave/issues/4003'],
    verifiedOn: checked,
  },
]
