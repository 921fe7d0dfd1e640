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
    'In the API: a part of the cluster in which names are unique. In Linux something else: see network namespace.',
    'En la API: una parte del clúster en la que los nombres son únicos. En Linux es otra cosa: mira espacio de nombres de red.',
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
]
