import type { Ingress, IngressClass } from '../../../api/objects';
import { CLASS_ANNOTATION } from '../validation/ingress';
import type { AdmissionPlugin } from './admission';
import { newestFirst } from './storage-policies';

const IS_DEFAULT = 'ingressclass.kubernetes.io/is-default-class';

/** Models plugin/pkg/admission/network/defaultingressclass: an Ingress without a class gets the newest default one. */
export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  resources: ['ingresses'],
  admit({ operation, object }, core) {
    const ingress = object as Ingress;
    if (operation !== 'create' || ingress.spec?.ingressClassName !== undefined) return object;
    if (ingress.metadata.annotations?.[CLASS_ANNOTATION]) return object;
    const classes = [...(core.store.all('ingressclasses') as ReadonlyMap<string, IngressClass>).values()];
    const defaults = classes.filter(({ metadata }) => metadata.annotations?.[IS_DEFAULT] === 'true');
    const chosen = defaults.sort(newestFirst)[0];
    return chosen ? { ...ingress, spec: { ...ingress.spec, ingressClassName: chosen.metadata.name } } : object;
  },
};
