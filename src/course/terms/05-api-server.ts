/** The words that the lesson “The API server” teaches, in alphabetical order of their ids. How a row reads: term-row.ts. */
import type { TermRow } from './term-row.ts'

export const terms: readonly TermRow[] = [
  [
    'admission',
    'admission',
    'admisión',
    'The stage of a request after it is known who asks and that they may: plugins and webhooks may change the object or refuse it before it is stored.',
    'La etapa de una petición después de saber quién pide y que puede hacerlo: plugins y webhooks pueden cambiar el objeto o rechazarlo antes de guardarlo.',
  ],
  [
    'aggregation',
    'aggregation',
    'agregación',
    'Extending the API with a server of your own: an APIService object claims a group and version, and the API server passes requests for it on. If nobody answers there, that group gives 503 and the rest works.',
    'Ampliar la API con un servidor propio: un objeto APIService reclama un grupo y una versión, y el servidor de API le pasa esas peticiones. Si allí no responde nadie, ese grupo da 503 y lo demás funciona.',
  ],
  [
    'authentication',
    'authentication',
    'autenticación',
    'The API server’s first question: who asks? A certificate or a token answers it. Wrong credentials give 401; none at all make you system:anonymous, unless that is switched off.',
    'La primera pregunta del servidor de API: ¿quién pide? La contesta un certificado o un token. Con credenciales erróneas hay 401; sin ninguna eres system:anonymous, salvo que esté desactivado.',
  ],
  [
    'authorization',
    'authorization',
    'autorización',
    'The question whether who asks may do this verb to this resource here; if not, 403. RBAC, the usual answer, only ever adds permissions and never looks inside the object.',
    'La pregunta de si quien pide puede hacer ese verbo con ese recurso en ese lugar; si no, 403. RBAC, la respuesta habitual, solo suma permisos y nunca mira dentro del objeto.',
  ],
  [
    'crd',
    'CustomResourceDefinition',
    'CustomResourceDefinition',
    'An object that teaches the API server a new kind, with its schema. Objects of that kind are stored and watched like any other; acting on them is up to a controller.',
    'Un objeto que enseña al servidor de API un nuevo tipo, con su esquema. Los objetos de ese tipo se guardan y se observan como los demás; actuar sobre ellos es cosa de un controlador.',
  ],
  [
    'kube-apiserver',
    'kube-apiserver',
    'kube-apiserver',
    'The door to the cluster’s state: it says who you are, whether you may, whether the object is sound, then stores it. Every other component reads, writes and watches through it.',
    'La puerta al estado del clúster: dice quién eres, si puedes, si el objeto es válido, y lo guarda. Todos los demás componentes leen, escriben y observan a través de él.',
  ],
  [
    'namespace',
    'namespace',
    'espacio de nombres',
    'In the API: a part of the cluster in which no two objects of one kind have the same name. Some kinds, such as Node, are in none. In Linux something else: see network namespace.',
    'En la API: una parte del clúster en la que dos objetos del mismo tipo no pueden llamarse igual. Algunos tipos, como Node, no están en ninguno. En Linux es otra cosa: mira espacio de nombres de red.',
  ],
  [
    'resource-version',
    'resourceVersion',
    'resourceVersion',
    'A text in each object’s metadata that changes with every write. Sent back with an update, it makes the API server refuse with 409 Conflict when somebody else wrote first.',
    'Un texto en los metadatos de cada objeto que cambia con cada escritura. Enviado con una actualización, hace que el servidor de API la rechace con 409 Conflict si otro escribió antes.',
  ],
  [
    'watch',
    'watch',
    'watch',
    'A request that stays open and brings every change after a given resourceVersion, in order. When that version is compacted away the answer is 410 Gone, and the client lists anew.',
    'Una petición que queda abierta y trae, en orden, cada cambio posterior a una resourceVersion. Si esa versión ya se compactó, la respuesta es 410 Gone y el cliente lista de nuevo.',
  ],
  [
    'watch-cache',
    'watch cache',
    'caché de watch',
    'An API server’s own copy of the objects of one kind, fed by one watch on etcd. Nearly all lists and watches are answered from it, so many clients cost the store little.',
    'La copia que un servidor de API guarda de los objetos de un tipo, alimentada por un solo watch sobre etcd. De ella salen casi todas las listas y los watches, así que muchos clientes le cuestan poco al almacén.',
  ],
]
