/** What is said of answers to `aggregation-router`, in both languages. */
import { defineTexts } from 'clusterwright/kit'

export const { texts, say } = defineTexts({
  en: {
    core: '{path} is the core API, which belongs to this server.',
    'no-api': '{path} is below no group: this server answers it itself.',
    'is-404': 'No APIService claims {path}.',
    'is-503': 'The Service that claims {path} is not available.',
    'is-group': '{path} asks which versions there are. That is answered here.',
    'is-local': '{path}: the APIService with this group and version names no Service.',
    'is-service': '{path}: an APIService with exactly this group and version names an available Service.',
    'other-groups': 'Each group is listed once, all but the core group.',
    'other-order': 'The groups are in another order.',
    'other-versions': 'The versions of a group are in another order, or some are missing.',
    'in-the-cluster': 'At {time} s {who} asks for {what}. {why}',
    'step.claims': 'APIService {claim} → {server}',
    'fault.stop': 'the server {server} dies',
    'fault.hide': 'the Service {server} is deleted',
    'fault.show': 'the Service {server} is there again',
    'fault.replace': 'the APIService {claim} is deleted, and made anew for {server}',
    'fault.crash': 'kube-apiserver dies; ten seconds later it is started again',
  },
  es: {
    core: '{path} es la API básica, que es de este servidor.',
    'no-api': '{path} no está debajo de ningún grupo: responde este mismo servidor.',
    'is-404': 'Ningún APIService reclama {path}.',
    'is-503': 'El Service que reclama {path} no está disponible.',
    'is-group': '{path} pregunta qué versiones hay. Eso se responde aquí.',
    'is-local': '{path}: el APIService con este grupo y esta versión no nombra ningún Service.',
    'is-service': '{path}: un APIService con exactamente este grupo y esta versión nombra un Service disponible.',
    'other-groups': 'Cada grupo se enumera una vez, todos menos el básico.',
    'other-order': 'Los grupos están en otro orden.',
    'other-versions': 'Las versiones de un grupo están en otro orden, o falta alguna.',
    'in-the-cluster': 'A los {time} s, {who} pide {what}. {why}',
    'step.claims': 'APIService {claim} → {server}',
    'fault.stop': 'el servidor {server} muere',
    'fault.hide': 'se borra el Service {server}',
    'fault.show': 'el Service {server} está otra vez',
    'fault.replace': 'el APIService {claim} se borra, y se hace de nuevo para {server}',
    'fault.crash': 'kube-apiserver muere; diez segundos después arranca de nuevo',
  },
  names: {
    'a group and version go to the Service that claims them': 'un grupo y su versión van al Service que los reclama',
    'built-in groups, and what is no API, are answered here':
      'los grupos incorporados y lo que no es API se responden aquí',
    'a name that is only alike is another name': 'un nombre que solo se parece es otro nombre',
    'nobody takes the core API away': 'nadie se lleva la API básica',
    'what nobody claims is not found': 'lo que nadie reclama no se encuentra',
    'who is not available is not asked': 'a quien no está disponible no se le pregunta',
    'discovery goes by priorities': 'el descubrimiento va por prioridades',
    'any path, whoever claims what: the same answers as the reference':
      'cualquier ruta, reclame quien reclame: las mismas respuestas que la referencia',
    'any APIServices, in any order: the same discovery':
      'cualesquiera APIServices, en cualquier orden: el mismo descubrimiento',
    'in the API server of a cluster, each request finds who answers it':
      'en el API server de un clúster, cada petición encuentra a quien la responde',
  },
})
